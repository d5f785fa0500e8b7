"""Roadside tests for drugs, from a user's own table (``drug-driving``).

There is no open table of them. One row is a number of tests and of positive ones at a place, or in an area, on a
day or in a month. The columns are named in the partnership file; see ``docs/sources/drug-driving.md``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import ibis
import ibis.expr.types as ir
import pydantic

from geointel.sources.base import EventKind, iso_date, month_of

CATEGORIES = {"drug-driving": "contributory factors", "drug-driving-rsf": "road safety factors"}
SYSTEMS = {
    "drug-driving": ("", "contributory factors", "contributory", "cf"),
    "drug-driving-rsf": ("road safety factors", "road safety", "rsf"),
}
"""Category → words of the factor system, in small letters. Road safety factors replace the others from 2024."""
YES = ("yes", "y", "true", "1")
DAY = 10
NO_TESTS = "positive tests without a number of tests"
NO_FIGURE = "no number of tests, or none of positive ones"
TOO_MANY = "more positive tests than tests"
NOT_WHOLE = "a number of tests that is not whole"
NO_SYSTEM = "no factor system, in a file that has rows of road safety factors"


class Options(pydantic.BaseModel):
    """Names of the file's columns. A column that is not there is not used, unless it is named here."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    date: str = "date"
    """Day or month of the tests."""
    tests: str = "tests"
    """Number of tests."""
    positives: str = "positives"
    """Number of positive tests among them."""
    latitude: str = "latitude"
    """Latitude in degrees."""
    longitude: str = "longitude"
    """Longitude in degrees."""
    easting: str = "easting"
    """Easting of the British National Grid."""
    northing: str = "northing"
    """Northing of the British National Grid."""
    road: str = "road"
    """Number or name of the road."""
    area: str = "area_code"
    """Code of an area of any level, for a row that has no coordinates."""
    factor_system: str = "factor_system"
    """How factors were recorded: contributory factors, or road safety factors."""
    attended: str = "attended"
    """Whether an officer went to the place: yes or no."""


def read(rows: ir.Table, *, options: Options) -> ir.Table:
    """Text columns → canonical text columns. Adds no row and drops none; keeps ``file``."""
    tests, positives = _text(rows, options.tests), _text(rows, options.positives)
    lng, lat = _text(rows, options.longitude), _text(rows, options.latitude)
    east, north = _text(rows, options.easting), _text(rows, options.northing)
    osgb = (lng == "") & (lat == "") & (east != "")
    system = _text(rows, options.factor_system).lower()
    category = ibis.cases(*((system.isin(words), slug) for slug, words in SYSTEMS.items()))
    attended = _text(rows, options.attended).lower().isin(YES)
    date = iso_date(_text(rows, options.date))
    blank = ibis.null(str)
    return rows.select(
        "file",
        id=blank,
        month=date.substr(0, 7),
        category=category,
        word=system,
        x=osgb.ifelse(east, lng),
        y=osgb.ifelse(north, lat),
        osgb=osgb,
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code=_text(rows, options.area),
        area_name=blank,
        when=(date.length() >= DAY).ifelse(date, ""),
        tests=tests,
        positives=positives,
        tests_attended=attended.ifelse(tests, "0"),
        positives_attended=attended.ifelse(positives, "0"),
        road=_text(rows, options.road),
        fault=ibis.coalesce(_fault(tests, positives), _unsaid(rows, options.factor_system)),
    )


def _fault(tests: ir.StringValue, positives: ir.StringValue) -> ir.StringValue:
    """Why the figures cannot be used: a share of positive tests needs both."""
    whole, part = tests.try_cast("float64"), positives.try_cast("float64")
    broken = (whole != whole.floor()) | (part != part.floor())
    return ibis.cases(
        ((tests == "") & (positives != ""), NO_TESTS),
        ((tests == "") | (positives == ""), NO_FIGURE),
        (part > whole, TOO_MANY),
        (broken, NOT_WHOLE),
    )


def _unsaid(rows: ir.Table, name: str) -> ir.StringValue:
    """A blank system is that of contributory factors, but not beside rows of the other: it may be either then."""
    if name not in rows.columns:
        return ibis.null(str)
    system = _text(rows, name).lower()
    newer = system.isin(SYSTEMS["drug-driving-rsf"]).any().over(ibis.window(group_by=rows.file))
    return ibis.cases(((system == "") & newer, NO_SYSTEM))


def _text(rows: ir.Table, name: str) -> ir.StringValue:
    return rows[name].fill_null("").strip() if name in rows.columns else ibis.literal("")


def configure(kind: EventKind, options: Options) -> EventKind:
    """Return the kind that reads the columns of these names, and needs those that are named."""
    named = {getattr(options, field) for field in options.model_fields_set}
    needed = dict.fromkeys((options.date, options.tests, options.positives, *sorted(named)))
    return replace(kind, read=partial(read, options=options), required=tuple((name,) for name in needed))


SOURCE = EventKind(
    kind="drug-driving",
    title="Roadside tests for drugs",
    public=False,
    snapped=False,
    licence="As agreed with the owner of the data",
    attribution="Data of the partnership's police force.",
    caveats=("drug-driving",),
    month_of=month_of,
    read=partial(read, options=Options()),
    options=Options,
    configure=configure,
    required=(("date",), ("tests",), ("positives",)),
    categories=CATEGORIES,
    measures={
        "tests": "tests",
        "positives": "positives",
        "tests-attended": "tests_attended",
        "positives-attended": "positives_attended",
    },
    on_roads=frozenset({"tests", "positives"}),
    kept=("road",),
    by_code=True,
    note="rows have the factor system {word!r}, which is not known",
)
