"""What is told of an alert outside the desk: the approved version, without names of people."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from geointel_api.state.alert import GRADED
from geointel_api.state.log import told

if TYPE_CHECKING:
    from geointel_api.state.alert import Alert, Version

PUBLISHED, CORRECTED, WITHDRAWN = "published", "corrected", "withdrawn"


def kind_of(alert: Alert) -> str:
    """What an alert that two people have just approved is to those who are told."""
    if alert.state != GRADED:
        return WITHDRAWN
    return CORRECTED if alert.published is not None and alert.published.number > 1 else PUBLISHED


def message(alert: Alert) -> str:
    """What is sent when the last event of an alert has made something true, as JSON."""
    event = alert.events[-1]
    body = {
        "type": kind_of(alert),
        "at": told(event.at),
        "alert": None if alert.published is None else version_document(alert, alert.published),
        "log": {"position": event.position, "hash": event.hash},
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def version_document(alert: Alert, version: Version) -> dict[str, Any]:
    """The version of an alert that readers see."""
    content, grade = version.content, version.grade
    first = next(event for event in alert.events if event.sequence == 1)
    return {
        "id": alert.id,
        "version": version.number,
        "title": content["title"],
        "outcome": grade["outcome"],
        "criteria": grade["criteria"],
        "category": content["category"],
        "substance": content["substance"],
        "harm": content["harm"],
        "advice": content["advice"],
        "place": content["place"],
        "source": content["source"]["kind"],
        "observed": content["observed"],
        "received": told(first.at),
        "latency_hours": latency(content["observed"], told(first.at)),
        "published": told(version.event.at),
        "expires": grade["expires"],
    }


def latency(observed: str, received: str) -> float:
    """Hours between being noticed and being reported, never below 0."""
    gap = datetime.fromisoformat(received) - datetime.fromisoformat(observed)
    return round(max(0.0, gap.total_seconds() / 3600), 1)
