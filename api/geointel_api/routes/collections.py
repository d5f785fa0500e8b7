"""OGC API Features: layers as collections, cells as features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from geointel_api.answers import json_answer
from geointel_api.collection import collection, collections, item, items, queryables
from geointel_api.features import DEFAULT_LIMIT, MAX_LIMIT
from geointel_api.links import GEOJSON, SCHEMA
from geointel_api.ogc_documents import Collection, Collections, Feature, Features, Queryables
from geointel_api.parameters import Base, Choosing, Visiting  # noqa: TC001 - FastAPI reads annotations

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/collections", tags=["features"])

_GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {}}}}


@dataclass(frozen=True)
class Wanted:
    """Which items a request asks for."""

    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees; features that touch it")] = None
    datetime: Annotated[str | None, Query(description="instant or interval; the window has to overlap it")] = None
    klass: Annotated[str | None, Query(alias="class", description="only this class")] = None
    status: Annotated[str | None, Query(description="only this status")] = None
    limit: Annotated[
        int,
        Query(
            ge=1,
            json_schema_extra={"maximum": MAX_LIMIT},
            description=f"features a page; more than {MAX_LIMIT} is taken as {MAX_LIMIT}",
        ),
    ] = DEFAULT_LIMIT
    after: Annotated[str | None, Query(description="only features after this one; `next` links use it")] = None
    f: Annotated[Literal["json"], Query(description="GeoJSON")] = "json"


Wanting = Annotated[Wanted, Depends()]


@router.get("", response_model=Collections, summary="All layers as collections")
async def get_collections(visit: Visiting, base: Base) -> Response:
    """Return every layer as a collection of features."""
    return json_answer(collections(visit, base))


@router.get("/{layer}", response_model=Collection, summary="One layer as a collection")
async def get_collection(visit: Visiting, base: Base, layer: str) -> Response:
    """Extent, links, windows, categories, resolutions."""
    return json_answer(collection(visit, base, layer))


@router.get("/{layer}/queryables", response_model=Queryables, summary="What items can be filtered by")
async def get_queryables(visit: Visiting, base: Base, layer: str) -> Response:
    """JSON Schema of the properties that are query parameters."""
    return json_answer(queryables(visit, base, layer), SCHEMA)


@router.get("/{layer}/items", response_model=Features, responses=_GEOJSON, summary="Hexagons as GeoJSON")
def get_items(visit: Visiting, base: Base, layer: str, choice: Choosing, wanted: Wanting) -> Response:
    """Return the hexagons of one map in ascending order of cell, in pages; follow `next` to the end."""
    return json_answer(items(visit, base, layer=layer, choice=choice, wanted=wanted), GEOJSON)


@router.get("/{layer}/items/{cell}", response_model=Feature, responses=_GEOJSON, summary="One hexagon as GeoJSON")
def get_item(visit: Visiting, base: Base, layer: str, cell: str, choice: Choosing) -> Response:
    """One hexagon by its 15-character index; the resolution is the cell's own."""
    return json_answer(item(visit, base, layer=layer, cell=cell, choice=choice), GEOJSON)
