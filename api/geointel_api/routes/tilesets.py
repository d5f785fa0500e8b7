"""Descriptions of tiles. The tiles themselves are served by ``tile_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from geointel_api.answers import json_answer
from geointel_api.links import JSON, address, link
from geointel_api.ogc_documents import TileJson, TilesetDocument, TilesetsDocument
from geointel_api.parameters import Base, CategoryId, Visiting, WindowId  # noqa: TC001 - FastAPI reads annotations
from geointel_api.tilejson import MERCATOR, MERCATOR_CRS, tilejson_of, tileset
from geointel_api.view import Choice, select, title_of

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(tags=["tiles"])


@router.get("/tiles/{layer}.json", response_model=TileJson, summary="TileJSON of a layer")
async def get_tilejson(
    visit: Visiting, base: Base, layer: str, window: WindowId = None, category: CategoryId = None
) -> Response:
    """TileJSON 3. The tile address in it names the snapshot and may be cached for ever."""
    view = select(visit.edition, layer, Choice(window, category))
    return json_answer(tilejson_of(visit, view, base))


@router.get(
    "/collections/{layer}/tiles", response_model=TilesetsDocument, summary="Tilesets of a layer (OGC API Tiles)"
)
async def get_tilesets(visit: Visiting, base: Base, layer: str) -> Response:
    """Return the tilesets of a layer: one, in Web Mercator."""
    view = select(visit.edition, layer)
    edition = visit.parameter("edition")
    path = f"/collections/{layer}/tiles"
    own = [link(address(base, f"{path}/WebMercatorQuad", edition=edition), "self", JSON)]
    entry = {
        "title": title_of(view),
        "dataType": "vector",
        "crs": MERCATOR_CRS,
        "tileMatrixSetURI": MERCATOR,
        "links": own,
    }
    return json_answer({"tilesets": [entry], "links": [link(address(base, path, edition=edition), "self", JSON)]})


@router.get(
    "/collections/{layer}/tiles/WebMercatorQuad",
    response_model=TilesetDocument,
    summary="Tileset metadata (OGC API Tiles)",
)
async def get_tileset(
    visit: Visiting, base: Base, layer: str, window: WindowId = None, category: CategoryId = None
) -> Response:
    """Limits, layers and address of the tiles."""
    view = select(visit.edition, layer, Choice(window, category))
    return json_answer(tileset(visit, view, base))
