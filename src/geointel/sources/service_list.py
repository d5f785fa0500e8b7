"""What every list of services shares: its options, and its canonical columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import ibis
import pydantic

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from geointel.sources.base import ServiceKind

DAY_OR_MONTH = r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$"
OLDEST = 120
_OPTIONS = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)
Category = Literal[
    "alcohol-treatment", "community-health", "drug-treatment", "education-session", "gp-practice", "hospital", "mutual-aid",
    "naloxone", "needle-exchange", "other-service", "pharmacy", "pharmacy-head-office", "school", "urgent-care", "youth-service",
]  # fmt: skip
"""Kinds of service."""


class ServiceDetails(pydantic.BaseModel):
    """What a partnership knows of one service that its list does not say."""

    model_config = _OPTIONS

    category: Category | None = None
    """Kind of service, in place of the list's."""
    capacity: pydantic.PositiveFloat | None = None
    """How many people it can take, in the unit that the partnership uses throughout."""
    substances: tuple[str, ...] | None = None
    """What it gives help with: `opiates`, `crack`, `non-opiates`, `alcohol` …"""
    min_age: Annotated[int, pydantic.Field(ge=0, le=OLDEST)] | None = None
    """Youngest age that it takes."""
    max_age: Annotated[int, pydantic.Field(ge=0, le=OLDEST)] | None = None
    """Oldest age that it takes."""
    nsp_level: Annotated[int, pydantic.Field(ge=1, le=3)] | None = None
    """Level of its needle and syringe programme, 1 to 3."""
    supervised: bool | None = None
    """Whether it supervises consumption."""
    naloxone: bool | None = None
    """Whether it hands out naloxone."""
    eligible_areas: tuple[str, ...] | None = None
    """Codes of the areas whose residents it is for; everybody when left out."""


class ServiceOptions(pydantic.BaseModel):
    """What a source of services may say."""

    model_config = _OPTIONS

    as_of: Annotated[str, pydantic.Field(pattern=DAY_OR_MONTH)] | None = None
    """Date of the list, as "2024-01" or "2024-01-31"; the file's name says it when left out."""
    service: dict[str, ServiceDetails] = pydantic.Field(default_factory=dict)
    """What the list does not say of single services, by their id in it."""


def configure_services(kind: ServiceKind, options: ServiceOptions) -> ServiceKind:
    """Return the kind as the options make it; every kind of service has at least these."""
    own: dict[str, str] = {
        details.category: "as the partnership says" for details in options.service.values() if details.category
    }
    categories = dict(sorted({**own, **kind.categories}.items()))
    return replace(kind, as_of=options.as_of, details=dict(options.service), categories=categories)


SERVICE_COLUMNS = (
    "id", "name", "category", "word", "status", "closed", "address", "postcode", "x", "y", "capacity", "hours",
    "substances", "min_age", "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas",
)  # fmt: skip
"""Canonical text columns of services; ``ingest.services`` says what they hold."""


def service_columns(rows: ir.Table, *, osgb: bool = False, **given: ir.StringValue) -> ir.Table:
    """Return the canonical text columns of services; null where nothing is given. ``status`` is open unless given."""
    blank = ibis.null(str)
    given = {"status": ibis.literal("open"), **given}
    return rows.select("file", osgb=ibis.literal(osgb), **{name: given.get(name, blank) for name in SERVICE_COLUMNS})


def joined(fields: Sequence[ir.StringValue], *, between: str = ", ") -> ir.StringValue:
    """Return the filled ones of some fields as one text, such as an address; null when all are blank."""
    together: ir.StringValue = ibis.literal("")
    for field in fields:
        filled = field.strip().nullif("")
        together = together.concat(filled.concat(between).fill_null(""))
    return together.left(together.length() - len(between)).nullif("")


def hours_of_days(days: Sequence[ir.StringValue | None]) -> ir.StringValue:
    """Return one text of the opening hours of Monday to Sunday: ``mo 09:00-17:00; tu closed``, blank days left out.

    ``days`` are the columns of the seven days; None for a day that has none.
    """
    names = ("mo", "tu", "we", "th", "fr", "sa", "su")
    known = [
        ibis.literal(f"{name} ").concat(hours.strip().nullif(""))
        for name, hours in zip(names, days, strict=True)
        if hours is not None
    ]
    return joined(known, between="; ") if known else ibis.null(str)
