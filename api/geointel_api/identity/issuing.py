"""Issuing, listing and revoking API keys: what ``geointel keys`` calls, on the machine of the database."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geointel.errors import QuestionError, SnapshotNotFoundError
from geointel.snapshot import open_snapshot
from geointel_api.access import PUBLIC
from geointel_api.identity.key_form import new_key
from geointel_api.state import keys
from geointel_api.state.database import exists, open_database, parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geointel_api.settings import Settings
    from geointel_api.state.database import Database

DAY = 86_400.0
LONGEST_LABEL = 100


def create_key(settings: Settings, role: str, *, label: str, days: int) -> tuple[keys.Key, str]:
    """Issue a key; the key itself comes second, and is kept nowhere.

    Raises
    ------
    QuestionError
        For a role that no edition of the published snapshot names, and for a label that is no name.
    StateError
        If the database cannot be used.
    """
    _check_role(settings.snapshots, role)
    label = label.strip()
    if not 3 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        message = "The label is not a name of 3 to 100 letters on one line."
        raise QuestionError(message, field="label", remedy="Name the person or program that will have the key.")
    made, now = new_key(), time.time()
    key = keys.Key(made.id, label, role, now, now + days * DAY, None, None, made.hash)
    with _database(settings) as database, database.writing() as connection:
        keys.add(connection, key)
    return key, made.text


def list_keys(settings: Settings) -> list[keys.Key]:
    """Every key that was issued, the oldest first."""
    if not exists(parse_url(settings.state.get_secret_value(), settings.snapshots)):
        return []
    with _database(settings) as database, database.reading() as connection:
        return keys.all_of(connection)


def revoke_key(settings: Settings, name: str) -> keys.Key:
    """End a key for good. Raises ``KeyNotFoundError``."""
    with _database(settings) as database, database.writing() as connection:
        return keys.revoke(connection, name, time.time())


def stands(key: keys.Key, now: float) -> str:
    """Whether a key holds, in a word."""
    if key.revoked is not None:
        return "revoked"
    return "valid" if key.holds(now) else "expired"


def _check_role(snapshots: Path, role: str) -> None:
    """Refuse a role that opens nothing: it is misspelt, or the next build must have it first."""
    try:
        editions = open_snapshot(snapshots).editions.values()
    except SnapshotNotFoundError:
        return  # nothing is published yet, so nothing tells
    named = sorted({name for edition in editions for name in edition.manifest["roles"]} - {PUBLIC})
    if role not in named:
        message = f"No edition of the published snapshot is for the role {role!r}."
        known = f"Its roles are {', '.join(named)}." if named else "It has no role but that of everybody."
        raise QuestionError(message, field="role", remedy=f"{known} Roles stand in the partnership's file.")


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = open_database(parse_url(settings.state.get_secret_value(), settings.snapshots))
    try:
        yield database
    finally:
        database.close()
