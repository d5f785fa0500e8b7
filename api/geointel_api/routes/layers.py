"""Layers: what there is, the values of one, and a picture of one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from geointel_api.answers import file_answer, json_answer
from geointel_api.documents import LayerDocument, LayersDocument, ValuesDocument
from geointel_api.features import parse_box
from geointel_api.parameters import Choosing, Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.picture import draw_view
from geointel_api.rows import arrow_bytes, csv_text, values_document
from geointel_api.view import select

router = APIRouter(prefix="/v1/layers", tags=["layers"])

CSV = "text/csv; charset=utf-8; header=present"
ARROW = "application/vnd.apache.arrow.stream"
SVG = "image/svg+xml"

Format = Annotated[Literal["json", "csv", "arrow"], Query(description="json, csv, or Arrow IPC stream")]
Box = Annotated[str | None, Query(description="west,south,east,north in degrees; default: the whole map")]


@router.get("", response_model=LayersDocument, summary="All layers")
async def get_layers(visit: Visiting) -> Response:
    """Return the spec of every layer: question, unit, windows, categories, classes, caveats."""
    return json_answer({"layers": list(visit.edition.manifest["layers"])})


@router.get("/{layer}", response_model=LayerDocument, summary="One layer")
async def get_layer(visit: Visiting, layer: str) -> Response:
    """Return the spec of one layer."""
    return json_answer(visit.edition.edition.spec(layer))


@router.get(
    "/{layer}/values",
    response_model=ValuesDocument,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                ARROW: {"schema": {"type": "string", "format": "binary"}},
            }
        }
    },
    summary="Every hexagon of one map",
)
def get_values(visit: Visiting, layer: str, choice: Choosing, f: Format = "json") -> Response:
    """Every study cell, ascending: cell, value, class, support, status, the kind's own columns, place, district.

    Null means that there is no value; `status` says why. CSV begins with lines of `#` that say what it is.
    """
    view = select(visit.edition, layer, choice)
    name = f"{view.layer}_{view.category}_{view.window}_r{view.resolution}"
    if f == "csv":
        return file_answer(csv_text(view, visit.snapshot.id), CSV, f"{name}.csv")
    if f == "arrow":
        return file_answer(arrow_bytes(view, visit.snapshot.id), ARROW, f"{name}.arrows")
    return json_answer(values_document(view, visit.snapshot.id))


@router.get(
    "/{layer}/map.svg",
    response_class=Response,
    responses={200: {"content": {SVG: {"schema": {"type": "string"}}}}},
    summary="A picture of one map",
)
def get_picture(visit: Visiting, layer: str, choice: Choosing, bbox: Box = None) -> Response:
    """Return a drawn map with its title, key and caveat, for print and where a browser cannot draw."""
    view = select(visit.edition, layer, choice)
    return Response(draw_view(view, parse_box(bbox) if bbox else None), media_type=SVG)
