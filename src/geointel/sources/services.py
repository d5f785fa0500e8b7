"""A partner's own list of services, in the columns of our template (``services``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.sources.base import ServiceKind
from geointel.sources.service_list import ServiceOptions, configure_services, hours_of_days, service_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

CATEGORIES = {
    "alcohol-treatment": "Alcohol treatment",
    "community-health": "Community health service",
    "drug-treatment": "Drug treatment",
    "education-session": "Education session",
    "gp-practice": "GP practice",
    "hospital": "Hospital",
    "mutual-aid": "Mutual aid",
    "naloxone": "Naloxone supply",
    "needle-exchange": "Needle exchange",
    "other-service": "Other service",
    "pharmacy": "Pharmacy",
    "school": "School",
    "urgent-care": "Urgent care",
    "youth-service": "Young people's service",
}
"""Kind of service → its words, which a file may write instead, in capitals or not."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPELLINGS = {
    "id": ("id",),
    "name": ("name",),
    "word": ("kind",),
    "address": ("address",),
    "postcode": ("postcode",),
    "closed": ("closed",),
    "capacity": ("capacity",),
    "hours": ("hours", "opening hours", "opening_hours"),
    "substances": ("substances",),
    "min_age": ("min_age", "min age"),
    "max_age": ("max_age", "max age"),
    "nsp_level": ("nsp_level", "nsp level"),
    "supervised": ("supervised", "supervised consumption"),
    "naloxone": ("naloxone",),
    "eligible_areas": ("eligible_areas", "eligible areas"),
}
"""Canonical column → the names that a file may give it. Only name and kind must be there."""

LATITUDE, LONGITUDE = ("lat", "latitude"), ("lng", "lon", "longitude")
EASTING, NORTHING = ("easting",), ("northing",)


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. Without an ``id`` a service is known by its name and postcode."""
    given = {name: _field(rows, spellings) for name, spellings in SPELLINGS.items()}
    osgb = _find(rows, LATITUDE) is None and _find(rows, EASTING) is not None
    word = given["word"].lower().re_replace("[^a-z0-9]+", "-")
    known = {slug: (slug, words.lower().replace(" ", "-")) for slug, words in CATEGORIES.items()}
    own = given["name"].concat(" ").concat(given["postcode"].fill_null(""))
    return service_columns(
        rows,
        osgb=osgb,
        **{
            **given,
            "id": given["id"].fill_null(own.strip()),
            "category": ibis.cases(*((word.isin(words), slug) for slug, words in known.items())),
            "status": ibis.literal("dated"),
            "x": _field(rows, EASTING if osgb else LONGITUDE),
            "y": _field(rows, NORTHING if osgb else LATITUDE),
            "hours": given["hours"].fill_null(hours_of_days(_days(rows))),
        },
    )


def _days(rows: ir.Table) -> list[ir.StringValue | None]:
    """Columns with the hours of each day, Monday first; None where the file has none."""
    columns = [_find(rows, (day, f"hours_{day}", f"opening_hours_{day}", f"hours {day}")) for day in DAYS]
    return [None if column is None else rows[column] for column in columns]


def _find(rows: ir.Table, spellings: tuple[str, ...]) -> str | None:
    return next((column for column in rows.columns if column.lower() in spellings), None)


def _field(rows: ir.Table, spellings: tuple[str, ...]) -> ir.StringValue:
    """A field without spaces around it; null when it is blank, or the file has no such column."""
    column = _find(rows, spellings)
    return ibis.null(str) if column is None else rows[column].strip().nullif("")


SOURCE = ServiceKind(
    kind="services",
    title="Services, as the partnership lists them",
    public=True,
    licence="As the partnership states",
    attribution="The partnership's own list of services.",
    caveats=("services-listed",),
    required=(("name", "Name"), ("kind", "Kind"), ("postcode", "Postcode", *LATITUDE, "Latitude", *EASTING, "Easting")),
    categories=CATEGORIES,
    options=ServiceOptions,
    configure=configure_services,
    read=read,
)
