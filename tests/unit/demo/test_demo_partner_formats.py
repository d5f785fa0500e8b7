"""Call-outs, needles and roadside tests: a partner's own files, true to what is planted."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geointel.demo.formats import ambulance, drug_driving, needle_litter
from geointel.demo.scene import to_degrees
from geointel.grid import format_cells, latlng_to_cell

if TYPE_CHECKING:
    from conftest import Town


def rows(town: Town, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((town.folder / name).read_text(encoding="utf-8").splitlines()))


def cells_of(lat: list[float], lng: list[float]) -> list[str]:
    return format_cells(latlng_to_cell(np.array(lat), np.array(lng), 8))


def call_outs_by_cell(town: Town) -> Counter[str]:
    placed = [row for row in rows(town, ambulance.PATHS[0]) if row["latitude"]]
    return Counter(cells_of([float(r["latitude"]) for r in placed], [float(r["longitude"]) for r in placed]))


def needles_by_cell(town: Town) -> Counter[str]:
    given = rows(town, needle_litter.PATHS[0])
    metres = np.array([[float(row["easting"]), float(row["northing"])] for row in given])
    lng, lat = to_degrees(metres).T.tolist()
    found: Counter[str] = Counter()
    for row, cell in zip(given, cells_of(lat, lng), strict=True):
        found[cell] += int(row["needles"])
    return found


def test_call_outs_have_a_time_a_place_and_made_up_keys(town: Town) -> None:
    given = rows(town, ambulance.PATHS[0])
    assert tuple(given[0]) == ("incident_id", "call_time", "latitude", "longitude", "person_key", "place_key")
    times = [datetime.strptime(row["call_time"], "%d/%m/%Y %H:%M") for row in given]  # noqa: DTZ007
    assert times == sorted(times)
    assert (times[0].year, times[0].month, times[-1].year, times[-1].month) == (2024, 11, 2025, 12)
    assert len({row["incident_id"] for row in given}) == len(given) > 150
    assert all(re.fullmatch(r"DEMO-P\d{5}", row["person_key"]) for row in given)
    assert all(re.fullmatch(r"DEMO-L\d{5}", row["place_key"]) for row in given)
    late = sum(time.hour >= 20 or time.hour < 4 for time in times)
    assert late > 0.4 * len(times)


def test_some_people_are_met_several_times_and_some_places_are_unknown(town: Town) -> None:
    given = rows(town, ambulance.PATHS[0])
    people = Counter(row["person_key"] for row in given)
    assert max(people.values()) >= 3
    assert len(people) > 0.5 * len(given)
    assert all(bool(row["latitude"]) is bool(row["longitude"]) for row in given)


def test_needle_litter_has_a_date_a_grid_point_and_a_number(town: Town) -> None:
    given = rows(town, needle_litter.PATHS[0])
    assert tuple(given[0]) == ("report_id", "date_found", "easting", "northing", "needles")
    days = [date.fromisoformat(row["date_found"]) for row in given]
    assert days == sorted(days)
    assert all(int(row["needles"]) >= 1 for row in given)
    assert all(300_000 < int(row["easting"]) < 400_000 < int(row["northing"]) < 500_000 for row in given)


@pytest.mark.parametrize("count", [call_outs_by_cell, needles_by_cell])
def test_harm_agrees_with_planted_offences_at_some_places_only(town: Town, count) -> None:
    by_cell = count(town)
    usual = np.mean(list(by_cell.values()))
    harmed = defaultdict(list)
    for place in town.truth["ambulance"]["places"]:
        cells = [place["cell"], *place["around"]]
        harmed[place["agreement"]].append(sum(by_cell[cell] for cell in cells) / len(cells))
    assert set(harmed) == {"both", "police only", "harm only"}
    assert max(harmed["police only"]) < 2 * usual
    assert min(harmed["harm only"]) > 2 * max(harmed["police only"])
    assert max(harmed["both"]) > 2 * max(harmed["police only"])


def test_every_planted_place_of_offences_says_whether_there_is_harm(town: Town) -> None:
    named = [place["hotspot"] for place in town.truth["ambulance"]["places"] if place["hotspot"]]
    assert named == [place["hotspot"] for place in town.truth["hotspots"] if place["category"] == "drugs"]


def test_roadside_tests_are_never_fewer_than_the_positive_ones(town: Town) -> None:
    given = rows(town, drug_driving.PATHS[0])
    assert tuple(given[0]) == drug_driving.COLUMNS
    assert all(0 <= int(row["positives"]) <= int(row["tests"]) > 0 for row in given)
    assert {row["note"] for row in given} == {"synthetic"}


def test_the_system_of_factors_changes_once(town: Town) -> None:
    given = rows(town, drug_driving.PATHS[0])
    change = town.truth["drug_driving"]["factor_system_changes"]
    for row in given:
        assert row["factor_system"] == drug_driving.SYSTEMS[row["date"] >= change]
    assert {row["attended"] for row in given} == {"yes", "no"}


def test_more_tests_are_positive_on_the_planted_corridor(town: Town) -> None:
    tests: Counter[bool] = Counter()
    positives: Counter[bool] = Counter()
    planted = town.truth["drug_driving"]
    for row in rows(town, drug_driving.PATHS[0]):
        there = row["road"] == planted["corridor"]["road"]
        tests[there] += int(row["tests"])
        positives[there] += int(row["positives"])
    assert positives[True] / tests[True] == pytest.approx(planted["corridor_rate"], abs=0.15)
    assert positives[False] / tests[False] == pytest.approx(planted["usual_rate"], abs=0.08)


def test_one_cell_has_few_tests_and_all_of_them_positive(town: Town) -> None:
    few = town.truth["drug_driving"]["few_tests"]
    given = rows(town, drug_driving.PATHS[0])
    at = cells_of([float(row["latitude"]) for row in given], [float(row["longitude"]) for row in given])
    (row,) = (row for row, cell in zip(given, at, strict=True) if cell == few["cell"])
    assert int(row["tests"]) == int(row["positives"]) == few["tests"] == 2
