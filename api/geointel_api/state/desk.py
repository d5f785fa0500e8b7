"""The desk: every way in which the log grows, each one transaction that also fills the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from geointel.content import alert_words
from geointel_api.errors import AlertNotFoundError
from geointel_api.state import outbox, subscriptions
from geointel_api.state.alert import APPROVE, APPROVERS, EXPIRE, EXPIRED, GRADED, WITHDRAWN, after, fold
from geointel_api.state.clock import HERE, next_hour_of_day
from geointel_api.state.log import Entry, Person, append, end_of, locked_log, read_log
from geointel_api.state.message import message
from geointel_api.state.steps import first_entry, next_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from geointel_api.state.alert import Alert
    from geointel_api.state.database import Database
    from geointel_api.state.log import Log
    from geointel_api.state.requests import AnyStep, NewSubscription, Report

    Area = Mapping[str, str]
    Overlap = Callable[[Area, Area], bool]

ENDED = "The subscription was ended."
SERVER = "server"
"""Role of the server itself in the log."""


def same_area(one: Area, other: Area) -> bool:
    """Whether two areas are one. What knows outlines can do better."""
    return (one["level"], one["code"]) == (other["level"], other["code"])


@dataclass(frozen=True)
class Desk:
    """An open database, the clock, and the hour at which digests go out."""

    database: Database
    digest_hour: int = 7
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def end(self) -> tuple[int, str]:
        """Position and hash of the last event."""
        with self.database.reading() as connection:
            return end_of(connection)

    def log(self) -> tuple[Log, dict[str, Alert]]:
        """The log, and every alert as it stands."""
        with self.database.reading() as connection:
            log = read_log(connection)
        return log, fold(log.events)

    def report(self, report: Report, person: Person, *, place: Area) -> Alert:
        """Take in a report. Raises ``QuestionError``, and ``ConflictError`` for an id that is there already."""
        now = self.clock()
        entry = first_entry(str(report.id or uuid4()), report, place=place, now=now)
        with self.database.writing() as connection:
            locked_log(connection).intact()
            return after(None, append(connection, entry, person=person, now=now))

    def step(self, name: str, step: AnyStep, *, person: Person, place: Area | None, overlap: Overlap) -> Alert:
        """Take one step. With the second approval, the outbox is filled. Raises what ``next_entry`` and ``append`` do."""
        now = self.clock()
        with self.database.writing() as connection:
            before = find_alert(fold(locked_log(connection).intact().events), name)
            entry = next_entry(before, step, who=person.name, place=place, now=now)
            alert = after(before, append(connection, entry, person=person, now=now))
            if step.action == APPROVE and len(alert.approvals) == APPROVERS:
                told_before = (before.published,) if before.published else ()
                contents = [version.content for version in (*told_before, alert.published) if version]
                self._tell(connection, alert, contents=contents, overlap=overlap)
        return alert

    def _tell(
        self, connection: Connection, alert: Alert, *, contents: Sequence[Mapping[str, Any]], overlap: Overlap
    ) -> None:
        """Fill the outbox for everybody who wants to be told of any of the contents: as it was told before, and as it is now."""
        event = alert.events[-1]
        item = event.position, message(alert)
        now = event.at.timestamp()
        for subscription in subscriptions.all_of(connection):
            if any(wants(subscription, content, overlap) for content in contents):
                by_mail = subscription.channel == subscriptions.MAIL
                batch = self._digest(connection, subscription.id) if by_mail else outbox.Batch(event.hash, now)
                outbox.post(connection, item, subscription=subscription, batch=batch, now=now)

    def _digest(self, connection: Connection, subscription: str) -> outbox.Batch:
        """Day and time of the next digest of a subscription that has not begun to be sent."""
        then = self.clock()
        while True:
            then = next_hour_of_day(then, self.digest_hour)
            batch = f"{then.astimezone(HERE):%Y-%m-%d}"
            if not outbox.begun(connection, subscription, batch):
                return outbox.Batch(batch, then.timestamp())

    def expire_due(self) -> int:
        """Write into the log what has expired by itself. Returns how many alerts."""
        now = self.clock()
        _, alerts = self.log()
        if not any(_over(alert, now) for alert in alerts.values()):
            return 0
        words = alert_words("event")
        with self.database.writing() as connection:
            over = [alert for alert in fold(locked_log(connection).intact().events).values() if _over(alert, now)]
            for alert in over:
                entry = Entry(alert.id, alert.sequence + 1, EXPIRE, GRADED, EXPIRED, words["by_itself"], {})
                append(connection, entry, person=Person(words["server"], SERVER), now=now)
        return len(over)

    def subscribe(self, wanted: NewSubscription, person: Person, *, target: str) -> subscriptions.Subscription:
        """Keep a subscription to a checked target."""
        with self.database.writing() as connection:
            now = self.clock().timestamp()
            return subscriptions.subscribe(connection, wanted, target=target, person=person, now=now)

    def unsubscribe(self, name: str) -> None:
        """End a subscription, and send nothing more of it. Raises ``AlertNotFoundError``."""
        with self.database.writing() as connection:
            subscriptions.forget(connection, name)
            outbox.cancel(connection, name, reason=ENDED, now=self.clock().timestamp())


def find_alert(alerts: Mapping[str, Alert], name: str) -> Alert:
    """One alert. Raises ``AlertNotFoundError``."""
    if name not in alerts:
        message = "There is no such alert in your edition."
        raise AlertNotFoundError(message, remedy="GET /v1/alerts lists those that are open to you.")
    return alerts[name]


def _over(alert: Alert, now: datetime) -> bool:
    return alert.state == GRADED and alert.state_at(now) == EXPIRED


def wants(subscription: Any, content: Mapping[str, Any], overlap: Overlap) -> bool:
    """Whether a subscription is about the category and the area of an alert."""
    categories: Iterable[str] = subscription.categories
    if categories and content["category"] not in categories:
        return False
    areas: Iterable[Area] = subscription.areas
    return not areas or any(overlap(area, content["place"]) for area in areas)


def still_true(alerts: Mapping[str, Alert], position: int, now: datetime) -> bool:
    """Whether what the event at a position made true still is, so that it may still be told."""
    for alert in alerts.values():
        for event in alert.events:
            if event.position == position:
                version = alert.current(now)
                stands = version is not None and version.event.position == position
                return stands or event.to_state == alert.state == WITHDRAWN
    return False
