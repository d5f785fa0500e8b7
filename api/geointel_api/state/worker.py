"""The worker: a thread of the server that sends what is due, and writes down what has expired."""

from __future__ import annotations

import logging
import random
import smtplib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread

from geointel_api.errors import AlertNotFoundError
from geointel_api.state import mail, outbox, subscriptions, webhook
from geointel_api.state.desk import ENDED, still_true
from geointel_api.state.outbox import CANCELLED, FAILED, SENT, WAITING, Leased, Result, Retries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geointel_api.state.alert import Alert
    from geointel_api.state.desk import Desk
    from geointel_api.state.subscriptions import Subscription

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Most deliveries that are tried at the same time."""
LOOKING = 1.0
"""Seconds between looks for something to do."""
AFTER_TROUBLE = 10.0
EXPIRING = 60.0
"""Seconds between looks for what has expired. Readers see that at once; this is for the log."""


@dataclass(frozen=True)
class Sending:
    """How things are sent."""

    retries: Retries = field(default_factory=Retries)
    posting: webhook.Posting = field(default_factory=webhook.Posting)
    post: mail.Post = field(default_factory=mail.Post)
    about: Callable[[], mail.About] = field(default=lambda: mail.About("geointel", synthetic=False))
    chance: random.Random = field(default_factory=random.SystemRandom)


@dataclass(frozen=True)
class _Task:
    leased: Leased
    subscription: Subscription
    items: tuple[str, ...]


def work_once(desk: Desk, sending: Sending) -> int:
    """Try everything that is due once. Returns how many deliveries were tried. Raises ``StateError`` for a log that is not whole."""
    now = desk.clock().timestamp()
    with desk.database.reading() as connection:
        if not outbox.is_due(connection, now):
            return 0
    desk.log()[0].intact()
    with desk.database.writing() as connection:
        leased = outbox.lease(connection, now, seconds=sending.retries.lease, most=AT_ONCE)
    # read again: what was leased may have been written a moment ago
    log, alerts = desk.log()
    log.intact()
    tasks = [task for one in leased if (task := _task(desk, one, alerts)) is not None]
    anyio.run(_try_all, desk, sending, tasks)
    return len(leased)


def _task(desk: Desk, leased: Leased, alerts: Mapping[str, Alert]) -> _Task | None:
    """What is to be sent. What is no longer true is left out; when nothing is left, or nobody wants it, it is cancelled."""
    now = desk.clock()
    items = tuple(text for position, text in leased.items if still_true(alerts, position, now))
    gone = "" if items else "It was corrected, withdrawn or over before it could be sent."
    with desk.database.writing() as connection:
        try:
            subscription = subscriptions.find(connection, leased.subscription)
        except AlertNotFoundError:
            gone = ENDED
        if not gone:
            return _Task(leased, subscription, items)
        outbox.finish(connection, leased, Result(CANCELLED, gone), now=now.timestamp())
    return None


async def _try_all(desk: Desk, sending: Sending, tasks: list[_Task]) -> None:
    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(_try, desk, sending, task)


async def _try(desk: Desk, sending: Sending, task: _Task) -> None:
    """One attempt. Whatever goes wrong in it is its own: the others that are tried with it go on."""
    attempt = _by_mail if task.leased.channel == subscriptions.MAIL else _by_webhook
    try:
        result = await attempt(desk, sending, task)
    except Exception as error:
        log.exception("delivery %s could not be made", task.leased.id)
        result = Result(webhook.AGAIN, f"{type(error).__name__}: it could not be made.")
    try:
        await to_thread.run_sync(_settle, desk, sending, task.leased, result)
    except Exception:  # it stays leased, and is tried again when the lease ends
        log.exception("what came of delivery %s could not be written", task.leased.id)


async def _by_webhook(desk: Desk, sending: Sending, task: _Task) -> Result:
    key, secret = task.leased.id, task.subscription.secret
    body = webhook.body_of(key, task.items[0])
    headers = webhook.headers_of(secret, key, int(desk.clock().timestamp()), body)
    return await webhook.send(task.subscription.target, headers, body, posting=sending.posting)


async def _by_mail(desk: Desk, sending: Sending, task: _Task) -> Result:
    if not sending.post.host:
        return Result(webhook.AGAIN, "This server sends no e-mail: GEOINTEL_SMTP_HOST is not set.")
    message = mail.digest(
        task.items, subscription=task.subscription, about=sending.about(), key=task.leased.id, now=desk.clock()
    )
    try:
        await to_thread.run_sync(mail.send, message, sending.post)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Result(webhook.AGAIN, f"{type(error).__name__}: the mail server did not take it.")
    return Result(SENT)


def _settle(desk: Desk, sending: Sending, leased: Leased, result: Result) -> None:
    """Write what came of an attempt: done, failed, or when to try again."""
    now = desk.clock().timestamp()
    if result.state == webhook.AGAIN:
        over = leased.attempts >= sending.retries.attempts
        pause = sending.retries.pause(leased.attempts, sending.chance)
        result = Result(FAILED, result.error) if over else Result(WAITING, result.error, now + pause)
    with desk.database.writing() as connection:
        outbox.finish(connection, leased, result, now=now)
    if result.state != SENT:
        log.warning("delivery %s: attempt %d, %s: %s", leased.id, leased.attempts, result.state, result.error)


class Worker:
    """Runs ``work_once`` again and again in a thread of its own, until it is stopped."""

    def __init__(self, desk: Desk, sending: Sending, looking: float = LOOKING) -> None:
        self.desk, self.sending, self.looking = desk, sending, looking
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="geointel-alerts", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def stop(self) -> None:
        """End after the attempt that is being made."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        looked = -EXPIRING
        while not self._stop.is_set():
            self._wake.clear()
            pause = self.looking
            try:
                if time.monotonic() - looked >= EXPIRING:
                    self.desk.expire_due()
                    looked = time.monotonic()
                pause = 0.0 if work_once(self.desk, self.sending) else self.looking
            except Exception:
                log.exception("alerts cannot be sent now; the next attempt is in %g seconds", AFTER_TROUBLE)
                pause = AFTER_TROUBLE
            if pause:
                self._wake.wait(pause)
