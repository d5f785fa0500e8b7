"""Roads and collisions: linked tables, planted corridors, and a network that hangs together."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geointel.demo.formats.stats19_people import age_band
from geointel.demo.scene import to_metres

if TYPE_CHECKING:
    from conftest import Town

TABLES = {"collision": 44, "vehicle": 32, "casualty": 23}
NEAR = 30.0


def rows(town: Town, table: str) -> list[dict[str, str]]:
    path = town.folder / "stats19" / f"dft-road-casualty-statistics-{table}-demo.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def collisions(town: Town) -> dict[str, dict[str, str]]:
    return {row["collision_index"]: row for row in rows(town, "collision")}


@pytest.fixture(scope="module")
def roads(town: Town) -> ET.Element:
    return ET.fromstring((town.folder / "roads" / "demo.osm").read_bytes())  # noqa: S314 - our own file


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_the_columns_of_2024(town: Town, table: str) -> None:
    given = rows(town, table)
    assert len(given[0]) == TABLES[table]
    assert list(given[0])[:3] == ["collision_index", "collision_year", "collision_ref_no"]
    for row in given:
        assert row["collision_index"] == row["collision_year"] + row["collision_ref_no"]
        assert row["collision_ref_no"].startswith("DEMO")
        assert None not in row
        assert "" not in row.values()


def test_every_vehicle_and_casualty_has_its_collision_and_the_numbers_agree(
    town: Town, collisions: dict[str, dict[str, str]]
) -> None:
    vehicles = Counter(row["collision_index"] for row in rows(town, "vehicle"))
    casualties = Counter(row["collision_index"] for row in rows(town, "casualty"))
    assert len(collisions) > 400
    assert vehicles == {key: int(row["number_of_vehicles"]) for key, row in collisions.items()}
    assert casualties == {key: int(row["number_of_casualties"]) for key, row in collisions.items()}


def test_every_casualty_is_in_or_hit_by_a_vehicle_of_its_collision(town: Town) -> None:
    known = {(row["collision_index"], row["vehicle_reference"]) for row in rows(town, "vehicle")}
    assert all((row["collision_index"], row["vehicle_reference"]) in known for row in rows(town, "casualty"))


def test_a_collision_is_as_severe_as_its_worst_casualty(town: Town, collisions: dict[str, dict[str, str]]) -> None:
    worst: dict[str, str] = {}
    for row in rows(town, "casualty"):
        worst[row["collision_index"]] = min(worst.get(row["collision_index"], "3"), row["casualty_severity"])
    assert worst == {key: row["collision_severity"] for key, row in collisions.items()}
    assert set(worst.values()) >= {"2", "3"}


def test_days_of_the_week_are_those_of_the_dates(collisions: dict[str, dict[str, str]]) -> None:
    for row in collisions.values():
        when = datetime.strptime(f"{row['date']} {row['time']}", "%d/%m/%Y %H:%M")  # noqa: DTZ007
        assert int(row["day_of_week"]) == (when.weekday() + 1) % 7 + 1
        assert row["collision_year"] == str(when.year)


def test_grid_and_degrees_are_the_same_place_in_a_small_area_of_the_district(
    town: Town, collisions: dict[str, dict[str, str]]
) -> None:
    given = list(collisions.values())
    metres = to_metres(np.array([[float(row["longitude"]), float(row["latitude"])] for row in given]))
    stated = np.array([[float(r["location_easting_osgr"]), float(r["location_northing_osgr"])] for r in given])
    assert np.abs(metres - stated).max() < 2
    lookup = dict(town.lines("lookups/demo-areas.csv"))
    assert all(lookup[r["lsoa_of_accident_location"]] == r["local_authority_ons_district"] for r in given)


def test_planted_corridors_have_more_collisions_for_their_length_and_more_at_night(
    town: Town, collisions: dict[str, dict[str, str]]
) -> None:
    planted = town.truth["stats19"]
    lines = [shapely.LineString(to_metres(np.array(one["line"]))) for one in planted["corridors"]]
    assert len(lines) == 2
    there: list[bool] = []
    night: list[bool] = []
    for row in collisions.values():
        place = shapely.Point(float(row["location_easting_osgr"]), float(row["location_northing_osgr"]))
        there.append(any(shapely.distance(line, place) < NEAR for line in lines))
        night.append(int(row["time"][:2]) >= 22 or int(row["time"][:2]) < 4)
    of_numbers = {str(one["number"]) for one in planted["corridors"]}
    on_main = [
        row["first_road_class"] == "3" and row["first_road_number"] not in of_numbers for row in collisions.values()
    ]
    assert sum(there) > 3 * sum(on_main) / 4
    late = {
        where: np.mean([late for late, here in zip(night, there, strict=True) if here is where])
        for where in (True, False)
    }
    assert late[True] > 2 * late[False]


def test_a_corridor_names_a_road_of_the_network(town: Town, roads: ET.Element) -> None:
    names = {tag.get("v") for tag in roads.iter("tag") if tag.get("k") == "name"}
    planted = [*town.truth["stats19"]["corridors"], town.truth["drug_driving"]["corridor"]]
    assert {one["road"] for one in planted} <= names
    assert len({one["road"] for one in planted}) == len(planted)
    assert all(one["km"] > 3 and len(one["cells"]) > 3 for one in planted)


def test_the_network_hangs_together(roads: ET.Element) -> None:
    nodes = {node.get("id"): i for i, node in enumerate(roads.iter("node"))}
    pairs = []
    for way in roads.iter("way"):
        refs = [nodes[nd.get("ref")] for nd in way.iter("nd")]
        assert len(refs) >= 2
        pairs += pairwise(refs)
    a, b = np.array(pairs).T
    graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(nodes), len(nodes)))
    assert connected_components(graph, directed=False)[0] == 1


def test_ways_have_a_class_a_name_and_a_speed(roads: ET.Element) -> None:
    tags: list[dict[str, Any]] = [{t.get("k"): t.get("v") for t in way.iter("tag")} for way in roads.iter("way")]
    assert {way["highway"] for way in tags} == {"motorway", "primary", "secondary", "unclassified", "residential"}
    assert all(way["maxspeed"].endswith(" mph") for way in tags)
    assert all(way.get("oneway") == "yes" for way in tags if way["highway"] == "motorway")
    assert any(way.get("oneway") == "yes" for way in tags if way["highway"] == "residential")


@pytest.mark.parametrize(("age", "band"), [(0, 1), (5, 1), (6, 2), (20, 4), (21, 5), (75, 10), (76, 11)])
def test_age_bands_are_those_of_the_data_guide(age: int, band: int) -> None:
    assert age_band(age) == band
