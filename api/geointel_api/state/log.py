"""The log of alerts: events are added, never changed. Each carries the hash of the one before it.

Who can write to the database could still write the whole chain anew. So the hash at the end travels with everything that
is sent: a receiver who kept one can tell.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from geointel_api.errors import ConflictError, StateError
from geointel_api.state.database import NOTHING
from geointel_api.state.tables import events, head

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, Row


@dataclass(frozen=True)
class Person:
    """Who acts: a name, and the role of the credential that was used."""

    name: str
    role: str


@dataclass(frozen=True)
class Entry:
    """What is to be written: the ``sequence``-th event of an alert, with why and what it changes."""

    alert: str
    sequence: int
    action: str
    from_state: str | None
    to_state: str
    why: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Event(Entry):
    """What was written: where in the log, when, by whom."""

    position: int
    at: datetime
    who: str
    role: str
    hash: str


@dataclass(frozen=True)
class Log:
    """Events in their order. ``broken`` is the position of the first that is not as it was written; none from it on is here."""

    events: Sequence[Event]
    broken: int | None

    @property
    def end(self) -> tuple[int, str]:
        """Position and hash of the last event."""
        return (self.events[-1].position, self.events[-1].hash) if self.events else (0, NOTHING)

    def intact(self) -> Log:
        """Return the log itself. Raises ``StateError`` when it was tampered with."""
        if self.broken is not None:
            message = f"The log of alerts is not as it was written, from event {self.broken} on."
            raise StateError(message, remedy="Stop the service, keep the database as it is, and restore a backup.")
        return self


def append(connection: Connection, entry: Entry, *, person: Person, now: datetime) -> Event:
    """Add one event at the end of the log.

    Raises
    ------
    ConflictError
        If the alert has an event of that sequence already.
    StateError
        If the log does not end where it should.
    """
    position, previous = _locked_end(connection)
    row = {
        "position": position + 1,
        "alert": entry.alert,
        "sequence": entry.sequence,
        "at": told(now),
        "who": person.name,
        "role": person.role,
        "action": entry.action,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "why": entry.why,
        "facts": json.dumps(entry.facts, ensure_ascii=False, sort_keys=True, allow_nan=False),
        "previous": previous,
    }
    row["hash"] = hash_of(row)
    try:
        connection.execute(insert(events).values(**row))
    except IntegrityError as error:
        raise already(entry.sequence) from error
    connection.execute(update(head).values(position=row["position"], hash=row["hash"]))
    return Event(
        **{name: getattr(entry, name) for name in Entry.__dataclass_fields__},
        position=position + 1,
        at=now,
        who=person.name,
        role=person.role,
        hash=str(row["hash"]),
    )


def already(sequence: int) -> ConflictError:
    """Somebody has acted on the alert since it was read."""
    message = f"The alert has an event {sequence} already: somebody has acted on it, or this was sent twice."
    return ConflictError(message, remedy="Read the alert again, then act on what it says now.")


def end_of(connection: Connection) -> tuple[int, str]:
    """Where the log ends, without looking whether it is whole."""
    end = connection.execute(select(head.c.position, head.c.hash)).one()
    return end.position, end.hash


def _locked_end(connection: Connection) -> tuple[int, str]:
    """Where the log ends; no other writer goes on before this transaction ends."""
    end = connection.execute(select(head.c.position, head.c.hash).with_for_update()).one()
    last = connection.execute(
        select(events.c.position, events.c.hash).order_by(events.c.position.desc()).limit(1)
    ).first()
    if (end.position, end.hash) != ((last.position, last.hash) if last else (0, NOTHING)):
        message = f"The log of alerts should end with event {end.position}, and does not."
        raise StateError(message, remedy="Stop the service, keep the database as it is, and restore a backup.")
    return end.position, end.hash


def read_log(connection: Connection) -> Log:
    """Read every event, and see whether each is as it was written."""
    rows = connection.execute(select(events).order_by(events.c.position)).all()
    end = connection.execute(select(head.c.position, head.c.hash)).one()
    broken = _first_broken(rows, end)
    return Log([_event(row) for row in rows[: None if broken is None else broken - 1]], broken)


def locked_log(connection: Connection) -> Log:
    """Read every event in a transaction that will write: nobody else adds one before it ends."""
    connection.execute(select(head.c.id).with_for_update())
    return read_log(connection)


def _first_broken(rows: Sequence[Row[Any]], end: Any) -> int | None:
    previous = NOTHING
    for at, row in enumerate(rows, start=1):
        if (row.position, row.previous, row.hash) != (at, previous, hash_of(row._asdict())):
            return at
        previous = row.hash
    return None if (end.position, end.hash) == (len(rows), previous) else len(rows) + 1


_HASHED = tuple(column.name for column in events.columns if column.name != "hash")


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 of an event's columns as JSON, in the order of the table, with the hash of the event before it."""
    text = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _event(row: Row[Any]) -> Event:
    columns = {name: getattr(row, name) for name in Event.__dataclass_fields__}
    return Event(**{**columns, "at": datetime.fromisoformat(row.at), "facts": json.loads(row.facts)})


def told(moment: datetime) -> str:
    """Spell a moment in UTC: ``2026-11-28T08:33:26.000001Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
