"""Sessions of people who signed in on the page: a hash of each one's id, who it is, and until when."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from geointel_api.state.tables import sessions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

    from geointel_api.state.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """Who signed in. Moments are seconds since 1970; ``until`` is when it ends, however busy they are."""

    subject: str
    person: str
    name: str
    roles: tuple[str, ...]
    created: float
    seen: float
    until: float

    def holds(self, now: float, idle: float) -> bool:
        """Whether it goes on: its end has not come, and its last use is less than ``idle`` seconds ago."""
        return now < self.until and now < self.seen + idle


def add(connection: Connection, token: str, session: Session, *, idle: float) -> None:
    """Keep a session, and forget those that are over."""
    over = or_(sessions.c.until <= session.created, sessions.c.seen <= session.created - idle)
    connection.execute(delete(sessions).where(over))
    row = {name: getattr(session, name) for name in Session.__dataclass_fields__}
    connection.execute(insert(sessions).values(**{**row, "id": hash_of(token), "roles": json.dumps(session.roles)}))


def find(connection: Connection, token: str) -> Session | None:
    """The session with this id in its cookie."""
    row = connection.execute(select(sessions).where(sessions.c.id == hash_of(token))).first()
    return None if row is None else _session(row)


def end(connection: Connection, token: str) -> None:
    """Forget a session."""
    connection.execute(delete(sessions).where(sessions.c.id == hash_of(token)))


def note_use(database: Database, token: str, now: float) -> None:
    """Write that a session is in use. If the database cannot be written, it ends the earlier."""
    try:
        with database.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.id == hash_of(token)).values(seen=now))
    except SQLAlchemyError:
        log.warning("cannot note that a session is in use")


def hash_of(token: str) -> str:
    """SHA-256 of an id. The id has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _session(row: Row[Any]) -> Session:
    columns = {name: getattr(row, name) for name in Session.__dataclass_fields__}
    return Session(**{**columns, "roles": tuple(json.loads(row.roles))})
