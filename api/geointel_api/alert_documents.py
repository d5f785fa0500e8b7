"""Answers about alerts and subscriptions, as documents."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geointel_api.documents import Answer, AreaName, Document
from geointel_api.state.requests import Criteria  # noqa: TC001 - pydantic reads annotations

Outcome = Literal["no action", "information", "alert"]


class VersionDocument(Document):
    """What two people have approved: the same for readers of the open edition, webhooks and digests."""

    id: str
    version: int = Field(description="1, and one more for each correction")
    title: str
    outcome: Outcome
    criteria: Criteria
    category: str
    substance: str | None
    harm: str
    advice: str | None
    place: AreaName
    source: Literal["report", "signal"]
    observed: str = Field(description="when it was first noticed")
    received: str = Field(description="when it was reported")
    latency_hours: float = Field(description="hours between the two: the latency of the data")
    published: str
    expires: str


class GradeDocument(Document):
    """A grade as it stands."""

    outcome: Outcome
    criteria: Criteria
    public: bool
    expires: str | None


class ApprovalDocument(Document):
    """One approval."""

    who: str
    at: str


class EventDocument(Document):
    """One event of the log."""

    position: int
    sequence: int
    at: str
    who: str
    role: str
    action: str
    from_state: str | None
    to_state: str
    why: str
    facts: dict[str, Any]
    hash: str


class DeskAlertDocument(Document):
    """An alert as the desk sees it: as it stands, and what of it is published."""

    id: str
    state: Literal["received", "validated", "graded", "expired", "withdrawn"]
    sequence: int = Field(description="number of its last event; the next step must name it")
    title: str
    category: str
    substance: str | None
    harm: str
    advice: str | None
    place: AreaName
    source: dict[str, str]
    observed: str
    received: str
    updated: str
    latency_hours: float
    grade: GradeDocument | None
    approvals: list[ApprovalDocument]
    published: VersionDocument | None
    may_follow: list[str]


class LogDocument(Document):
    """Where the log ends, and whether every event is as it was written."""

    position: int
    hash: str
    intact: bool
    broken_at: int | None


class AlertsDocument(Answer):
    """Alerts, the last changed first. For the open edition: those in force that are public."""

    snapshot: str
    edition: str
    alerts: list[VersionDocument | DeskAlertDocument]
    log: LogDocument | None


class AlertDocument(Answer):
    """One alert; for the desk with its history."""

    snapshot: str
    edition: str
    alert: VersionDocument | DeskAlertDocument
    history: list[EventDocument] | None


class DeliveryDocument(Document):
    """One delivery: its key, how it stands, and why it did not arrive."""

    id: str
    state: Literal["waiting", "sent", "failed", "cancelled"]
    attempts: int
    error: str
    created: str
    finished: str | None
    due: str | None
    events: list[int] = Field(description="positions in the log of what it tells")


class SubscriptionDocument(Document):
    """One subscription. Its secret is shown once, when it is made."""

    id: str
    label: str
    channel: Literal["webhook", "mail"]
    target: str = Field(description="where it goes, without the query of an address")
    areas: list[dict[str, str]]
    categories: list[str]
    who: str
    created: str
    deliveries: dict[str, int]


class SubscriptionsDocument(Answer):
    """All subscriptions."""

    subscriptions: list[SubscriptionDocument]


class OneSubscriptionDocument(SubscriptionDocument, Answer):
    """One subscription with its newest deliveries."""

    newest: list[DeliveryDocument]


class NewSubscriptionDocument(SubscriptionDocument, Answer):
    """A new subscription with the secret that its webhooks are signed with, which is never shown again."""

    secret: str | None
