"""Byte strings end to end, against Python doing the same one at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geointel.tiles.ragged import Ragged, chain, join, pieces, positions, prefixed, take, varints, weave, zigzag


def ragged(texts: list[bytes]) -> Ragged:
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    return Ragged(np.frombuffer(b"".join(texts), dtype=np.uint8), lengths)


def varint(value: int) -> bytes:
    out = b""
    while value >= 128:
        out += bytes([value % 128 + 128])
        value //= 128
    return out + bytes([value])


texts = st.lists(st.binary(max_size=200), min_size=1, max_size=12)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30))
def test_varints(values: list[int]) -> None:
    assert pieces(varints(np.array(values, dtype=np.uint64))) == [varint(value) for value in values]


@given(st.lists(st.integers(0, 127), max_size=9))
def test_varints_of_one_byte(values: list[int]) -> None:
    assert varints(np.array(values, dtype=np.uint64)).data.tobytes() == bytes(values)


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1))
def test_zigzag(values: list[int]) -> None:
    expected = [2 * value if value >= 0 else -2 * value - 1 for value in values]
    assert zigzag(np.array(values, dtype=np.int64)).tolist() == expected


@given(texts)
def test_weave_and_prefix(parts: list[bytes]) -> None:
    strings = ragged(parts)
    woven = weave(len(parts), b"<", strings, b"|", strings, b">")
    assert pieces(woven) == [b"<" + part + b"|" + part + b">" for part in parts]
    assert pieces(prefixed(b"\x22", strings)) == [b"\x22" + varint(len(part)) + part for part in parts]


@given(texts, st.data())
def test_take_picks_rows_in_any_order(parts: list[bytes], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(parts) - 1), max_size=20))
    picked = take(ragged(parts), np.array(rows, dtype=np.int64))
    assert pieces(picked) == [parts[row] for row in rows]


def test_take_of_equal_lengths() -> None:
    picked = take(ragged([b"ab", b"cd", b"ef"]), np.array([2, 0]))
    assert pieces(picked) == [b"ef", b"ab"]


def test_join_runs_of_strings() -> None:
    joined = join(ragged([b"a", b"bb", b"", b"c"]), np.array([2, 0, 2]))
    assert pieces(joined) == [b"abb", b"", b"c"]


def test_chain_columns() -> None:
    assert pieces(chain([ragged([b"a", b""]), ragged([b"bc"])])) == [b"a", b"", b"bc"]
    assert chain([]).lengths.size == 0


def test_positions() -> None:
    assert positions(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    empty = np.empty(0, dtype=np.int64)
    assert positions(empty, empty).size == 0
