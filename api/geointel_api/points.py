"""Features of a layer's own, such as services, as GeoJSON points in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import shapely

from geointel import content
from geointel.errors import SnapshotNotFoundError
from geointel.model import ALL
from geointel_api.columns import take, words
from geointel_api.features import Filter, Page

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel_api.view import View

GEOMETRY = "geometry"


def has_points(view: View) -> bool:
    """Whether the layer has features of its own beside its hexagons."""
    return bool(view.spec.get("features", False))


def points_page(view: View, wanted: Filter, *, limit: int, after: str | None) -> Page:
    """Points of the view's category that match, in ascending order of id, after the id ``after``."""
    table = view.edition.edition.features(view.layer)
    rows = np.flatnonzero(_matches(table, view.category, wanted))
    matched = len(rows)
    if after is not None:
        rows = rows[np.array([name > after for name in words(table["id"])], dtype=bool)[rows]]
    features = _features(view, take(table, rows[:limit]))
    return Page(features, matched, features[-1]["id"] if len(rows) > limit else None)


def point_of(view: View, name: str) -> dict[str, Any]:
    """The feature of one id. Raises ``SnapshotNotFoundError``."""
    table = view.edition.edition.features(view.layer)
    found = np.flatnonzero(pc.equal(table["id"], name).to_numpy())
    if not found.size:
        message = f"The layer {view.layer!r} has no feature {name[:60]!r}."
        raise SnapshotNotFoundError(message, remedy=f"See /collections/{view.layer}/items.")
    return _features(view, take(table, found))[0]


def _matches(table: pa.Table, category: str, wanted: Filter) -> NDArray[np.bool_]:
    matches = np.full(table.num_rows, wanted.within)
    if category != ALL:
        matches &= pc.equal(table["category"], category).to_numpy()
    if wanted.box is not None:
        west, south, east, north = wanted.box
        x, y = _coordinates(table)
        across = (x >= west) & (x <= east) if west <= east else (x >= west) | (x <= east)
        matches &= across & (y >= south) & (y <= north)
    return matches


def _coordinates(table: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = shapely.from_wkb(table[GEOMETRY].to_numpy())
    return shapely.get_x(points), shapely.get_y(points)


def _features(view: View, table: pa.Table) -> list[dict[str, Any]]:
    """GeoJSON features; the window is that of the layer, and ``as_of`` the date of the feature's own list."""
    x, y = _coordinates(table)
    names = [name for name in table.column_names if name not in ("id", GEOMETRY)]
    rows = table.select(["id", *names]).to_pylist()
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": {"type": "Point", "coordinates": [lng, lat]},
            "properties": {
                "window": view.window,
                **{name: row[name] for name in names},
                "category_label": content.category(str(row["category"])).label,
            },
        }
        for row, lng, lat in zip(rows, x.tolist(), y.tolist(), strict=True)
    ]
