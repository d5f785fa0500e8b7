"""Stop and search as data.police.uk publishes it (``police-uk-stop-search``).

One CSV per force and month, named ``YYYY-MM-<force>-stop-and-search.csv``, fifteen columns. Force and month
stand in the name only, and no row has an ID. The quirks are listed in ``docs/sources/police-uk-stop-search.md``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Literal

import ibis
import ibis.expr.types as ir
import pydantic

from geointel.model import INCIDENTS, WEIGHT
from geointel.sources.base import EventKind, month_of

DRUGS, WEAPONS = "stop-search-drugs", "stop-search-weapons"
STOLEN, OTHER = "stop-search-stolen-property", "stop-search-other"
CATEGORIES = {
    DRUGS: "Controlled drugs",
    WEAPONS: "Offensive weapons",
    STOLEN: "Stolen goods",
    OTHER: "Other object of search",
}
DRUGS_ACT = "Misuse of Drugs Act 1971 (section 23)"
WEAPON_OBJECTS = ("Offensive weapons", "Firearms", "Crossbows", "Anything to threaten or harm anyone")
WEAPON_ACTS = ("Firearms Act 1968 (section 47)", "Criminal Justice and Public Order Act 1994 (section 60)")
STOLEN_OBJECTS = ("Stolen goods", "Article for use in theft")
NO_ACTION = ("A no further action disposal", "Nothing found - no further action")
NOT_STATED = "not-stated"
FEWEST = 10
"""Smaller counts of an ethnic group are hidden."""
ETHNICITIES = {"Asian": "asian", "Black": "black", "Mixed": "mixed", "White": "white"}
"""How an ethnicity begins, in both columns → its group."""
BY_SELF, BY_OFFICER = "stop-searches-by-ethnicity-self-defined", "stop-searches-by-ethnicity-officer-defined"
FIND_RATE = "stop-search-find-rate"
_FORCE = re.compile(r"\d{4}-\d{2}-(.+?)-stop-and-search")


class Options(pydantic.BaseModel):
    """What counts as a search for drugs."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    drugs: Literal["legislation", "object", "either"] = "either"
    """A search is one for drugs by its legislation, by its object, or by either of them."""


def force_of(name: str) -> str | None:
    """Force in a file's own name: ``2019-12/2019-12-merseyside-stop-and-search.csv``."""
    found = _FORCE.match(name.replace("\\", "/").rpartition("/")[2])
    return None if found is None else found[1]


def is_member(name: str) -> bool:
    """Whether an archive's member is a file of searches."""
    return name.lower().endswith("-stop-and-search.csv")


def read(rows: ir.Table, *, drugs: str) -> ir.Table:
    """Text columns → canonical text columns. Adds no row and drops none; keeps ``file``."""
    blank = ibis.null(str)
    law, aim = _text(rows["Legislation"]), _text(rows["Object of search"])
    outcome, linked = _text(rows["Outcome"]), _text(rows["Outcome linked to object of search"]).lower()
    nothing, action = outcome.isin(NO_ACTION), (outcome != "") & ~outcome.isin(NO_ACTION)
    return rows.select(
        "file",
        id=blank,
        month=rows["Date"].substr(0, 7),
        category=_category(law, aim, drugs),
        word=blank,
        x=rows["Longitude"],
        y=rows["Latitude"],
        osgb=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code=blank,
        area_name=blank,
        when=rows["Date"],
        found=(action & (linked == "true")).ifelse("1", "0"),
        known=(nothing | linked.isin(("true", "false"))).ifelse("1", "0"),
        not_stated=(action & (linked == "")).ifelse("1", "0"),
        self_defined=_ethnicity(_text(rows["Self-defined ethnicity"])),
        officer_defined=_ethnicity(_text(rows["Officer-defined ethnicity"])),
        drugs_by=_drugs_by(law, aim),
    )


def _text(field: ir.StringValue) -> ir.StringValue:
    return field.fill_null("").strip()


def _category(law: ir.StringValue, aim: ir.StringValue, drugs: str) -> ir.StringValue:
    tests = {"legislation": law == DRUGS_ACT, "object": aim == CATEGORIES[DRUGS]}
    is_drugs = tests["legislation"] | tests["object"] if drugs == "either" else tests[drugs]
    return ibis.cases(
        (is_drugs, DRUGS),
        (aim.isin(WEAPON_OBJECTS) | law.isin(WEAPON_ACTS), WEAPONS),
        (aim.isin(STOLEN_OBJECTS), STOLEN),
        else_=OTHER,
    )


def _drugs_by(law: ir.StringValue, aim: ir.StringValue) -> ir.StringValue:
    """Which of the two columns says that the search was for drugs; null where neither does."""
    by_law, by_aim = law == DRUGS_ACT, aim == CATEGORIES[DRUGS]
    return ibis.cases(
        (by_law & by_aim, "legislation and object"), (by_law, "legislation alone"), (by_aim, "object alone")
    )


def _ethnicity(word: ir.StringValue) -> ir.StringValue:
    """One of six groups: the finer ones of the files are too small to count by force."""
    groups = [(word.startswith(start), group) for start, group in ETHNICITIES.items()]
    return ibis.cases(((word == "") | word.endswith("Not stated"), NOT_STATED), *groups, else_="other")


def configure(kind: EventKind, options: Options) -> EventKind:
    """Return the kind that tells searches for drugs as the options ask."""
    by = {"either": "legislation or object"}.get(options.drugs, options.drugs)
    return replace(kind, read=partial(read, drugs=options.drugs), title=f"{TITLE} (searches for drugs by {by})")


TITLE = "Police stop and search"
SOURCE = EventKind(
    kind="police-uk-stop-search",
    title=TITLE,
    public=True,
    snapped=True,
    licence="Open Government Licence v3.0",
    attribution="Home Office, data.police.uk. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("map-points", "stop-search", "stop-search-ethnicity"),
    month_of=month_of,
    is_member=is_member,
    read=partial(read, drugs="either"),
    options=Options,
    configure=configure,
    required=(
        ("Date",), ("Longitude",), ("Latitude",), ("Legislation",), ("Object of search",), ("Outcome",),
        ("Outcome linked to object of search",), ("Self-defined ethnicity",), ("Officer-defined ethnicity",),
    ),
    categories=CATEGORIES,
    measures={INCIDENTS: WEIGHT, "found": "found", "found-known": "known", "found-not-stated": "not_stated"},
    area_measures=frozenset({"found", "found-known", "found-not-stated"}),
    kept=("self_defined", "officer_defined", "drugs_by"),
    tallies={
        BY_SELF: ("self_defined", FEWEST),
        BY_OFFICER: ("officer_defined", FEWEST),
        "stop-searches-for-drugs": ("drugs_by", 0),
    },
    rates={FIND_RATE: ("found", "known", "not_stated")},
    owner_of=force_of,
)  # fmt: skip
