"""Rows of tables of the gate: those of a source, those with some words, and words without their dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence


def of_source(table: pa.Table, source: str) -> pa.Table:
    """Rows of one source."""
    return table.filter(pc.equal(table["source"].cast(pa.string()), source))


def among(column: pa.ChunkedArray, words: Sequence[str]) -> pa.ChunkedArray:
    """Which rows have one of some words in a column."""
    return pc.is_in(column.cast(pa.string()), value_set=pa.array(words, pa.string()))


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text where it is a dictionary: tables with other dictionaries can be joined by it."""
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
