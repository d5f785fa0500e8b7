"""Released facts as dense arrays."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.grid import neighbours
from geointel.layers.cube import Cube
from geointel.model import ALL, FACTS, INCIDENTS, SPECIAL, SUPPORT, ReleasedFacts

from .conftest import AREAS, CATEGORIES, LEAVES, RESOLUTIONS, WINDOWS, cube_of, drawn


@pytest.mark.parametrize("window", WINDOWS[::4], ids=lambda window: window.id)
@pytest.mark.parametrize("category", [*CATEGORIES, ALL])
def test_counts_are_the_released_ones(cube: Cube, window, category: str) -> None:
    for resolution in RESOLUTIONS:
        for measure in (INCIDENTS, SPECIAL):
            found = cube.cells[resolution].dense(measure, window.id, category)
            assert found.tolist() == drawn().total(resolution, window, category, measure=measure).tolist()
    assert cube.areas["lad"].dense(INCIDENTS, window.id, category).sum() == found_total(window, category)


def found_total(window, category: str) -> float:
    return float(drawn().total(8, window, category).sum())


def test_what_the_table_does_not_have_is_zero(cube: Cube) -> None:
    for asked in (("searches", "2025-01", ALL), (INCIDENTS, "2019-01", ALL), (INCIDENTS, "2025-01", "burglary")):
        assert not cube.cells[8].dense(*asked).any()


def test_an_area_without_a_record_is_there(cube: Cube) -> None:
    assert cube.area_codes == {"lad": AREAS}
    assert cube.areas["lad"].dense(INCIDENTS, "2025-01", ALL)[2] == 0


def test_support_is_where_anything_ever_fell(cube: Cube) -> None:
    for lattice in cube.lattices:
        assert lattice.supported.tolist() == drawn().seen(lattice.resolution).tolist()
    assert cube.resolutions == RESOLUTIONS
    assert not cube.lattices[1].supported.all()


def test_with_true_coordinates_every_cell_is_supported(facts: ReleasedFacts) -> None:
    assert all(lattice.supported.all() for lattice in cube_of(facts, snapped=False).lattices)


def test_neighbours_are_those_with_support(cube: Cube) -> None:
    lattice = cube.lattices[1]
    ring = lattice.ring
    assert ring.shape == (lattice.supported.sum(),) * 2
    assert (ring != neighbours(LEAVES[lattice.supported], 1)).nnz == 0


def test_values_are_spread_with_nan_where_there_is_no_support(cube: Cube) -> None:
    lattice = cube.lattices[1]
    spread = lattice.spread(np.arange(lattice.supported.sum(), dtype=np.float64))
    assert np.isnan(spread).tolist() == (~lattice.supported).tolist()
    assert spread[lattice.supported].tolist() == list(range(int(lattice.supported.sum())))


def test_an_edition_without_facts_has_zeros_and_no_support(facts: ReleasedFacts) -> None:
    empty = ReleasedFacts(
        edition="open",
        windows=WINDOWS,
        cells=FACTS.empty_table(),
        areas=facts.areas.slice(0, 0),
        unmapped=facts.unmapped,
        support=SUPPORT.empty_table(),
        names=facts.names,
    )
    cube = cube_of(empty)
    assert not any(lattice.supported.any() for lattice in cube.lattices)
    assert not cube.cells[8].dense(INCIDENTS, "2025-01", ALL).any()
