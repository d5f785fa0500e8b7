"""Probes for whoever runs the service. They need no credential and no edition."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geointel_api.answers import json_answer
from geointel_api.counts import PROMETHEUS
from geointel_api.documents import HealthDocument

if TYPE_CHECKING:
    from geointel_api.opened import OpenSnapshot

router = APIRouter(tags=["health"])


@router.get("/health/live", response_model=HealthDocument, summary="Is the process alive?")
async def get_live(request: Request) -> Response:
    """Return 200 while the process answers at all."""
    return json_answer({**_about(request), "status": "ok"})


@router.get(
    "/health/ready",
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


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {PROMETHEUS: {"schema": {"type": "string"}}}}},
    summary="Counters for Prometheus",
)
async def get_metrics(request: Request) -> Response:
    """Answers by kind of status, refusals, and the log of accesses; nothing of any visitor. 404 unless it is turned on."""
    gauges = request.app.state.gauges
    if gauges is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(request.app.state.counts.text(gauges()), media_type=PROMETHEUS)


def _about(request: Request) -> dict[str, Any]:
    held: OpenSnapshot = request.state.held
    return {"snapshot": held.id, "created": request.app.state.current.created, "trouble": ""}
