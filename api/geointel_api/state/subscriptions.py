"""Who is told of what."""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpcore
from sqlalchemy import delete, insert, select

from geointel.errors import QuestionError
from geointel_api.errors import AlertNotFoundError
from geointel_api.state.addresses import check_url
from geointel_api.state.requests import Webhook
from geointel_api.state.tables import subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection, Row

    from geointel_api.state.log import Person
    from geointel_api.state.requests import NewSubscription

WEBHOOK, MAIL = "webhook", "mail"
MOST = 1_000
"""Most subscriptions of a server."""
SECRET = "whsec_"  # noqa: S105 - how a secret begins, by the convention of Standard Webhooks
BYTES_OF_SECRET = 32
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+", re.IGNORECASE | re.ASCII)
"""The form that HTML gives for e-mail addresses, with at least two parts after the @."""


@dataclass(frozen=True)
class Subscription:
    """One subscription. Its secret is never part of what is printed."""

    id: str
    label: str
    channel: str
    target: str
    areas: tuple[Mapping[str, str], ...]
    categories: tuple[str, ...]
    who: str
    role: str
    created: float
    secret: str = field(repr=False)


def subscribe(
    connection: Connection, wanted: NewSubscription, *, target: str, person: Person, now: float
) -> Subscription:
    """Keep a subscription to a checked target. Raises ``QuestionError`` when there are too many."""
    if len(connection.execute(select(subscriptions.c.id)).all()) >= MOST:
        message = f"There are {MOST} subscriptions already."
        raise QuestionError(message, field="channel", remedy="End those that nobody needs.")
    row = {
        "id": str(uuid4()),
        "label": wanted.label,
        "channel": wanted.channel.kind,
        "target": target,
        "secret": new_secret() if isinstance(wanted.channel, Webhook) else "",
        "areas": json.dumps([area.model_dump() for area in wanted.areas]),
        "categories": json.dumps(wanted.categories),
        "who": person.name,
        "role": person.role,
        "created": now,
    }
    connection.execute(insert(subscriptions).values(**row))
    return find(connection, str(row["id"]))


def find(connection: Connection, name: str) -> Subscription:
    """One subscription. Raises ``AlertNotFoundError``."""
    row = connection.execute(select(subscriptions).where(subscriptions.c.id == name)).first()
    if row is None:
        message = "There is no such subscription."
        raise AlertNotFoundError(message, remedy="GET /v1/subscriptions lists them.")
    return _subscription(row)


def all_of(connection: Connection) -> list[Subscription]:
    """Every subscription, the oldest first."""
    rows = connection.execute(select(subscriptions).order_by(subscriptions.c.created, subscriptions.c.id))
    return [_subscription(row) for row in rows]


def forget(connection: Connection, name: str) -> None:
    """End a subscription: its address and secret are gone. Raises ``AlertNotFoundError``."""
    find(connection, name)
    connection.execute(delete(subscriptions).where(subscriptions.c.id == name))


def _subscription(row: Row[Any]) -> Subscription:
    columns = {name: getattr(row, name) for name in Subscription.__dataclass_fields__}
    return Subscription(
        **{**columns, "areas": tuple(json.loads(row.areas)), "categories": tuple(json.loads(row.categories))}
    )


def new_secret() -> str:
    """A key to sign with, from the system's source of chance."""
    return SECRET + base64.b64encode(secrets.token_bytes(BYTES_OF_SECRET)).decode()


def target_of(channel: Any, *, loopback: bool, mail: bool) -> str:
    """The checked address of a channel. Raises ``QuestionError`` for one that nothing can or may be sent to."""
    if isinstance(channel, Webhook):
        try:
            check_url(channel.url, loopback=loopback)
        except (ValueError, httpcore.UnsupportedProtocol) as error:
            raise QuestionError(str(error), field="channel.url", remedy="Give a public https address.") from None
        return channel.url
    if not mail:
        message = "This server sends no e-mail."
        raise QuestionError(message, field="channel", remedy="Set GEOINTEL_SMTP_HOST, or subscribe a webhook.")
    return _mailbox(channel.address)


def _mailbox(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        message = f"{text[:60]!r} is not an e-mail address."
        raise QuestionError(message, field="channel.address", remedy="Write it as name@example.org.")
    return text
