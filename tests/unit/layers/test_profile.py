"""``profile``: the hours of the coarsest cells and of areas, counted again by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.grid import format_cell
from geointel.hotspots import judged_by_halves
from geointel.layers.cube import Cube
from geointel.layers.profile import CLASSES, LAYER
from geointel.model import PROFILE, Layer, ReleasedFacts, parse_month, windows_over

from .conftest import AREAS, RESOLUTIONS, WINDOWS, cube_of, request

YEARS = [window.id for window in WINDOWS if window.kind == "year"]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("profile", "drugs", "all"))


def by_hand(facts: ReleasedFacts, level: str, code: str, window: str) -> tuple[int, int, int]:
    """Incidents with a known hour, those from six to six, and those of which only the day is known."""
    timed = night = untimed = 0
    for row in facts.profile.to_pylist():
        if (row["level"], row["code"], row["window"], row["category"]) == (level, code, window, "drugs"):
            value, hour = int(row["value"]), row["hour"]
            timed += 0 if hour is None else value
            untimed += value if hour is None else 0
            night += value if hour is not None and (hour >= 18 or hour < 6) else 0
    return timed, night, untimed


def test_shares_of_cells_and_areas_are_those_counted_by_hand(facts: ReleasedFacts, layer: Layer) -> None:
    window = YEARS[-1]
    cells = [row for row in layer.cells.to_pylist() if (row["window"], row["category"]) == (window, "drugs")]
    assert layer.areas is not None
    areas = [row for row in layer.areas.to_pylist() if (row["window"], row["category"]) == (window, "drugs")]
    assert [row["code"] for row in areas] == list(AREAS)
    places = [("cells", format_cell(row["cell"]), row) for row in cells] + [("lad", row["code"], row) for row in areas]
    some = 0
    for level, code, row in places:
        if row["status"] == "no-support":
            continue
        timed, night, untimed = by_hand(facts, level, code, window)
        assert (row["support"], row["untimed"]) == (timed, untimed)
        assert row["status"] == ("shown" if timed >= 20 else "insufficient")
        if timed:
            some += 1
            known = binomtest(night, timed).proportion_ci(0.95, method="wilson")
            found = (row["value"], row["lower"], row["upper"])
            assert found == pytest.approx((100 * night / timed, 100 * known.low, 100 * known.high))
        else:
            assert row["value"] is None
    assert some > 3


Moments = list[tuple[int, int | None, float | None]]


def planted(cube: Cube, moments: Moments, before: Moments | None = None) -> dict[str, object]:
    """Row of the first supported cell with these counts by weekday and hour, and those of the twelve months before."""
    lattice = cube.lattices[0]
    cell = int(lattice.cells[lattice.supported][0])
    shared = {"level": "cells", "code": format_cell(cell), "category": "drugs", "source": "police"}
    shared |= {"measure": "incidents", "status": "shown"}
    rows = [
        {**shared, "window": window, "weekday": day, "hour": hour, "value": value}
        for window, found in ((YEARS[-1], moments), ("12m:2024-12", before or []))
        for day, hour, value in found
    ]
    made = LAYER.compute(replace(cube, profile=pa.Table.from_pylist(rows, PROFILE)), request("profile", "drugs"))
    return next(row for row in made.cells.to_pylist() if (row["cell"], row["window"]) == (cell, YEARS[-1]))


def test_six_in_the_evening_is_evening_and_six_in_the_morning_is_day(cube: Cube) -> None:
    night = planted(cube, [(4, 18, 10.0), (5, 5, 15.0)])
    assert (night["value"], night["class"], night["peak_weekday"], night["peak_hour"]) == (100, "5", 5, 5)
    assert planted(cube, [(0, 6, 10.0), (0, 17, 15.0)])["value"] == 0
    even = planted(cube, [(0, 12, 11.0), (6, 23, 9.0), (6, None, 4.0)])
    assert (even["value"], even["class"], even["support"], even["untimed"]) == (45, "2", 20, 4)


def test_too_few_or_hidden_say_nothing(cube: Cube) -> None:
    few = planted(cube, [(0, 23, 19.0)])
    assert (few["status"], few["class"], few["peak_hour"], few["support"]) == ("insufficient", None, None, 19)
    hidden = planted(cube, [(0, 23, 50.0), (1, 3, None)])
    assert (hidden["status"], hidden["value"], hidden["lower"], hidden["support"]) == ("suppressed", None, None, None)
    nothing = planted(cube, [(0, 23, 0.0)])
    assert (nothing["status"], nothing["value"], nothing["support"]) == ("insufficient", None, 0)


EVERY_HOUR: Moments = [(day, hour, 1.0) for day in range(7) for hour in range(24)]
FRIDAY: Moments = [*EVERY_HOUR, (4, 22, 21.0), (4, 23, 20.0), (5, 1, 20.0), (1, 8, 15.0), (6, 3, 15.0)]
FRIDAY_WORDS = "Friday 22:00 to 02:00; Tuesday 05:00 to 09:00; Sunday 00:00 to 04:00"


@pytest.fixture(scope="module")
def two_years(cube: Cube) -> Cube:
    return replace(
        cube, windows=windows_over(tuple(range(parse_month("2024-01"), parse_month("2026-01"))), rolling=True)
    )


def test_the_busiest_windows_are_named_and_judged_by_halves_where_there_is_one_year(cube: Cube) -> None:
    row = planted(cube, FRIDAY)
    week = np.zeros((7, 24))
    for day, hour, value in FRIDAY:
        week[day, hour] += value
    judged = judged_by_halves(week, seed=1)
    assert (row["windows"], row["judged_by"]) == (FRIDAY_WORDS, "halves")
    assert row["p_flat"] < 1e-6
    assert row["held_in"] == pytest.approx(100 * 103 / 259)
    known = [100 * float(value) for value in (judged.share, judged.lower, judged.upper)]
    assert [row["held_out"], row["out_lower"], row["out_upper"]] == pytest.approx(known)
    assert (row["peak_weekday"], row["peak_hour"]) == (4, 22)


def test_the_year_before_chooses_and_this_one_judges(two_years: Cube) -> None:
    row = planted(two_years, FRIDAY, [(day, hour, 10 * value) for day, hour, value in FRIDAY[:-2]])
    assert (row["windows"], row["judged_by"]) == (FRIDAY_WORDS, "year-before")
    known = binomtest(73, 259).proportion_ci(0.95, method="wilson")
    assert row["held_out"] == pytest.approx(100 * 73 / 259)  # Friday night, and two windows that were busy by nothing
    assert (row["out_lower"], row["out_upper"]) == pytest.approx((100 * known.low, 100 * known.high))


@pytest.mark.parametrize(
    "before", [[], [(0, 3, 19.0)], [(0, 3, 50.0), (0, 4, None)], [(0, 3, 50.5)]], ids=["none", "few", "hidden", "half"]
)
def test_a_year_before_that_cannot_choose_leaves_it_to_the_halves(two_years: Cube, before: Moments) -> None:
    row = planted(two_years, FRIDAY, before)
    assert (row["windows"], row["judged_by"]) == (FRIDAY_WORDS, "halves")
    assert row["held_out"] is not None


def test_an_even_week_has_no_windows_and_no_peak(cube: Cube) -> None:
    week = np.random.default_rng(2).poisson(2.0, (7, 24))
    row = planted(cube, [(day, hour, float(week[day, hour])) for day in range(7) for hour in range(24)])
    assert row["status"] == "shown"
    assert row["p_flat"] > 0.05
    assert (row["windows"], row["peak_weekday"], row["peak_hour"]) == (None, None, None)
    assert row["held_out"] == pytest.approx(100 * 12 / 168, abs=4)
    assert row["held_in"] > 1.2 * row["held_out"]
    assert planted(cube, EVERY_HOUR)["p_flat"] > 0.99


def test_what_cannot_be_judged_has_no_windows(cube: Cube) -> None:
    for moments in ([(0, 23, 19.0)], [(0, 23, 50.0), (1, 3, None)], [(0, 23, 50.5)]):
        row = planted(cube, moments)
        assert {row[name] for name in ("windows", "held_in", "held_out", "judged_by", "p_flat", "peak_hour")} == {None}
    one = planted(cube, [(0, 23, 50.0)])
    assert (one["windows"], one["held_in"], one["held_out"]) == ("Monday 20:00 to 00:00", 100, 100)


def test_it_has_the_coarsest_resolution_and_twelve_months_alone(layer: Layer) -> None:
    assert layer.spec.resolutions == RESOLUTIONS[:1]
    assert set(layer.cells["resolution"].to_pylist()) == {RESOLUTIONS[0]}
    assert layer.spec.windows == tuple(YEARS)
    assert {style.id for style in layer.spec.classes} == set(CLASSES)


def test_sources_without_times_are_refused_in_words(facts: ReleasedFacts, cube: Cube) -> None:
    with pytest.raises(MethodError, match="carry no times"):
        LAYER.compute(cube_of(replace(facts, profile=facts.profile.slice(0, 0))), request("profile", "drugs"))
    with pytest.raises(MethodError, match="needs twelve months"):
        LAYER.compute(cube, request("profile", "drugs", windows=("month",)))


def test_only_the_sources_of_the_cube_are_counted(facts: ReleasedFacts) -> None:
    from geointel.layers.cube import make_cube

    cube = cube_of(facts)
    study = {lattice.resolution: lattice.cells for lattice in cube.lattices}
    other = make_cube(facts, study, area_codes={"lad": AREAS}, snapped=True, sources=("other",))
    assert other.profile.num_rows == 0
    assert np.isfinite(cube.profile["value"].to_numpy()).all()


def test_the_interval_is_headed_in_percent_and_not_as_a_ratio(layer: Layer) -> None:
    headings = {column.id: column.label for column in layer.spec.columns}
    assert (headings["lower"], headings["upper"]) == ("95% interval from (%)", "95% interval to (%)")
