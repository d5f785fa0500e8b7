"""Files of travel times, and of the places that they start from, as columns of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.errors import GridError, SchemaError
from geointel.grid.cells import MAX_RESOLUTION, RESOLUTION_SHIFT, latlng_to_cell, parse_cell
from geointel.ingest.formats import opened
from geointel.sources.base import Door

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geointel.ingest.formats import Opened
    from geointel.sources.base import Origins, RawFile, TravelKind

USUAL_PERCENTILE = 50.0
TEXT = pa.schema([("from_id", pa.string()), ("to_id", pa.string()), ("time", pa.string())])
MOST_LAT, MOST_LNG = 90.0, 180.0


@dataclass(frozen=True)
class Texts:
    """Rows of all files in their order, as text: ``TEXT``.

    ``bad_lines`` were no rows, by file. ``percentile`` is that of the times; None where there is one time only and
    nobody says which it is.
    """

    rows: pa.Table
    bad_lines: Mapping[str, int]
    percentile: float | None


def look(raw: RawFile, kind: TravelKind) -> None:
    """Raise ``SchemaError`` when a file cannot be opened or lacks a column."""
    for table in opened(raw, kind, Door(columns={})):
        _names(table, kind)


def read(raws: Sequence[RawFile], kind: TravelKind) -> Texts:
    """Read every row of the files. Raises ``SchemaError`` as ``look`` does, and where files differ in their percentile."""
    parts: list[pa.RecordBatch] = []
    bad: dict[str, int] = {}
    percentiles: dict[float | None, str] = {}
    for raw in raws:
        for table in opened(raw, kind, Door(columns={})):
            names, percentile = _names(table, kind)
            percentiles.setdefault(percentile, table.raw.name)
            for batch in table.batches(names):
                parts.append(pa.record_batch([pa.array(c, pa.string()) for c in batch.columns], schema=TEXT))
                if batch.bad_lines:
                    bad[table.raw.name] = bad.get(table.raw.name, 0) + batch.bad_lines
    if len(percentiles) > 1:
        message = "it has one time for a pair, and another file of the source has percentiles."
        raise SchemaError(message, file=percentiles[None], remedy="Give files of one matrix to a source.")
    return Texts(pa.Table.from_batches(parts, TEXT), bad, next(iter(percentiles), None))


def cells_of_ids(raw: RawFile, origins: Origins, kind: TravelKind, *, resolution: int) -> dict[str, int]:
    """The cell of each origin that the file places. Raises ``SchemaError`` for one that is placed twice, or nowhere."""
    wanted = (origins.id, origins.lat, origins.lng)
    found: dict[str, int] = {}
    for table in opened(raw, kind, Door(columns={})):
        for name in wanted:
            _require(table, name, remedy="Correct `origins` of the source.")
        for row in (row for batch in table.batches(wanted) for row in zip(*batch.columns, strict=True)):
            name, lat, lng = (text.strip() for text in row)
            cell = _cell_at(lat, lng, resolution)
            if not name or cell is None or found.setdefault(name, cell) != cell:
                message = f"the origin {name!r} has no place, or two."
                raise SchemaError(message, file=table.raw.name, remedy="Give each origin one place, in degrees.")
    return found


def cells_of_words(words: Sequence[str], *, resolution: int, file: str) -> list[int]:
    """The H3 cell of each word, 0 for one that is none.

    Raises ``SchemaError`` for a cell that is coarser than ``resolution``: nobody knows where in it the journey starts.
    """
    found = []
    for word in words:
        try:
            cell = parse_cell(word.strip())
        except GridError:
            cell = 0
        own = cell >> RESOLUTION_SHIFT & MAX_RESOLUTION
        if cell and own < resolution:
            message = f"its origins are cells of resolution {own}, and the finest that is published is {resolution}."
            remedy = f"Make the matrix from cells of resolution {resolution} or finer, or publish no finer than {own}."
            raise SchemaError(message, file=file, remedy=remedy)
        found.append(cell)
    return found


def _names(table: Opened, kind: TravelKind) -> tuple[tuple[str, str, str], float | None]:
    """Columns of origin, destination and minutes, and the percentile of the last."""
    remedy = "Correct `columns` of the source"
    for name in (kind.origin, kind.destination):
        _require(table, name, remedy=f"{remedy}.")
    wanted = USUAL_PERCENTILE if kind.percentile is None else kind.percentile
    own = f"{kind.minutes}_p{wanted:g}"
    if own in table.names:
        _require(table, own, remedy=f"{remedy}.")
        return (kind.origin, kind.destination, own), wanted
    have = list(_percentiles(table, kind))
    if have:
        message = f"there is no column {own!r}; the percentiles of the file are {', '.join(have)}."
        raise SchemaError(message, file=table.raw.name, row=table.row, remedy="Correct `percentile` of the source.")
    _require(table, kind.minutes, remedy=f"{remedy}; of a percentile it is {own!r}.")
    return (kind.origin, kind.destination, kind.minutes), kind.percentile


def _percentiles(table: Opened, kind: TravelKind) -> Iterator[str]:
    before = f"{kind.minutes}_p"
    yield from (name.removeprefix(before) for name in table.names if name.startswith(before))


def _require(table: Opened, name: str, *, remedy: str) -> None:
    if table.names.count(name) != 1:
        message = "the column is missing." if name not in table.names else "the column stands in the header twice."
        raise SchemaError(message, file=table.raw.name, row=table.row, column=name, remedy=remedy)


def _cell_at(lat: str, lng: str, resolution: int) -> int | None:
    try:
        y, x = float(lat), float(lng)
    except ValueError:
        return None
    if not (abs(y) <= MOST_LAT and abs(x) <= MOST_LNG):
        return None
    return int(latlng_to_cell(np.array([y]), np.array([x]), resolution)[0])
