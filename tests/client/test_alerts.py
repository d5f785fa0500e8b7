"""Alerts over HTTP: the desk's way from a report to an alert, what readers see of it, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from geointel.errors import SnapshotNotFoundError
from geointel_api.alert_documents import (
    AlertDocument,
    AlertsDocument,
)
from geointel_api.alerts import Alerts
from geointel_api.app import create_app
from geointel_api.current import Current
from geointel_api.errors import PROBLEM, StateError
from geointel_api.settings import Settings
from geointel_api.state.database import open_database, parse_url
from geointel_api.state.tables import events

from .conftest import Client
from .desk import CHAIR, CHEMIST, DIRECTOR, DOCTOR, GRADE
from .http_desk import SENT, close_all, post, published, report, serving, step, taken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield f"sqlite:///{tmp_path_factory.mktemp('state')}/state.sqlite"
    close_all()


@pytest.fixture(scope="module")
def desk(snapshots: Path, state: str) -> Client:
    return serving(snapshots, state, anonymous_role="analyst", alerts=True, webhook_loopback=True)


@pytest.fixture(scope="module")
def reader(snapshots: Path, state: str, desk: Client) -> Client:
    return serving(snapshots, state)


@pytest.fixture(autouse=True)
def _in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is made here be in force, whatever the date is."""
    from datetime import timedelta

    monkeypatch.setattr("geointel_api.state.steps.LONGEST", timedelta(days=40_000))


def ids(client: Client, query: str = "") -> set[str]:
    answer = client.get(f"/v1/alerts{query}")
    assert answer.status_code == 200, answer.text
    AlertsDocument.model_validate(answer.json())
    return {one["id"] for one in answer.json()["alerts"]}


def test_from_a_report_to_an_alert(desk: Client, reader: Client) -> None:
    answer = post(desk, "/v1/alerts", SENT)
    assert answer.status_code == 201
    AlertDocument.model_validate(answer.json())
    alert = answer.json()["alert"]
    assert answer.headers["location"] == f"http://map.test/v1/alerts/{alert['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert (alert["state"], alert["sequence"], alert["place"]["name"]) == ("received", 1, "Blackpool")
    for who, body in (
        (CHEMIST, {"action": "validate"}),
        (CHAIR, {**GRADE, "expires": "2099-01-01"}),
        (DIRECTOR, {"action": "approve"}),
    ):
        assert alert["id"] not in ids(reader)
        assert reader.get(f"/v1/alerts/{alert['id']}").status_code == 404
        alert = taken(desk, alert, who, **body)
    assert alert["id"] not in ids(reader)
    alert = taken(desk, alert, DOCTOR, "approve")
    seen = reader.get(f"/v1/alerts/{alert['id']}").json()
    assert seen["history"] is None
    assert seen["alert"] == alert["published"]
    assert not any(
        name in json.dumps(seen) for name in (SENT["who"], CHEMIST, CHAIR, DIRECTOR, DOCTOR, "Outreach team")
    )
    history = desk.get(f"/v1/alerts/{alert['id']}").json()["history"]
    assert [event["who"] for event in history] == [SENT["who"], CHEMIST, CHAIR, DIRECTOR, DOCTOR]
    assert {event["role"] for event in history} == {"analyst"}


@pytest.mark.parametrize("grade", [{"public": False}, {"outcome": "information", "public": False}])
def test_what_the_grade_did_not_make_public_is_for_partners(
    desk: Client, reader: Client, grade: dict[str, Any]
) -> None:
    alert = published(desk, grade)
    assert alert["published"] is not None
    assert alert["id"] not in ids(reader)
    assert reader.get(f"/v1/alerts/{alert['id']}").status_code == 404
    assert alert["id"] not in reader.get("/v1/alerts.atom").text
    assert alert["id"] in desk.get("/v1/alerts.atom").text
    assert alert["id"] not in ids(desk, "?edition=open")


def test_withdrawn_is_gone_for_readers_at_once(desk: Client, reader: Client) -> None:
    alert = published(desk)
    assert alert["id"] in ids(reader)
    taken(desk, alert, CHAIR, "withdraw")
    assert alert["id"] not in ids(reader)
    assert ids(reader, "?state=withdrawn") == set()
    assert alert["id"] in ids(desk, "?state=withdrawn")


