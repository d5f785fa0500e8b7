"""Official areas, and areas that somebody draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query

from geointel_api.answers import json_answer
from geointel_api.area import area_features, area_list, describe_area
from geointel_api.documents import AreaDocument, AreasDocument, SummaryDocument, SummaryRequest
from geointel_api.links import GEOJSON
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.zonal import summarise

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1/areas", tags=["areas"])

Level = Annotated[str | None, Query(description="level of areas; default: all levels")]
Format = Annotated[Literal["json", "geojson"], Query(description="list, or outlines as GeoJSON")]


@router.get(
    "",
    response_model=AreasDocument,
    responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
    summary="Areas",
)
def get_areas(visit: Visiting, level: Level = None, f: Format = "json") -> Response:
    """Areas of a level with their boxes, or with their outlines."""
    if f == "geojson":
        return json_answer(area_features(visit.edition, level), GEOJSON)
    return json_answer({"areas": area_list(visit.edition, level)})


@router.get("/{level}/{code}", response_model=AreaDocument, summary="One area")
def get_area(visit: Visiting, level: str, code: str) -> Response:
    """Published counts of one area by window and category, and its monthly series."""
    return json_answer(describe_area(visit.edition, level, code))


@router.post("/summary", response_model=SummaryDocument, summary="Sum of an area that you draw")
def post_summary(visit: Visiting, wanted: SummaryRequest) -> Response:
    """Sum of published counts of the hexagons whose centre lies inside a polygon, or of a list of hexagons."""
    return json_answer(summarise(visit, wanted))
