"""An alert as it stands: what its events come to. Nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from geointel_api.state.log import Event

RECEIVED, VALIDATED, GRADED, EXPIRED, WITHDRAWN = STATES = ("received", "validated", "graded", "expired", "withdrawn")
REPORT, VALIDATE, GRADE, APPROVE, CORRECT, WITHDRAW, EXPIRE = (
    "report",
    "validate",
    "grade",
    "approve",
    "correct",
    "withdraw",
    "expire",
)
NO_ACTION, INFORMATION, ALERT = OUTCOMES = ("no action", "information", "alert")
APPROVERS = 2
"""Different people who must approve before anything is sent or shown."""


@dataclass(frozen=True)
class Version:
    """What was published: the text and grade that two people approved, and the event that made it so."""

    content: Mapping[str, Any]
    grade: Mapping[str, Any]
    number: int
    event: Event

    @property
    def expires(self) -> datetime:
        """When it ends by itself."""
        return datetime.fromisoformat(self.grade["expires"])


@dataclass(frozen=True)
class Alert:
    """One alert. ``approvals`` are those of the text and grade as they stand now."""

    id: str
    state: str
    sequence: int
    content: Mapping[str, Any]
    received: datetime
    updated: datetime
    grade: Mapping[str, Any] | None = None
    approvals: tuple[Event, ...] = ()
    published: Version | None = None
    """The version that was approved last. It stands while a correction waits for its approvals."""
    events: tuple[Event, ...] = field(default=(), repr=False)

    @property
    def expires(self) -> datetime | None:
        """When it ends by itself: with its grade, and not before what was published, which a grade without approvals does not end."""
        stated = (self.grade or {}).get("expires")
        dates = [datetime.fromisoformat(stated)] if stated else []
        return max([*dates, self.published.expires]) if self.published else next(iter(dates), None)

    def state_at(self, now: datetime) -> str:
        """Its state: one whose date has come is expired, whether or not the log says so already."""
        over = self.expires is not None and self.expires <= now
        return EXPIRED if self.state == GRADED and over else self.state

    def current(self, now: datetime) -> Version | None:
        """The version that readers may see now."""
        if self.published is None or self.state_at(now) != GRADED or self.published.expires <= now:
            return None
        return self.published


def fold(events: Iterable[Event]) -> dict[str, Alert]:
    """Every alert by its id, in the order of their reports."""
    alerts: dict[str, Alert] = {}
    for event in events:
        known = alerts.get(event.alert)
        alerts[event.alert] = after(known, event)
    return alerts


def after(alert: Alert | None, event: Event) -> Alert:
    """An alert after one more event."""
    if alert is None:
        alert = Alert(event.alert, event.to_state, 0, event.facts["content"], received=event.at, updated=event.at)
    moved = replace(
        alert,
        state=event.to_state,
        sequence=event.sequence,
        updated=event.at,
        events=(*alert.events, event),
    )
    change = _CHANGES.get(event.action)
    return change(moved, event) if change else moved


def _graded(alert: Alert, event: Event) -> Alert:
    return replace(alert, grade=event.facts["grade"], approvals=())


def _corrected(alert: Alert, event: Event) -> Alert:
    return replace(alert, content={**alert.content, **event.facts["changes"]}, approvals=())


def _withdrawn(alert: Alert, event: Event) -> Alert:  # noqa: ARG001 - the shape of a change
    return replace(alert, approvals=())


def _approved(alert: Alert, event: Event) -> Alert:
    approved = replace(alert, approvals=(*alert.approvals, event))
    if len(approved.approvals) < APPROVERS or alert.state != GRADED or alert.grade is None:
        return approved
    number = alert.published.number + 1 if alert.published else 1
    return replace(approved, published=Version(alert.content, alert.grade, number, event))


_CHANGES: Mapping[str, Callable[[Alert, Event], Alert]] = {
    GRADE: _graded,
    CORRECT: _corrected,
    WITHDRAW: _withdrawn,
    APPROVE: _approved,
}
