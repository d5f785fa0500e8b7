"""Many short byte strings in one array: what a protocol-buffer message is made of.

The encoder never walks features in Python. It writes one column of byte strings per part of a
message (tag, length, body) and weaves the columns together, item by item.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MORE = np.uint64(0x80)
_LOW = np.uint64(0x7F)
_SEVEN = np.uint64(7)


@dataclass(frozen=True)
class Ragged:
    """n byte strings end to end: ``data`` uint8, ``lengths`` int64 (n,)."""

    data: NDArray[np.uint8]
    lengths: NDArray[np.int64]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each string ends in ``data``, int64 (n,)."""
        return np.cumsum(self.lengths)


def positions(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every index of the ranges ``starts[i] … starts[i] + lengths[i]``, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if ends.size else 0
    indexes: NDArray[np.int64] = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return indexes


def zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Signed numbers as unsigned ones, small where the absolute value is small."""
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def varints(values: NDArray[np.uint64]) -> Ragged:
    """Every number as a protocol-buffer varint."""
    largest = int(values.max()) if values.size else 0
    planes = max(1, -(-largest.bit_length() // 7))
    if planes == 1:
        return Ragged(values.astype(np.uint8), np.ones(values.size, dtype=np.int64))
    groups = np.empty((values.size, planes), dtype=np.uint8)
    used = np.empty((values.size, planes), dtype=np.bool_)
    lengths = np.zeros(values.size, dtype=np.int64)
    rest = values
    for plane in range(planes):
        used[:, plane] = present = (rest != 0) | (plane == 0)
        lengths += present
        groups[:, plane] = (rest & _LOW) | ((rest > _LOW) * _MORE)
        rest = rest >> _SEVEN
    return Ragged(groups[used], lengths)


def fixed(rows: NDArray[np.uint8]) -> Ragged:
    """Strings of one length, from uint8 (n, length)."""
    count, length = rows.shape
    return Ragged(np.ascontiguousarray(rows).reshape(-1), np.full(count, length, dtype=np.int64))


def take(strings: Ragged, rows: NDArray[np.int64]) -> Ragged:
    """Pick the strings of the given rows, in the given order."""
    lengths = strings.lengths[rows]
    if lengths.size and (strings.lengths == lengths[0]).all():
        return fixed(strings.data.reshape(strings.lengths.size, int(lengths[0]))[rows])
    starts = (strings.ends - strings.lengths)[rows]
    return Ragged(strings.data[positions(starts, lengths)], lengths)


def chain(parts: Sequence[Ragged]) -> Ragged:
    """Put the strings of several columns one after the other."""
    if not parts:
        return Ragged(np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64))
    return Ragged(np.concatenate([part.data for part in parts]), np.concatenate([part.lengths for part in parts]))


def join(strings: Ragged, counts: NDArray[np.int64]) -> Ragged:
    """Join runs of ``counts[i]`` strings into one each; copies nothing."""
    edges = np.concatenate(([0], strings.ends))
    ends = np.cumsum(counts)
    return Ragged(strings.data, edges[ends] - edges[ends - counts])


def weave(count: int, *parts: Ragged | bytes) -> Ragged:
    """Join ``count`` rows across the parts: row i is part 1's i-th string, then part 2's, and so on.

    A part given as ``bytes`` is the same in every row.
    """
    widths = [len(part) if isinstance(part, bytes) else part.lengths for part in parts]
    lengths = np.zeros(count, dtype=np.int64)
    for width in widths:
        lengths += width
    data = np.empty(int(lengths.sum()), dtype=np.uint8)
    at = np.cumsum(lengths) - lengths
    for part, width in zip(parts, widths, strict=True):
        if isinstance(part, bytes):
            for place, byte in enumerate(part):
                data[at + place] = byte
        else:
            data[positions(at, part.lengths)] = part.data
        at = at + width
    return Ragged(data, lengths)


def prefixed(tag: bytes, strings: Ragged) -> Ragged:
    """Each string as a length-delimited field: tag, length as varint, string."""
    return weave(strings.lengths.size, tag, sizes(strings), strings)


def sizes(strings: Ragged) -> Ragged:
    """Length of each string as a varint."""
    return varints(strings.lengths.view(np.uint64))


def pieces(strings: Ragged) -> list[bytes]:
    """Cut into Python ``bytes``: for few long strings."""
    data = strings.data.tobytes()
    edges = [0, *strings.ends.tolist()]
    return [data[start:end] for start, end in pairwise(edges)]
