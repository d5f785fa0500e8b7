"""Stops and searches, as data.police.uk publishes them: fifteen columns, CRLF, no key, no force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo import clock, table
from geointel.demo.mix import CATEGORIES
from geointel.demo.months import DRUGS
from geointel.demo.scene import Written
from geointel.model import format_month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from geointel.demo.scene import Scene

COLUMNS = (
    "Type", "Date", "Part of a policing operation", "Policing operation", "Latitude", "Longitude", "Gender",
    "Age range", "Self-defined ethnicity", "Officer-defined ethnicity", "Legislation", "Object of search", "Outcome",
    "Outcome linked to object of search", "Removal of more than just outer clothing",
)  # fmt: skip
PATHS = ("police/*/*-demo-lancashire-stop-and-search.csv",)
OPERATION = "Demonstration operation (synthetic)"
NOT_STATED = "Other ethnic group - Not stated"
"""Ethnicity is no part of a demonstration."""
SHARE_OF_ROWS = 0.03
"""Searches for each row of a street file."""
DRUG_SHARE = 0.62
NO_PLACE_SHARE = 0.12
FIND_SHARE = 0.28
TYPES = {"Person search": 0.79, "Person and Vehicle search": 0.19, "Vehicle search": 0.02}
GENDERS = {"Male": 0.88, "Female": 0.09, None: 0.03}
AGES = {"10-17": 0.17, "18-24": 0.35, "25-34": 0.25, "over 34": 0.20, None: 0.03}
DRUGS_ACT = "Misuse of Drugs Act 1971 (section 23)"
POLICE_ACT = "Police and Criminal Evidence Act 1984 (section 1)"
CONTROLLED = "Controlled drugs"
OBJECTS = {"Article for use in theft": 0.4, "Offensive weapons": 0.35, "Stolen goods": 0.25}
NOTHING = "A no further action disposal"
FOUND = {
    "Arrest": 0.4,
    "Community resolution": 0.35,
    "Khat or Cannabis warning": 0.15,
    "Summons / charged by post": 0.1,
}
WEAPONS = next(i for i, category in enumerate(CATEGORIES) if category.slug == "possession-of-weapons")


def write(scene: Scene) -> tuple[Written, ...]:
    """Write a month's searches for every month of the run."""
    rng = scene.rng("stop and search")
    form = table.Form(line_end=table.CRLF)
    count = 0
    for since, month in enumerate(scene.months):
        name = format_month(month)
        path = scene.directory / "police" / name / f"{name}-{scene.copy.slug}-stop-and-search.csv"
        count += table.write(path, COLUMNS, _month(scene, rng, since), form)
    what = "stops and searches in the format of data.police.uk (15 columns, CRLF); some have no place; no ethnicity"
    planted = {"drug_searches_follow": "hotspots", "drug_share": DRUG_SHARE, "no_place_share": NO_PLACE_SHARE}
    return (Written(PATHS[0], what, count, planted),)


def _month(scene: Scene, rng: np.random.Generator, since: int) -> Iterator[list[str | None]]:
    recording = scene.copy.recording
    count = int(rng.poisson(recording.rows * SHARE_OF_ROWS))
    times = clock.draw(rng, scene.months[since], count, hours=clock.NIGHT, days=clock.WEEKEND)
    is_drugs = rng.random(count) < DRUG_SHARE
    drugs, others = recording.weights(DRUGS, since), recording.weights(WEAPONS, since)
    size = len(drugs)
    at = np.where(
        is_drugs,
        rng.choice(size, size=count, p=drugs / drugs.sum()),
        rng.choice(size, size=count, p=others / others.sum()),
    )
    known = rng.random(count) >= NO_PLACE_SHARE
    for i, when in enumerate(times):
        lng, lat = recording.points.lnglat[at[i]].tolist()
        place: list[str | None] = [f"{lat:.6f}", f"{lng:.6f}"] if known[i] else [None, None]
        yield _row(rng, when, place, is_drugs=bool(is_drugs[i]))


def _row(rng: np.random.Generator, when: datetime, place: list[str | None], *, is_drugs: bool) -> list[str | None]:
    kind = _pick(rng, TYPES)
    vehicle = kind == "Vehicle search"
    found = rng.random() < FIND_SHARE
    person = [None, None, None] if vehicle else [_pick(rng, GENDERS), _pick(rng, AGES), NOT_STATED]
    searched = CONTROLLED if is_drugs else _pick(rng, OBJECTS)
    return [
        kind,
        when.strftime("%Y-%m-%dT%H:%M:00+00:00"),
        "True",
        OPERATION,
        *place,
        *person,
        None,
        DRUGS_ACT if is_drugs else POLICE_ACT,
        None if vehicle else searched,
        _pick(rng, FOUND) if found else NOTHING,
        "True" if found else None,
        None if vehicle else "False",
    ]


def _pick(rng: np.random.Generator, shares: Mapping[Any, float]) -> Any:
    words = list(shares)
    return words[int(rng.choice(len(words), p=list(shares.values())))]
