"""Alerts: what people report, look into, grade, approve and tell."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Body, Depends, Query, Request
from starlette.responses import Response

from geointel_api.access import may_act
from geointel_api.alert_documents import AlertDocument, AlertsDocument
from geointel_api.alert_views import chosen, desk_document, document_for, history, log_document, version_for
from geointel_api.alerts import area_asked, desk_view, overlap_of, take_report, take_step, words_of_category
from geointel_api.answers import json_answer
from geointel_api.atom import ATOM_TYPE, feed
from geointel_api.links import base_of
from geointel_api.parameters import Base, Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.state.clock import moment
from geointel_api.state.desk import find_alert
from geointel_api.state.message import version_document
from geointel_api.state.requests import AnyStep, Report  # noqa: TC001 - FastAPI reads annotations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geointel_api.door import Visit

router = APIRouter(prefix="/v1", tags=["alerts"])

AreaAsked = Annotated[
    str | None, Query(pattern=r"^[^:]{1,60}:[^:]{1,60}$", description="`level:code`; alerts whose area overlaps it")
]
CategoryAsked = Annotated[str | None, Query(max_length=60, description="category of alerts")]
StateAsked = Annotated[
    Literal["received", "validated", "graded", "expired", "withdrawn"] | None, Query(description="state now")
]
Since = Annotated[str | None, Query(max_length=40, description="date or time; alerts that changed then or later")]


class Asked(NamedTuple):
    """Which alerts are asked for."""

    area: str | None
    category: str | None
    since: str | None

    def of(self, found: Iterable[dict[str, Any]], visit: Visit, state: str | None = None) -> list[dict[str, Any]]:
        """Those of some documents, the last changed first."""
        near = None
        if self.area is not None:
            asked, overlap = area_asked(visit.edition, self.area), overlap_of(visit.edition.outlines)
            near = partial(overlap, asked)
        since = None if self.since is None else moment(self.since, "since")
        return chosen(found, state=state, category=self.category, since=since, near=near)


def _asked(area: AreaAsked = None, category: CategoryAsked = None, since: Since = None) -> Asked:
    return Asked(area, category, since)


Asking = Annotated[Asked, Depends(_asked)]


@router.get("/alerts", response_model=AlertsDocument, summary="Alerts")
def get_alerts(visit: Visiting, request: Request, asked: Asking, state: StateAsked = None) -> Response:
    """For the open edition, alerts in force that are public. For others every report, as the desk sees it."""
    log, alerts = desk_view(request.app.state.alerts, visit)
    now = datetime.now(UTC)
    found = [one for alert in alerts.values() if (one := document_for(alert, visit.edition, now)) is not None]
    return json_answer(
        {
            "snapshot": visit.snapshot.id,
            "edition": visit.edition.name,
            "alerts": asked.of(found, visit, state),
            "log": log_document(log) if log is not None and may_act(visit.edition) else None,
        }
    )


@router.get(
    "/alerts.atom",
    response_class=Response,
    responses={200: {"content": {ATOM_TYPE: {}}}},
    summary="Published alerts as a feed",
)
def get_feed(visit: Visiting, request: Request, base: Base, asked: Asking) -> Response:
    """What is published and in force, as Atom with GeoRSS. For the open edition, only alerts that are public."""
    _, alerts = desk_view(request.app.state.alerts, visit)
    now = datetime.now(UTC)
    found = [
        version_document(alert, version)
        for alert in alerts.values()
        if (version := version_for(alert, visit.edition, now)) is not None
    ]
    kept = asked.of(found, visit)
    words = {one["category"]: words_of_category(visit.edition, one["category"]) for one in kept}
    return Response(feed(kept, visit.edition, base=base, words=words), media_type=ATOM_TYPE)


@router.get("/alerts/{alert}", response_model=AlertDocument, summary="One alert")
def get_alert(visit: Visiting, request: Request, alert: str) -> Response:
    """An alert; for the desk with every event: who, when, why."""
    _, alerts = desk_view(request.app.state.alerts, visit)
    now = datetime.now(UTC)
    seen = {name: one for name, one in alerts.items() if document_for(one, visit.edition, now) is not None}
    found = find_alert(seen, alert)
    desk = may_act(visit.edition)
    return json_answer(
        {
            "snapshot": visit.snapshot.id,
            "edition": visit.edition.name,
            "alert": document_for(found, visit.edition, now),
            "history": history(found) if desk else None,
        }
    )


@router.post(
    "/alerts",
    response_model=AlertDocument,
    status_code=HTTPStatus.CREATED,
    responses={409: {"description": "the id is taken: it was sent already"}},
    summary="Report something",
)
def post_alert(visit: Visiting, request: Request, report: Report) -> Response:
    """A report by a person, or a signal that a person has looked at. It is received, and nothing is shown or sent yet."""
    found = take_report(request.app.state.alerts, visit, report)
    answer = _answer(visit, found, HTTPStatus.CREATED)
    answer.headers["location"] = f"{base_of(request)}/v1/alerts/{found.id}"
    return answer


@router.post(
    "/alerts/{alert}/transitions",
    response_model=AlertDocument,
    responses={409: {"description": "somebody acted first, or the step cannot follow"}},
    summary="Take a step of an alert",
)
def post_transition(visit: Visiting, request: Request, alert: str, step: Annotated[AnyStep, Body()]) -> Response:
    """Validate, grade, approve, correct, withdraw or end it. The second approval, by another person, publishes and sends."""
    return _answer(visit, take_step(request.app.state.alerts, visit, alert, step), HTTPStatus.OK)


def _answer(visit: Visit, alert: Any, status: HTTPStatus) -> Response:
    document = {
        "snapshot": visit.snapshot.id,
        "edition": visit.edition.name,
        "alert": desk_document(alert, datetime.now(UTC)),
        "history": history(alert),
    }
    return json_answer(document, status=status)
