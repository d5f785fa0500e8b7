"""Sums over published cells whose centre lies inside an area. Arithmetic on published numbers only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel import content
from geointel.grid import centres, format_cell, parse_cell, resolutions
from geointel_api.columns import integers, numbers, words
from geointel_api.errors import RequestError, TooLargeError
from geointel_api.view import Choice, View, caveats_of, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel_api.documents import SummaryRequest
    from geointel_api.door import Visit

MAX_POINTS = 20_000
MAX_CELLS = 50_000
DEGREES = 360.0
"""No longitude or latitude is greater, in whatever turn."""


def parse_polygon(geometry: Mapping[str, Any]) -> shapely.Geometry:
    """Return the polygon or multi-polygon of a GeoJSON geometry, in degrees.

    Raises ``RequestError`` for anything else and for crossing lines, ``TooLargeError`` above ``MAX_POINTS``.
    """
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        message = "The area is not a GeoJSON Polygon or MultiPolygon."
        raise RequestError(message, remedy="Send a geometry with longitude and latitude in degrees.")
    try:
        area = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError) as error:
        message = "The area's coordinates cannot be read."
        raise RequestError(message, remedy="Send closed rings of [longitude, latitude].") from error
    if shapely.get_num_coordinates(area) > MAX_POINTS:
        message = f"The area has more than {MAX_POINTS:,} points."
        raise TooLargeError(message, remedy="Simplify its outline.")
    if not shapely.is_empty(area) and not (np.abs(shapely.bounds(area)) <= DEGREES).all():
        message = "The area's coordinates are no degrees."
        raise RequestError(message, remedy="Send closed rings of [longitude, latitude] in degrees.")
    if shapely.is_empty(area) or not shapely.is_valid(area):
        message = f"The area is not a sound polygon: {shapely.is_valid_reason(area)}."
        raise RequestError(message, remedy="Draw it without crossing lines.")
    return area


def rows_inside(view: View, area: shapely.Geometry) -> NDArray[np.int64]:
    """Positions of the view's cells whose centre lies inside the area."""
    points = centres(integers(view.rows()["cell"]))
    shapely.prepare(area)
    return np.flatnonzero(shapely.contains_xy(area, points[:, 0], points[:, 1]))


def rows_listed(view: View, cells: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Positions of the listed cells, each once, and those of them that are no study cells of the view.

    Raises ``GridError`` for what is no cell, ``TooLargeError`` above ``MAX_CELLS``.
    """
    if len(cells) > MAX_CELLS:
        message = f"The list has more than {MAX_CELLS:,} cells."
        raise TooLargeError(message, remedy="Ask in parts and add up.")
    wanted = np.unique(np.array([parse_cell(cell) for cell in cells], dtype=np.int64))
    known = integers(view.rows()["cell"])
    strangers = np.setdiff1d(wanted, known, assume_unique=True)
    return np.flatnonzero(np.isin(known, wanted)), [format_cell(cell) for cell in strangers.tolist()]


def summary(view: View, rows: NDArray[np.int64]) -> dict[str, Any]:
    """Sum of counts over rows. Cells without a value are counted by status, never taken for zero."""
    if view.spec["kind"] != "count":
        message = f"The layer {view.layer!r} cannot be added up: its values are not counts."
        raise RequestError(message, remedy="Ask for a layer of kind count.")
    table = view.rows()
    values = numbers(table["value"])[rows]
    known = np.isfinite(values)
    statuses = words(table["status"])
    status = [statuses[row] for row in rows.tolist()]
    return {
        "value": int(values[known].sum()) if known.any() else None,
        "unit": view.spec["unit"],
        "cells": len(rows),
        "cells_with_value": int(known.sum()),
        "cells_by_status": {word: status.count(word) for word in sorted(set(status))},
        "basis": content.caveat("area-sum").short,
        "caveats": caveats_of(view),
    }


def summarise(visit: Visit, wanted: SummaryRequest) -> dict[str, Any]:
    """What ``POST /v1/areas/summary`` answers. Raises ``RequestError`` unless polygon or cells are given, not both."""
    if (wanted.polygon is None) == (wanted.cells is None):
        message = "Give either a polygon or a list of cells."
        raise RequestError(message)
    layer = wanted.layer or (visit.edition.count_layer or {}).get("id", "")
    resolution = wanted.resolution
    if resolution is None and wanted.cells:
        resolution = int(resolutions(np.array([parse_cell(wanted.cells[0])], dtype=np.int64))[0])
    view = select(visit.edition, layer, Choice(wanted.window, wanted.category, resolution))
    strangers: list[str] = []
    if wanted.polygon is not None:
        rows = rows_inside(view, parse_polygon(wanted.polygon))
    else:
        rows, strangers = rows_listed(view, wanted.cells or [])
    about = {"snapshot": visit.snapshot.id, "edition": view.edition.name, **view.address}
    return {**about, **summary(view, rows), "unknown_cells": strangers}
