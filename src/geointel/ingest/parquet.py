"""A Parquet file, or GeoParquet with its points, in batches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from geointel.errors import SchemaError
from geointel.ingest.arrow_text import can_be_text, points_of, text_of
from geointel.ingest.lines import BROKEN, system_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.sources.base import RawFile

ROWS = 50_000
DEGREES = "OGC:CRS84"
"""Coordinate system of a GeoParquet file that names none."""
UNREADABLE = (*BROKEN, pa.ArrowException, ValueError, OverflowError, TypeError)


@dataclass(frozen=True)
class About:
    """Columns that have texts, those inside others, and the column of points."""

    names: tuple[str, ...]
    elsewhere: tuple[str, ...]
    geometry: str | None
    crs: str | None


def about(raw: RawFile, _: str | None) -> About:
    """What a file holds. Raises ``SchemaError`` when it cannot be read."""
    try:
        schema = pq.read_schema(raw.path)
        geometry, crs = _geometry((schema.metadata or {}).get(b"geo"))
        own = tuple(column.name for column in schema if can_be_text(column.type))
        nested = tuple(name for column in schema if not can_be_text(column.type) for name in _names(column))
    except UNREADABLE as error:
        raise _damaged(raw, error) from error
    return About(own, nested, geometry, crs)


def rows(raw: RawFile, about: About, wanted: Sequence[str]) -> Iterator[tuple[list[list[str]], list[str], list[str]]]:
    """Texts of the columns asked for, with ``x`` and ``y`` of the points where the file has them."""
    columns = [*dict.fromkeys(wanted), *([about.geometry] if about.geometry else [])]
    try:
        with pq.ParquetFile(raw.path) as file:
            for batch in file.iter_batches(ROWS, columns=columns):
                x, y = points_of(batch[about.geometry]) if about.geometry else ([], [])
                yield [text_of(batch[name]) for name in wanted], x, y
    except UNREADABLE as error:
        raise _damaged(raw, error) from error


def _geometry(metadata: bytes | None) -> tuple[str | None, str | None]:
    """Column of points and its coordinate system, from the metadata of GeoParquet."""
    if metadata is None:
        return None, None
    geo: dict[str, Any] = json.loads(metadata)
    column = str(geo["primary_column"])
    crs = geo["columns"][column].get("crs", DEGREES)
    return column, crs if crs is None or isinstance(crs, str) else json.dumps(crs)


def _names(column: pa.Field) -> Iterator[str]:
    yield column.name
    for number in range(column.type.num_fields):
        yield from _names(column.type.field(number))


def _damaged(raw: RawFile, error: Exception) -> SchemaError:
    if system_refused(error):
        raise error
    message = f"the Parquet file cannot be read ({type(error).__name__})."
    return SchemaError(message, file=raw.name, remedy="Ask for it again, or for CSV in UTF-8.")
