"""One cell: everything about one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from geointel_api.answers import json_answer
from geointel_api.cell import describe_cell
from geointel_api.documents import CellDocument
from geointel_api.parameters import CategoryId, Visiting, WindowId  # noqa: TC001 - FastAPI reads annotations
from geointel_api.view import Choice

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1/cells", tags=["cells"])


@router.get("/{cell}", response_model=CellDocument, summary="Everything about one hexagon")
def get_cell(visit: Visiting, cell: str, window: WindowId = None, category: CategoryId = None) -> Response:
    """Name, areas, one row and sentence per layer, the monthly series, caveats."""
    return json_answer(describe_cell(visit.edition, cell, Choice(window, category)))
