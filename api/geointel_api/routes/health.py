"""Probes for whoever runs the service. They need no credential and no edition."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from geointel_api.answers import json_answer
from geointel_api.documents import HealthDocument

if TYPE_CHECKING:
    from starlette.responses import Response

    from geointel_api.opened import OpenSnapshot

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", response_model=HealthDocument, summary="Is the process alive?")
async def get_live(request: Request) -> Response:
    """Return 200 while the process answers at all."""
    return json_answer({**_about(request), "status": "ok"})


@router.get(
    "/ready",
    response_model=HealthDocument,
    responses={503: {"model": HealthDocument}},
    summary="Is the published snapshot served?",
)
async def get_ready(request: Request) -> Response:
    """Return 200 when the published snapshot is the one that is served, else 503 and why; the old one is served then."""
    trouble = request.app.state.current.trouble
    if trouble:
        return json_answer(
            {**_about(request), "status": "not ready", "trouble": trouble}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return json_answer({**_about(request), "status": "ok"})


def _about(request: Request) -> dict[str, Any]:
    held: OpenSnapshot = request.state.held
    return {"snapshot": held.id, "created": request.app.state.current.created, "trouble": ""}
