"""What lies beyond the border near a place, and which areas a place lies in."""

from __future__ import annotations

from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np

from geointel.layers.watch.border import FEWEST, NEAR_KM, beyond_of
from geointel.layers.watch.places import areas_of, cells_by_area
from geointel.layers.watch.series import unbroken

from .county import BEYOND, LEAVES, county, months, signals


def months_of(number: int = 20) -> tuple[object, ...]:
    from geointel.layers.base import LayerRequest, NoOptions

    asked = LayerRequest("signals", "signals", "", ("drugs",), 7, ("month",), NoOptions())
    return unbroken(county(number), asked)


def test_the_sum_is_that_of_the_hexagons_within_twenty_kilometres() -> None:
    cube = county()
    beyond = beyond_of(cube, months_of())  # type: ignore[arg-type]
    assert beyond is not None
    middle = np.array([h3.cell_to_parent(int(LEAVES[0]), 7)])
    found = beyond.near(middle, "drugs", 19)
    assert found is not None
    here = h3.cell_to_latlng(int(middle[0]))
    near = [cell for cell in BEYOND[6].tolist() if h3.great_circle_distance(here, h3.cell_to_latlng(cell)) <= NEAR_KM]
    assert found.cells == len(near) >= FEWEST
    assert found.observed == found.expected == 2 * len(near)


def test_a_first_month_and_no_place_have_nothing_next_door() -> None:
    beyond = beyond_of(county(), months_of())  # type: ignore[arg-type]
    assert beyond is not None
    assert beyond.near(LEAVES[:1], "drugs", 0) is None
    assert beyond.near(LEAVES[:0], "drugs", 5) is None


def test_one_hexagon_alone_is_never_given() -> None:
    cube = county()
    lattice = cube.lattices[0]
    few = replace(cube, lattices=(replace(lattice, beyond=lattice.beyond[: FEWEST - 1]),))
    beyond = beyond_of(few, months_of())  # type: ignore[arg-type]
    assert beyond is not None
    assert beyond.near(np.unique(LEAVES), "drugs", 5) is None
    assert beyond_of(county(edge=False), months_of()) is None  # type: ignore[arg-type]


def test_areas_and_their_hexagons() -> None:
    cube = county()
    by_area = cells_by_area(cube)
    assert set(by_area) == {("lad", "E"), ("lad", "W"), ("cdp", "Both")}
    whole = by_area["cdp", "Both"]
    assert set(whole.tolist()) == set(by_area["lad", "E"].tolist()) | set(by_area["lad", "W"].tolist())
    assert areas_of(whole, by_area) == ("cdp:Both", "lad:E", "lad:W")
    assert areas_of(whole[:0], by_area) == ()
    assert cells_by_area(replace(cube, membership=None)) == {}


def test_the_county_has_its_months() -> None:
    assert len(months(20, gap=3)) == 19
    assert signals(county(8), "drugs").spec.windows[-1] == "2025-12"
