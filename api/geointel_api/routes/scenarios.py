"""What if: scenarios over the published access and need."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from geointel.answers.actions import ScenarioRequest  # noqa: TC001 - FastAPI reads annotations
from geointel_api.answers import json_answer
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.scenario_documents import ScenarioDocument

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1", tags=["what if"])


@router.post("/scenarios", response_model=ScenarioDocument, summary="What if we open, move, extend or close a service?")
def post_scenario(visit: Visiting, request: Request, wanted: ScenarioRequest) -> Response:
    """Who would gain and lose, how much of the gap would close, what it does to crowding and equity. Nothing is stored."""
    from geointel.answers.scenario import scenario  # noqa: PLC0415 - brings SciPy, which no other address needs

    world = request.app.state.worlds.of(visit, wanted.layer, wanted.category)
    today = date.today()  # noqa: DTZ011 - the day where the service runs
    answer: dict[str, Any] = scenario(world, wanted, edition=visit.edition.name, today=today)
    return json_answer({"snapshot": visit.snapshot.id, "edition": visit.edition.name, **answer})
