"""The log of accesses in the service's own database: rows are added in batches, each with the hash of the one before it.

As with the log of alerts, who can write to the database could write the whole chain anew; the hash at the end, kept
elsewhere, shows it.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from geointel_api.errors import ConflictError
from geointel_api.state.access_tables import access_ends, accesses
from geointel_api.state.database import NOTHING
from geointel_api.state.log import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from geointel_api.state.database import Database


@dataclass(frozen=True)
class Access:
    """One access, or ``number`` equal ones of a minute. What is not known or not kept is empty."""

    at: datetime
    who: str
    how: str
    role: str
    address: str
    snapshot: str
    edition: str
    method: str
    route: str
    layer: str
    place: str
    status: int
    number: int = 1


def write(database: Database, rows: Sequence[Access]) -> None:
    """Add rows at the end of the log, all or none."""
    _prepare(database)
    with database.writing() as connection:
        ends = _locked_ends(connection)
        position, previous = ends.last, ends.last_hash
        written = []
        for position, row in enumerate(rows, start=position + 1):  # noqa: B020 - goes on from where the log ends
            columns = {**asdict(row), "at": told(row.at), "position": position, "previous": previous}
            previous = hash_of(columns)
            written.append({**columns, "hash": previous})
        if written:
            connection.execute(insert(accesses), written)
            connection.execute(update(access_ends).values(last=position, last_hash=previous))


def forget(database: Database, before: datetime) -> int:
    """Remove the rows from the log's beginning that are older than a moment; return how many."""
    _prepare(database)
    with database.writing() as connection:
        ends = _locked_ends(connection)
        kept = connection.execute(select(func.min(accesses.c.position)).where(accesses.c.at >= told(before))).scalar()
        first = ends.last + 1 if kept is None else int(kept)
        if first <= ends.first:
            return 0
        last_gone = select(accesses.c.hash).where(accesses.c.position == first - 1)
        previous = connection.execute(last_gone).scalar() or ends.last_hash
        connection.execute(delete(accesses).where(accesses.c.position < first))
        connection.execute(update(access_ends).values(first=first, first_previous=previous))
        return first - int(ends.first)


def first_broken(database: Database) -> int | None:
    """Position of the first row that is not as it was written, or that is gone; ``None`` when the log is whole."""
    _prepare(database)
    with database.reading() as connection:
        ends = connection.execute(select(access_ends)).one()
        position, previous = int(ends.first) - 1, str(ends.first_previous)
        in_order = select(accesses).order_by(accesses.c.position)
        with closing(connection.execution_options(yield_per=1_000).execute(in_order)) as found:
            for row in found:
                if (row.position, row.previous, row.hash) != (position + 1, previous, hash_of(row._asdict())):
                    return position + 1
                position, previous = row.position, row.hash
    return None if (position, previous) == (ends.last, ends.last_hash) else position + 1


_HASHED = tuple(column.name for column in accesses.columns if column.name != "hash")


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row's columns as JSON, in the order of the table, with the hash of the row before it."""
    text = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _prepare(database: Database) -> None:
    """See that there is a row which says where the log begins and ends."""
    with database.reading() as connection:
        if connection.execute(select(access_ends.c.id)).first() is not None:
            return
    try:
        with database.writing() as connection:
            beginning = {"id": 1, "first": 1, "first_previous": NOTHING, "last": 0, "last_hash": NOTHING}
            connection.execute(insert(access_ends).values(**beginning))
    except IntegrityError:
        return  # another server did it at the same moment


def _locked_ends(connection: Connection) -> Any:
    """Where the log begins and ends; no other writer goes on before this transaction ends. Raises ``ConflictError``."""
    ends = connection.execute(select(access_ends).with_for_update()).one()
    last = connection.execute(select(func.max(accesses.c.position))).scalar()
    if last is not None and last != ends.last:
        message = f"The log of accesses should end with row {ends.last}, and does not."
        raise ConflictError(message, remedy="Keep the database as it is, and look who changed it.")
    return ends