def test_what_is_asked_for(desk: Client, reader: Client) -> None:
    here = published(desk, category="alcohol")
    there = published(desk, category="alcohol", place={"level": "lad", "code": "E07000119"})
    whole = published(desk, category="alcohol", place={"level": "cdp", "code": "coast"})
    of = {one["id"] for one in (here, there, whole)}
    for client in (desk, reader):
        assert ids(client, "?category=alcohol") == of
        assert ids(client, "?category=alcohol&area=lad:E06000009") == {here["id"], whole["id"]}
        assert ids(client, "?category=alcohol&area=cdp:coast") == of
        assert ids(client, "?category=alcohol&since=2000-01-01") == of
        assert ids(client, "?category=alcohol&since=2099-01-01") == set()
        assert ids(client, "?category=alcohol&state=graded") == of
        assert ids(client, "?category=alcohol&state=received") == set()
    order = [one["id"] for one in reader.get("/v1/alerts?category=alcohol").json()["alerts"]]
    assert order == [whole["id"], there["id"], here["id"]]


@pytest.mark.parametrize(("query", "status", "said"), [
    ("area=lad:E00", 404, "no area"), ("area=lad", 400, "area"), ("area=FY1+1AA", 400, "area"), ("state=open", 400, "state"),
    ("since=2026-03-29T01:30", 422, "clocks went forward"), ("since=then", 422, "not a date"), ("until=2026-01-01", 400, "no parameter"),
    ("edition=police", 403, "may not open"), ("snapshot=none", 404, "not served"),
])  # fmt: skip
def test_a_question_that_makes_no_sense(reader: Client, query: str, status: int, said: str) -> None:
    answer = reader.get(f"/v1/alerts?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert said in answer.json()["detail"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an area that is not there": ({"place": {"level": "lad", "code": "E07000117"}}, "place"),
    "a level that is not there": ({"place": {"level": "postcode", "code": "FY1 1AA"}}, "place"),
    "a point": ({"place": {"level": "lad", "code": "E06000009", "lat": 53.8, "lng": -3.0}}, "place.lat"),
    "a point beside": ({"lat": 53.8}, "lat"),
    "no place": ({"place": None}, "place"),
    "a postcode in the title": ({"title": "Tablets at FY1 1AA"}, "title"),
    "a postcode in the harm": ({"harm": "At fy1\u200b1aa"}, "harm"),
    "coordinates in the advice": ({"advice": "Go to 53.8175, -3.0357"}, "advice"),
    "an address as substance": ({"substance": "sold at 12 High Street"}, "substance"),
    "a postcode in the reason": ({"why": "Call from FY1 1AA"}, "why"),
    "a postcode as a name": ({"who": "Team FY1 1AA"}, "who"),
    "a postcode in the source": ({"source": {"kind": "report", "organisation": "Hostel, FY1 1AA"}}, "source.organisation"),
    "an unknown category": ({"category": "weather"}, "category"),
    "an unknown source": ({"source": {"kind": "rumour"}}, "source"),
    "a signal without an id": ({"source": {"kind": "signal"}}, "source.signal.id"),
    "an hour that was skipped": ({"observed": "2026-03-29T01:30"}, "observed"),
    "an hour that came twice": ({"observed": "2026-10-25T01:30"}, "observed"),
    "a day that is not there": ({"observed": "2026-02-30"}, "observed"),
    "a day to come": ({"observed": "2098-01-01"}, "observed"),
    "nobody": ({"who": " . "}, "who"),
    "an empty title": ({"title": "\u200b \u200b\u200b\u200b\u200b\u200b"}, "title"),
    "a long title": ({"title": "x" * 121}, "title"),
    "a number": ({"harm": 7}, "harm"),
    "another id": ({"id": "not-a-uuid"}, "id"),
    "a state": ({"state": "graded"}, "state"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_report_with_a_fault_is_refused_by_its_field(desk: Client, name: str) -> None:
    wrong, field = WRONG[name]
    before = desk.get("/v1/alerts").json()["log"]
    answer = post(desk, "/v1/alerts", {**SENT, **wrong})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["field"] == field
    assert answer.json()["remedy"]
    assert desk.get("/v1/alerts").json()["log"] == before


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"\xff", b'{"who": "a"}', b"[" * 5000])
def test_a_body_that_is_no_report(desk: Client, body: bytes) -> None:
    answer = desk.request("POST", "/v1/alerts", content=body, headers={"content_type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    plain = desk.request("POST", "/v1/alerts", content=json.dumps(SENT), headers={"content_type": "text/plain"})
    assert plain.status_code == 400


def test_a_step_with_a_fault_changes_nothing(desk: Client) -> None:
    alert = taken(desk, report(desk), CHEMIST, "validate")
    graded = taken(desk, alert, CHAIR, **{**GRADE, "expires": "2099-01-01"})
    once = taken(desk, graded, DIRECTOR, "approve")
    for sent, who, action, status, field in (
        (once, "director,  DAN", "approve", 422, "who"),
        (graded, DOCTOR, "approve", 409, None),
        (alert, CHAIR, "validate", 409, None),
        (once, DOCTOR, "validate", 409, None),
        (once, DOCTOR, "publish", 400, "body"),
    ):
        answer = step(desk, sent, who, action)
        assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
    for more, field in (
        ({"changes": {"place": {"level": "lad", "code": "E99"}}}, "changes.place"),
        ({"changes": {"category": "weather"}}, "changes.category"),
        ({"changes": {"harm": "At FY1 1AA"}}, "changes.harm"),
        ({"changes": {"observed": "2026-03-29T01:30"}}, "changes.observed"),
        ({"changes": {}}, "changes"),
    ):
        answer = step(desk, once, DOCTOR, "correct", **more)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.get(f"/v1/alerts/{alert['id']}").json()["alert"] == once
    assert step(desk, {**alert, "id": "nothing"}, CHAIR, "validate").status_code == 404


def test_a_correction_moves_it_to_another_area(desk: Client, reader: Client) -> None:
    alert = published(desk, category="volatile")
    alert = taken(desk, alert, CHAIR, "correct", changes={"place": {"level": "lad", "code": "E07000119"}})
    (seen,) = reader.get("/v1/alerts?category=volatile").json()["alerts"]
    assert seen["place"]["name"] == "Blackpool"
    taken(desk, taken(desk, alert, DIRECTOR, "approve"), DOCTOR, "approve")
    (seen,) = reader.get("/v1/alerts?category=volatile").json()["alerts"]
    assert (seen["place"]["name"], seen["version"]) == ("Fylde", 2)


def test_the_same_report_twice_under_one_id_is_one(desk: Client) -> None:
    name = "0d8d6f54-9d0e-4c3a-8a53-6dbb5dc0f9c1"
    report(desk, id=name)
    again = post(desk, "/v1/alerts", {**SENT, "id": name})
    assert (again.status_code, again.headers["content-type"]) == (409, PROBLEM)


def test_a_signal_that_a_person_has_looked_at(desk: Client) -> None:
    alert = report(
        desk, source={"kind": "signal", "id": "drugs@lad:E06000009/2025-12"}, category="drugs", observed="2020-01-01"
    )
    assert alert["source"] == {"kind": "signal", "id": "drugs@lad:E06000009/2025-12"}
    assert alert["latency_hours"] > 24


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/v1/alerts"), ("POST", "/v1/alerts/x/transitions"), ("POST", "/v1/subscriptions"), ("DELETE", "/v1/subscriptions/x"),
])  # fmt: skip
def test_who_may_write(snapshots: Path, state: str, desk: Client, reader: Client, method: str, path: str) -> None:
    body = {
        "/v1/alerts": SENT,
        "/v1/alerts/x/transitions": {"action": "validate", "who": CHAIR, "why": "Why", "sequence": 1},
        "/v1/subscriptions": {
            "who": CHAIR,
            "label": "Team",
            "channel": {"kind": "webhook", "url": "https://example.org/"},
        },
    }.get(path)
    off = serving(snapshots, state, anonymous_role="analyst")
    open_edition = serving(snapshots, state, alerts=True)
    for client, query, said in (
        (off, "", "takes no reports"),
        (open_edition, "", "not for the open edition"),
        (reader, "", "not for the open edition"),
        (desk, "?edition=open", "not for the open edition"),
    ):
        answer = client.request(method, f"{path}{query}", json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM)
        assert said in answer.json()["detail"]


