"""What was planted is inside the area, far apart, and true of the records."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pytest
import shapely

from geointel.demo import SCALES, DemoFiles, write_demo
from geointel.demo.plant import Plant
from geointel.grid import format_cells, latlng_to_cell, parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS = 24
LEAF = 9


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"), scale="town", seed=11, months=MONTHS)


@pytest.fixture(scope="module")
def truth(demo: DemoFiles) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(demo.truth.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def figures(demo: DemoFiles) -> list[dict[str, str]]:
    with (demo.directory / "truth.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def recorded(demo: DemoFiles) -> Counter[tuple[str, str, bool]]:
    """Located records by cell, month and whether they are drugs; an incident's first row only."""
    seen: set[str] = set()
    rows = []
    for path in sorted(demo.directory.glob("police/*/*-street.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            if row["Longitude"] and row["Crime ID"] not in seen:
                rows.append(row)
            seen |= {row["Crime ID"]} - {""}
    lat, lng = (np.array([float(row[name]) for row in rows]) for name in ("Latitude", "Longitude"))
    cells = format_cells(parents(latlng_to_cell(lat, lng, LEAF), 8))
    return Counter((cell, row["Month"], row["Crime type"] == "Drugs") for cell, row in zip(cells, rows, strict=True))


def test_it_says_that_it_is_synthetic(truth: dict[str, Any]) -> None:
    assert truth["synthetic"] is True
    assert truth["months"][0] == "2024-01"
    assert len(truth["months"]) == MONTHS


def test_every_place_of_the_scale_is_planted(truth: dict[str, Any], demo: DemoFiles) -> None:
    kinds = Counter(place["category"] for place in truth["hotspots"])
    assert kinds == {"drugs": SCALES["town"].hotspots, "all": SCALES["town"].busy}
    assert demo.hotspots == sum(kinds.values())


def test_places_lie_in_their_district(truth: dict[str, Any], demo: DemoFiles) -> None:
    features = json.loads((demo.directory / "boundaries" / "districts.geojson").read_text(encoding="utf-8"))["features"]
    outline = {f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in features}
    area = shapely.union_all(list(outline.values()))
    for place in truth["hotspots"]:
        assert outline[place["district_code"]].intersects(_hexagon(place["cell"]))
        assert all(area.intersects(_hexagon(cell)) for cell in place["around"])


def test_places_are_a_cell_and_its_ring_and_do_not_touch(truth: dict[str, Any]) -> None:
    taken = []
    for place in truth["hotspots"]:
        assert set(place["around"]) <= set(h3.grid_ring(place["cell"], 1))
        taken.append({place["cell"], *place["around"]})
    for one, other in combinations(taken, 2):
        assert not one & other


def test_recorded_is_what_the_files_hold(
    figures: list[dict[str, str]], recorded: Counter[tuple[str, str, bool]]
) -> None:
    total = 0
    for row in figures:
        place = (row["cell"], row["month"])
        count = recorded[*place, True] + (recorded[*place, False] if row["category"] == "all" else 0)
        assert int(row["recorded"]) == count
        total += count
    assert total > 500


def test_expected_is_background_times_factor_and_near_what_was_recorded(figures: list[dict[str, str]]) -> None:
    sums: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(2))
    for row in figures:
        expected = float(row["background"]) * float(row["factor"])
        assert float(row["expected"]) == pytest.approx(expected, rel=0.01, abs=0.001)
        sums[row["hotspot"]] += (expected, float(row["recorded"]))
    for expected, count in sums.values():
        assert abs(count - expected) < 4 * np.sqrt(expected)


def test_hotspots_appear_grow_and_fade(truth: dict[str, Any], figures: list[dict[str, str]]) -> None:
    course = {place["hotspot"]: place for place in truth["hotspots"]}
    seen = set()
    for name, place in course.items():
        middle = [float(row["factor"]) for row in figures if row["hotspot"] == name and row["middle"] == "1"]
        assert len(middle) == MONTHS
        assert max(middle) == pytest.approx(place["peak_factor"], abs=0.001)
        start = truth["months"].index(place["start"])
        end = truth["months"].index(place["end"]) if place["end"] else MONTHS
        assert [value > 1 for value in middle] == [start <= i < end for i in range(MONTHS)]
        seen.add(place["course"])
    assert seen == {"lasting", "recent", "past"}


@pytest.mark.parametrize(
    ("month", "growth"), [(0, 0.0), (2, 1 / 3), (3, 2 / 3), (4, 1.0), (5, 1.0), (6, 2 / 3), (7, 1 / 3), (8, 0.0)]
)
def test_growth_by_hand(month: int, growth: float) -> None:
    none = np.empty(0, dtype=np.int64)
    cells = np.array([1, 2], dtype=np.int64)
    plant = Plant(cells, none, none, "drugs", "passing", peak=6.0, start=2, full=4, fade=6, end=8)
    assert plant.growth(month) == pytest.approx(growth)
    assert plant.factors(month).tolist() == pytest.approx([1 + 5 * growth, 1 + 4 * growth])


def _hexagon(cell: str) -> shapely.Polygon:
    return shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)])
