"""The log of alerts on both databases: events are added once, and whatever was done to them shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update

from geointel_api.errors import ConflictError, StateError
from geointel_api.state.database import NOTHING, default_url, open_database, parse_url
from geointel_api.state.log import Entry, Person, append, hash_of, read_log
from geointel_api.state.tables import events, head

from .desk import CHAIR, CHEMIST, GRADE, NOW, approved, graded, open_desk, report, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from geointel_api.state.desk import Desk


@pytest.fixture
def desk(state_url: str, tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(state_url, tmp_path / "snapshots")
    yield opened
    opened.database.close()


def test_an_empty_log_is_whole(desk: Desk) -> None:
    log, alerts = desk.log()
    assert (log.events, log.broken, alerts, log.end) == ([], None, {}, (0, NOTHING))


def test_each_event_has_who_when_why_and_the_hash_before_it(desk: Desk) -> None:
    approved(desk, graded(desk))
    log, alerts = desk.log()
    assert log.broken is None
    (alert,) = alerts.values()
    assert [event.position for event in log.events] == [1, 2, 3, 4, 5]
    assert [event.sequence for event in alert.events] == [1, 2, 3, 4, 5]
    assert [(event.from_state, event.to_state) for event in alert.events] == [
        (None, "received"),
        ("received", "validated"),
        ("validated", "graded"),
        ("graded", "graded"),
        ("graded", "graded"),
    ]
    assert all(event.who and event.why and event.role == "analyst" and event.at == NOW for event in log.events)
    with desk.database.reading() as connection:
        rows = connection.execute(select(events).order_by(events.c.position)).all()
    assert [row.previous for row in rows] == [NOTHING, *(row.hash for row in rows[:-1])]


@pytest.mark.parametrize("column", [name for name in events.columns.keys() if name not in ("position", "hash")])  # noqa: SIM118
def test_a_changed_column_shows(desk: Desk, column: str) -> None:
    approved(desk, graded(desk))
    value: Any = 9 if column == "sequence" else "changed"
    with desk.database.writing() as connection:
        connection.execute(update(events).where(events.c.position == 3).values(**{column: value}))
    log, _ = desk.log()
    assert log.broken == 3
    assert [event.position for event in log.events] == [1, 2]


def test_an_event_that_was_changed_with_its_hash_breaks_the_next(desk: Desk) -> None:
    approved(desk, graded(desk))
    with desk.database.writing() as connection:
        row = connection.execute(select(events).where(events.c.position == 3)).one()
        changed = {**row._asdict(), "who": "Somebody else"}
        connection.execute(
            update(events).where(events.c.position == 3).values(who="Somebody else", hash=hash_of(changed))
        )
    assert desk.log()[0].broken == 4


@pytest.mark.parametrize(("gone", "broken"), [(1, 1), (3, 3), (5, 5)])
def test_a_removed_event_shows_also_the_last(desk: Desk, gone: int, broken: int) -> None:
    approved(desk, graded(desk))
    with desk.database.writing() as connection:
        connection.execute(delete(events).where(events.c.position == gone))
    assert desk.log()[0].broken == broken


def test_nothing_is_written_after_what_was_tampered_with(desk: Desk) -> None:
    alert = graded(desk)
    with desk.database.writing() as connection:
        connection.execute(update(events).where(events.c.position == 1).values(why="changed"))
    with pytest.raises(StateError, match="from event 1 on"):
        step(desk, alert, CHAIR, "approve")
    with pytest.raises(StateError, match="from event 1 on"):
        report(desk)
    with desk.database.writing() as connection:
        assert len(connection.execute(select(events)).all()) == 3


def test_a_log_that_lost_its_end_takes_no_event(desk: Desk) -> None:
    alert = graded(desk)
    with desk.database.writing() as connection:
        connection.execute(delete(events).where(events.c.position == 3))
        entry = Entry(alert.id, 3, "grade", "validated", "graded", "why", {})
        with pytest.raises(StateError, match="should end with event 3"):
            append(connection, entry, person=Person("Somebody", "analyst"), now=NOW)


def test_the_same_event_twice_is_refused_by_the_database_itself(desk: Desk) -> None:
    alert = report(desk)
    entry = Entry(alert.id, 1, "report", None, "received", "why", {"content": {}})
    with pytest.raises(ConflictError, match="an event 1 already"), desk.database.writing() as connection:
        append(connection, entry, person=Person("Somebody", "analyst"), now=NOW)
    log, alerts = desk.log()
    assert (len(log.events), log.broken, len(alerts)) == (1, None, 1)


def test_of_twenty_who_act_at_once_one_is_first(desk: Desk) -> None:
    alert = report(desk)

    def act(_: int) -> bool:
        try:
            step(desk, alert, CHEMIST, "validate")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(20))) == 1
    log, alerts = desk.log()
    assert (len(log.events), log.broken) == (2, None)
    assert alerts[alert.id].state == "validated"


def test_many_who_report_at_once_make_one_chain(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {alert.id for alert in pool.map(lambda _: report(desk), range(24))}
    log, alerts = desk.log()
    assert (len(log.events), log.broken, len(made)) == (24, None, 24)
    assert set(alerts) == made


def test_a_transaction_that_breaks_off_leaves_nothing(desk: Desk) -> None:
    alert = report(desk)
    entry = Entry(alert.id, 2, "validate", "received", "validated", "why", {})

    def cut_off() -> None:
        with desk.database.writing() as connection:
            append(connection, entry, person=Person("Somebody", "analyst"), now=NOW)
            message = "cut off"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="cut off"):
        cut_off()
    log, alerts = desk.log()
    assert (len(log.events), log.broken, alerts[alert.id].state) == (1, None, "received")


def test_another_opening_finds_what_was_written(desk: Desk, state_url: str, tmp_path: Path) -> None:
    alert = graded(desk)
    again = open_desk(state_url, tmp_path / "snapshots")
    try:
        assert again.log()[1][alert.id].grade == alert.grade
        step(again, alert, CHAIR, **GRADE)
    finally:
        again.database.close()
    assert len(desk.log()[0].events) == 4


def test_a_database_of_a_newer_version_is_refused(desk: Desk, state_url: str, tmp_path: Path) -> None:
    with desk.database.writing() as connection:
        connection.execute(update(head).values(schema=99))
    with pytest.raises(StateError, match="newer version"):
        open_desk(state_url, tmp_path / "snapshots")


def test_the_file_lies_beside_the_snapshots_and_is_its_owner_s(tmp_path: Path, snapshots: Path) -> None:
    one = snapshots / (snapshots / "current").read_text().strip()
    for served in (snapshots, one):
        assert default_url(served).database == str(snapshots.parent / "snapshots.state.sqlite")
    made = open_database(parse_url("", tmp_path / "snapshots"))
    made.close()
    (file,) = tmp_path.glob("*.sqlite")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "url",
    ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/name", "sqlite:///{inside}/state.sqlite", "://"],
)
def test_an_address_that_cannot_be_used_is_refused(url: str, snapshots: Path) -> None:
    with pytest.raises(StateError, match="GEOINTEL_STATE") as caught:
        parse_url(url.format(inside=snapshots), snapshots)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/state.sqlite", "postgresql://someone:hush@127.0.0.1:9/none"]
)
def test_a_database_that_is_not_there_is_told_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(StateError) as caught:
        open_database(parse_url(url, tmp_path))
    assert "hush" not in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_text("not a database at all, but long enough to look at" * 40)
    with pytest.raises(StateError, match="not a database"):
        open_database(parse_url(f"sqlite:///{tmp_path}/state.sqlite", tmp_path / "snapshots"))


def test_the_tables_hold_after_a_crash_of_the_file(tmp_path: Path) -> None:
    """What SQLite is told to do at every write."""
    made = open_database(parse_url(f"sqlite:///{tmp_path}/state.sqlite", tmp_path / "snapshots"))
    with made.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert read_log(connection).broken is None
    made.close()
