"""Features of a layer's own, such as services or clusters, as GeoJSON in pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import shapely

from geointel import content
from geointel.errors import SnapshotNotFoundError
from geointel.model import ALL
from geointel_api.columns import take, words
from geointel_api.features import Filter, Page, touching

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel_api.view import View

GEOMETRY = "geometry"


def has_shapes(view: View) -> bool:
    """Whether the layer has features of its own beside its hexagons."""
    return bool(view.spec.get("features", False))


def shapes_page(view: View, wanted: Filter, *, limit: int, after: str | None) -> Page:
    """Features of the view that match, in ascending order of id, after the id ``after``.

    Those that belong to one map, such as clusters, are those of the view's window, resolution and category; others, such
    as services, of its category.
    """
    table = view.edition.edition.features(view.layer)
    rows = np.flatnonzero(_matches(table, view, wanted))
    matched = len(rows)
    if after is not None:
        rows = rows[np.array([name > after for name in words(table["id"])], dtype=bool)[rows]]
    features = _features(view, take(table, rows[:limit]))
    return Page(features, matched, features[-1]["id"] if len(rows) > limit else None)


def shape_of(view: View, name: str) -> dict[str, Any]:
    """The feature of one id. Raises ``SnapshotNotFoundError``."""
    table = view.edition.edition.features(view.layer)
    found = np.flatnonzero(pc.equal(table["id"], name).to_numpy())
    if not found.size:
        message = f"The layer {view.layer!r} has no feature {name[:60]!r}."
        raise SnapshotNotFoundError(message, remedy=f"See /collections/{view.layer}/items.")
    return _features(view, take(table, found))[0]


def _matches(table: pa.Table, view: View, wanted: Filter) -> NDArray[np.bool_]:
    matches = np.full(table.num_rows, wanted.within)
    of_one_map = "window" in table.column_names
    if of_one_map:
        matches &= pc.equal(table["window"], view.window).to_numpy()
        matches &= pc.equal(table["resolution"], view.resolution).to_numpy()
    if of_one_map or view.category != ALL:
        matches &= pc.equal(table["category"], view.category).to_numpy()
    for name, value in wanted.equal:
        if name in table.column_names:
            matches &= pc.equal(table[name], value).to_numpy()
    if wanted.box is not None:
        matches &= touching(_shapes(table), wanted.box)
    return matches


def _shapes(table: pa.Table) -> NDArray[np.object_]:
    return np.array(shapely.from_wkb(table[GEOMETRY].to_numpy()), dtype=object)


def _features(view: View, table: pa.Table) -> list[dict[str, Any]]:
    """GeoJSON features; the window is that of the layer, and ``as_of`` the date of the feature's own list."""
    names = [name for name in table.column_names if name not in ("id", GEOMETRY)]
    rows = table.select(["id", *names]).to_pylist()
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": shape,
            "properties": {
                "window": view.window,
                **{name: row[name] for name in names},
                "category_label": content.category(str(row["category"])).label,
            },
        }
        for row, shape in zip(rows, map(json.loads, shapely.to_geojson(_shapes(table))), strict=True)
    ]
