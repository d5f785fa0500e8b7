"""The desk over HTTP, for tests: a client, and the steps from a report to an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel_api.alert_documents import AlertDocument
from geointel_api.app import create_app
from geointel_api.settings import Settings

from .conftest import Client, api_of
from .desk import CHAIR, CHEMIST, DIRECTOR, DOCTOR, GRADE, REPORT

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

OPENED: list[Client] = []
SENT = {**REPORT, "observed": "2020-01-20T10:00"}
"""A report that is not from the future, whatever the date is."""


def serving(snapshots: Path, state: str, **other: Any) -> Client:
    OPENED.append(Client(create_app(Settings(snapshots=snapshots, state=state, **other))))
    return OPENED[-1]


def close_all() -> None:
    """Let go of every database that was opened."""
    while OPENED:
        state = api_of(OPENED.pop().app).state
        state.alerts.stop()
        state.audit.stop()


def post(client: Client, path: str, body: Any, **options: Any) -> Any:
    return client.request("POST", path, json=body, **options)


def report(desk: Client, **other: Any) -> dict[str, Any]:
    answer = post(desk, "/v1/alerts", {**SENT, **other})
    assert answer.status_code == 201, answer.text
    return answer.json()["alert"]


def step(desk: Client, alert: dict[str, Any], who: str, action: str, **more: Any) -> Any:
    body = {"who": who, "why": "As agreed", "sequence": alert["sequence"], "action": action, **more}
    return post(desk, f"/v1/alerts/{alert['id']}/transitions", body)


def taken(desk: Client, alert: dict[str, Any], who: str, action: str, **more: Any) -> dict[str, Any]:
    answer = step(desk, alert, who, action, **more)
    assert answer.status_code == 200, answer.text
    AlertDocument.model_validate(answer.json())
    return answer.json()["alert"]


def published(desk: Client, grade: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
    alert = taken(desk, report(desk, **other), CHEMIST, "validate")
    alert = taken(desk, alert, CHAIR, **{**GRADE, "expires": "2099-01-01", **(grade or {})})
    return taken(desk, taken(desk, alert, DIRECTOR, "approve"), DOCTOR, "approve")


def subscribe(desk: Client, channel: dict[str, Any], **other: Any) -> Any:
    return post(desk, "/v1/subscriptions", {"who": CHAIR, "label": "Team", "channel": channel, **other})