def test_where_alerts_are_off_no_database_is_made(fresh_snapshots: Path) -> None:
    client = Client(create_app(Settings(snapshots=fresh_snapshots, anonymous_role="analyst")))
    assert client.get("/v1/alerts").json()["alerts"] == []
    assert client.get("/v1/subscriptions").json()["subscriptions"] == []
    assert client.get("/v1/subscriptions/x").status_code == 404
    assert client.get("/v1/alerts/x").status_code == 404
    assert client.get("/v1/alerts.atom").status_code == 200
    assert list(fresh_snapshots.parent.glob("*.sqlite*")) == []


def test_what_is_there_can_be_read_where_writing_is_off(snapshots: Path, state: str, desk: Client) -> None:
    alert = report(desk)
    off = serving(snapshots, state, anonymous_role="analyst")
    assert off.get(f"/v1/alerts/{alert['id']}").json()["alert"] == alert


def test_answers_carry_the_snapshot_and_a_tag(desk: Client, reader: Client) -> None:
    for client in (desk, reader):
        for path in ("/v1/alerts", "/v1/alerts.atom"):
            answer = client.get(path)
            assert answer.headers["geointel-snapshot"] == client.get("/v1/snapshot").json()["snapshot"]
            assert client.get(path, if_none_match=answer.headers["etag"]).status_code == 304


