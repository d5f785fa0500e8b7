"""Street-level crime as data.police.uk publishes it (``police-uk-street``).

One CSV per force and month, named ``YYYY-MM-<force>-street.csv``. Twelve columns since 2013; files
of 2010 to 2012 have Easting and Northing and no Crime ID. The quirks this module and
``ingest.incidents`` answer are listed in ``docs/sources/police-uk-street.md``.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from geointel.content import special_points
from geointel.sources.base import EventKind, month_of

CATEGORIES = {
    "anti-social-behaviour": "Anti-social behaviour",
    "bicycle-theft": "Bicycle theft",
    "burglary": "Burglary",
    "criminal-damage-arson": "Criminal damage and arson",
    "drugs": "Drugs",
    "other-crime": "Other crime",
    "other-theft": "Other theft",
    "possession-of-weapons": "Possession of weapons",
    "public-order": "Public order",
    "robbery": "Robbery",
    "shoplifting": "Shoplifting",
    "theft-from-the-person": "Theft from the person",
    "vehicle-crime": "Vehicle crime",
    "violent-crime": "Violence and sexual offences",
}
"""Slug of the police.uk API → the words of the files."""

OLD_CRIME_TYPES = {
    "Violent crime": "violent-crime",
    "Public disorder and weapons": "public-order",
    "Criminal damage": "criminal-damage-arson",
    "Violence and sexual offence": "violent-crime",
}
"""Words of 2010 to 2013 → today's slug. "Other crime" kept its name and lost some of its content."""

LOCATION_PREFIX = "On or near"


def is_member(name: str) -> bool:
    """Whether an archive's member is a street file: the archive holds outcomes and searches too."""
    return name.lower().endswith("-street.csv")


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. Adds no row and drops none; keeps ``file``.

    A blank field is null already. Nothing is trimmed or matched by pattern: at millions of rows that
    costs more than reading them, and the files have no such fields.
    """
    has = frozenset(rows.columns)
    osgb = "Longitude" not in has
    blank = ibis.null(str)
    return rows.select(
        "file",
        id=rows["Crime ID"] if "Crime ID" in has else blank,
        month=rows["Month"],
        category=_category(rows["Crime type"]),
        word=rows["Crime type"],
        x=rows["Easting" if osgb else "Longitude"],
        y=rows["Northing" if osgb else "Latitude"],
        osgb=ibis.literal(osgb),
        special=rows["Location"].isin([f"{LOCATION_PREFIX} {place}" for place in special_points()]).fill_null(False),  # noqa: FBT003 - ibis has no keyword
        area_code=rows["LSOA code"] if "LSOA code" in has else blank,
        area_name=rows["LSOA name"] if "LSOA name" in has else blank,
    )


def _category(word: ir.StringValue) -> ir.StringValue:
    """Slug of a crime type of any year; null for a word that no year used."""
    words = {name: slug for slug, name in CATEGORIES.items()} | OLD_CRIME_TYPES
    return ibis.cases(*((word == name, slug) for name, slug in words.items()))


SOURCE = EventKind(
    kind="police-uk-street",
    title="Police recorded crime and anti-social behaviour, street level",
    public=True,
    snapped=True,
    licence="Open Government Licence v3.0",
    attribution="Home Office, data.police.uk. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("map-points", "recorded-not-all"),
    month_of=month_of,
    is_member=is_member,
    read=read,
    required=(("Month",), ("Crime type",), ("Longitude", "Easting"), ("Latitude", "Northing"), ("Location",)),
    categories=CATEGORIES,
)
