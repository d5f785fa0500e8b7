"""Opening the service's own database: SQLite in a file, or PostgreSQL by its address."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, func, insert, inspect, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from geointel_api.errors import StateError
from geointel_api.state.tables import SCHEMA, head, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

SQLITE, POSTGRESQL = "sqlite", "postgresql"
NOTHING = "0" * 64
"""Hash before the first event."""
PATIENCE = 30.0
"""Seconds to wait for another writer."""
BEGIN = "BEGIN IMMEDIATE"
READING = "geointel_reading"
MIGRATION = 7_166_004
"""Any number that nobody else uses as a lock of PostgreSQL."""


@dataclass(frozen=True)
class Database:
    """An open database with its tables."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes: whole or not at all. There is one at a time."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that reads, from beginning to end the same state."""
        engine = self.engine.execution_options(**{READING: True})
        if engine.dialect.name == POSTGRESQL:
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def default_url(snapshots: Path) -> URL:
    """Address of the SQLite file beside the snapshots folder. ``snapshots`` may be the folder of one snapshot."""
    folder = snapshots_folder(snapshots)
    return URL.create(SQLITE, database=str(folder.with_name(f"{folder.name}.state.sqlite")))


def snapshots_folder(snapshots: Path) -> Path:
    """The folder of all snapshots, also where one snapshot is served; of one edition alone, its own or that of its snapshot."""
    whole = snapshots.resolve()
    if (whole / "manifest.json").is_file():
        above = whole.parent
        return above.parent if above.parent.joinpath("current").is_file() else whole
    return whole.parent if any(whole.glob("*/manifest.json")) else whole


def parse_url(text: str, snapshots: Path) -> URL:
    """Address of the database from the setting (empty: the default). Raises ``StateError`` for one that cannot be used."""
    if not text:
        return default_url(snapshots)
    try:
        url = make_url(text)
    except ArgumentError:
        message = "GEOINTEL_STATE is not the address of a database."
        raise StateError(message, remedy=_FORMS) from None
    kind = url.get_backend_name()
    if kind == POSTGRESQL:
        return url.set(drivername=f"{POSTGRESQL}+psycopg")
    if kind != SQLITE or not url.database or url.database == ":memory:":
        message = "GEOINTEL_STATE is neither a file of SQLite nor a database of PostgreSQL."
        raise StateError(message, remedy=_FORMS)
    _refuse_inside(url.database, snapshots)
    return url


_FORMS = "Write sqlite:////folder/state.sqlite or postgresql://user@host/name, or leave it out."


def _refuse_inside(database: str, snapshots: Path) -> None:
    folder = snapshots_folder(snapshots)
    file = type(folder)(database).resolve()
    if folder in file.parents:
        message = f"GEOINTEL_STATE lies in the snapshots folder: {file}."
        raise StateError(message, remedy="Snapshots are published as they are. Put the database beside that folder.")


def exists(url: URL) -> bool:
    """Whether there is a database to read. A server's is taken to be there."""
    return url.get_backend_name() != SQLITE or (url.database is not None and os.path.isfile(url.database))  # noqa: PTH113 - an address holds text


def open_database(url: URL) -> Database:
    """Open a database and make the tables that it does not have. Raises ``StateError``."""
    try:
        engine = _sqlite(url) if url.get_backend_name() == SQLITE else create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError:
        message = "The driver for PostgreSQL is missing."
        raise StateError(message, remedy="pip install 'geointel[postgres]'") from None
    try:
        _make_tables(engine)
    except StateError:
        engine.dispose()
        raise
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        message = f"The database {url.render_as_string(hide_password=True)} cannot be used: {_reason(error)}"
        raise StateError(message, remedy="Look at GEOINTEL_STATE, and at who may write there.") from error
    return Database(engine)


def _sqlite(url: URL) -> Engine:
    """Engine over a file that only its owner may read: it holds addresses and secrets of subscribers."""
    file = str(url.database)
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        message = f"The database {file} cannot be written: {error.strerror}."
        raise StateError(message, remedy="Look at GEOINTEL_STATE, and at who may write there.") from error
    engine = create_engine(url, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    """Leave transactions to us, and lose nothing in a power cut."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Who writes locks at once, so that nothing read in the transaction is out of date when it writes."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READING) else BEGIN)


def _make_tables(engine: Engine) -> None:
    """Make the tables that are not there, in one transaction; an older database becomes one of this version."""
    with engine.begin() as connection:
        if connection.dialect.name == POSTGRESQL:
            # SQLite lets one writer in at a time; here servers that start together wait for one another
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION)))
        found = SCHEMA
        if inspect(connection).has_table(head.name):
            found = connection.execute(select(head.c.schema)).scalar_one_or_none() or SCHEMA
        if found > SCHEMA:
            message = f"The database was written by a newer version (tables {found}, this version knows {SCHEMA})."
            raise StateError(message, remedy="Install the newer version again.")
        metadata.create_all(connection)
        if connection.execute(select(head.c.id)).first() is None:
            connection.execute(insert(head).values(id=1, position=0, hash=NOTHING, schema=SCHEMA))
        elif found < SCHEMA:
            connection.execute(update(head).values(schema=SCHEMA))


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]
