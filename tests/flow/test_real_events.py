"""Searches, outcomes and collisions as they are published: every row accounted for, counted a second time here."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from geointel.hotspots import enforcement

from ..events import Counted, counted, source

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
AREA = """
[[area.level]]
id = "force"
file = "boundaries/england-wales-pfa20.geojson"
code = "pfa20_code"
name = "pfa20_name"
only = [{codes}]
"""
LANCASHIRE, MERSEYSIDE, WEST_YORKSHIRE, WEST_MERCIA, LONDON = (
    f"E230000{number}" for number in ("03", "04", "10", "16", "01")
)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real files at {DATA}; set GEOINTEL_DATA")


def area(*codes: str) -> str:
    return AREA.format(codes=", ".join(f'"{code}"' for code in codes))


def rows(pattern: str) -> list[dict[str, str]]:
    """Rows as the csv module reads them, with the name of their file."""
    found: list[dict[str, str]] = []
    for path in sorted(DATA.glob(pattern)):
        plain = {"encoding": "utf-8-sig", "newline": ""}
        with gzip.open(path, "rt", **plain) if path.suffix == ".gz" else path.open(**plain) as stream:
            found += [{**row, "file": path.name} for row in csv.DictReader(stream)]
    return found


# --- stop and search ---------------------------------------------------------------------------

SEARCHES = "police-stop-and-search/2*/*.csv"
FORCES = {"merseyside": 9_631, "city-of-london": 879, "leicestershire": 701, "derbyshire": 506, "durham": 441}
DRUG_OBJECTS = {"merseyside": 7_560, "city-of-london": 466, "leicestershire": 479, "derbyshire": 369, "durham": 252}
needs_searches = pytest.mark.skipif(not (DATA / "police-stop-and-search").is_dir(), reason="no searches here")


@pytest.fixture(scope="module")
def searches(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    folder = tmp_path_factory.mktemp("searches")
    return counted(folder, source("police-uk-stop-search", SEARCHES, drugs="object"), data=DATA, area=area(MERSEYSIDE))


@needs_searches
def test_every_search_is_accounted_for(searches: Counted) -> None:
    report = searches.report("police-uk-stop-search")
    every = rows(SEARCHES)
    assert report.read == report.mapped + sum(report.unmapped.values()) == len(every) == sum(FORCES.values()) == 12_158
    assert report.unmapped["no-location"] == sum(not row["Latitude"] for row in every) == 2_212
    assert set(report.unmapped) == {"no-location", "outside-area"}
    assert searches.gathered.source_months["police-uk-stop-search"] == frozenset(range(2019 * 12 + 11, 2020 * 12 + 2))


@needs_searches
@pytest.mark.parametrize("force", FORCES)
def test_ethnic_groups_are_counted_by_force_and_small_ones_hidden(searches: Counted, force: str) -> None:
    words = Counter(row["Officer-defined ethnicity"] for row in rows(SEARCHES) if f"-{force}-" in row["file"])
    expected = {word.lower() or "not-stated": n for word, n in words.items()}
    groups = searches.rows("figures", indicator="stop-searches-by-ethnicity-officer-defined", code=force)
    hidden = {row["group"] for row in groups if row["status"] == "suppressed"}
    assert {row["group"]: row["value"] for row in groups} == {
        group: None if group in hidden else n for group, n in expected.items()
    }
    assert hidden >= {group for group, n in expected.items() if n < 10}
    assert len(hidden) != 1
    assert sum(expected.values()) == FORCES[force]


@needs_searches
@pytest.mark.parametrize("force", FORCES)
def test_searches_for_drugs_by_object(searches: Counted, force: str) -> None:
    drugs = searches.rows("figures", indicator="stop-searches-for-drugs", code=force)
    by_object = sum(row["value"] for row in drugs if "object" in row["group"])
    assert by_object == DRUG_OBJECTS[force]


@needs_searches
def test_a_find_rate_needs_results(searches: Counted) -> None:
    rates = {row["code"]: row for row in searches.rows("figures", indicator="stop-search-find-rate")}
    every = [row for row in rows(SEARCHES) if "merseyside" in row["file"]]
    found = sum(
        row["Outcome linked to object of search"] == "True"
        and row["Outcome"] not in {"", "A no further action disposal"}
        for row in every
    )
    assert rates["merseyside"]["count"] == found == 1_891
    assert (rates["leicestershire"]["status"], rates["leicestershire"]["value"]) == ("no-data", None)


@needs_searches
def test_excerpts_with_wrong_labels(tmp_path: Path) -> None:
    """In June 2019 the objects were wrong at the source, and no search for drugs says so in its object."""
    pattern = "police-stop-and-search/lancashire-excerpts/*.csv"
    every = rows(pattern)
    by_law = [row for row in every if row["Legislation"].startswith("Misuse of Drugs Act")]
    found = counted(tmp_path, source("police-uk-stop-search", pattern), data=DATA, area=area(LANCASHIRE))
    report = found.report("police-uk-stop-search")
    assert (report.read, report.unmapped["no-location"]) == (33, 11)
    drugs = found.sum("unmapped", category="stop-search-drugs", reason="no-location", window="2019-06")
    drugs += found.sum("areas", category="stop-search-drugs", measure="incidents", window="2019-06")
    assert drugs == sum(row["Date"].startswith("2019-06") for row in by_law) == 9


# --- collisions --------------------------------------------------------------------------------

needs_collisions = pytest.mark.skipif(not (DATA / "stats19").is_dir(), reason="no collisions here")


@needs_collisions
def test_collisions_vehicles_and_casualties_link_completely(tmp_path: Path) -> None:
    found = counted(tmp_path, source("stats19", "stats19/2024-*.csv"), data=DATA, area=area(WEST_YORKSHIRE))
    report = found.report("stats19")
    assert report.read == report.mapped + sum(report.unmapped.values()) == 4_060 + 7_355 + 5_240
    assert set(report.unmapped) == {"outside-area"}  # the outline is simplified
    assert "7355 vehicle rows: 7355 belong to a row in the data, 0 do not" in report.notes
    assert "5240 casualty rows: 5240 belong to a row in the data, 0 do not" in report.notes
    year = {"window": "12m:2024-12", "level": "force"}
    lost = {
        category: found.sum("unmapped", window="12m:2024-12", category=category)
        for category in ("collision-fatal", "collision-serious", "collision-slight", "all")
    }
    total = {
        category: found.sum("areas", measure="incidents", category=category, **year) + n for category, n in lost.items()
    }
    assert total == {"collision-fatal": 35, "collision-serious": 1_164, "collision-slight": 2_861, "all": 4_060}
    assert 5_240 - found.sum("areas", measure="casualties", category="all", **year) == 3
    assert found.sum("profile", category="all", **year) == 4_060 - lost["all"]
    profile, own = np.zeros((7, 24)), np.zeros((7, 24))
    for one in found.rows("profile", category="all", **year):
        profile[one["weekday"], one["hour"]] += one["value"]
    for one in rows("stats19/2024-*-collision.csv"):
        own[datetime.strptime(one["date"], "%d/%m/%Y").weekday(), int(one["time"][:2])] += 1  # noqa: DTZ007 - a day
    assert (own - profile).min() >= 0  # times are local in the file, and stay as they are
    assert (own - profile).sum() == lost["all"]
    windows = enforcement(profile, seed=1)
    assert windows.standing_out() == [[2 * 24 + 15, 3 * 24 + 15, 4 * 24 + 14]]  # afternoons of Wednesday to Friday
    assert windows.judged.lower < windows.judged.share < windows.share < windows.judged.upper


@needs_collisions
def test_the_names_of_2022_a_byte_order_mark_and_a_longitude_with_an_exponent(tmp_path: Path) -> None:
    found = counted(tmp_path, source("stats19", "stats19/2022-*.csv"), data=DATA, area=area(LONDON))
    report = found.report("stats19")
    assert (report.read, dict(report.unmapped)) == (1_049, {"outside-area": 1})
    every = rows("stats19/2022-*.csv")
    assert found.sum("areas", measure="incidents", category="collision-fatal") == sum(
        row["accident_severity"] == "1" for row in every
    )


# --- outcomes ----------------------------------------------------------------------------------

OUTCOMES = {
    "lancashire": (LANCASHIRE, 142_250, 135_447, 19_684),
    "west-mercia": (WEST_MERCIA, 89_169, 88_459, 5_863),
}


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "police-outcomes").is_dir(), reason="no outcomes here")
@pytest.mark.parametrize("force", OUTCOMES)
def test_outcomes_are_joined_by_id(tmp_path: Path, force: str) -> None:
    code, read, ids, unmatched = OUTCOMES[force]
    sources = source("police-uk-outcomes", f"police-outcomes/*/*-{force}-outcomes.csv.gz")
    sources += source("police-uk-street", f"police-street/*/*-{force}-street.csv.gz")
    report = counted(tmp_path, sources, data=DATA, area=area(code)).report("police-uk-outcomes")
    outcomes = {row["Crime ID"] for row in rows(f"police-outcomes/*/*-{force}-outcomes.csv.gz")}
    crimes = {row["Crime ID"] for row in rows(f"police-street/*/*-{force}-street.csv.gz")}
    assert report.read == report.mapped + sum(report.unmapped.values()) == read
    assert len(outcomes) == ids
    assert report.unmapped["unmatched"] == len(outcomes - crimes) == unmatched
    assert set(report.unmapped) == {"no-location", "superseded", "outside-area", "unmatched"}
