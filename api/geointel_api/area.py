"""What an edition says about official areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.errors import SnapshotNotFoundError
from geointel.grid import centres
from geointel_api.columns import plain, take, words
from geointel_api.figures import figures_of
from geointel_api.outcomes import outcomes_of
from geointel_api.profile import profile_of
from geointel_api.series import monthly, unseen
from geointel_api.view import Choice, select

if TYPE_CHECKING:
    import pyarrow as pa

    from geointel_api.opened import OpenEdition

CENTIMETRES = 7
"""Decimals of a degree in outlines."""


def area_list(edition: OpenEdition, level: str | None) -> list[dict[str, Any]]:
    """Areas of a level (or of all) with their boxes. Raises ``SnapshotNotFoundError`` for an unknown level."""
    outlines = edition.outlines
    return [
        {
            "level": outlines.levels[row],
            "code": outlines.codes[row],
            "name": outlines.names[row],
            "bbox": outlines.box(row),
        }
        for row in _rows(edition, level)
    ]


def area_features(edition: OpenEdition, level: str | None) -> dict[str, Any]:
    """The same areas as GeoJSON features with their outlines."""
    rows = _rows(edition, level)
    features = [
        {
            "type": "Feature",
            "id": f"{entry['level']}/{entry['code']}",
            "bbox": entry["bbox"],
            "geometry": geometry_of(edition.outlines.geometries[row]),
            "properties": {name: entry[name] for name in ("level", "code", "name")},
        }
        for row, entry in zip(rows, area_list(edition, level), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def describe_area(edition: OpenEdition, level: str, code: str) -> dict[str, Any]:
    """Published counts of one area by window and category, series, figures, hours, outcomes, and how many cells it has.

    Raises ``SnapshotNotFoundError``.
    """
    outlines = edition.outlines
    row = outlines.find(level, code)
    spec = edition.count_layer
    if spec is None:
        message = "This edition has no counts by area."
        raise SnapshotNotFoundError(message)
    shown = edition.first_layer["default"]["category"]
    view = select(edition, spec["id"], Choice(category=shown if shown in spec["categories"] else None))
    found = {"level": level, "code": code, "name": outlines.names[row], "bbox": outlines.box(row)}
    facts = edition.edition.area_facts(level, code)
    return {
        **found,
        "layer": spec["id"],
        "rows": _records(_of_code(edition.edition.area_rows(spec["id"], level=level), code)),
        "series": monthly(
            edition.manifest, facts, view.category, unseen=unseen(edition, view.category, area=(level, code))
        ),
        "figures": figures_of(edition, level, code),
        "profile": profile_of(edition, level, code),
        "outcomes": outcomes_of(facts),
        "resolution": view.resolution,
        "cells": len(_cells_of(edition, level, code, view.cells())),
    }


def geometry_of(geometry: shapely.Geometry) -> dict[str, Any]:
    """GeoJSON of a polygon, exterior rings counter-clockwise (RFC 7946)."""
    turned = shapely.orient_polygons(geometry)
    polygons = [
        [_ring(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(turned).tolist()
    ]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _ring(ring: shapely.Geometry) -> list[list[float]]:
    points: list[list[float]] = np.round(shapely.get_coordinates(ring), CENTIMETRES).tolist()
    return points


def _rows(edition: OpenEdition, level: str | None) -> list[int]:
    rows = edition.outlines.rows(level)
    if level is not None and not rows:
        known = ", ".join(entry["id"] for entry in edition.manifest["area"]["levels"])
        message = f"There is no level {level[:40]!r} of areas."
        raise SnapshotNotFoundError(message, remedy=f"Levels: {known}.")
    return rows


def _cells_of(edition: OpenEdition, level: str, code: str, cells: np.ndarray[Any, Any]) -> list[int]:
    """Cells that the snapshot gives to a district; of other levels, those whose centre lies inside."""
    if level == edition.manifest["area"]["levels"][0]["id"]:
        places = edition.places
        return [cell for cell in cells.tolist() if cell in places and places[cell].district_code == code]
    outline = edition.outlines.geometries[edition.outlines.find(level, code)]
    shapely.prepare(outline)
    points = centres(cells)
    inside = shapely.contains_xy(outline, points[:, 0], points[:, 1])
    return [int(cell) for cell in cells[inside]]


def _of_code(table: pa.Table, code: str) -> pa.Table:
    rows = np.flatnonzero(np.array([word == code for word in words(table["code"])], dtype=bool))
    return take(table, rows)


def _records(table: pa.Table) -> list[dict[str, Any]]:
    names = [name for name in table.column_names if name not in ("level", "code")]
    columns = [plain(table[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
