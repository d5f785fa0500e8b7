"""Which step may follow which, and what it writes. Pure: an alert and a step in, an entry for the log out."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from geointel.errors import QuestionError
from geointel_api.errors import ConflictError
from geointel_api.state import requests
from geointel_api.state.alert import (
    ALERT,
    APPROVE,
    APPROVERS,
    CORRECT,
    EXPIRE,
    EXPIRED,
    GRADE,
    GRADED,
    NO_ACTION,
    RECEIVED,
    REPORT,
    VALIDATE,
    VALIDATED,
    WITHDRAW,
    WITHDRAWN,
)
from geointel_api.state.clock import moment
from geointel_api.state.free_text import refuse_places
from geointel_api.state.log import Entry, already, told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geointel_api.state.alert import Alert

MAY_FOLLOW: Mapping[str, tuple[str, ...]] = {
    VALIDATE: (RECEIVED,),
    GRADE: (VALIDATED, GRADED),
    APPROVE: (GRADED, WITHDRAWN),
    CORRECT: (RECEIVED, VALIDATED, GRADED),
    WITHDRAW: (RECEIVED, VALIDATED, GRADED),
    EXPIRE: (GRADED,),
}
"""States in which each step can be taken."""
LEADS_TO: Mapping[str, str] = {VALIDATE: VALIDATED, GRADE: GRADED, WITHDRAW: WITHDRAWN, EXPIRE: EXPIRED}
"""State after a step; after the others it is the same."""
LONGEST = timedelta(days=366)
CLOCKS_DIFFER = timedelta(minutes=5)
FREE_TEXT = ("title", "substance", "harm", "advice")


def first_entry(alert: str, report: requests.Report, *, place: Mapping[str, str], now: datetime) -> Entry:
    """The event with which an alert begins. ``place`` has level, code and name. Raises ``QuestionError``."""
    said = report.model_dump(mode="json", include={*FREE_TEXT, "category", "source"})
    refuse_places({name: said[name] for name in FREE_TEXT})
    refuse_places({"who": report.who, "why": report.why})
    if isinstance(report.source, requests.ManualSource):
        refuse_places({"source.organisation": report.source.organisation})
    content = {**said, "place": dict(place), "observed": _observed(report.observed, "observed", now)}
    return Entry(alert, 1, REPORT, None, RECEIVED, report.why, {"content": content})


def next_entry(
    alert: Alert, step: requests.AnyStep, *, who: str, place: Mapping[str, str] | None, now: datetime
) -> Entry:
    """The event that a step of ``who`` writes.

    Raises
    ------
    ConflictError
        If somebody has acted since the alert was read, or the step cannot follow on its state.
    QuestionError
        If a part of the step is at fault.
    """
    if step.sequence != alert.sequence:
        raise already(alert.sequence)
    state = alert.state_at(now)
    if state not in MAY_FOLLOW[step.action]:
        message = f"The alert is {state}: this step cannot follow."
        able = ", ".join(action for action, states in MAY_FOLLOW.items() if state in states)
        raise ConflictError(message, remedy=f"What can follow: {able or 'nothing'}.")
    refuse_places({"who": step.who, "why": step.why})
    facts = _facts(alert, step, who=who, place=place, now=now)
    return Entry(alert.id, alert.sequence + 1, step.action, state, LEADS_TO.get(step.action, state), step.why, facts)


def _facts(
    alert: Alert, step: requests.AnyStep, *, who: str, place: Mapping[str, str] | None, now: datetime
) -> dict[str, Any]:
    if isinstance(step, requests.Grade):
        return {"grade": _grade(alert, step, now)}
    if isinstance(step, requests.Correct):
        return {"changes": _changes(step, place=place, now=now)}
    if isinstance(step, requests.Approve):
        _check_approval(alert, who)
    return {}


def _grade(alert: Alert, step: requests.Grade, now: datetime) -> dict[str, Any]:
    criteria = step.criteria.model_dump()
    if step.outcome == ALERT and "yes" not in criteria.values():
        message = "An alert needs at least one criterion that is met."
        raise QuestionError(message, field="criteria", remedy="Say which is met, or grade it as information.")
    if step.public and step.outcome != ALERT:
        message = "Only alerts can be public."
        raise QuestionError(message, field="public", remedy="Leave `public` out, or grade it as an alert.")
    if step.outcome == NO_ACTION and alert.published is not None:
        message = "It was published: a new grade cannot take that back."
        raise QuestionError(message, field="outcome", remedy="Withdraw it.")
    return {
        "outcome": step.outcome,
        "criteria": criteria,
        "public": step.public,
        "expires": _expires(step, now),
    }


def _expires(step: requests.Grade, now: datetime) -> str | None:
    if step.expires is None:
        if step.outcome == NO_ACTION:
            return None
        message = "It needs a date on which it ends by itself."
        raise QuestionError(message, field="expires", remedy="Give `expires`, a date within a year.")
    ends = moment(step.expires, "expires", end_of_day=True)
    if not now < ends <= now + LONGEST:
        message = f"It would end on {ends:%d %B %Y}, which is past or more than a year away."
        raise QuestionError(message, field="expires", remedy="Give a date within a year.")
    return told(ends)


def _changes(step: requests.Correct, *, place: Mapping[str, str] | None, now: datetime) -> dict[str, Any]:
    changes = step.changes.model_dump(mode="json", exclude_none=True)
    if not changes:
        message = "Nothing is corrected."
        raise QuestionError(message, field="changes", remedy="Give what should be different.")
    refuse_places({f"changes.{name}": changes[name] for name in FREE_TEXT if name in changes})
    if step.changes.observed is not None:
        changes["observed"] = _observed(step.changes.observed, "changes.observed", now)
    return changes if place is None else {**changes, "place": dict(place)}


def _observed(text: str, field: str, now: datetime) -> str:
    found = moment(text, field)
    if found > now + CLOCKS_DIFFER:
        message = f"It was noticed at {told(found)}, which is in the future."
        raise QuestionError(message, field=field, remedy="Look at the date, and at the offset.")
    return told(found)


def _check_approval(alert: Alert, who: str) -> None:
    """Refuse an approval of nothing, one too many, and a person who has approved already."""
    nothing = alert.published is None if alert.state == WITHDRAWN else (alert.grade or {})["outcome"] == NO_ACTION
    if nothing:
        message = "There is nothing to approve: nothing would be sent or shown."
        raise ConflictError(message, remedy="Nothing needs to be done.")
    if len(alert.approvals) >= APPROVERS:
        message = "Two people have approved it already."
        raise ConflictError(message, remedy="Nothing needs to be done.")
    if any(same_person(who, other.who) for other in alert.approvals):
        message = f"{who} has approved it already."
        raise QuestionError(message, field="who", remedy="Another person must approve it too.")


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, however they are spelt."""
    return _spelt(one) == _spelt(other)


def _spelt(name: str) -> str:
    """Letters of a name alone: without case, accents, dots, spaces and order of its parts."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    parts = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    return " ".join(sorted(parts)) or bare
