"""Roadside tests for drugs: a force's own file. Open figures do not exist; every row says that it is synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo import clock, corridors, table
from geointel.demo.scene import SYNTHETIC, Written, to_degrees
from geointel.grid import centres, format_cell, latlng_to_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.corridors import Network
    from geointel.demo.scene import Scene

COLUMNS = (
    "check_id", "date", "time", "road", "longitude", "latitude", "tests", "positives", "factor_system", "attended", "note",
)  # fmt: skip
PATHS = ("drug-driving/drug-driving-tests.csv",)
PER_RESIDENT = 0.00004
"""Checks a month for each resident."""
CORRIDOR_SHARE = 0.12
"""Share of the checks that are made on the planted corridor."""
TESTS = 3.0
"""Tests at a check, on average."""
USUAL_RATE, CORRIDOR_RATE = 0.35, 0.70
FEW_TESTS = 2
"""Tests, all positive, in the cell with few tests."""
SYSTEMS = ("contributory factors", "road safety factors")
"""How a force records what contributed: the first up to the change, the second from then on."""
CHANGE = 0.5
"""Share of the run at which the force changed its system."""
ATTENDED_SHARE = 0.85
RESOLUTION = 8


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the checks of the run, ascending in time."""
    rng = scene.rng("drug driving")
    roads = corridors.network(scene)
    corridor = corridors.choose(scene, roads)[-1]
    quiet = _quiet_cell(scene, roads, corridor, rng)
    rows: list[list[Any]] = []
    for since in range(len(scene.months)):
        rows += _month(scene, rng, since, (roads, corridor, quiet))
    rows += _few(scene, quiet, rng)
    rows.sort(key=lambda row: (row[0], row[1]))
    numbered = ([f"DEMO-T{i:06d}", *row] for i, row in enumerate(rows, 1))
    count = table.write(scene.directory / PATHS[0], COLUMNS, numbered)
    planted = {
        "usual_rate": USUAL_RATE,
        "corridor_rate": CORRIDOR_RATE,
        "corridor": corridors.describe(scene, corridor),
        "few_tests": {"cell": format_cell(quiet), "tests": FEW_TESTS, "positives": FEW_TESTS, "raw_rate": 1.0},
        "factor_system_changes": scene.month(_change(scene)),
    }
    what = "roadside tests for drugs and how many were positive; not public; no such open figures exist"
    return (Written(PATHS[0], what, count, planted),)


def _change(scene: Scene) -> int:
    return int(len(scene.months) * CHANGE)


def _quiet_cell(scene: Scene, roads: Network, corridor: int, rng: np.random.Generator) -> int:
    """A cell on a country lane, away from the corridor."""
    lanes = [i for i, way in enumerate(scene.roads.ways) if way.kind == "unclassified"]
    pieces = np.flatnonzero(np.isin(roads.way, lanes))
    cells = _cells((roads.start[pieces] + roads.end[pieces]) / 2)
    busy = _cells(np.vstack([roads.start[roads.of(corridor)], roads.end[roads.of(corridor)]]))
    able: NDArray[np.int64] = cells[~np.isin(cells, busy)]
    return int(able[rng.integers(len(able))])


def _cells(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    lnglat = to_degrees(metres)
    return latlng_to_cell(lnglat[:, 1], lnglat[:, 0], RESOLUTION)


def _month(scene: Scene, rng: np.random.Generator, since: int, where: tuple[Network, int, int]) -> list[list[Any]]:
    roads, corridor, quiet = where
    count = int(rng.poisson(PER_RESIDENT * scene.areas.residents.sum()))
    pieces = rng.choice(len(roads.length), size=count, p=roads.length / roads.length.sum())
    there = rng.random(count) < CORRIDOR_SHARE
    pieces[there] = rng.choice(roads.of(corridor), size=int(there.sum()))
    metres = roads.points(pieces, rng)
    times = clock.draw(rng, scene.months[since], count, hours=clock.LATE_NIGHT, days=clock.WEEKEND)
    tests = 1 + rng.poisson(TESTS - 1, size=count)
    rate = np.where(roads.way[pieces] == corridor, CORRIDOR_RATE, USUAL_RATE)
    positives = rng.binomial(tests, rate)
    attended = rng.random(count) < ATTENDED_SHARE
    lnglat, keep = to_degrees(metres), _cells(metres) != quiet
    system = SYSTEMS[since >= _change(scene)]
    return [
        [
            f"{times[i]:%Y-%m-%d}", f"{times[i]:%H:%M}", scene.roads.ways[roads.way[pieces[i]]].name,
            f"{lnglat[i, 0]:.5f}", f"{lnglat[i, 1]:.5f}", int(tests[i]), int(positives[i]),
            system, "yes" if attended[i] else "no", SYNTHETIC,
        ]
        for i in np.flatnonzero(keep).tolist()
    ]  # fmt: skip


def _few(scene: Scene, quiet: int, rng: np.random.Generator) -> list[list[Any]]:
    """The one check in the cell with few tests: all positive, and nothing can be said from it."""
    lng, lat = centres(np.array([quiet]))[0].tolist()
    since = int(rng.integers(len(scene.months)))
    day = f"{clock.start(scene.months[since]):%Y-%m}-15"
    system = SYSTEMS[since >= _change(scene)]
    place = ["Demonstration Lane", f"{lng:.5f}", f"{lat:.5f}"]
    return [[day, "23:30", *place, FEW_TESTS, FEW_TESTS, system, "yes", SYNTHETIC]]
