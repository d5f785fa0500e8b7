"""``profile``: the hours of the coarsest cells and of areas, counted again by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.grid import format_cell
from geointel.layers.cube import Cube
from geointel.layers.profile import CLASSES, LAYER
from geointel.model import PROFILE, Layer, ReleasedFacts

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


def planted(cube: Cube, moments: list[tuple[int, int | None, float | None]]) -> dict[str, object]:
    """Row of the first supported cell with these counts by weekday and hour."""
    lattice = cube.lattices[0]
    cell = int(lattice.cells[lattice.supported][0])
    shared = {"level": "cells", "code": format_cell(cell), "window": YEARS[-1], "source": "police", "status": "shown"}
    rows = [
        {**shared, "category": "drugs", "weekday": day, "hour": hour, "value": value} for day, hour, value in moments
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
