"""Which snapshot is served, and what it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from geointel_api.answers import json_answer
from geointel_api.documents import SnapshotDocument
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.snapshot_document import snapshot_document

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1", tags=["snapshot"])


@router.get("/snapshot", response_model=SnapshotDocument, summary="Snapshot, period, editions, sources")
async def get_snapshot(visit: Visiting) -> Response:
    """Id, dates, editions that you may open, windows, categories, area, sources with attribution, caveats."""
    return json_answer(snapshot_document(visit))
