"""Tables of the service's own database. Moments of events are text in UTC, those of deliveries seconds since 1970."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, UniqueConstraint

SCHEMA = 2
"""Version of these tables. A database of a newer one is refused; one of an older one gets the tables that it lacks.

1: alerts · 2: API keys and sessions
"""

metadata = MetaData()

events = Table(
    "alert_event",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("alert", String(36), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("from_state", String(16), nullable=True),
    Column("to_state", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    UniqueConstraint("alert", "sequence", name="one_event_for_each_sequence"),
)
"""The log. Rows are added, and never changed or removed."""

head = Table(
    "alert_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("schema", Integer, nullable=False),
)
"""One row: where the log ends. It is locked by whoever writes, and shows when events at the end are gone."""

subscriptions = Table(
    "subscription",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("label", Text, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("target", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("areas", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", Float, nullable=False),
)
"""Who is told of what. ``areas`` and ``categories`` are lists in JSON; an empty one means all."""

deliveries = Table(
    "delivery",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("subscription", String(36), nullable=False, index=True),
    Column("batch", String(64), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("lease", String(36), nullable=True),
    Column("lease_until", Float, nullable=True),
    Column("error", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("finished", Float, nullable=True),
    UniqueConstraint("subscription", "batch", name="one_delivery_for_each_batch"),
)
"""The outbox. ``id`` is the key that a receiver sees, the same at every attempt. A batch is one event, or the day of a digest."""

items = Table(
    "delivery_item",
    metadata,
    Column("delivery", String(36), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)
"""What a delivery tells: the event, and what was said of it when two people had approved it."""

api_keys = Table(
    "api_key",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("revoked", Float, nullable=True),
    Column("used", Float, nullable=True),
)
"""Keys that were issued, as Argon2id hashes. ``id`` is the public part of a key."""

sessions = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who is signed in on the page. ``id`` is the SHA-256 of what the cookie has; ``roles`` a list in JSON."""
