"""Tables of the log of accesses, in the same database as the others."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from geointel_api.state.tables import metadata

accesses = Table(
    "access_log",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("how", String(16), nullable=False),
    Column("role", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("method", String(8), nullable=False),
    Column("route", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Who asked for what. Rows are added, and the oldest removed when they are old enough; none is changed. ``number`` equal
requests of one minute are one row; what is not known or not kept is empty."""

access_ends = Table(
    "access_ends",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, nullable=False),
    Column("first_previous", String(64), nullable=False),
    Column("last", Integer, nullable=False),
    Column("last_hash", String(64), nullable=False),
)
"""One row: where the log of accesses begins since the oldest rows were removed, and where it ends."""
