"""Search of places by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from geointel_api.answers import json_answer
from geointel_api.documents import PlacesDocument
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.search import search_places

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1/places", tags=["places"])

Text = Annotated[str, Query(description="part of a name", max_length=100)]


@router.get("", response_model=PlacesDocument, summary="Find a place")
def get_places(visit: Visiting, q: Text = "") -> Response:
    """Areas by name, and named groups of hexagons where the edition has such names. Postcodes: not in this version."""
    return json_answer({"places": search_places(visit.edition, q)})
