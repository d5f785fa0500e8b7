"""What a layer's tiles say about themselves: TileJSON 3 and OGC tileset metadata."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.snapshot import credits_of
from geointel.tiles import MAXZOOM, MINZOOM, resolutions_by_zoom
from geointel.tiles.tilejson import TileView, tile_properties, tilejson
from geointel_api.columns import missing
from geointel_api.links import address, link
from geointel_api.tile_app import MVT
from geointel_api.view import Choice, View, caveats_of, select, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel_api.door import Visit
    from geointel_api.opened import OpenEdition

MERCATOR = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"


def tilejson_of(visit: Visit, view: View, base: str) -> dict[str, Any]:
    """TileJSON 3 of a view. The address of its tiles names the snapshot, so those can be kept for ever."""
    url = tile_address(visit, view, base, "/tiles/{}/{{z}}/{{x}}/{{y}}.mvt")
    shown = sorted(set(resolutions_by_zoom(view.spec["resolutions"]).values()))
    views = [select(view.edition, view.layer, Choice(view.window, view.category, each)) for each in shown]
    nulls = Counter[str]()
    for each in views:
        table = each.rows()
        nulls.update({name: missing(table[name]) for name in tile_properties(view.spec)})
    about = TileView(url=url, window=view.window, category=view.category, nulls=nulls)
    return {**tilejson(view.spec, view.edition.manifest, about), "caveats": caveats_of(view)}


def tileset(visit: Visit, view: View, base: str) -> dict[str, Any]:
    """OGC tileset metadata of a view."""
    by_zoom = resolutions_by_zoom(view.spec["resolutions"])
    west, south, east, north = visit.edition.extent
    path = f"/collections/{view.layer}/tiles/WebMercatorQuad"
    template = tile_address(
        visit, view, base, "/collections/{}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    )
    return {
        "title": title_of(view),
        "dataType": "vector",
        "crs": MERCATOR_CRS,
        "tileMatrixSetURI": MERCATOR,
        "tileMatrixSetLimits": tile_limits(visit.edition.extent),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north]},
        "layers": [{"id": view.category, "dataType": "vector", "geometryDimension": 2}],
        "attribution": attribution(visit.edition, view.spec),
        "resolutions": {str(zoom): resolution for zoom, resolution in by_zoom.items()},
        "links": [
            link(address(base, path, edition=visit.parameter("edition")), "self", "application/json"),
            link(template, "item", MVT, "Tiles", templated=True),
            link(address(base, f"/tiles/{view.layer}.json"), "alternate", "application/json", "TileJSON"),
        ],
    }


def tile_address(visit: Visit, view: View, base: str, template: str) -> str:
    """Address template of a view's tiles."""
    named = {"edition": visit.edition.name, "snapshot": visit.snapshot.id}
    return address(base, template.format(view.layer), window=view.window, category=view.category, **named)


def attribution(edition: OpenEdition, spec: Mapping[str, Any] | None = None) -> str:
    """Whose data it is, of the edition or of one layer, in one line."""
    return " ".join(credits_of(edition.manifest, spec))


def tile_limits(extent: list[float]) -> list[dict[str, Any]]:
    """Rows and columns of each zoom that have tiles."""
    west, south, east, north = extent
    limits = []
    for zoom in range(MINZOOM, MAXZOOM + 1):
        left, top = _tile_at(west, north, zoom)
        right, bottom = _tile_at(east, south, zoom)
        rows = {"minTileRow": top, "maxTileRow": bottom, "minTileCol": left, "maxTileCol": right}
        limits.append({"tileMatrix": str(zoom), **rows})
    return limits


def _tile_at(lng: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 1 << zoom
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi)
    return (int(np.clip((lng + 180) / 360 * side, 0, side - 1)), int(np.clip(y * side, 0, side - 1)))
