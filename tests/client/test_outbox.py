"""The outbox on both databases: what two people approved is delivered at least once under one key, or said to have failed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from geointel_api.errors import AlertNotFoundError
from geointel_api.state import outbox, subscriptions, worker
from geointel_api.state.outbox import Result, Retries
from geointel_api.state.webhook import Posting
from geointel_api.state.worker import AT_ONCE, Sending, Worker, work_once

from .desk import CHAIR, DIRECTOR, DOCTOR, GRADE, Clock, approved, graded, open_desk, report, step, subscribe
from .receivers import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from geointel_api.state.desk import Desk

RETRIES = Retries(attempts=4, first=60.0, longest=200.0, lease=60.0)
SENDING = Sending(RETRIES, Posting(loopback=True, longest=5.0), chance=random.Random(1))  # noqa: S311 - pauses, not secrets


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(state_url: str, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = open_desk(state_url, tmp_path / "snapshots", clock)
    yield opened
    opened.database.close()


def told_of(desk: Desk, subscription: str) -> list[Any]:
    with desk.database.reading() as connection:
        return list(outbox.listed(connection, subscription))


def states(desk: Desk, subscription: str) -> list[str]:
    return [row.state for row in told_of(desk, subscription)]


def test_nothing_waits_before_the_second_approval(desk: Desk) -> None:
    team = subscribe(desk)
    alert = graded(desk)
    once = step(desk, alert, DIRECTOR, "approve")
    assert states(desk, team.id) == []
    step(desk, once, DOCTOR, "approve")
    assert states(desk, team.id) == ["waiting"]


def test_a_webhook_is_delivered_signed_and_once(desk: Desk) -> None:
    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        alert = approved(desk, graded(desk))
        assert [work_once(desk, SENDING), work_once(desk, SENDING)] == [1, 0]
        ((headers, body),) = receiver.requests
    (row,) = told_of(desk, team.id)
    assert (row.state, row.attempts, row.error) == ("sent", 1, "")
    assert headers["idempotency-key"] == headers["webhook-id"] == row.id
    signed = f"{row.id}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(team.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    (said,) = receiver.bodies()
    assert (said["id"], said["type"], said["alert"]["id"], said["alert"]["version"]) == (
        row.id,
        "published",
        alert.id,
        1,
    )
    assert said["log"] == {"position": 5, "hash": desk.log()[0].end[1]}
    assert not {DIRECTOR, DOCTOR, CHAIR} & set(str(said).split("'"))


def test_what_fails_is_tried_again_under_the_same_key_later_and_later(desk: Desk, clock: Clock) -> None:
    with receiving(lambda number: (500, 429, 0, 200)[number]) as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        pauses = []
        for attempt in range(1, 5):
            assert work_once(desk, SENDING) == 1
            (row,) = told_of(desk, team.id)
            assert row.attempts == attempt
            if row.state == "waiting":
                assert row.error
                assert work_once(desk, SENDING) == 0, "not before its time"
                pauses.append(row.due - clock().timestamp())
                clock.on(seconds=pauses[-1] + 0.001)
        assert row.state == "sent"
        assert len(set(receiver.keys)) == 1
        assert len({headers["webhook-timestamp"] for headers, _ in receiver.requests}) == 4
    assert all(0.5 * base <= pause <= 1.5 * base for base, pause in zip((60, 120, 200), pauses, strict=True))


def test_what_never_works_has_failed_and_says_why(desk: Desk, clock: Clock) -> None:
    with receiving(lambda _: 503) as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        for _ in range(10):
            work_once(desk, SENDING)
            clock.on(hours=1)
        assert len(receiver.requests) == RETRIES.attempts
    (row,) = told_of(desk, team.id)
    assert (row.state, row.error, row.finished is not None) == ("failed", "It answered 503.", True)


@pytest.mark.parametrize(
    ("status", "said"), [(301, "redirect"), (302, "redirect"), (307, "redirect"), (410, "nobody wants")]
)
def test_a_redirect_is_not_followed_and_has_failed(desk: Desk, status: int, said: str) -> None:
    with receiving(lambda _: status) as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        work_once(desk, SENDING)
        assert len(receiver.requests) == 1
    (row,) = told_of(desk, team.id)
    assert row.state == "failed"
    assert said in row.error


def test_an_attempt_that_is_cut_off_is_made_again_by_another(desk: Desk, clock: Clock) -> None:
    with receiving() as receiver:
        subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        with desk.database.writing() as connection:
            (first,) = outbox.lease(connection, clock().timestamp(), seconds=60, most=9)
        assert work_once(desk, SENDING) == 0, "it is leased"
        clock.on(seconds=60)
        assert work_once(desk, SENDING) == 1
        assert receiver.keys == [first.id]
    with desk.database.writing() as connection:
        assert not outbox.finish(connection, first, Result("failed", "late"), now=clock().timestamp())
    assert [row.state for row in told_of(desk, first.subscription)] == ["sent"]


def test_two_servers_do_not_take_the_same(desk: Desk, clock: Clock, state_url: str, tmp_path: Path) -> None:
    other = open_desk(state_url, tmp_path / "snapshots", clock)
    with receiving() as receiver:
        for _ in range(20):
            subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        workers = [Worker(one, SENDING, looking=0.01) for one in (desk, other)]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(receiver.requests) >= 20)
        for worker in workers:
            worker.stop()
        assert work_once(desk, SENDING) == 0
    other.database.close()
    assert len(receiver.keys) == len(set(receiver.keys)) == 20 > AT_ONCE


def wait_until(done: Any, patience: float = 90.0) -> None:
    import time

    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_what_was_withdrawn_or_corrected_before_it_was_sent_is_not(desk: Desk, clock: Clock) -> None:
    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        step(desk, approved(desk, graded(desk)), CHAIR, "withdraw")
        work_once(desk, SENDING)
        assert receiver.requests == []
        assert states(desk, team.id) == ["cancelled"]
        alert = approved(desk, graded(desk))
        alert = approved(desk, step(desk, alert, CHAIR, "correct", changes={"harm": "Other harm."}))
        clock.on(seconds=1)
        work_once(desk, SENDING)
        (said,) = receiver.bodies()
    assert (said["type"], said["alert"]["version"], said["alert"]["harm"]) == ("corrected", 2, "Other harm.")
    assert sorted(states(desk, team.id)) == ["cancelled", "cancelled", "sent"]


def test_what_expired_before_it_was_sent_is_not(desk: Desk, clock: Clock) -> None:
    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        clock.on(days=60)
        work_once(desk, SENDING)
        assert receiver.requests == []
    assert states(desk, team.id) == ["cancelled"]
    assert desk.expire_due() == 1
    assert [alert.state for alert in desk.log()[1].values()] == ["expired"]


def test_that_it_was_withdrawn_is_told_once_two_people_approve(desk: Desk) -> None:
    with receiving() as receiver:
        subscribe(desk, receiver.url)
        alert = approved(desk, graded(desk))
        work_once(desk, SENDING)
        alert = step(desk, alert, CHAIR, "withdraw")
        alert = step(desk, alert, DIRECTOR, "approve")
        assert work_once(desk, SENDING) == 0
        step(desk, alert, DOCTOR, "approve")
        work_once(desk, SENDING)
        assert [said["type"] for said in receiver.bodies()] == ["published", "withdrawn"]


@pytest.mark.parametrize(("wanted", "hears"), [
    ({}, True), ({"categories": ["opioid", "alcohol"]}, True), ({"categories": ["alcohol"]}, False),
    ({"areas": [{"level": "lad", "code": "E06000009"}]}, True), ({"areas": [{"level": "lad", "code": "E07000119"}]}, False),
    ({"areas": [{"level": "lad", "code": "E06000009"}], "categories": ["alcohol"]}, False),
])  # fmt: skip
def test_a_subscription_hears_of_its_areas_and_categories(desk: Desk, wanted: dict[str, Any], hears: bool) -> None:
    team = subscribe(desk, **wanted)
    approved(desk, graded(desk))
    assert states(desk, team.id) == (["waiting"] if hears else [])


def test_who_was_told_hears_of_a_correction_that_moves_it_away(desk: Desk) -> None:
    team = subscribe(desk, categories=["opioid"])
    alert = approved(desk, graded(desk))
    approved(desk, step(desk, alert, CHAIR, "correct", changes={"category": "alcohol"}))
    assert states(desk, team.id) == ["waiting", "waiting"]


def test_information_is_told_and_no_action_is_not(desk: Desk) -> None:
    team = subscribe(desk)
    graded(desk, outcome="no action", public=False, expires=None)
    approved(desk, graded(desk, outcome="information", public=False))
    assert states(desk, team.id) == ["waiting"]


def test_one_that_ends_gets_nothing_more_and_is_forgotten(desk: Desk) -> None:
    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        desk.unsubscribe(team.id)
        assert work_once(desk, SENDING) == 0
        assert receiver.requests == []
    assert states(desk, team.id) == ["cancelled"]
    with pytest.raises(AlertNotFoundError):
        desk.unsubscribe(team.id)
    with desk.database.reading() as connection:
        assert subscriptions.all_of(connection) == []


def test_one_slow_or_dead_receiver_does_not_hold_up_others(desk: Desk) -> None:
    with receiving() as receiver:
        dead = subscribe(desk, "http://127.0.0.1:9/hook")
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        assert work_once(desk, SENDING) == 2
        assert len(receiver.requests) == 1
    assert (states(desk, dead.id), states(desk, team.id)) == (["waiting"], ["sent"])
    assert told_of(desk, dead.id)[0].error


def test_nothing_is_sent_of_a_log_that_was_tampered_with(desk: Desk) -> None:
    from sqlalchemy import update

    from geointel_api.errors import StateError
    from geointel_api.state.tables import events

    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        with desk.database.writing() as connection:
            connection.execute(update(events).where(events.c.position == 1).values(why="changed"))
        with pytest.raises(StateError):
            work_once(desk, SENDING)
        assert receiver.requests == []
    (row,) = told_of(desk, team.id)
    assert (row.state, row.attempts) == ("waiting", 0)


def test_one_that_ended_while_it_was_being_told_is_cancelled(desk: Desk) -> None:
    """Somebody ended it between reading who is to be told, and writing that."""
    with receiving() as receiver:
        team = subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        with desk.database.writing() as connection:
            subscriptions.forget(connection, team.id)
        assert [work_once(desk, SENDING), work_once(desk, SENDING)] == [1, 0]
        assert receiver.requests == []
    assert states(desk, team.id) == ["cancelled"]


def test_a_secret_is_not_printed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    team = subscribe(desk, "http://127.0.0.1:9/hook")
    approved(desk, graded(desk))
    work_once(desk, SENDING)
    assert "attempt 1, waiting" in caplog.text
    assert team.secret not in caplog.text + repr(team)
    assert len(base64.b64decode(team.secret.removeprefix("whsec_"))) == 32


def test_pauses_double_up_to_a_limit_with_some_chance() -> None:
    chance = random.Random(7)  # noqa: S311 - pauses, not secrets
    retries = Retries()
    for attempts in (1, 2, 5, 12, 500):
        base = min(6 * 3600, 30 * 2 ** min(attempts - 1, 32))
        drawn = [retries.pause(attempts, chance) for _ in range(200)]
        assert 0.5 * base <= min(drawn) < 0.6 * base
        assert 1.4 * base < max(drawn) <= 1.5 * base


def test_a_worker_writes_down_what_has_expired(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    clock.on(days=60)
    worker = Worker(desk, SENDING, looking=0.01)
    worker.start()
    wait_until(lambda: desk.log()[1][alert.id].state == "expired")
    worker.stop()


def test_a_worker_goes_on_after_trouble(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geointel_api.state.worker.AFTER_TROUBLE", 0.01)
    calls = []

    def work(*_: Any) -> int:
        calls.append(1)
        if len(calls) == 1:
            message = "the database is away"
            raise RuntimeError(message)
        return 0

    monkeypatch.setattr("geointel_api.state.worker.work_once", work)
    worker = Worker(desk, SENDING, looking=0.01)
    worker.start()
    wait_until(lambda: len(calls) > 2)
    worker.stop()


def test_each_day_has_a_digest_of_its_own_also_when_the_clocks_change(desk: Desk, clock: Clock) -> None:
    from dataclasses import replace

    midnight = replace(desk, digest_hour=0)
    team = subscribe(desk, "team@example.org")
    for day in (28, 29, 30):
        clock.now = clock.now.replace(year=2027, month=3, day=day - 1, hour=12)
        approved(midnight, graded(midnight, expires="2027-12-31"))
    assert sorted(row.batch for row in told_of(desk, team.id)) == ["2027-03-28", "2027-03-29", "2027-03-30"]


def test_a_batch_that_has_begun_takes_nothing_more(desk: Desk, clock: Clock) -> None:
    team = subscribe(desk, "team@example.org")
    approved(desk, graded(desk))
    approved(desk, graded(desk))
    (row,) = told_of(desk, team.id)
    assert row.batch == "2026-11-29"
    clock.now = clock.now.replace(day=29, hour=6, minute=59, second=59)
    with desk.database.writing() as connection:
        (leased,) = outbox.lease(connection, row.due, seconds=60, most=9)
        assert len(leased.items) == 2
    approved(desk, graded(desk))
    assert sorted(one.batch for one in told_of(desk, team.id)) == ["2026-11-29", "2026-11-30"]


def test_the_grade_that_is_told_is_the_one_approved(desk: Desk) -> None:
    with receiving() as receiver:
        subscribe(desk, receiver.url)
        alert = step(desk, graded(desk), CHAIR, **{**GRADE, "expires": "2026-12-05"})
        approved(desk, alert)
        work_once(desk, SENDING)
        (said,) = receiver.bodies()
    assert said["alert"]["expires"] == "2026-12-06T00:00:00.000000Z"
    assert report(desk).published is None
    assert timedelta(hours=said["alert"]["latency_hours"]) == timedelta(days=7, hours=23.5)


def test_what_goes_wrong_in_one_delivery_leaves_the_others_alone(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = worker.webhook.body_of

    def broken(key: str, text: str) -> bytes:
        if key in poisoned:
            message = "it cannot be written"
            raise RuntimeError(message)
        return real(key, text)

    with receiving() as receiver:
        good, bad = subscribe(desk, receiver.url), subscribe(desk, receiver.url)
        approved(desk, graded(desk))
        poisoned = {row.id for row in told_of(desk, bad.id)}
        monkeypatch.setattr(worker.webhook, "body_of", broken)
        for _ in range(RETRIES.attempts + 1):
            work_once(desk, SENDING)
            clock.on(seconds=400)
    assert states(desk, good.id) == ["sent"]
    (row,) = told_of(desk, bad.id)
    assert (row.state, row.attempts) == ("failed", RETRIES.attempts)
    assert "RuntimeError" in row.error
