"""``collisions``: compared with roads of their classes, adjusted where the files say how, and counts where nothing is known to divide by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pydantic
import pytest
from scipy import stats

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import global_rates
from geointel.layers.collisions import LAYER, Options
from geointel.layers.counts import Counts
from geointel.layers.cube import Cube
from geointel.layers.severity import KSI
from geointel.model import (
    ADJUSTED,
    ADJUSTED_SERIOUS,
    ALL,
    INCIDENTS,
    ON_ROAD,
    ROAD_METRES,
    VEHICLE_KM,
    Layer,
    Window,
)

from .conftest import WINDOWS, request

YEAR, MONTH = WINDOWS[-1], WINDOWS[0]
SIZE = 200
SEVERE = ("collision-fatal", "collision-serious", "collision-slight")
Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Made:
    """Two hundred cells: a motorway through some, lanes in most, no road in the last five; three cells five times as bad."""

    def __init__(self) -> None:
        random = np.random.default_rng(21)
        self.motorway = np.where(np.arange(SIZE) < 20, random.uniform(1, 3, SIZE), 0.0)
        self.lane = np.where(np.arange(SIZE) < SIZE - 5, random.uniform(0.5, 6, SIZE), 0.0)
        self.lane[30:33] = 4.0
        self.footway = np.full(SIZE, 50.0)
        self.factor = np.where(np.isin(np.arange(SIZE), (30, 31, 32)), 5.0, random.gamma(4.0, 0.25, SIZE))
        self.on_motorway = random.poisson(8.0 * self.motorway * self.factor).astype(float)
        self.on_lane = random.poisson(1.0 * self.lane * self.factor).astype(float)
        every = self.on_motorway + self.on_lane
        self.fatal = random.binomial(every.astype(int), 0.02).astype(float)
        self.serious = random.binomial((every - self.fatal).astype(int), 0.25).astype(float)
        self.slight = every - self.fatal - self.serious
        self.adjusted = self.serious + 0.1 * self.slight

    @property
    def every(self) -> Numbers:
        return self.on_motorway + self.on_lane


MADE = Made()


def table(values: dict[tuple[str, str], Numbers], window: str = YEAR.id, more: Counts | None = None) -> Counts:
    """Counts by measure and category in one window; those of ``more`` too."""
    slices = {} if more is None else dict(more.slices)
    for (measure, category), every in values.items():
        place = np.flatnonzero(every)
        slices[measure, window, category] = (place, every[place])
    return Counts(slices, SIZE)


def recorded(*, adjusted: bool = True, roads: bool = True) -> Counts:
    severity = dict(zip(SEVERE, (MADE.fatal, MADE.serious, MADE.slight), strict=True))
    values = {(INCIDENTS, slug): found for slug, found in severity.items()} | {(INCIDENTS, ALL): MADE.every}
    values[ADJUSTED_SERIOUS, ALL] = MADE.adjusted if adjusted else MADE.serious
    if adjusted:
        values[ADJUSTED, ALL] = MADE.every
    share = np.divide(MADE.on_motorway, MADE.every, out=np.zeros(SIZE), where=MADE.every > 0)
    for slug, found in {ALL: MADE.every, **severity}.items() if roads else ():
        values[ON_ROAD["motorway"], slug] = MADE.on_motorway if slug == ALL else np.rint(found * share)
        values[ON_ROAD["minor-road"], slug] = found - values[ON_ROAD["motorway"], slug]
    return table(values)


def made(cube: Cube, counts: Counts, *, beside: dict[str, Counts] | None = None) -> Cube:
    """The collisions, and sources of roads or traffic, on two hundred cells of resolution 8; one area has half of them."""
    cells = cube.lattices[1].cells[:SIZE]
    lattice = replace(cube.lattices[1], cells=cells, supported=np.ones(SIZE, dtype=bool))
    one = replace(
        cube, lattices=(lattice,), cells={8: counts}, areas={"lad": half(counts)}, area_codes={"lad": ("E", "X")}
    )
    others = {name: replace(one, cells={8: own}, areas={"lad": half(own)}) for name, own in (beside or {}).items()}
    return replace(one, beside=others)


def half(counts: Counts) -> Counts:
    """Sums of the first hundred cells, and of none."""
    sums = {key: float(value[place < SIZE // 2].sum()) for key, (place, value) in counts.slices.items()}
    return Counts({key: (np.array([0]), np.array([value])) for key, value in sums.items()}, 2)


def roads() -> Counts:
    kilometres = {"motorway": MADE.motorway, "residential": MADE.lane, "footway": MADE.footway, "service": MADE.footway}
    metres = {(ROAD_METRES, name): 1000 * km for name, km in kilometres.items()}
    return table(metres | {(ROAD_METRES, ALL): np.sum(list(metres.values()), axis=0)}, window="2025-06")


def computed(cube: Cube, *categories: str, windows: tuple[str, ...] = ("year",), **options: Any) -> Layer:
    asked = replace(request("collisions", *(categories or (ALL, KSI)), windows=windows), options=Options(**options))
    return LAYER.compute(cube, asked)


def rows(layer: Layer, category: str = ALL, window: Window = YEAR) -> list[dict[str, Any]]:
    return [row for row in layer.cells.to_pylist() if (row["category"], row["window"]) == (category, window.id)]


def areas(layer: Layer) -> list[dict[str, Any]]:
    assert layer.areas is not None
    return [row for row in layer.areas.to_pylist() if (row["category"], row["window"]) == (ALL, YEAR.id)]


@pytest.fixture(scope="module")
def per_km(cube: Cube) -> Layer:
    return computed(made(cube, recorded(), beside={"roads": roads()}), roads="roads")


def known(events: Numbers, on_motorway: float, on_lane: float) -> tuple[Numbers, Numbers]:
    """Expected collisions and smoothed ratio of each cell, class by class."""
    length = MADE.motorway + MADE.lane
    expected = on_motorway / MADE.motorway.sum() * MADE.motorway + on_lane / MADE.lane.sum() * MADE.lane
    there = np.where(length > 0, events, 0)
    expected *= there.sum() / expected.sum()
    return expected, global_rates(there, expected).rate


def test_a_cell_leans_on_what_roads_of_its_classes_have(per_km: Layer) -> None:
    expected, ratio = known(MADE.every, MADE.on_motorway.sum(), MADE.on_lane.sum())
    length = MADE.motorway + MADE.lane
    for place, row in enumerate(rows(per_km)[: SIZE - 5]):
        assert row["expected_by_class"] == pytest.approx(expected[place])
        assert row["times_expected"] == pytest.approx(ratio[place])
        assert row["value"] == pytest.approx(ratio[place] * expected[place] / length[place])
        assert row["raw"] == pytest.approx(MADE.every[place] / length[place])
        assert row["denominator"] == pytest.approx(length[place])
        assert row["lower"] < row["value"] < row["upper"]
        assert row["support"] == MADE.every[place]
    worst = sorted(rows(per_km), key=lambda row: -(row["times_expected"] or 0))[:3]
    assert {row["cell"] for row in worst} == {rows(per_km)[place]["cell"] for place in (30, 31, 32)}


def test_a_motorway_is_compared_with_motorways(cube: Cube, per_km: Layer) -> None:
    """Per kilometre motorways have eight times as many; a cell on one is no worse than others for that."""
    together = computed(made(cube, recorded(), beside={"roads": roads()}), roads="roads", by_class=False)
    ratio = {
        name: np.mean([row["times_expected"] for row in rows(layer)[:20]])
        for name, layer in (("by class", per_km), ("all", together))
    }
    assert ratio["by class"] == pytest.approx(np.mean(MADE.factor[:20]), abs=0.2)
    assert ratio["all"] > 2
    assert per_km.spec.parameters["by_class"] is True
    assert together.spec.parameters["by_class"] is False
    assert "All roads are taken together" in together.spec.method


def test_killed_or_seriously_injured_is_adjusted(per_km: Layer) -> None:
    ksi = MADE.fatal + MADE.adjusted
    for place, row in enumerate(rows(per_km, KSI)):
        assert row["ksi"] == pytest.approx(ksi[place])
        assert (row["fatal"], row["serious"], row["slight"]) == (
            MADE.fatal[place], MADE.serious[place], MADE.slight[place],
        )  # fmt: skip
        assert row["adjusted_serious"] == pytest.approx(MADE.adjusted[place])
        assert row["support"] == MADE.every[place]
    length = MADE.motorway + MADE.lane
    assert sum(row["expected_by_class"] or 0 for row in rows(per_km, KSI)) == pytest.approx(ksi[length > 0].sum())
    assert per_km.spec.caveats[-1] == "severity-adjusted"
    assert per_km.spec.notes["adjusted"] == {YEAR.id: 1.0}  # no other window has collisions


def test_where_the_files_have_no_adjustment_severity_is_as_recorded_and_it_is_said(cube: Cube) -> None:
    layer = computed(made(cube, recorded(adjusted=False)))
    assert {row["adjusted_serious"] for row in rows(layer)} == {None}
    for row in rows(layer, KSI):
        assert row["value"] == row["ksi"] == row["fatal"] + row["serious"]
    assert layer.spec.caveats[-1] == "severity-recorded"
    assert "Severity is as recorded" in layer.spec.method


def test_where_some_periods_have_it_the_share_is_said(cube: Cube) -> None:
    both = table({(INCIDENTS, ALL): np.ones(SIZE)}, window=MONTH.id, more=recorded())
    layer = computed(made(cube, both), windows=("month", "year"))
    assert layer.spec.notes["adjusted"][MONTH.id] == 0
    assert layer.spec.notes["adjusted"][YEAR.id] == 1
    assert "0% to 100%" in layer.spec.method
    assert layer.spec.caveats[-1] == "severity-recorded"


def test_without_road_there_is_no_rate_and_the_collisions_stand_there(per_km: Layer) -> None:
    for row in rows(per_km)[SIZE - 5 :]:
        assert (row["status"], row["denominator"]) == ("insufficient", 0)
        assert {row[name] for name in ("value", "class", "raw", "lower", "upper", "times_expected")} == {None}
        assert row["support"] == row["fatal"] + row["serious"] + row["slight"]
    said = content.sentence("collisions", rows(per_km)[-1], slug=ALL, window=YEAR.label)
    assert "Too little road" in said


def test_a_cell_that_is_mostly_what_is_expected_has_no_class(per_km: Layer) -> None:
    expected, _ = known(MADE.every, MADE.on_motorway.sum(), MADE.on_lane.sum())
    there = np.where(MADE.motorway + MADE.lane > 0, MADE.every, 0)
    weight = global_rates(there, expected).weight
    assert 0 < sum(row["class"] is not None for row in rows(per_km)) < SIZE
    for place, row in enumerate(rows(per_km)[: SIZE - 5]):
        assert (row["class"] is not None) == (row["status"] == "shown") == (weight[place] >= 0.5)
        assert row["class"] in {None, "1", "2", "3", "4", "5"}


def test_where_no_file_says_which_road_all_have_one_rate(cube: Cube) -> None:
    layer = computed(made(cube, recorded(roads=False), beside={"roads": roads()}), roads="roads")
    rates = layer.spec.parameters["class_rates"]["8"][ALL][YEAR.id]
    length = (MADE.motorway + MADE.lane).sum()
    one = pytest.approx(MADE.every[: SIZE - 5].sum() / length)
    assert rates == {"motorway": one, "a-road": None, "b-road": None, "minor-road": one}
    assert layer.spec.parameters["by_class"] is False


def test_counts_alone_are_not_divided_and_say_so(cube: Cube) -> None:
    layer = computed(made(cube, recorded()))
    for place, row in enumerate(rows(layer)):
        assert row["value"] == row["support"] == MADE.every[place]
        assert (row["class"] == "0") == (row["value"] == 0)
        assert {row[name] for name in ("raw", "expected_by_class", "times_expected", "denominator")} == {None}
        assert stats.poisson.cdf(row["value"], row["upper"]) == pytest.approx(0.025)
    assert {row["status"] for row in rows(layer)} == {"shown"}
    assert (layer.spec.unit, layer.spec.notes["variant"]) == ("collisions", "counts")
    assert "no-exposure" in layer.spec.caveats
    assert "not divided" in layer.spec.method
    assert {column.id for column in layer.spec.columns} & {"raw", "denominator", "times_expected"} == set()


def test_rates_of_areas_are_not_smoothed(per_km: Layer) -> None:
    east, none = areas(per_km)
    events, length = MADE.every[: SIZE // 2].sum(), (MADE.motorway + MADE.lane)[: SIZE // 2].sum()
    assert east["value"] == east["raw"] == pytest.approx(events / length)
    assert stats.poisson.sf(events - 1, east["lower"] * length) == pytest.approx(0.025)
    assert stats.poisson.cdf(events, east["upper"] * length) == pytest.approx(0.025)
    assert (none["status"], none["value"], none["support"]) == ("insufficient", None, 0)


# --- traffic -----------------------------------------------------------------------------------


def traffic(window: str = "12m:2024-12", factor: float = 1.0, more: Counts | None = None) -> Counts:
    return table({(VEHICLE_KM, "motorway"): factor * 20e6 * MADE.motorway}, window=window, more=more)


def test_traffic_divides_the_collisions_of_the_roads_that_have_it(cube: Cube) -> None:
    """Motorways alone are counted, so collisions on lanes are not divided by their traffic."""
    layer = computed(made(cube, recorded(), beside={"counts": traffic()}), traffic="counts")
    million = 20 * MADE.motorway
    ratio = global_rates(MADE.on_motorway[:20], million[:20] * MADE.on_motorway.sum() / million.sum()).rate
    for place, row in enumerate(rows(layer)[:20]):
        assert row["denominator"] == pytest.approx(million[place])
        assert row["raw"] == pytest.approx(MADE.on_motorway[place] / million[place])
        assert row["value"] == pytest.approx(ratio[place] * MADE.on_motorway.sum() / million.sum())
        assert row["support"] == MADE.every[place]
    assert {row["value"] for row in rows(layer)[20:]} == {None}
    assert layer.spec.unit == "collisions per million vehicle km"
    assert "traffic-exposure" in layer.spec.caveats
    assert areas(layer)[0]["value"] == pytest.approx(MADE.on_motorway.sum() / million.sum())


def test_traffic_is_that_of_the_last_year_that_is_known_and_of_the_length_of_the_window(cube: Cube) -> None:
    years = traffic("12m:2023-12", 0.5, traffic("12m:2026-12", 9.0, traffic()))
    layer = computed(made(cube, recorded(), beside={"counts": years}), traffic="counts", windows=("month", "year"))
    assert rows(layer)[0]["denominator"] == pytest.approx(20 * MADE.motorway[0])
    month = next(window for window in WINDOWS if window.id == "2024-11")
    assert rows(layer, window=month)[0]["denominator"] == pytest.approx(0.5 * 20 * MADE.motorway[0] / 12)
    later = computed(made(cube, recorded(), beside={"counts": traffic("12m:2026-12")}), traffic="counts")
    assert rows(later)[0]["denominator"] == pytest.approx(20 * MADE.motorway[0])


# --- bad input ---------------------------------------------------------------------------------


def test_there_is_one_thing_to_divide_by() -> None:
    with pytest.raises(pydantic.ValidationError, match="both are named"):
        Options(roads="roads", traffic="counts")
    assert LAYER.beside(Options(roads="roads")).needed == ("roads",)
    assert LAYER.beside(Options(traffic="counts")).needed == ("counts",)
    assert LAYER.beside(Options()).needed == ()
    assert LAYER.categories(Options()) == (ALL, KSI)


@pytest.mark.parametrize(("option", "kind"), [("roads", "roads"), ("traffic", "traffic-counts")])
def test_a_source_without_anything_to_divide_by_is_refused(cube: Cube, option: str, kind: str) -> None:
    for beside in ({}, {"other": recorded()}):
        with pytest.raises(MethodError, match="nothing to divide by") as raised:
            computed(made(cube, recorded(), beside=beside), **{option: "other"})
        assert f"`{kind}`" in str(raised.value.remedy)


def test_footpaths_alone_are_no_roads(cube: Cube) -> None:
    paths = table({(ROAD_METRES, "footway"): 1000 * MADE.footway}, window="2025-06")
    layer = computed(made(cube, recorded(), beside={"roads": paths}), roads="roads")
    assert {(row["status"], row["value"]) for row in rows(layer)} == {("insufficient", None)}


def test_a_window_without_any_collision(cube: Cube) -> None:
    found = rows(computed(made(cube, table({}), beside={"roads": roads()}), roads="roads"))
    assert {(row["status"], row["value"], row["support"], row["class"]) for row in found} == {
        ("insufficient", None, 0, None)
    }


@pytest.mark.parametrize("options", [{}, {"roads": "roads"}, {"traffic": "counts"}])
def test_every_variant_has_a_sentence_and_every_column_a_heading(cube: Cube, options: dict[str, str]) -> None:
    layer = computed(made(cube, recorded(), beside={"roads": roads(), "counts": traffic()}), **options)
    variant = layer.spec.notes.get("variant", "")
    for category in (ALL, KSI):
        row = next(row for row in rows(layer, category) if row["status"] == "shown" and row["value"])
        said = content.sentence("collisions", row, slug=category, window=YEAR.label, variant=variant)
        assert f"{row['support']:.0f} collisions" in said
        assert "{" not in said
    assert all(column.label != column.id for column in layer.spec.columns)
    assert set(layer.spec.caveats) <= set(content.caveats())
