"""Arrow columns as NumPy arrays and lists.

pyarrow's own ``to_numpy``, comparisons with Python values and ``pa.array`` look for pandas and import
it where it is installed (a second of start and 100 MB for nothing). What stands here reads the
buffers, so that the serving process stays lean; a test watches over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPES = {pa.int8(): np.int8, pa.int32(): np.int32, pa.int64(): np.int64, pa.float64(): np.float64}


def integers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Values of a whole-number column without nulls, shape ``(n,)``."""
    parts = [_values(chunk).astype(np.int64, copy=False) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Values of a number column, shape ``(n,)``, with NaN for null."""
    parts = []
    for chunk in column.chunks:
        part = _values(chunk).astype(np.float64)
        part[~_valid(chunk)] = np.nan
        parts.append(part)
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float64)


def words(column: pa.ChunkedArray) -> list[Any]:
    """Values of a text, dictionary or binary column, with ``None`` for null."""
    found: list[Any] = []
    for chunk in column.chunks:
        if isinstance(chunk, pa.DictionaryArray):
            dictionary = [*chunk.dictionary.to_pylist(), None]
            codes = np.where(_valid(chunk), _values(chunk.indices), -1)
            found += [dictionary[code] for code in codes.tolist()]
        else:
            found += chunk.to_pylist()
    return found


def missing(column: pa.ChunkedArray) -> int:
    """How many values are null or NaN."""
    if pa.types.is_floating(column.type):
        return int(np.isnan(numbers(column)).sum())
    return int(column.null_count)


def coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Codes ``(n,)`` of a dictionary column, −1 for null, and the words that they point at."""
    whole = column.unify_dictionaries()
    if not whole.num_chunks:
        return np.empty(0, dtype=np.int64), ()
    parts = [np.where(_valid(chunk), _values(chunk.indices), -1) for chunk in whole.chunks]
    return np.concatenate(parts).astype(np.int64), tuple(whole.chunk(0).dictionary.to_pylist())


def plain(column: pa.ChunkedArray) -> list[Any]:
    """Values for JSON: whole numbers as ``int``, NaN and null as ``None``, words as ``str``."""
    kind = column.type
    if pa.types.is_integer(kind) and column.null_count == 0:
        return list(integers(column).tolist())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return plain_numbers(numbers(column))
    return words(column)


def plain_numbers(values: NDArray[np.float64]) -> list[Any]:
    """Numbers for JSON at full precision, ``None`` for what is not finite; a column of whole numbers as ``int``."""
    finite = np.isfinite(values)
    shown: list[Any]
    if (values[finite] == np.trunc(values[finite])).all():
        shown = np.where(finite, values, 0.0).astype(np.int64).tolist()
    else:
        shown = values.tolist()
    return [value if there else None for value, there in zip(shown, finite.tolist(), strict=True)]


def take(table: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
    """Rows of ``table`` by position."""
    positions = np.ascontiguousarray(rows, dtype=np.int64)
    return table.take(pa.Array.from_buffers(pa.int64(), len(positions), [None, pa.py_buffer(positions)]))


def text_array(values: list[str | None]) -> pa.Array:
    """Strings as an Arrow array."""
    encoded = [b"" if value is None else value.encode() for value in values]
    ends = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum([len(value) for value in encoded], out=ends[1:])
    present = np.array([value is not None for value in values], dtype=bool)
    valid = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [valid, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _values(chunk: pa.Array) -> NDArray[Any]:
    dtype = _TYPES[chunk.type]
    buffer = chunk.buffers()[1]
    if buffer is None:
        return np.zeros(len(chunk), dtype=dtype)
    return np.frombuffer(buffer, dtype=dtype, count=chunk.offset + len(chunk))[chunk.offset :]


def _valid(chunk: pa.Array) -> NDArray[np.bool_]:
    bits = chunk.buffers()[0]
    if bits is None or chunk.null_count == 0:
        return np.ones(len(chunk), dtype=bool)
    stop = chunk.offset + len(chunk)
    flags = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=stop, bitorder="little")
    return flags[chunk.offset :].astype(bool)
