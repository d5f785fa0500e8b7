"""Alerts and subscriptions as answers: one form for the desk, another for readers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geointel_api.access import may_act
from geointel_api.state.alert import ALERT
from geointel_api.state.log import told
from geointel_api.state.message import latency, version_document
from geointel_api.state.outbox import DELIVERY_STATES, WAITING
from geointel_api.state.steps import MAY_FOLLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.engine import Row

    from geointel_api.opened import OpenEdition
    from geointel_api.state.alert import Alert, Version
    from geointel_api.state.log import Event, Log
    from geointel_api.state.subscriptions import Subscription


def version_for(alert: Alert, edition: OpenEdition, now: datetime) -> Version | None:
    """The version of an alert that readers of an edition see now. The open one has public alerts about its own areas."""
    version = alert.current(now)
    if version is None or may_act(edition):
        return version
    place = version.content["place"]
    ours = edition.outlines.rows(place["level"], place["code"])
    return version if version.grade["public"] and version.grade["outcome"] == ALERT and ours else None


def document_for(alert: Alert, edition: OpenEdition, now: datetime) -> dict[str, Any] | None:
    """An alert as readers of an edition see it; ``None`` where they do not."""
    if may_act(edition):
        return desk_document(alert, now)
    version = version_for(alert, edition, now)
    return None if version is None else version_document(alert, version)


def desk_document(alert: Alert, now: datetime) -> dict[str, Any]:
    """An alert as the desk sees it."""
    content, state = alert.content, alert.state_at(now)
    current = alert.current(now)
    return {
        "id": alert.id,
        "state": state,
        "sequence": alert.sequence,
        **{name: content[name] for name in ("title", "category", "substance", "harm", "advice", "place", "source")},
        "observed": content["observed"],
        "received": told(alert.received),
        "updated": told(alert.updated),
        "latency_hours": latency(content["observed"], told(alert.received)),
        "grade": alert.grade,
        "approvals": [{"who": event.who, "at": told(event.at)} for event in alert.approvals],
        "published": None if current is None else version_document(alert, current),
        "may_follow": [action for action, states in MAY_FOLLOW.items() if state in states],
    }


def history(alert: Alert) -> list[dict[str, Any]]:
    """Every event of an alert."""
    return [event_document(event) for event in alert.events]


def event_document(event: Event) -> dict[str, Any]:
    """One event."""
    names = ("position", "sequence", "who", "role", "action", "from_state", "to_state", "why", "facts", "hash")
    return {**{name: getattr(event, name) for name in names}, "at": told(event.at)}


def log_document(log: Log) -> dict[str, Any]:
    """Where the log ends."""
    position, end = log.end
    return {"position": position, "hash": end, "intact": log.broken is None, "broken_at": log.broken}


def chosen(
    found: Iterable[dict[str, Any]],
    *,
    state: str | None,
    category: str | None,
    since: datetime | None,
    near: Callable[[Mapping[str, str]], bool] | None,
) -> list[dict[str, Any]]:
    """Documents that were asked for, the last changed first."""
    kept = [
        one
        for one in found
        if category in (None, one["category"])
        and state in (None, one.get("state", "graded"))
        and (since is None or datetime.fromisoformat(changed(one)) >= since)
        and (near is None or near(one["place"]))
    ]
    return sorted(kept, key=lambda one: (changed(one), one["id"]), reverse=True)


def changed(document: Mapping[str, Any]) -> str:
    """When an alert changed last, as those who read the document can know."""
    return str(document["updated"] if "updated" in document else document["published"])


def subscription_document(found: Subscription, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """A subscription without its secret."""
    return {
        "id": found.id,
        "label": found.label,
        "channel": found.channel,
        "target": found.target.partition("?")[0],
        "areas": [dict(area) for area in found.areas],
        "categories": list(found.categories),
        "who": found.who,
        "created": instant(found.created),
        "deliveries": dict(counts.get(found.id, dict.fromkeys(DELIVERY_STATES, 0))),
    }


def delivery_documents(rows: Sequence[Row[Any]], positions: Mapping[str, list[int]]) -> list[dict[str, Any]]:
    """Deliveries with what they tell."""
    return [
        {
            **{name: getattr(row, name) for name in ("id", "state", "attempts", "error")},
            "created": instant(row.created),
            "finished": None if row.finished is None else instant(row.finished),
            "due": instant(row.due) if row.state == WAITING else None,
            "events": positions[row.id],
        }
        for row in rows
    ]


def instant(seconds: float) -> str:
    """Seconds since 1970 as a moment."""
    return told(datetime.fromtimestamp(seconds, UTC))
