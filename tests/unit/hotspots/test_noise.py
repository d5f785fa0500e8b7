"""False classes on small noise maps, and what is planted is found.

The full study stands in ``docs/validation/noise.md``; this keeps its answer from slipping away.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, excess, gi_star, randomisation_tail, signed_bins

if TYPE_CHECKING:
    from scipy import sparse

MAPS = 80
MOST = 8
"""A tenth of the maps: with an error rate of 5 % more would be one chance in fifty."""


@cache
def adjacency() -> sparse.csr_array:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 12)), dtype=np.int64)
    return neighbours(cells)


def records(random: np.random.Generator) -> np.ndarray:
    """Counts as uneven as recorded incidents: a few busy cells, many nearly empty ones."""
    return random.poisson(random.lognormal(1.0, 1.4, adjacency().shape[0]))


def classes(z: np.ndarray, p: np.ndarray) -> np.ndarray:
    return signed_bins(z, benjamini_hochberg(p))


def hotspots(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Classes from the randomisation tail and from the normal one."""
    gi = gi_star(counts, adjacency())
    tail = randomisation_tail(counts, total=gi.total, weight=gi.weight)
    return classes(gi.z, np.where(tail.insufficient, np.nan, tail.p)), classes(gi.z, gi.p_normal)


def is_false(bins: np.ndarray) -> bool:
    return bool((np.abs(bins) >= 2).any())


@pytest.mark.parametrize("overdispersed", [False, True])
def test_hotspots_keep_their_error_rate_where_the_normal_tail_does_not(overdispersed: bool) -> None:
    exact = normal = 0
    for seed in range(MAPS):
        random = np.random.default_rng(seed)
        counts = records(random) if overdispersed else random.poisson(0.4, adjacency().shape[0])
        by_tail, by_normal = hotspots(counts)
        exact += is_false(by_tail)
        normal += is_false(by_normal)
    assert exact <= MOST
    assert normal > 2 * MOST


@pytest.mark.parametrize("dispersion", [0.0, 0.01, 0.05])
def test_excess_keeps_its_error_rate(dispersion: float) -> None:
    false = 0
    for seed in range(MAPS):
        random = np.random.default_rng([seed, 1])
        e = records(random)
        scale = 1 / dispersion - 1 if dispersion else 0.0
        shares = random.beta(0.05 * scale, 0.95 * scale, len(e)) if dispersion else 0.05
        found = excess(random.binomial(e, shares), e, neighbours=adjacency())
        false += is_false(classes(found.ratio - 1, np.where(found.insufficient, np.nan, found.p)))
    assert false <= MOST


def test_planted_places_are_found() -> None:
    random = np.random.default_rng(3)
    matrix = adjacency()
    middle = matrix.shape[0] // 2
    there = np.append(matrix.indices[matrix.indptr[middle] : matrix.indptr[middle + 1]], middle)
    counts = random.poisson(0.5, matrix.shape[0])
    counts[there] += 5
    bins, _ = hotspots(counts)
    assert bins[middle] == 3
    e = records(random) + 30
    x = random.binomial(e, 0.03)
    x[there] = random.binomial(e[there], 0.4)
    found = excess(x, e, neighbours=matrix)
    bins = classes(found.ratio - 1, np.where(found.insufficient, np.nan, found.p))
    assert bins[middle] == 3
    assert found.lower[middle] < 1 < found.upper[middle] < found.ratio[middle]
