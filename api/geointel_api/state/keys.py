"""API keys as they are kept: a hash of each, never the key."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from geointel_api.errors import KeyNotFoundError
from geointel_api.state.tables import api_keys

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

    from geointel_api.state.database import Database

log = logging.getLogger(__name__)

USE_EVERY = 3_600.0
"""Seconds between two notes that a key was used."""


@dataclass(frozen=True)
class Key:
    """A key that was issued. Moments are seconds since 1970."""

    id: str
    label: str
    role: str
    created: float
    expires: float
    revoked: float | None
    used: float | None
    hash: str = field(repr=False)

    def holds(self, now: float) -> bool:
        """Whether it may be used."""
        return self.revoked is None and now < self.expires


def add(connection: Connection, key: Key) -> None:
    """Keep a new key."""
    connection.execute(insert(api_keys).values(**{name: getattr(key, name) for name in Key.__dataclass_fields__}))


def find(connection: Connection, name: str) -> Key | None:
    """The key with a public id."""
    row = connection.execute(select(api_keys).where(api_keys.c.id == name)).first()
    return None if row is None else _key(row)


def all_of(connection: Connection) -> list[Key]:
    """Every key that was ever issued, the oldest first."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.created, api_keys.c.id))
    return [_key(row) for row in rows]


def revoke(connection: Connection, name: str, now: float) -> Key:
    """End a key for good. One that was revoked before stays revoked since then. Raises ``KeyNotFoundError``."""
    ended = update(api_keys).where(api_keys.c.id == name, api_keys.c.revoked.is_(None)).values(revoked=now)
    connection.execute(ended)
    found = find(connection, name)
    if found is None:
        message = f"There is no key {name[:40]!r}."
        raise KeyNotFoundError(message, remedy="geointel keys list shows them; give the id, not the key.")
    return found


def note_use(database: Database, name: str, now: float) -> None:
    """Write when a key was used last. If the database cannot be written, the use is not known: the key holds all the same."""
    try:
        with database.writing() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == name).values(used=now))
    except SQLAlchemyError:
        log.warning("cannot note that the key %s was used", name)


def _key(row: Row[Any]) -> Key:
    return Key(**{name: getattr(row, name) for name in Key.__dataclass_fields__})
