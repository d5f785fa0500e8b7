"""The e-mail digest: once a day, plain text, to a real mail server on the loopback."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from geointel.errors import QuestionError
from geointel_api.state import outbox
from geointel_api.state.mail import About, Post, latency_words, until_words
from geointel_api.state.outbox import Retries
from geointel_api.state.requests import Mail
from geointel_api.state.subscriptions import target_of
from geointel_api.state.worker import Sending, work_once

from .desk import CHAIR, DIRECTOR, DOCTOR, Clock, approved, graded, open_desk, step, subscribe
from .receivers import taking_mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from geointel_api.state.desk import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = open_desk(f"sqlite:///{tmp_path}/state.sqlite", tmp_path / "snapshots", clock)
    yield opened
    opened.database.close()


def sending(port: int, **post: Any) -> Sending:
    server = Post("127.0.0.1", port, "alerts@example.org", security="none", **post)
    return Sending(Retries(attempts=3, first=60), post=server, about=lambda: About("Fylde Coast", synthetic=True))


def read(envelope: Any) -> tuple[Any, str]:
    message = message_from_bytes(envelope.content, policy=policy.default)
    return message, message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_one_a_day_with_all_that_was_approved(desk: Desk, clock: Clock) -> None:
    team = subscribe(desk, "team@example.org")
    approved(desk, graded(desk))
    approved(desk, graded(desk, outcome="information", public=False))
    with taking_mail() as mailbox:
        assert work_once(desk, sending(mailbox.port)) == 0, "not before its hour"
        clock.now = clock.now.replace(day=29, hour=7, minute=0)
        assert work_once(desk, sending(mailbox.port)) == 1
        assert work_once(desk, sending(mailbox.port)) == 0
        (envelope,) = mailbox.messages
    message, text = read(envelope)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("alerts@example.org", ["team@example.org"])
    assert message.get_content_type() == "text/plain"
    assert message["Subject"] == "Drug alerts for 29 November 2026: 2 messages"
    with desk.database.reading() as connection:
        (row,) = outbox.listed(connection, team.id)
    assert (row.state, message["Message-ID"]) == ("sent", f"<{row.id}@geointel.invalid>")
    assert text.count("Blue tablets with a strong opioid") == 2
    assert "Grade: Alert. Acute harm." in text
    assert "Grade: Information." in text
    assert "First noticed 8 days before it was reported." in text
    assert "In force until the end of 31 December 2026." in text
    assert "made-up data" in text
    assert team.id in text
    assert not any(name in text for name in (CHAIR, DIRECTOR, DOCTOR))


def test_what_is_no_longer_true_by_then_is_left_out(desk: Desk, clock: Clock) -> None:
    subscribe(desk, "team@example.org")
    gone, kept = approved(desk, graded(desk)), approved(desk, graded(desk))
    step(desk, gone, CHAIR, "withdraw")
    with taking_mail() as mailbox:
        clock.on(days=1)
        work_once(desk, sending(mailbox.port))
        message, text = read(mailbox.messages[0])
    assert message["Subject"].endswith("1 message")
    assert text.count(kept.content["title"]) == 1


def test_that_it_was_withdrawn_is_told_the_next_day(desk: Desk, clock: Clock) -> None:
    subscribe(desk, "team@example.org")
    alert = approved(desk, graded(desk))
    with taking_mail() as mailbox:
        clock.on(days=1)
        work_once(desk, sending(mailbox.port))
        alert = step(desk, alert, CHAIR, "withdraw")
        step(desk, step(desk, alert, DIRECTOR, "approve"), DOCTOR, "approve")
        clock.on(days=1)
        work_once(desk, sending(mailbox.port))
        _, text = read(mailbox.messages[1])
    assert "Withdrawn: Blue tablets" in text
    assert "naloxone" not in text


def test_a_server_that_refuses_is_asked_again_under_the_same_key(desk: Desk, clock: Clock) -> None:
    team = subscribe(desk, "team@example.org")
    approved(desk, graded(desk))
    with taking_mail(refusals=2) as mailbox:
        clock.on(days=1)
        for _ in range(3):
            work_once(desk, sending(mailbox.port))
            clock.on(hours=1)
        assert len(mailbox.messages) == 1
    with desk.database.reading() as connection:
        (row,) = outbox.listed(connection, team.id)
    assert (row.state, row.attempts) == ("sent", 3)


@pytest.mark.parametrize("post", [{"user": "a", "password": "hush"}, {}])
def test_a_server_that_is_away_or_lets_nobody_in_is_said_without_the_password(
    desk: Desk, clock: Clock, post: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    team = subscribe(desk, "team@example.org")
    approved(desk, graded(desk))
    with taking_mail() as mailbox:
        port = mailbox.port
        clock.on(days=1)
        for _ in range(3):
            work_once(desk, sending(port if post else 9, **post))
            clock.on(hours=1)
    with desk.database.reading() as connection:
        (row,) = outbox.listed(connection, team.id)
    assert row.state == "failed"
    assert "did not take it" in row.error
    assert "hush" not in row.error + caplog.text + repr(sending(port, **post))


def test_without_a_mail_server_a_digest_waits(desk: Desk, clock: Clock) -> None:
    team = subscribe(desk, "team@example.org")
    approved(desk, graded(desk))
    clock.on(days=1)
    work_once(desk, Sending())
    with desk.database.reading() as connection:
        (row,) = outbox.listed(connection, team.id)
    assert row.state == "waiting"
    assert "GEOINTEL_SMTP_HOST" in row.error


@pytest.mark.parametrize("address", ["team@example.org", "drug.alerts+fylde@nhs.example.org", "o'neil@example.org"])
def test_an_e_mail_address(address: str) -> None:
    assert target_of(Mail(kind="mail", address=address), loopback=False, mail=True) == address


@pytest.mark.parametrize("address", [
    "team", "team@", "@example.org", "team@localhost", "a b@example.org", "team@example.org\nBcc: other@example.org",
    "team@example.org, other@example.org", "Team <team@example.org>", "täm@example.org", "team@@example.org", "team@example.org>", "",
    "team@example.org\r\n", "(x)team@example.org", "team@[127.0.0.1]",
])  # fmt: skip
def test_what_is_no_e_mail_address_is_refused(address: str) -> None:
    with pytest.raises(QuestionError) as caught:
        target_of(Mail(kind="mail", address=address), loopback=False, mail=True)
    assert caught.value.field == "channel.address"


def test_a_server_without_mail_refuses_such_a_subscription() -> None:
    with pytest.raises(QuestionError, match="sends no e-mail"):
        target_of(Mail(kind="mail", address="team@example.org"), loopback=False, mail=False)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.0, "within an hour"), (0.9, "within an hour"), (1.0, "1 hour "), (30.0, "30 hours"), (190.8, "8 days")],
)
def test_latency_in_words(hours: float, said: str) -> None:
    assert said in latency_words(hours)


def test_an_end_that_is_not_midnight_has_its_hour() -> None:
    assert until_words("2026-07-01T12:30:00.000000Z") == "In force until 13:30 on 1 July 2026."
