"""A partner's file, in any format that is read, as batches of text columns.

Text (``.csv``, ``.gz``, members of a ``.zip``), spreadsheets, Parquet, and whatever OGR reads as points. A file is
opened twice: for its column names, which are looked at before anything else happens, then for its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from geointel.ingest import files, separated, spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geointel.sources.base import Door, RawFile, SourceKind


@dataclass(frozen=True)
class Batch:
    """Some rows: a list of texts for each column asked for, blank where there is none.

    ``x`` and ``y`` are the coordinates of the points that the file itself holds. ``bad_lines`` were no rows.
    """

    columns: Sequence[Sequence[str]]
    bad_lines: int = 0
    x: Sequence[str] = ()
    y: Sequence[str] = ()


@dataclass(frozen=True)
class Opened:
    """A file whose columns are known.

    Attributes
    ----------
    names
        Its columns; where the header stands is ``row``, for a file that has lines.
    elsewhere
        Columns of its other sheets or layers.
    points
        Whether it holds points of its own, in the coordinate system ``crs``.
    serials
        Whether a number may be a date, as days since the end of 1899.
    batches
        Rows of the columns that are asked for.
    """

    raw: RawFile
    names: tuple[str, ...]
    batches: Callable[[Sequence[str]], Iterator[Batch]]
    row: int | None = None
    elsewhere: tuple[str, ...] = ()
    points: bool = False
    crs: str | None = None
    serials: bool = False


def opened(raw: RawFile, kind: SourceKind, door: Door) -> Iterator[Opened]:
    """The tables of a file: itself, or the members of an archive, which are never written out.

    Raises ``SchemaError`` when it cannot be read.
    """
    name = raw.name.lower()
    if name.endswith(spreadsheet.ENDINGS):
        yield _sheet(raw, door)
    elif name.endswith((*PARQUET, *POINTS)):
        yield _arrow(raw, door)
    elif name.endswith(".zip"):
        for member in files.members(raw, kind):
            yield _text(replace(raw, name=f"{raw.name}/{member}"), door, member)
    else:
        yield _text(raw, door, None)


PARQUET = (".parquet", ".geoparquet")
POINTS = (".gpkg", ".geojson", ".geojson.gz", ".fgb", ".shp", ".gml", ".kml", ".tab")
"""Endings of what OGR reads."""


def _text(raw: RawFile, door: Door, member: str | None) -> Opened:
    names, row = separated.header(raw, door.form, member)

    def batches(wanted: Sequence[str]) -> Iterator[Batch]:
        places = [names.index(name) for name in wanted]
        for columns, bad in separated.rows(raw, door.form, member, width=len(names), places=places):
            yield Batch(columns, bad)

    return Opened(raw, names, batches, row=row)


def _sheet(raw: RawFile, door: Door) -> Opened:
    names, row, elsewhere = spreadsheet.header(raw, door.table)

    def batches(wanted: Sequence[str]) -> Iterator[Batch]:
        yield from map(Batch, spreadsheet.rows(raw, door.table, places=[names.index(name) for name in wanted]))

    return Opened(raw, names, batches, row=row, elsewhere=elsewhere, serials=True)


def _arrow(raw: RawFile, door: Door) -> Opened:
    from geointel.ingest import parquet, vector  # noqa: PLC0415 - most builds need neither

    module = parquet if raw.name.lower().endswith(PARQUET) else vector
    about = module.about(raw, door.table)

    def batches(wanted: Sequence[str]) -> Iterator[Batch]:
        for columns, x, y in module.rows(raw, about, wanted):
            yield Batch(columns, x=x, y=y)

    read: partial[Opened] = partial(Opened, raw, about.names, batches, elsewhere=about.elsewhere)
    return read(points=about.geometry is not None, crs=about.crs)
