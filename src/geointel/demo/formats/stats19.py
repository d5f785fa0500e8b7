"""Road collisions in the three tables of STATS19, with the column names of 2024; everything is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import clock, corridors, table
from geointel.demo.formats.stats19_columns import CASUALTY, COLLISION, COLLISION_DEFAULTS, VEHICLE
from geointel.demo.formats.stats19_people import SEVERITIES, Collision, people, pick, severity_columns
from geointel.demo.scene import Written, to_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from geointel.demo.corridors import Network
    from geointel.demo.road_grid import Way
    from geointel.demo.scene import Scene

NAME = "stats19/dft-road-casualty-statistics-{}-demo.csv"
PATHS = tuple(NAME.format(kind) for kind in ("collision", "vehicle", "casualty"))
PER_RESIDENT = 0.00011
"""Collisions a month for each resident."""
PULL = {"motorway": 1.5, "primary": 3.0, "secondary": 1.5, "unclassified": 0.3, "residential": 4.0}
"""Collisions for each kilometre of a class of road, relatively."""
CORRIDORS = 2
CORRIDOR_FACTOR = 5.0
"""A planted corridor has this many times the usual collisions for its length."""
NIGHT_SHARE = 0.5
"""Share of a corridor's collisions that happen around midnight."""
ROAD_CLASS = {"motorway": 1, "primary": 3, "secondary": 4, "unclassified": 6, "residential": 6}
SINGLE, DUAL = 6, 3
FORCE = 99
"""No police force has this number."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write collisions, their vehicles and their casualties."""
    rng = scene.rng("stats19")
    roads = corridors.network(scene)
    planted = corridors.choose(scene, roads)[:CORRIDORS]
    drawn = [row for since in range(len(scene.months)) for row in _month(scene, rng, since, (roads, planted))]
    parts = [people(collision, rng) for collision, _ in drawn]
    tables = (
        (COLLISION, [row for _, row in drawn], "collisions"),
        (VEHICLE, [row for vehicles, _ in parts for row in vehicles], "vehicles"),
        (CASUALTY, [row for _, casualties in parts for row in casualties], "casualties"),
    )
    found = []
    for path, (columns, rows, word) in zip(PATHS, tables, strict=True):
        count = table.write(scene.directory / path, columns, rows)
        about = f"{word} in the format of the Department for Transport's STATS19 tables, {len(columns)} columns"
        found.append(Written(path, about, count, _truth(scene, planted) if word == "collisions" else {}))
    return tuple(found)


def _truth(scene: Scene, planted: list[int]) -> dict[str, object]:
    return {
        "factor": CORRIDOR_FACTOR,
        "night_share": NIGHT_SHARE,
        "corridors": [corridors.describe(scene, number) for number in planted],
    }


def _month(
    scene: Scene, rng: np.random.Generator, since: int, where: tuple[Network, list[int]]
) -> Iterator[tuple[Collision, list[object]]]:
    roads, planted = where
    weight = roads.length * np.array([PULL[way.kind] for way in scene.roads.ways])[roads.way]
    there = np.isin(roads.way, planted)
    count = int(rng.poisson(PER_RESIDENT * scene.areas.residents.sum()))
    more = int(rng.poisson(count * (CORRIDOR_FACTOR - 1) * weight[there].sum() / weight.sum()))
    pieces = rng.choice(len(weight), size=count, p=weight / weight.sum())
    extra = rng.choice(np.flatnonzero(there), size=more, p=weight[there] / weight[there].sum())
    times = clock.draw(rng, scene.months[since], count, hours=clock.TRAFFIC, days=clock.WORKING)
    night = round(more * NIGHT_SHARE)
    times += clock.draw(rng, scene.months[since], night, hours=clock.LATE_NIGHT, days=clock.WEEKEND)
    times += clock.draw(rng, scene.months[since], more - night, hours=clock.TRAFFIC, days=clock.WORKING)
    pieces = np.concatenate([pieces, rng.permutation(extra)])
    metres = roads.points(pieces, rng)
    lnglat, areas = to_degrees(metres), scene.nearest_area(metres)
    for number, i in enumerate(sorted(range(len(times)), key=lambda i: (times[i], i))):
        collision = _collision(rng, times[i], since * 10_000 + number)
        place = _place(scene, metres[i], lnglat[i], int(areas[i]))
        yield collision, _row(collision, place, scene.roads.ways[roads.way[pieces[i]]], rng)


def _collision(rng: np.random.Generator, when: datetime, number: int) -> Collision:
    return Collision(
        index=f"{when.year}DEMO{number:07d}",
        when=when,
        severity=pick(rng, SEVERITIES),
        vehicles=int(rng.choice([1, 2, 3, 4], p=[0.31, 0.59, 0.08, 0.02])),
        casualties=int(rng.choice([1, 2, 3, 4], p=[0.81, 0.13, 0.04, 0.02])),
    )


def _place(scene: Scene, metres: NDArray[np.float64], lnglat: NDArray[np.float64], area: int) -> dict[str, object]:
    district = scene.copy.geography.codes[scene.areas.district[area]]
    easting, northing = np.round(metres).astype(np.int64).tolist()
    return {
        "location_easting_osgr": easting,
        "location_northing_osgr": northing,
        "longitude": f"{lnglat[0]:.5f}",
        "latitude": f"{lnglat[1]:.5f}",
        "local_authority_ons_district": district,
        "local_authority_highway": district,
        "local_authority_highway_current": district,
        "lsoa_of_accident_location": scene.areas.codes[area],
    }


def _row(collision: Collision, place: Mapping[str, object], way: Way, rng: np.random.Generator) -> list[object]:
    when, severity = collision.when, collision.severity
    dark = not 7 <= when.hour < 18
    wet = rng.random() < 0.3
    values = {
        **COLLISION_DEFAULTS,
        **place,
        "police_force": FORCE,
        "collision_severity": severity,
        "number_of_vehicles": collision.vehicles,
        "number_of_casualties": collision.casualties,
        "date": f"{when:%d/%m/%Y}",
        "day_of_week": when.isoweekday() % 7 + 1,
        "time": f"{when:%H:%M}",
        "first_road_class": ROAD_CLASS[way.kind],
        "first_road_number": way.number,
        "road_type": DUAL if way.kind == "motorway" else SINGLE,
        "speed_limit": way.speed,
        "light_conditions": 4 if dark else 1,
        "weather_conditions": 2 if wet else 1,
        "road_surface_conditions": 2 if wet else 1,
        "urban_or_rural_area": 1 if way.kind == "residential" else 2,
        **severity_columns("collision", severity),
    }
    return [*collision.key, *(values[name] for name in COLLISION[3:])]
