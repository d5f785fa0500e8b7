"""Everything that an edition says about one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.errors import SnapshotNotFoundError
from geointel.grid import boundaries, centres, format_cell, parse_cell, resolutions
from geointel.model import INCIDENTS
from geointel_api.columns import integers, take
from geointel_api.opened import NOWHERE, OpenEdition, Outlines
from geointel_api.profile import CELLS, profile_of
from geointel_api.rows import columns_of
from geointel_api.sentence import sentence_of
from geointel_api.series import monthly, unseen
from geointel_api.view import Choice, View, caveats_of, select

if TYPE_CHECKING:
    from collections.abc import Mapping


def describe_cell(edition: OpenEdition, text: str, choice: Choice) -> dict[str, Any]:
    """Name, areas, a row and a sentence for each layer, the monthly series, the caveats.

    Layers that do not have the window or category asked for are left out. Raises ``GridError``
    for what is no cell and ``SnapshotNotFoundError`` for a cell that is not of the study area.
    """
    cell = parse_cell(text)
    resolution = int(resolutions(np.array([cell], dtype=np.int64))[0])
    views = _views(edition, resolution, choice)
    rows = [(view, row) for view in views if (row := _row(view, cell)) is not None]
    if not rows:
        message = f"{format_cell(cell)} is not a study cell of this map, or has nothing under that window and category."
        raise SnapshotNotFoundError(message, remedy="GET /v1/layers/{layer}/values lists the cells of a layer.")
    place = edition.places.get(cell, NOWHERE)
    first = rows[0][0]
    count = next((row for view, row in rows if view.spec["kind"] == "count"), {})
    recorded = count.get("status") != "no-support" and not first.spec.get("features", False)
    return {
        "cell": format_cell(cell),
        "resolution": resolution,
        "name": place.name or place.district,
        "district": place.district,
        "areas": _areas(edition, cell, place.district_code),
        "window": first.window,
        "category": first.category,
        "layers": [_entry(view, row) for view, row in rows],
        "series": _series(edition, cell, first.category, known=recorded),
        "profile": profile_of(edition, CELLS, format_cell(cell)),
        "special_share": count.get("special_share"),
        "caveats": list(dict.fromkeys(caveat for view, _ in rows for caveat in caveats_of(view))),
        "centre": centres(np.array([cell], dtype=np.int64))[0].tolist(),
    }


UNCOUNTED = {"services", "need", "access", "gap"}
"""Kinds of layer whose categories are not of incidents."""


def _views(edition: OpenEdition, resolution: int, choice: Choice) -> list[View]:
    """Return a view of every layer under one window and category: those asked for, else those shown first."""
    default = edition.first_layer["default"]
    window = choice.window or default["window"]
    category = choice.category or default["category"]
    wanted = Choice(window, category, resolution)
    return [
        select(edition, spec["id"], wanted)
        for spec in edition.manifest["layers"]
        if resolution in spec["resolutions"] and window in spec["windows"] and category in spec["categories"]
    ]


def _row(view: View, cell: int) -> dict[str, Any] | None:
    table = view.rows()
    found = np.flatnonzero(integers(table["cell"]) == cell)
    if not found.size:
        return None
    columns = columns_of(view, take(table, found))
    return {name: values[0] for name, values in columns.items()}


def _entry(view: View, row: Mapping[str, Any]) -> dict[str, Any]:
    spec = view.spec
    entry = {"layer": spec["id"], "title": spec["title"], "unit": spec["unit"], "row": row}
    return {**entry, "sentence": sentence_of(view, row)}


def _series(edition: OpenEdition, cell: int, category: str, *, known: bool) -> dict[str, Any]:
    """Monthly counts; null throughout for a cell in which nothing can be recorded, and for what is no incident, such as a kind of service."""
    months = edition.manifest["period"]["months"]
    counted = {
        name for spec in edition.manifest["layers"] if spec["kind"] not in UNCOUNTED for name in spec["categories"]
    }
    if not known or category not in counted:
        return {"category": category, "measure": INCIDENTS, "months": months, "values": [None] * len(months)}
    facts = edition.edition.facts(cell)
    return monthly(edition.manifest, facts, category, unseen=unseen(edition, category, cell=cell))


def _areas(edition: OpenEdition, cell: int, district: str | None) -> list[dict[str, str]]:
    """One area of each level: the district that the snapshot names, else the one that shares most surface."""
    outlines = edition.outlines
    ring = boundaries(np.array([cell], dtype=np.int64)).lnglat
    shape = shapely.Polygon(ring)
    chosen = [
        _most(outlines, level, shape, district) for level in dict.fromkeys(entry["id"] for entry in _levels(edition))
    ]
    return [
        {"level": outlines.levels[row], "code": outlines.codes[row], "name": outlines.names[row]}
        for row in chosen
        if row is not None
    ]


def _levels(edition: OpenEdition) -> list[Mapping[str, str]]:
    return list(edition.manifest["area"]["levels"])


def _most(outlines: Outlines, level: str, shape: shapely.Geometry, district: str | None) -> int | None:
    rows = outlines.rows(level)
    named = [row for row in rows if outlines.codes[row] == district]
    if named:
        return named[0]
    shared = shapely.area(shapely.intersection(outlines.geometries[rows], shape)) if rows else np.zeros(0)
    return rows[int(shared.argmax())] if shared.size and shared.max() > 0 else None
