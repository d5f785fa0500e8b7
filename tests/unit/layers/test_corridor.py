"""``corridor``: lines along which a road stands out, and the hexagons that they run through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from geointel.errors import MethodError
from geointel.layers.base import kinds
from geointel.layers.corridor import LAYER, Options
from geointel.layers.cube import Cube
from geointel.model import ALL, ROAD_COUNTS, Layer, ReleasedFacts

from .conftest import WINDOWS, cube_of, drawn, request

YEAR = [window.id for window in WINDOWS if window.kind == "year"][-1]


def compute(cube: Cube, *categories: str, **options: object) -> Layer:
    asked = request("corridor", *(categories or ("drugs", ALL)), windows=("year",))
    return LAYER.compute(cube, replace(asked, options=Options.model_validate(options)))


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return compute(cube)


def lines(layer: Layer, resolution: int = 8, category: str = "drugs") -> list[dict[str, object]]:
    assert layer.features is not None
    rows = layer.features.to_pylist()
    asked = (YEAR, category, resolution)
    return sorted(
        (row for row in rows if (row["window"], row["category"], row["resolution"]) == asked),
        key=lambda row: row["rank"],
    )


def cells(layer: Layer, resolution: int = 8, category: str = "drugs") -> list[dict[str, object]]:
    asked = (YEAR, category, resolution)
    return [row for row in layer.cells.to_pylist() if (row["window"], row["category"], row["resolution"]) == asked]


def test_the_busy_middle_has_corridors_of_one_road_each(layer: Layer) -> None:
    found = lines(layer)
    assert found
    assert [row["rank"] for row in found] == list(range(1, len(found) + 1))
    assert [row["excess"] for row in found] == sorted((row["excess"] for row in found), reverse=True)
    for row in found:
        assert row["events"] > row["expected"] > 0
        assert row["lower"] < row["ratio"] < row["upper"]
        assert row["q"] <= 0.05
        assert row["tests"] is None
        assert shapely.from_wkb(row["geometry"]).length > 0
        assert len(row["week"]) == 7 * 24
        assert 0 < sum(row["week"]) == row["week"][5 * 24 + 3] < row["events"]
        if sum(row["week"]) < 20:
            assert row["windows"] is None
            assert row["held_out"] is None
        else:  # all of them at three on a Saturday
            assert "Saturday" in row["windows"]
            assert row["out_lower"] <= row["held_out"] <= row["out_upper"] <= 1
    assert any(row["windows"] for row in found)


def test_hexagons_say_which_corridor_runs_through_them(layer: Layer) -> None:
    for resolution in (7, 8):
        through = {name: int(row["rank"]) for row in reversed(lines(layer, resolution)) for name in row["cells"]}
        for row in cells(layer, resolution):
            name = f"{row['cell']:x}"
            assert row["corridor"] == through.get(name)
            assert row["class"] == (None if row["status"] != "shown" else "corridor" if name in through else "none")


def test_counts_and_what_is_usual_add_up(layer: Layer) -> None:
    window = next(window for window in WINDOWS if window.id == YEAR)
    for resolution in (7, 8):
        rows = [row for row in cells(layer, resolution) if row["status"] == "shown"]
        total = float(drawn().total(8, window, "drugs")[drawn().supported].sum())
        assert sum(row["count"] for row in rows) == pytest.approx(total)
        assert sum(row["expected"] for row in rows) == pytest.approx(total)
        assert [row["support"] for row in rows] == [row["count"] for row in rows]
    said = layer.spec.notes["maps"]["drugs"][YEAR]
    assert said["all"] == pytest.approx(total)
    assert said["on_no_road"] == pytest.approx(0)
    assert set(said["usual"]) == {"primary", "secondary"}
    assert layer.spec.notes["variant"] == "numbered"


def test_positives_are_compared_with_tests_and_said_with_them(facts: ReleasedFacts) -> None:
    random = np.random.default_rng(7)
    rows = []
    for stretch in range(120):
        tests = int(random.poisson(12))
        positives = int(random.binomial(tests, 0.9 if 40 <= stretch < 46 else 0.3))
        for measure, value in (("tests", tests), ("positives", positives)):
            rows.append(
                {"source": "police", "roads": "police", "stretch": stretch, "window": YEAR, "measure": measure, "category": "drugs",
                 "weekday": None, "hour": None, "value": float(value), "status": "shown"}
            )  # fmt: skip
    given = replace(facts, road_counts=pa.Table.from_pylist(rows, ROAD_COUNTS))
    layer = compute(cube_of(given), "drugs", measure="positives")
    (found,) = lines(layer)
    assert found["road"] == "A4"
    assert found["tests"] >= found["events"] > found["expected"]
    assert found["severe"] is None
    assert found["windows"] is None
    assert layer.spec.caveats[0] == "drug-driving"
    assert "corridor-drawn" in layer.spec.caveats
    counted = {name: sum(row["value"] for row in rows if row["measure"] == name) for name in ("tests", "positives")}
    shown = [row for row in cells(layer) if row["status"] == "shown"]
    assert sum(row["support"] for row in shown) == counted["tests"]
    assert sum(row["count"] for row in shown) == counted["positives"]
    assert layer.spec.notes["maps"]["drugs"][YEAR]["usual"] == {"positives": counted["positives"] / counted["tests"]}


def test_two_ways_of_recording_factors_are_never_added() -> None:
    assert ALL in LAYER.refused(Options(measure="positives"))
    assert ALL not in LAYER.refused(Options())
    assert kinds()["corridor"].on_roads


def test_events_counted_on_other_roads_are_refused(facts: ReleasedFacts, cube: Cube) -> None:
    other = facts.road_counts.set_column(1, "roads", pa.array(["osm"] * facts.road_counts.num_rows))
    with pytest.raises(MethodError, match="roads of osm, and the layer has those of police") as refused:
        compute(cube_of(replace(facts, road_counts=other)))
    assert 'roads = "osm"' in refused.value.remedy
    with pytest.raises(MethodError, match="needs twelve months"):
        LAYER.compute(cube, request("corridor", "drugs", windows=("month",)))


def test_roads_may_come_from_a_source_of_their_own(facts: ReleasedFacts) -> None:
    own = cube_of(facts)
    counts = facts.road_counts.set_column(1, "roads", pa.array(["osm"] * facts.road_counts.num_rows))
    owned = facts.stretches.set_column(0, "source", pa.array(["osm"] * facts.stretches.num_rows))
    cube = replace(
        own, stretches=own.stretches.slice(0, 0), road_counts=counts, beside={"osm": replace(own, stretches=owned)}
    )
    layer = compute(cube, roads="osm")
    assert layer.cells.equals(compute(own).cells)
    assert "variant" not in layer.spec.notes
    assert "corridor-drawn" not in layer.spec.caveats
    assert "corridor-drawn" in compute(own).spec.caveats


def test_a_map_on_which_nothing_was_counted_tests_nothing(facts: ReleasedFacts) -> None:
    layer = compute(cube_of(replace(facts, road_counts=facts.road_counts.slice(0, 0))), "drugs")
    assert lines(layer) == []
    assert {row["status"] for row in cells(layer)} == {"insufficient", "no-support"}


def test_one_stretch_is_no_corridor(facts: ReleasedFacts) -> None:
    first = pc.equal(facts.road_counts["stretch"], 0)
    one = replace(facts, stretches=facts.stretches.slice(0, 1), road_counts=facts.road_counts.filter(first))
    assert lines(compute(cube_of(one))) == []
