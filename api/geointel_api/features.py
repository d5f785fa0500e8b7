"""Rows of a view as GeoJSON features (RFC 7946), in pages (OGC API Features part 1)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.errors import SnapshotNotFoundError
from geointel.grid import boundaries, format_cell, parse_cell
from geointel_api.columns import integers, take, words
from geointel_api.errors import RequestError
from geointel_api.rows import columns_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel_api.view import View

DEFAULT_LIMIT = 1_000
MAX_LIMIT = 10_000
_HALF_TURN = 180.0
_FLAT, _SOLID = 4, 6


@dataclass(frozen=True)
class Filter:
    """Which features are asked for; ``None`` asks for all. ``within`` false asks for none."""

    box: tuple[float, float, float, float] | None = None
    equal: tuple[tuple[str, str], ...] = ()
    within: bool = True


@dataclass(frozen=True)
class Page:
    """One page of features. ``after`` is the last cell of the page when more follow."""

    features: list[dict[str, Any]]
    matched: int
    after: str | None


def parse_box(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north of a ``bbox`` parameter; heights in a box of six numbers are ignored.

    A west greater than east goes over the antimeridian. Raises ``RequestError``.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == _SOLID:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != _FLAT or not np.isfinite(numbers).all() or numbers[1] > numbers[3]:
        message = f"bbox={text[:60]!r} is not a box."
        raise RequestError(message, remedy="Give west,south,east,north in degrees.")
    west, south, east, north = numbers
    return west, south, east, north


def page_of(view: View, wanted: Filter, *, limit: int, after: str | None) -> Page:
    """Features that match, in ascending order of cell, after the cell ``after``."""
    table = view.rows()
    rows = np.flatnonzero(_matches(table, wanted))
    matched = len(rows)
    if after is not None:
        rows = rows[integers(table["cell"])[rows] > parse_cell(after)]
    shown = take(table, rows[:limit])
    more = len(rows) > limit
    features = features_of(view, shown)
    return Page(features, matched, features[-1]["id"] if more else None)


def feature_of(view: View, text: str) -> dict[str, Any]:
    """The feature of one cell. Raises ``GridError`` for what is no cell, ``SnapshotNotFoundError`` for another cell."""
    cell = parse_cell(text)
    table = view.rows()
    found = np.flatnonzero(integers(table["cell"]) == cell)
    if not found.size:
        message = f"{format_cell(cell)} is not a study cell at resolution {view.resolution}."
        raise SnapshotNotFoundError(message, remedy="Ask for its resolution with resolution=.")
    return features_of(view, take(table, found))[0]


def features_of(view: View, table: pa.Table) -> list[dict[str, Any]]:
    """GeoJSON features of the rows; ``id`` and ``cell`` are the 15-character index."""
    columns = columns_of(view, table)
    keys = {"resolution": view.resolution, "window": view.window, "category": view.category}
    shapes = outlines(integers(table["cell"]))
    names = list(columns)
    return [
        {
            "type": "Feature",
            "id": row[0],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"cell": row[0], **keys, **dict(zip(names[1:], row[1:], strict=True))},
        }
        for ring, row in zip(shapes, zip(*columns.values(), strict=True), strict=True)
    ]


def outlines(cells: NDArray[np.int64]) -> list[list[list[float]]]:
    """Closed counter-clockwise rings of longitude and latitude in degrees."""
    rings = boundaries(cells)
    points = rings.lnglat.tolist()
    edges = rings.offsets.tolist()
    return [[*points[a:b], points[a]] for a, b in pairwise(edges)]


def _matches(table: pa.Table, wanted: Filter) -> NDArray[np.bool_]:
    matches = np.full(table.num_rows, wanted.within)
    for name, value in wanted.equal:
        matches &= np.array([word == value for word in words(table[name])], dtype=bool)
    if wanted.box is not None:
        matches &= touching(_polygons(integers(table["cell"])), wanted.box)
    return matches


def touching(shapes: NDArray[np.object_], box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Which shapes share at least a point with the box."""
    return np.asarray(shapely.intersects(shapes, _box(box)), dtype=bool)


def _polygons(cells: NDArray[np.int64]) -> NDArray[np.object_]:
    rings = boundaries(cells)
    count = np.diff(rings.offsets)
    linear = shapely.linearrings(rings.lnglat, indices=np.repeat(np.arange(len(cells)), count))
    return np.asarray(shapely.polygons(linear), dtype=object)


def _box(edges: tuple[float, float, float, float]) -> shapely.Geometry:
    west, south, east, north = edges
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(shapely.box(west, south, _HALF_TURN, north), shapely.box(-_HALF_TURN, south, east, north))
