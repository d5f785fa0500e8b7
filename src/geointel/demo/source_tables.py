"""The ``[[source]]`` tables of a demonstration's partnership file, one block for each kind."""

from __future__ import annotations

from geointel.sources.base import kinds

PARTNER = 'editions = ["partner"]'

TABLES: dict[str, str] = {}


def tables() -> str:
    """The blocks of every kind that is installed."""
    return "".join(f"{text}\n" for kind, text in TABLES.items() if kind in kinds())
