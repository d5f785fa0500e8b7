"""Traffic of made-up main roads, a count point for each stretch and year, as the Department for Transport's yearly averages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import corridors, table
from geointel.demo.scene import SYNTHETIC, Written, to_degrees
from geointel.model import YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.scene import Scene

PATHS = ("traffic/aadf-demo.csv",)
COLUMNS = (
    "count_point_id", "year", "region_name", "local_authority_name", "road_name", "road_category", "easting",
    "northing", "latitude", "longitude", "link_length_km", "estimation_method", "all_motor_vehicles",
)  # fmt: skip
DAILY = {"motorway": ("TM", 60_000), "primary": ("PA", 15_000), "secondary": ("MB", 6_000)}
"""Class of road → its category in the files, and the vehicles of an average day."""
SPREAD = 0.35
"""Of the logarithm, from stretch to stretch."""
GROWTH = 1.01
"""A year."""
FIRST_ID = 990_001
"""Numbers of count points begin here."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the counts of every year of the run."""
    count = table.write(scene.directory / PATHS[0], COLUMNS, _rows(scene))
    what = "made-up traffic of main roads in the format of the Department for Transport's average annual daily flow"
    return (Written(PATHS[0], what, count),)


def _rows(scene: Scene) -> Iterator[list[object]]:
    roads, rng = corridors.network(scene), scene.rng("traffic")
    middle = (roads.start + roads.end) / 2
    lnglat, areas = to_degrees(middle), scene.nearest_area(middle)
    first, last = scene.months[0] // YEAR, scene.months[-1] // YEAR
    for piece, way in enumerate(scene.roads.ways[number] for number in roads.way.tolist()):
        if way.kind not in DAILY:
            continue
        category, usual = DAILY[way.kind]
        daily = usual * float(np.exp(rng.normal(scale=SPREAD)))
        place = [round(float(middle[piece, 0])), round(float(middle[piece, 1]))]
        degrees = [f"{lnglat[piece, 1]:.5f}", f"{lnglat[piece, 0]:.5f}"]
        district = scene.copy.geography.names[scene.areas.district[areas[piece]]]
        for year in range(first, last + 1):
            vehicles = round(daily * GROWTH ** (year - first))
            road = f"{way.name} ({SYNTHETIC})"
            yield [
                FIRST_ID + piece, year, "Demonstration", district, road, category, *place, *degrees,
                f"{roads.length[piece] / 1000:.2f}", "Counted", vehicles,
            ]  # fmt: skip
