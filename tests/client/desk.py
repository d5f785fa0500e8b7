"""A desk for tests: people, a report, and the steps from it to an alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from geointel_api.state.database import open_database, parse_url
from geointel_api.state.desk import Desk, same_area
from geointel_api.state.log import Person
from geointel_api.state.requests import AnyStep, NewSubscription, Report

if TYPE_CHECKING:
    from pathlib import Path

    from geointel_api.state.alert import Alert

REPORTER, CHEMIST, CHAIR, DIRECTOR, DOCTOR = "Ann Reporter", "Bob Chemist", "Cat Chair", "Dan Director", "Eve Doctor"
BLACKPOOL = {"level": "lad", "code": "E06000009", "name": "Blackpool"}
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
CRITERIA = {"acute_harm": "yes", "strength_spike": "unknown", "misleading": "no", "hazardous_mixing": "no"}
GRADE = {"action": "grade", "outcome": "alert", "public": True, "expires": "2026-12-31", "criteria": CRITERIA}
REPORT = {
    "who": REPORTER,
    "why": "Reported by an outreach team",
    "title": "Blue tablets with a strong opioid",
    "category": "opioid",
    "substance": "nitazene",
    "harm": "Several people needed naloxone.",
    "advice": "Do not use alone.",
    "place": {"level": "lad", "code": "E06000009"},
    "observed": "2026-11-20T10:00",
    "source": {"kind": "report", "organisation": "Outreach team"},
}
STEP: TypeAdapter[Any] = TypeAdapter(AnyStep)


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **passed: float) -> None:
        self.now += timedelta(**passed)


def open_desk(url: str, snapshots: Path, clock: Clock | None = None) -> Desk:
    return Desk(open_database(parse_url(url, snapshots)), clock=clock or Clock())


def report(desk: Desk, **other: Any) -> Alert:
    wanted = Report.model_validate({**REPORT, **other})
    return desk.report(wanted, Person(wanted.who, "analyst"), place=BLACKPOOL)


def step(desk: Desk, alert: Alert, who: str, action: str, **more: Any) -> Alert:
    said = {"who": who, "why": "As agreed", "sequence": alert.sequence, "action": action, **more}
    wanted = STEP.validate_python(said)
    return desk.step(alert.id, wanted, person=Person(who, "analyst"), place=more.get("place"), overlap=same_area)


def graded(desk: Desk, **other: Any) -> Alert:
    alert = step(desk, report(desk), CHEMIST, "validate")
    return step(desk, alert, CHAIR, **{**GRADE, **other})


def approved(desk: Desk, alert: Alert) -> Alert:
    return step(desk, step(desk, alert, DIRECTOR, "approve"), DOCTOR, "approve")


def subscribe(desk: Desk, target: str = "https://example.org/hook", **other: Any) -> Any:
    channel = {"kind": "webhook", "url": target} if target.startswith("http") else {"kind": "mail", "address": target}
    wanted = NewSubscription.model_validate({"who": REPORTER, "label": "Team", "channel": channel, **other})
    return desk.subscribe(wanted, Person(REPORTER, "analyst"), target=target)
