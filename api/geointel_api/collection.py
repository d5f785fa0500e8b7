"""Documents of OGC API Features: collections, items, queryables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.grid import parse_cell, resolutions
from geointel.snapshot import credits_of
from geointel_api.features import MAX_LIMIT, Filter, feature_of, page_of, parse_box
from geointel_api.interval import overlaps, window_dates
from geointel_api.links import GEOJSON, JSON, SCHEMA, address, link
from geointel_api.shapes import has_shapes, shape_of, shapes_page
from geointel_api.view import Choice, View, caveats_of, select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel_api.door import Visit
    from geointel_api.routes.collections import Wanted

FEATURE_ID = ":"
"""Stands in the id of every feature that is no cell: its source, then its id there."""
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def collections(visit: Visit, base: str) -> dict[str, Any]:
    """Every layer as a collection."""
    edition = visit.parameter("edition")
    found = [collection(visit, base, spec["id"]) for spec in visit.edition.manifest["layers"]]
    return {"collections": found, "links": [link(address(base, "/collections", edition=edition), "self", JSON)]}


def collection(visit: Visit, base: str, layer: str) -> dict[str, Any]:
    """One layer as a collection. Raises ``SnapshotNotFoundError``."""
    view = select(visit.edition, layer)
    spec = view.spec
    return {
        "id": layer,
        "title": spec["title"],
        "description": spec["question"],
        "attribution": " ".join(credits_of(visit.edition.manifest, spec)),
        "extent": {
            "spatial": {"bbox": [visit.edition.extent], "crs": CRS84},
            "temporal": {"interval": [_period(view)]},
        },
        "itemType": "feature",
        "crs": [CRS84],
        "windows": list(spec["windows"]),
        "categories": list(spec["categories"]),
        "resolutions": list(spec["resolutions"]),
        "default": spec["default"],
        "caveats": caveats_of(view),
        "links": _collection_links(visit, base, layer),
    }


def items(visit: Visit, base: str, *, layer: str, choice: Choice, wanted: Wanted) -> dict[str, Any]:
    """One page of features. ``numberMatched`` counts all pages; ``next`` goes on after the last cell."""
    view = select(visit.edition, layer, choice)
    limit = min(wanted.limit, MAX_LIMIT)
    page_in = shapes_page if has_shapes(view) else page_of
    page = page_in(view, _filter(view, wanted), limit=limit, after=wanted.after)
    asked = {name: values[0] for name, values in visit.query.items()}
    path = f"/collections/{layer}/items"
    links = [
        link(address(base, path, **asked), "self", GEOJSON),
        link(address(base, f"/collections/{layer}", edition=asked.get("edition")), "collection", JSON),
    ]
    if page.after is not None:
        # The next page comes from the same snapshot, even if another is published meanwhile.
        onward = {**asked, "snapshot": visit.snapshot.id, "limit": limit, "after": page.after}
        links.append(link(address(base, path, **onward), "next", GEOJSON))
    return {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "caveats": caveats_of(view),
        "links": links,
        "features": page.features,
    }


def item(visit: Visit, base: str, *, layer: str, cell: str, choice: Choice) -> dict[str, Any]:
    """One feature. The resolution is the cell's own unless another is asked for."""
    shapes = has_shapes(select(visit.edition, layer)) and FEATURE_ID in cell
    if choice.resolution is None and not shapes:
        own = int(resolutions(np.array([parse_cell(cell)], dtype=np.int64))[0])
        choice = Choice(choice.window, choice.category, own)
    view = select(visit.edition, layer, choice)
    asked = {name: values[0] for name, values in visit.query.items()}
    links = [
        link(address(base, f"/collections/{layer}/items/{cell}", **asked), "self", GEOJSON),
        link(address(base, f"/collections/{layer}", edition=asked.get("edition")), "collection", JSON),
    ]
    return {**(shape_of if shapes else feature_of)(view, cell), "links": links}


def queryables(visit: Visit, base: str, layer: str) -> dict[str, Any]:
    """JSON Schema of the properties that are query parameters of items."""
    spec = visit.edition.edition.spec(layer)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(base, f"/collections/{layer}/queryables"),
        "type": "object",
        "title": spec["title"],
        "properties": {
            "geometry": {"format": "geometry-polygon", "x-ogc-role": "primary-geometry"},
            "window": _words("Period", spec["windows"]),
            "category": _words("Category", spec["categories"]),
            "resolution": {"title": "H3 resolution", "type": "integer", "enum": list(spec["resolutions"])},
            "class": _words("Class", [style["id"] for style in spec["classes"]]),
            "status": {"title": "Status", "type": "string"},
        },
        "additionalProperties": False,
    }


def _words(title: str, known: list[str]) -> dict[str, Any]:
    return {"title": title, "type": "string", "enum": list(known)}


def _filter(view: View, wanted: Wanted) -> Filter:
    window = next(found for found in view.edition.manifest["windows"] if found["id"] == view.window)
    equal = [("class", wanted.klass), ("status", wanted.status)]
    return Filter(
        box=parse_box(wanted.bbox) if wanted.bbox else None,
        equal=tuple((name, value) for name, value in equal if value is not None),
        within=overlaps(wanted.datetime, window) if wanted.datetime else True,
    )


def _period(view: View) -> list[str]:
    windows: list[Mapping[str, Any]] = view.edition.manifest["windows"]
    dates = [window_dates(window) for window in windows if window["id"] in view.spec["windows"]]
    return [f"{min(first for first, _ in dates)}T00:00:00Z", f"{max(last for _, last in dates)}T23:59:59Z"]


def _collection_links(visit: Visit, base: str, layer: str) -> list[dict[str, Any]]:
    edition = visit.parameter("edition")
    path = f"/collections/{layer}"

    def to(place: str) -> str:
        return address(base, place, edition=edition)

    return [
        link(to(path), "self", JSON),
        link(to(f"{path}/items"), "items", GEOJSON, "Features as GeoJSON"),
        link(to(f"{path}/queryables"), "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, "Queryables"),
        link(to(f"{path}/tiles"), "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, "Map tiles"),
        link(to(f"/tiles/{layer}.json"), "alternate", JSON, "TileJSON"),
        link(to(f"/v1/layers/{layer}"), "describedby", JSON, "Layer"),
    ]
