"""``drug-driving``: a positive rate leans on the area, never stands without its tests, and no two systems are added."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pydantic
import pytest
from scipy import stats

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import smoothed_shares
from geointel.layers.counts import Counts
from geointel.layers.cube import Cube
from geointel.layers.drug_driving import FEWEST, LAYER, Options
from geointel.model import ALL, POSITIVES, TESTS, Layer

from .conftest import AREAS, CHANGED, MONTHS, RESOLUTIONS, WINDOWS, drawn, request

YEAR = WINDOWS[-1]


def of(cube: Cube, *categories: str, windows: tuple[str, ...] = ("month", "year"), **options: Any) -> Layer:
    asked = replace(request("drug-driving", *(categories or ("drugs", "robbery")), windows=windows))
    return LAYER.compute(cube, replace(asked, options=Options(**options)))


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return of(cube)


def rows(layer: Layer, resolution: int = 8, window: str = YEAR.id, category: str = "drugs") -> list[dict[str, Any]]:
    key = {"resolution": resolution, "window": window, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def planted(cube: Cube, tests: list[int], positives: list[int], *, category: str = "drugs") -> Cube:
    """The cube with these tests in its first cells of resolution 8, in the last year, and no others."""
    size = len(cube.lattices[1].cells)
    place = np.arange(len(tests))
    slices = {
        (measure, YEAR.id, category): (place, np.array(values, dtype=np.float64))
        for measure, values in ((TESTS, tests), (POSITIVES, positives))
    }
    lattice = replace(cube.lattices[1], supported=np.ones(size, dtype=bool))
    return replace(
        cube,
        lattices=(lattice,),
        cells={8: Counts(slices, size)},
        areas={"lad": Counts({}, 1)},
        area_codes={"lad": ("E",)},
    )


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_a_rate_is_the_smoothed_share_of_its_tests_in_percent(layer: Layer, resolution: int) -> None:
    seen = drawn().seen(resolution)
    tests, positives = (drawn().total(resolution, YEAR, "drugs", measure=m)[seen] for m in (TESTS, POSITIVES))
    known = smoothed_shares(positives, tests)
    lower, upper = known.interval()
    assert known.correlation > 0
    found = [row for row in rows(layer, resolution) if row["status"] != "no-support"]
    for place, row in enumerate(found):
        assert (row["support"], row["positives"]) == (tests[place], positives[place])
        if tests[place] == 0:
            assert {row[name] for name in ("value", "raw", "lower", "upper", "class")} == {None}
            continue
        assert row["value"] == pytest.approx(100 * known.share[place])
        assert row["raw"] == pytest.approx(100 * positives[place] / tests[place])
        assert (row["lower"], row["upper"]) == pytest.approx((100 * lower[place], 100 * upper[place]))
        assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 100


def test_few_tests_have_no_class_and_it_is_said_why(layer: Layer) -> None:
    found = [row for row in rows(layer) if row["status"] != "no-support"]
    assert {row["status"] for row in found} == {"shown", "insufficient"}
    for row in found:
        assert (row["status"] == "insufficient") == (row["support"] < FEWEST) == (row["class"] is None)
    few = next(row for row in found if row["class"] is None and row["support"] > 1)
    said = content.sentence("drug-driving", few, slug="drug-driving", window="December 2025")
    assert said.startswith("Too few tests for a reliable rate")
    assert f"{few['support']} roadside drug tests" in said


def test_a_cell_with_two_tests_both_positive_is_not_the_highest(cube: Cube) -> None:
    found = rows(of(planted(cube, [2, 60, 60, 60, 60, 60], [2, 40, 20, 22, 18, 21]), "drugs", windows=("year",)))
    assert found[0]["raw"] == 100
    assert found[0]["value"] < found[1]["value"] < found[1]["raw"]
    assert found[0]["class"] is None
    assert max(row["class"] or "" for row in found) == found[1]["class"] == "5"


def test_how_many_tests_are_enough_is_the_partnership_s_choice(cube: Cube) -> None:
    tests, positives = [2, 60, 60, 60], [2, 40, 20, 22]
    few = rows(of(planted(cube, tests, positives), "drugs", windows=("year",), fewest=2))
    assert [row["status"] for row in few[:4]] == ["shown"] * 4
    many = of(planted(cube, tests, positives), "drugs", windows=("year",), fewest=61)
    assert {row["status"] for row in rows(many)} == {"insufficient"}
    assert "fewer than 61 tests" in many.spec.method
    with pytest.raises(pydantic.ValidationError):
        Options(fewest=0)


def test_without_any_difference_between_cells_none_is_coloured(cube: Cube) -> None:
    found = rows(of(planted(cube, [40, 40, 40], [20, 20, 20]), "drugs", windows=("year",)))
    assert {row["class"] for row in found} == {None}
    assert {row["value"] for row in found[:3]} == {50.0}


def test_two_systems_are_never_added(cube: Cube, layer: Layer) -> None:
    assert list(LAYER.refused(Options())) == [ALL]
    assert set(layer.cells["category"].to_pylist()) == {"drugs", "robbery"}
    assert layer.areas is not None
    assert ALL not in layer.areas["category"].to_pylist()


def test_a_window_across_the_change_has_tests_and_no_rate(cube: Cube, layer: Layer) -> None:
    across = [w.id for w in WINDOWS if w.kind != "quarter" and {MONTHS[CHANGED - 1], MONTHS[CHANGED]} <= set(w.months)]
    assert across
    assert layer.spec.notes["mixed"] == across
    assert f"in {len(across)} of {len(layer.spec.windows)} periods" in layer.spec.method
    assert layer.areas is not None
    for category in ("drugs", "robbery"):
        found = [row for row in rows(layer, window=across[0], category=category) if row["status"] != "no-support"]
        areas = [r for r in layer.areas.to_pylist() if (r["window"], r["category"]) == (across[0], category)]
        assert sum(row["support"] for row in found) > 0
        for row in (*found, *areas):
            assert row["status"] == "no-data"
            assert {row[name] for name in ("value", "class", "raw", "lower", "upper")} == {None}
    said = content.sentence("drug-driving", found[0], slug="drug-driving", window="December 2025")
    assert "way of recording changed" in said


def test_tests_of_another_system_in_an_area_alone_make_a_window_mixed_too(cube: Cube) -> None:
    """Rows without coordinates count in areas and in no cell."""
    made = planted(cube, [40, 40], [20, 8])
    area = Counts({(TESTS, YEAR.id, "robbery"): (np.array([0]), np.array([1.0]))}, 1)
    mixed = replace(made, areas={"lad": area})
    assert {row["status"] for row in rows(of(mixed, "drugs", windows=("year",)))} == {"no-data"}


def test_the_map_opens_with_the_system_that_is_in_use(cube: Cube) -> None:
    """`robbery` is the older one here: it has no test in the last year."""
    layer = of(cube, "robbery", "drugs")
    assert layer.spec.default == {"window": YEAR.id, "category": "drugs", "resolution": 8}


def test_rates_of_areas_are_exact_and_none_stands_on_few_tests(layer: Layer) -> None:
    assert layer.areas is not None
    found = [row for row in layer.areas.to_pylist() if (row["window"], row["category"]) == (YEAR.id, "drugs")]
    assert [row["code"] for row in found] == list(AREAS)
    for row in found[:2]:
        known = stats.binomtest(int(row["positives"]), int(row["support"])).proportion_ci(method="exact")
        assert row["value"] == row["raw"] == pytest.approx(100 * row["positives"] / row["support"])
        assert (row["lower"], row["upper"]) == pytest.approx((100 * known.low, 100 * known.high))
        assert (row["status"], row["class"]) == ("shown", None)
    assert (found[2]["status"], found[2]["value"], found[2]["support"]) == ("insufficient", None, 0)


def test_the_number_of_tests_stands_beside_every_rate(layer: Layer) -> None:
    spec = layer.spec
    named = {column.id: column.label for column in spec.columns}
    assert named["support"] == "Tests"
    assert "preliminary" in named["positives"]
    assert "preliminary" in spec.value_label
    assert spec.caveats[0] == "who-is-stopped"
    assert "who is stopped" in content.caveat("who-is-stopped").short
    row = next(row for row in rows(layer) if row["status"] == "shown")
    said = content.sentence("drug-driving", row, slug="drug-driving-rsf", window=YEAR.label)
    for part in (f"{row['support']} roadside drug tests", "(preliminary)", "likely range", "who is stopped"):
        assert part in said


def test_one_month_without_any_test(cube: Cube) -> None:
    found = rows(of(planted(cube, [], []), "drugs", windows=("year",)))
    assert {(row["status"], row["value"], row["support"]) for row in found} == {("insufficient", None, 0)}
    with pytest.raises(MethodError, match="fill none"):
        of(replace(cube, windows=()), "drugs")
