"""The log of accesses: who opened which edition, what of it and when; nothing that anybody typed; nobody waits for it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from geointel_api import audit_log
from geointel_api.accessed import Routes, place_of
from geointel_api.app import create_app
from geointel_api.audit_log import AuditLog
from geointel_api.counts import Counts
from geointel_api.settings import Settings
from geointel_api.state.access_tables import accesses
from geointel_api.state.accesses import Access, first_broken, forget, write
from geointel_api.state.database import open_database, parse_url
from geointel_api.visitors import Visitor

from .conftest import api_of, as_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

CELL = "881951d49bfffff"
TILE = "/tiles/incidents/10/503/329.mvt"
SECRETS = ("hush", "Bearer", "Talbot", "198.51.100.9", "203.0.113.5")
POSITIONS = select(accesses.c.position).order_by(accesses.c.position)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def serving(snapshots: Path, state_url: str) -> Iterator[Callable[..., Any]]:
    """Start services over the same database, and end them."""
    started = []

    def serve(**other: Any) -> Any:
        app = create_app(Settings(snapshots=snapshots, state=state_url, **other))
        started.append(app)
        return as_client(app, "203.0.113.5")

    yield serve
    for app in started:
        api_of(app).state.audit.stop()
        api_of(app).state.alerts.stop()


def rows_of(client: Any) -> list[Any]:
    """Everything that is in the log, once everything is written."""
    audit = api_of(client.app).state.audit
    audit.flush()
    if audit._database is None:
        return []
    with audit._database.reading() as connection:
        return connection.execute(select(accesses).order_by(accesses.c.position)).all()


def test_an_access_to_a_closed_edition_is_a_row(serving: Callable[..., Any], snapshots: Path) -> None:
    analyst = serving(anonymous_role="analyst")
    before = datetime.now(UTC)
    assert analyst.get(f"/v1/cells/{CELL}?category=drugs", user_agent="hush").status_code == 200
    assert analyst.get("/v1/areas/lad/E06000009").status_code == 200
    assert analyst.get("/v1/layers/incidents/values?f=csv&window=2025-12").status_code == 200
    assert analyst.get("/v1/places?q=Talbot").status_code == 200
    assert analyst.get("/v1/alerts?area=lad:E06000009").status_code == 200
    assert analyst.get("/collections/incidents/items?bbox=-3.0512,53.8011,-3.0001,53.8512&limit=1").status_code == 200
    rows = rows_of(analyst)
    assert [(row.method, row.route, row.layer, row.place, row.status) for row in rows] == [
        ("GET", "/v1/cells/{cell}", "", CELL, 200),
        ("GET", "/v1/areas/{level}/{code}", "", "lad:E06000009", 200),
        ("GET", "/v1/layers/{layer}/values", "incidents", "", 200),
        ("GET", "/v1/places", "", "", 200),
        ("GET", "/v1/alerts", "", "lad:E06000009", 200),
        ("GET", "/collections/{layer}/items", "incidents", "box:-3.1,53.8,-3.0,53.9", 200),
    ]
    snapshot = (snapshots / "current").read_text().strip()
    for row in rows:
        assert (row.who, row.how, row.role, row.address) == ("anonymous", "anonymous", "analyst", "")
        assert (row.snapshot, row.edition, row.number) == (snapshot, "partner", 1)
        assert before <= datetime.fromisoformat(row.at) <= datetime.now(UTC)
        assert not any(secret in str(row) for secret in SECRETS)


def test_the_open_edition_is_not_watched_unless_it_is_asked_for(serving: Callable[..., Any]) -> None:
    public, everything, nothing = serving(), serving(audit="all"), serving(audit="off", anonymous_role="analyst")
    for client in (public, everything, nothing):
        assert client.get("/v1/layers").status_code == 200
        assert client.get("/health/live").status_code == 200
    assert rows_of(public) == []
    assert rows_of(nothing) == []
    assert [(row.edition, row.route) for row in rows_of(everything)] == [("open", "/v1/layers")]


def test_refusals_are_counted_without_what_was_sent(serving: Callable[..., Any]) -> None:
    """Whoever is refused must not be able to write into the log."""
    public = serving()
    for number in range(3):
        assert public.get(f"/v1/cells/{CELL}?q=hush{number}", authorization=f"Bearer hush{number}").status_code == 401
        assert public.get(f"/hush/{number}/Talbot", x_api_key="hush").status_code == 401
        assert public.get("/v1/layers?edition=partner").status_code == 403
        assert public.get("/v1/layers/nothing").status_code == 404
    rows = rows_of(public)
    assert sum(row.number for row in rows) == 9
    assert {(row.route, row.status) for row in rows} == {("/v1/cells/{cell}", 401), ("-", 401), ("/v1/layers", 403)}
    assert len(rows) <= 6, "one for each kind and minute; a minute may have passed"
    for row in rows:
        assert (row.edition, row.layer, row.place) == ("", "", "")
        assert not any(secret in str(row) for secret in SECRETS)


def test_tiles_are_one_row_a_minute(serving: Callable[..., Any]) -> None:
    analyst = serving(anonymous_role="analyst")
    for _ in range(5):
        assert analyst.get(TILE).status_code == 200
        assert analyst.get("/tiles/incidents/10/1/1.mvt").status_code == 204
    rows = rows_of(analyst)
    assert sum(row.number for row in rows) == 10
    assert {(row.route, row.layer, row.status) for row in rows} == {
        ("/tiles/{layer}/{z}/{x}/{y}.mvt", "incidents", status) for status in (200, 204)
    }
    assert len(rows) <= 4
    assert all(datetime.fromisoformat(row.at).second == 0 for row in rows)


def test_an_address_is_kept_only_if_it_is_wanted(serving: Callable[..., Any]) -> None:
    analyst = serving(anonymous_role="analyst", audit_address=True)
    analyst.get("/v1/layers", x_forwarded_for="198.51.100.9")
    assert [row.address for row in rows_of(analyst)] == ["203.0.113.5"]


def test_what_somebody_typed_is_not_in_it(serving: Callable[..., Any]) -> None:
    analyst = serving(anonymous_role="analyst")
    for path in (
        "/v1/layers/Talbot",
        "/v1/areas/Talbot/hush",
        "/v1/cells/Talbot",
        "/v1/alerts?area=Talbot:hush",
        "/collections/incidents/items?bbox=Talbot,1,2,3",
        "/collections/incidents/items/hush:Talbot",
        "/v1/jobs/hush",
    ):
        assert analyst.get(path).status_code >= 400
    analyst.request("HUSH", "/v1/layers")
    rows = rows_of(analyst)
    assert len(rows) == 8
    assert {(row.layer, row.place) for row in rows} == {("", ""), ("incidents", "")}
    assert not any(secret in str(row) for row in rows for secret in SECRETS)


def test_who_has_a_credential_is_named(serving: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    known = Visitor("Blackpool dashboard", "key", "analyst", "key:1")
    monkeypatch.setattr("geointel_api.visitors.visitor_of", lambda _: known)
    analyst = serving(anonymous_role="analyst")
    analyst.get("/v1/layers")
    assert [(row.who, row.how, row.role) for row in rows_of(analyst)] == [("Blackpool dashboard", "key", "analyst")]


def access(at: datetime, **other: Any) -> Access:
    given = {"who": "w", "how": "key", "role": "r", "address": "", "snapshot": "s", "edition": "partner", **other}
    return Access(at=at, method="GET", route="/", layer="", place="", status=200, **given)


@pytest.fixture
def database(state_url: str, tmp_path: Path) -> Iterator[Any]:
    opened = open_database(parse_url(state_url, tmp_path / "snapshots"))
    yield opened
    opened.close()


def test_old_rows_go_and_the_rest_is_still_whole(database: Any) -> None:
    days = [NOON - timedelta(days=back) for back in (500, 400, 366, 364, 10, 0)]
    write(database, [access(day) for day in days[:4]])
    write(database, [access(day) for day in days[4:]])
    assert first_broken(database) is None
    assert forget(database, NOON - timedelta(days=365)) == 3
    assert forget(database, NOON - timedelta(days=365)) == 0
    assert first_broken(database) is None
    write(database, [access(NOON)])
    with database.reading() as connection:
        assert connection.execute(POSITIONS).scalars().all() == [4, 5, 6, 7]
    assert first_broken(database) is None
    assert forget(database, NOON + timedelta(days=1)) == 4
    write(database, [access(NOON)])
    with database.reading() as connection:
        assert connection.execute(POSITIONS).scalars().all() == [8]
    assert first_broken(database) is None


@pytest.mark.parametrize(
    ("damage", "position"),
    [
        (update(accesses).where(accesses.c.position == 3).values(who="somebody else"), 3),
        (update(accesses).where(accesses.c.position == 2).values(number=9), 2),
        (delete(accesses).where(accesses.c.position == 3), 3),
        (delete(accesses).where(accesses.c.position >= 4), 4),
        (delete(accesses).where(accesses.c.position == 1), 1),
        (delete(accesses), 1),
    ],
)
def test_a_change_is_found(database: Any, damage: Any, position: int) -> None:
    write(database, [access(NOON + timedelta(minutes=n)) for n in range(5)])
    assert first_broken(database) is None
    with database.writing() as connection:
        connection.execute(damage)
    assert first_broken(database) == position


def test_servers_write_one_log(database: Any, state_url: str, tmp_path: Path) -> None:
    other = open_database(parse_url(state_url, tmp_path / "snapshots"))
    threads = [
        threading.Thread(target=lambda one=one: [write(one, [access(NOON)] * 3) for _ in range(10)])
        for one in (database, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    with database.reading() as connection:
        assert connection.execute(POSITIONS).scalars().all() == list(range(1, 61))
    assert first_broken(database) is None


@pytest.fixture
def waiting_log(snapshots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditLog]:
    """A log whose own thread does nothing."""
    monkeypatch.setattr(AuditLog, "_start", lambda _: None)
    log = AuditLog(Settings(snapshots=snapshots, state=f"sqlite:///{tmp_path}/state.sqlite"), Counts())
    yield log
    log.stop()


def test_an_answer_does_not_wait_and_what_is_lost_is_counted(
    waiting_log: AuditLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(audit_log, "MOST_WAITING", 4)
    began = time.monotonic()
    for number in range(10):
        waiting_log.add(access(NOON, who=f"who-{number}"), gather=False)
    assert time.monotonic() - began < 1
    assert (waiting_log.waiting, waiting_log.counts.of("audit_lost")) == (4, 6)

    def broken(*_: object) -> None:
        raise OperationalError("INSERT who-1 hush", {}, Exception("hush"))

    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "write", broken)
        assert not waiting_log._turn()
    assert (waiting_log.waiting, waiting_log.counts.of("audit_failed")) == (4, 1), "what failed is tried again"
    assert "hush" not in caplog.text
    assert waiting_log._turn()
    assert (waiting_log.waiting, waiting_log.counts.of("audit_written")) == (0, 4)


def test_retention_is_applied_while_it_runs(waiting_log: AuditLog) -> None:
    now = datetime.now(UTC)
    for back in (400, 366, 1):
        waiting_log.add(access(now - timedelta(days=back)), gather=False)
    assert waiting_log._turn()
    with waiting_log._database.reading() as connection:
        assert connection.execute(POSITIONS).scalars().all() == [3]


def test_its_own_thread_writes_and_the_end_waits_for_it(snapshots: Path, tmp_path: Path) -> None:
    log = AuditLog(Settings(snapshots=snapshots, state=f"sqlite:///{tmp_path}/state.sqlite"), Counts())
    for _ in range(3):
        log.add(access(datetime.now(UTC)), gather=True)
    log.stop()
    assert log.counts.of("audit_written") in (1, 2)
    assert log.counts.of("audit_lost") == 0
    opened = open_database(parse_url(f"sqlite:///{tmp_path}/state.sqlite", snapshots))
    with opened.reading() as connection:
        assert connection.execute(text("SELECT sum(number) FROM access_log")).scalar() == 3
    opened.close()


def test_no_database_is_made_where_there_is_nothing_to_write(snapshots: Path, tmp_path: Path) -> None:
    client = as_client(create_app(Settings(snapshots=snapshots, state=f"sqlite:///{tmp_path}/state.sqlite")))
    assert client.get("/v1/layers").status_code == 200
    assert not list(tmp_path.iterdir())


def test_alerts_are_read_as_before_beside_the_log(serving: Callable[..., Any]) -> None:
    """A database with nothing but accesses is, for alerts, as good as none."""
    analyst = serving(anonymous_role="analyst")
    first = analyst.get("/v1/alerts").json()
    rows_of(analyst)
    assert analyst.get("/v1/alerts").json() == first
    assert first["log"] is None


def test_the_numbers_of_the_process_say_nothing_of_anybody(serving: Callable[..., Any]) -> None:
    off, on = serving(anonymous_role="analyst"), serving(anonymous_role="analyst", metrics=True)
    assert off.get("/metrics").status_code == 404
    on.get("/v1/layers")
    on.get("/v1/layers", authorization="Bearer hush")
    rows_of(on)
    answer = on.get("/metrics", authorization="Bearer hush")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "etag" in answer.headers
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    numbers = {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines)}
    assert numbers["geointel_answers_2xx_total"] == 1
    assert numbers["geointel_answers_4xx_total"] == 1
    assert numbers["geointel_audit_written_total"] == 2
    assert numbers["geointel_audit_lost_total"] == numbers["geointel_audit_waiting"] == 0
    assert not any(word in answer.text for word in ("partner", "analyst", "incidents", "hush"))


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("/v1/layers", "/v1/layers"),
        ("/v1/layers/a/values", "/v1/layers/{layer}/values"),
        ("/v1/signals/spread", "/v1/signals/spread"),
        (TILE, "/tiles/{layer}/{z}/{x}/{y}.mvt"),
        ("/collections/a/tiles/WebMercatorQuad/1/2/3", "/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}"),
        ("/map-assets/index.js", "/map-assets/{name}"),
        ("/v1/layersX", "-"),
        ("/v1/layers/a/b/c", "-"),
        ("/v1/alerts/a\nb/transitions", "/v1/alerts/{alert}/transitions"),
    ],
)
def test_a_path_has_one_template(snapshots: Path, path: str, template: str) -> None:
    described = api_of(create_app(Settings(snapshots=snapshots))).openapi()["paths"]
    assert Routes(lambda: described).find(path)[0] == template


@pytest.mark.parametrize("box", ["", "1,2", "nan,1,2,3", "inf,1,2,3", "a,b,c,d", "1,2,3,4,5", ",".join("1" * 9)])
def test_a_box_that_is_none_is_left_out(box: str) -> None:
    assert place_of({}, f"bbox={box}".encode(), answered=True) in ("", "box:1.0,2.0,4.0,5.0")
