"""Properties of tile features: columns as dictionaries of ready-made MVT values.

What a column becomes is decided from the whole column, never from one tile, so that a property has
one type at every zoom:

* words (``Words``, or an array of strings with None) become strings;
* whole numbers (an integer array, or floats that are all whole and below 2⁵³) become ``uint_value``
  from 0 and ``sint_value`` below;
* other floats become ``double_value``;
* None, NaN and code -1 are null: the feature has no such property.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.tiles.ragged import Ragged, chain, fixed, prefixed, varints, weave, zigzag

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

_VALUES = b"\x22"  # layer, field 4
_STRING, _DOUBLE, _UINT, _SINT = b"\x0a", b"\x19", b"\x28", b"\x30"
_EXACT = 2.0**53
CELL = "cell"
"""The property that every feature has: its cell as 15 characters."""
CELL_LENGTH = 15
_CELL_HEAD = _VALUES + bytes([CELL_LENGTH + 2]) + _STRING + bytes([CELL_LENGTH])


@dataclass(frozen=True)
class Words:
    """A column of words: ``codes`` (n,) into ``words``, -1 for null."""

    codes: NDArray[np.int64]
    words: tuple[str, ...]


Numbers: TypeAlias = "NDArray[np.float64] | NDArray[np.int64]"
_Coded: TypeAlias = "tuple[NDArray[np.int64], Ragged]"
Values: TypeAlias = "Numbers | NDArray[np.object_] | Words"


@dataclass(frozen=True)
class Columns:
    """The properties of n features, coded once and used for every tile and zoom.

    Attributes
    ----------
    names
        The c properties, in order.
    codes
        int64 (n, c): which entry each feature has for each property; -1 for null.
    entries
        Ready-made layer values, those of the first property first.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]
    entries: Ragged

    @classmethod
    def of(cls, columns: Mapping[str, Values], size: int) -> Columns:
        """Code every column of ``size`` rows. Raises ``ValueError`` where a length differs."""
        codes = np.full((size, len(columns)), -1, dtype=np.int64)
        dictionaries: list[Ragged] = []
        before = 0
        for place, (name, values) in enumerate(columns.items()):
            own, entries = _code(values)
            if own.size != size:
                message = f"column {name!r} has {own.size} rows for {size} cells"
                raise ValueError(message)
            codes[:, place] = np.where(own < 0, -1, own + before)
            dictionaries.append(entries)
            before += entries.lengths.size
        return cls(tuple(columns), codes, chain(dictionaries))

    @property
    def nulls(self) -> dict[str, int]:
        """How many features have no value, by property."""
        return dict(zip(self.names, (self.codes < 0).sum(axis=0).tolist(), strict=True))


def columns_from_table(table: pa.Table, names: Collection[str]) -> dict[str, Values]:
    """Give the named columns of an Arrow table as ``Columns.of`` takes them, without the missing ones."""
    return {name: _from_arrow(table.column(name)) for name in names if name in table.column_names}


def cell_entries(cells: NDArray[np.int64]) -> Ragged:
    """Layer values of the ``cell`` property: the 15-character strings."""
    rows = np.empty((cells.size, len(_CELL_HEAD) + CELL_LENGTH), dtype=np.uint8)
    rows[:, : len(_CELL_HEAD)] = np.frombuffer(_CELL_HEAD, dtype=np.uint8)
    letters = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    rows[:, len(_CELL_HEAD) :] = letters[(cells[:, None] >> np.arange(56, -1, -4)) & 15]
    return fixed(rows)


def _from_arrow(column: pa.ChunkedArray) -> Values:
    array = column.combine_chunks()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = pc.dictionary_encode(array)
    if isinstance(array, pa.DictionaryArray):
        codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return Words(codes, tuple(array.dictionary.to_pylist()))
    whole = pa.types.is_integer(array.type) and array.null_count == 0
    numbers: Numbers = pc.cast(array, pa.int64() if whole else pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _code(values: Values) -> _Coded:
    """Codes of a column in its own dictionary, -1 for null, and the dictionary's layer values."""
    if isinstance(values, Words):
        return values.codes.astype(np.int64), _string_entries(values.words)
    if _is_text(values):
        return _code_strings(values)
    return _code_numbers(cast("Numbers", values))


def is_text(values: Values) -> bool:
    """Whether a column becomes strings."""
    return isinstance(values, Words) or _is_text(values)


def _is_text(values: NDArray[Any]) -> TypeGuard[NDArray[np.object_]]:
    return values.dtype.kind in "OUT"


def _code_strings(values: NDArray[np.object_]) -> _Coded:
    words = sorted({str(word) for word in values.tolist() if word is not None})
    place = {word: code for code, word in enumerate(words)}
    codes = [-1 if word is None else place[str(word)] for word in values.tolist()]
    return np.array(codes, dtype=np.int64), _string_entries(words)


def _code_numbers(values: Numbers) -> _Coded:
    known = ~np.isnan(values)
    distinct, inverse = np.unique(cast("NDArray[np.float64]", values[known]), return_inverse=True)
    codes = np.full(values.size, -1, dtype=np.int64)
    codes[known] = inverse
    return codes, _number_entries(distinct)


def _string_entries(words: Sequence[str]) -> Ragged:
    texts = [word.encode() for word in words]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    data = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return prefixed(_VALUES, prefixed(_STRING, Ragged(data, lengths)))


def _number_entries(distinct: Numbers) -> Ragged:
    """Layer values of ascending distinct numbers."""
    count = distinct.size
    if distinct.dtype.kind == "f" and not _whole(distinct):
        doubles = fixed(distinct.astype("<f8").view(np.uint8).reshape(count, 8))
        return prefixed(_VALUES, weave(count, _DOUBLE, doubles))
    whole = distinct.astype(np.int64)
    below = whole < 0
    tags = fixed(np.where(below, _SINT[0], _UINT[0]).astype(np.uint8).reshape(count, 1))
    numbers = varints(np.where(below, zigzag(whole), whole.view(np.uint64)))
    return prefixed(_VALUES, weave(count, tags, numbers))


def _whole(values: Numbers) -> bool:
    return bool((np.abs(values) < _EXACT).all() and (values == np.floor(values)).all())
