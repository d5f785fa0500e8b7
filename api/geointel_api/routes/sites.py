"""Where: siting of new services, and answers that take longer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from geointel.answers.places_wanted import SitesRequest  # noqa: TC001 - FastAPI reads annotations
from geointel_api.answers import json_answer
from geointel_api.links import base_of
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.site_documents import JobDocument, SitesDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

router = APIRouter(prefix="/v1", tags=["what if"])


@router.post(
    "/sites",
    response_model=SitesDocument,
    responses={202: {"model": JobDocument, "description": "the proof is being worked out"}},
    summary="Where would new services reach most people?",
)
def post_sites(visit: Visiting, request: Request, wanted: SitesRequest) -> Response:
    """A plan chosen site by site, at once. With ``prove`` a job: its answer says how good any plan can be at most."""
    from geointel.answers.sites import sites  # noqa: PLC0415 - brings SciPy, which no other address needs

    world = request.app.state.worlds.of(visit, wanted.layer, wanted.category)
    about = {"snapshot": visit.snapshot.id, "edition": visit.edition.name}

    def work(announce: Callable[[str], None]) -> dict[str, Any]:
        return {**about, **sites(world, wanted, announce)}

    if not wanted.prove:
        return json_answer(work(lambda _: None))
    job = request.app.state.jobs.begin(visit.edition.name, work, snapshot=visit.snapshot.id)
    answer = json_answer({**job.told(), "href": f"{base_of(request)}/v1/jobs/{job.id}"}, status=HTTPStatus.ACCEPTED)
    answer.headers["location"] = f"{base_of(request)}/v1/jobs/{job.id}"
    return answer


@router.get("/jobs/{job}", response_model=JobDocument, summary="A long answer")
def get_job(visit: Visiting, request: Request, job: str) -> Response:
    """How far a long answer is, and the answer when it is there."""
    found = request.app.state.jobs.find(job, visit.visible)
    request.app.state.current.pin(found.snapshot or None)  # what was worked out from a snapshot goes with it
    return json_answer({**found.told(), "href": f"{base_of(request)}/v1/jobs/{found.id}"})