def test_an_alert_that_the_open_edition_could_not_show_cannot_be_public(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = taken(desk, report(desk), CHEMIST, "validate")
    from geointel_api.opened import Outlines

    real = Outlines.rows
    monkeypatch.setattr(
        Outlines, "rows", lambda self, level=None, code=None: [] if code == "E06000009" else real(self, level, code)
    )
    answer = step(desk, alert, CHAIR, **{**GRADE, "expires": "2099-01-01"})
    assert (answer.status_code, answer.json()["field"]) == (422, "public")


def test_what_was_tampered_with_is_said_to_the_desk_and_kept_from_readers(
    fresh_snapshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geointel_api.alerts.FRESH", 0.0)
    url = f"sqlite:///{fresh_snapshots.parent}/mine.sqlite"
    desk = serving(fresh_snapshots, url, anonymous_role="analyst", alerts=True)
    reader = serving(fresh_snapshots, url)
    first, second = published(desk), published(desk)
    assert desk.get("/v1/alerts").json()["log"]["intact"] is True
    database = open_database(parse_url(url, fresh_snapshots))
    with database.writing() as connection:
        connection.execute(update(events).where(events.c.position == 8).values(facts="{}"))
    database.close()
    log = desk.get("/v1/alerts").json()["log"]
    assert (log["intact"], log["broken_at"]) == (False, 8)
    assert ids(desk) == {first["id"], second["id"]}
    for answer in (
        reader.get("/v1/alerts"),
        reader.get("/v1/alerts.atom"),
        post(desk, "/v1/alerts", SENT),
        step(desk, first, CHAIR, "withdraw"),
    ):
        assert answer.status_code == 500
        assert "sqlite" not in answer.text


def test_many_readers_cost_as_much_as_one(
    snapshots: Path, state: str, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geointel_api.state.desk import Desk

    alerts = Alerts(Settings(snapshots=snapshots, state=state), Current(snapshots))
    reads: list[int] = []
    real = Desk.log
    monkeypatch.setattr(Desk, "log", lambda self: reads.append(1) or real(self))  # type: ignore[func-returns-value]
    for _ in range(5):
        alerts.read()
    assert len(reads) == 1
    alert = report(desk)
    known = alerts.read()
    assert known is not None
    assert alert["id"] in known[1], "what was just written is there at once"
    alerts.stop()


def test_a_server_whose_database_cannot_be_used_does_not_start(snapshots: Path) -> None:
    with pytest.raises(StateError, match="GEOINTEL_STATE"):
        create_app(Settings(snapshots=snapshots, alerts=True, state=f"sqlite:///{snapshots}/state.sqlite"))
    with pytest.raises(StateError, match="cannot be written"):
        create_app(Settings(snapshots=snapshots, alerts=True, state="sqlite:////nowhere/at/all.sqlite"))
    with pytest.raises(SnapshotNotFoundError):
        create_app(Settings(snapshots=snapshots / "nothing", alerts=True))


def test_settings_do_not_show_what_is_secret(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOINTEL_STATE", "postgresql://someone:hush@host/name")
    monkeypatch.setenv("GEOINTEL_SMTP_PASSWORD", "hush")
    monkeypatch.setenv("GEOINTEL_ALERTS", "on")
    settings = Settings(snapshots=snapshots)
    assert settings.alerts is True
    assert "hush" not in repr(settings) + str(settings)
