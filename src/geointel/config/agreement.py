"""The tables ``[[agreement]]``: on what terms partners share their data, and until when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import pydantic

from geointel.config.faults import key_path
from geointel.config.shape import Id, Table, Text, refuse
from geointel.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.config.partnership import Partnership

REMEDY = "Write a date, as 2026-12-31."


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            refuse(f"{value!r} is not a date.", REMEDY)
    if type(value) is not date:
        refuse("This must be a date.", REMEDY)
    return value


Day = Annotated[
    date, pydantic.BeforeValidator(_day), pydantic.WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
]
"""A day, as TOML writes it or in quotes."""


class Agreement(Table):
    """An agreement to share data, which sources name. Its sources are not read after it has expired."""

    id: Id
    """Short name, by which sources call it."""
    title: Text
    """Name that people read."""
    purpose: Text
    """What the data may be used for."""
    controller: Text
    """Who is the data controller."""
    legal_basis: Text
    """On what legal basis the data is shared."""
    expires: Day
    """Last day on which the data may be used."""
    contact: Text | None = None
    """Whom to ask; it is never published."""


def expired(partnership: Partnership, today: date) -> Iterator[Fault]:
    """Yield a fault for every source whose agreement has expired: it is blocked."""
    for number, source in enumerate(partnership.sources):
        agreement = partnership.agreements.get(source.agreement or "")
        if agreement is not None and agreement.expires < today:
            message = (
                f"The source {source.id!r} is blocked: the agreement {agreement.id!r} ({agreement.title}) "
                f"expired on {agreement.expires}."
            )
            remedy = f"Renew it with {agreement.controller} and correct `expires`, or remove the source."
            yield Fault(key_path(("source", number, "agreement")), message, remedy)


def without_agreement(partnership: Partnership) -> tuple[str, ...]:
    """Ids of the sources that are not public and name no agreement."""
    return tuple(source.id for source in partnership.sources if not source.public and source.agreement is None)
