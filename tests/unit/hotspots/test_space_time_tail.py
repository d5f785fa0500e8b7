"""The tail of whole cells against enumeration, and on noise in which a cell is like itself from month to month."""

from __future__ import annotations

from itertools import product

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geointel.errors import MethodError
from geointel.grid import neighbours
from geointel.hotspots import (
    benjamini_hochberg,
    emerging_codes,
    randomisation_tail,
    signed_bins,
    space_time_gi_star,
    space_time_tail,
)

MAPS = 80
MOST = 8
"""A tenth of the maps: with an error rate of 5 % more would be one chance in fifty."""


def line(n: int) -> sparse.csr_array:
    """n cells in a row: those at its ends have one neighbour."""
    return sparse.csr_array(np.eye(n, k=1) + np.eye(n, k=-1))


def by_hand(x: np.ndarray, cell: int, step: int, back: int) -> tuple[float, int, bool]:
    """p, side and insufficiency by all draws of whole cells, in the words of the definition."""
    near = [c for c in (cell - 1, cell, cell + 1) if 0 <= c < len(x)]
    looks = min(step, back)
    alike = [t for t in range(x.shape[1]) if min(t, back) == looks]
    pool = [int(x[c, t - looks : t + 1].sum()) for c in range(len(x)) for t in alike]
    sums = np.array([sum(draw) for draw in product(pool, repeat=len(near))])
    tails = {total: ((sums <= total).mean(), (sums >= total).mean()) for total in set(sums.tolist())}
    lower, upper = tails[int(x[near, step - looks : step + 1].sum())]
    best = sorted(max(int(row[t - looks : t + 1].sum()) for t in alike) for row in x)
    total = sum(best[-len(near) :])
    most = min(1.0, 2 * min((sums <= total).mean(), (sums >= total).mean()))
    return min(1.0, 2 * min(lower, upper)), int(np.sign(lower - upper)), most > 0.05 * (1 + 1e-12)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=3, max_size=4), st.integers(0, 3))
def test_it_is_the_enumeration_of_all_draws_of_whole_cells(counts: list[list[int]], back: int) -> None:
    x = np.array(counts)
    found = space_time_tail(x, line(len(x)), steps_back=back)
    for cell in range(len(x)):
        for step in range(x.shape[1]):
            p, side, insufficient = by_hand(x, cell, step, back)
            assert found.p[cell, step] == pytest.approx(p, rel=1e-9)
            assert found.insufficient[cell, step] == insufficient
            if p < 1 - 1e-9:
                assert found.side[cell, step] == side


def test_one_step_is_the_map() -> None:
    x = np.random.default_rng(3).poisson(2, 40)
    gi = space_time_gi_star(x[:, None], line(40))
    known = randomisation_tail(x, total=gi.total[:, 0], weight=gi.weight[:, 0])
    np.testing.assert_allclose(space_time_tail(x[:, None], line(40)).p[:, 0], known.p)


def test_the_side_is_that_of_the_tail_even_where_z_has_another() -> None:
    """In a first month that is quiet everywhere, the busiest cells are high for it and low for the year."""
    x = np.full((60, 12), 40)
    x[:, 0] = 0
    x[29:32, 0] = 3
    found, z = space_time_tail(x, line(60)), space_time_gi_star(x, line(60)).z
    assert found.p[30, 0] < 0.01
    assert found.side[30, 0] == 1
    assert z[30, 0] < 0


@pytest.mark.parametrize("value", [0, 3])
def test_a_cube_without_variation_is_insufficient_throughout(value: int) -> None:
    found = space_time_tail(np.full((30, 12), value), line(30))
    assert found.insufficient.all()
    assert (found.p == 1).all()


def test_no_cells_and_one_cell() -> None:
    none = space_time_tail(np.zeros((0, 12)), sparse.csr_array((0, 0)))
    assert none.p.shape == none.side.shape == none.insufficient.shape == (0, 12)
    alone = space_time_tail(np.arange(12)[None], sparse.csr_array((1, 1)))
    assert alone.insufficient[0, 0]
    assert alone.p.shape == (1, 12)


def test_a_cube_that_does_not_fit_is_refused() -> None:
    for counts, back in (([1, 2, 3], 1), ([[1, 2]], 1), (np.ones((3, 4)), -1)):
        with pytest.raises(MethodError, match="do not fit"):
            space_time_tail(counts, line(3), steps_back=back)
    with pytest.raises(MethodError, match="not a whole number"):
        space_time_tail(np.full((3, 4), 0.5), line(3))


def test_busy_cells_that_stay_busy_make_no_hotspots_but_would_with_cells_and_months_drawn_apart() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 12)), dtype=np.int64)
    adjacency = neighbours(cells)
    whole = apart = 0
    for seed in range(MAPS):
        random = np.random.default_rng(seed)
        x = random.poisson(random.gamma(0.3, 5.0, (len(cells), 1)) * np.ones(12))
        tail, gi = space_time_tail(x, adjacency), space_time_gi_star(x, adjacency)
        flat = randomisation_tail(x.ravel(), total=gi.total.ravel(), weight=gi.weight.ravel())
        whole += _has_category(tail.side, np.where(tail.insufficient, np.nan, tail.p))
        apart += _has_category(gi.z, np.where(flat.insufficient, np.nan, flat.p).reshape(x.shape))
    assert whole <= MOST
    assert apart > MAPS / 2


def _has_category(side: np.ndarray, p: np.ndarray) -> bool:
    bins = signed_bins(side, benjamini_hochberg(p))
    return bool(emerging_codes(bins, np.zeros(len(bins))).any())
