"""Moran's I: moments and permutation p against maps drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse, stats

from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg
from geointel.hotspots.moran import global_moran, local_moran, moran_classes


def grid(side: int) -> sparse.csr_array:
    """Cells of a square, each with its neighbours above, below and beside."""
    line = np.eye(side, k=1) + np.eye(side, k=-1)
    return sparse.csr_array(np.kron(line, np.eye(side)) + np.kron(np.eye(side), line))


def shuffled(x: np.ndarray, fixed: int | None, times: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    maps = random.permuted(np.tile(x if fixed is None else np.delete(x, fixed), (times, 1)), axis=1)
    return maps if fixed is None else np.insert(maps, fixed, x[fixed], axis=1)


def local_i(maps: np.ndarray, adjacency: sparse.csr_array) -> np.ndarray:
    z = maps - maps.mean(axis=1, keepdims=True)
    around = (adjacency @ z.T).T / adjacency.sum(axis=1)
    i: np.ndarray = (maps.shape[1] - 1) * z * around / np.square(z).sum(axis=1, keepdims=True)
    return i


X = np.random.default_rng(1).gamma(0.7, 3.0, 25).round(2)


def test_moments_are_those_of_shuffled_maps() -> None:
    found = local_moran(X, grid(5))
    drawn = local_i(shuffled(X, None, 40_000, 2), grid(5))
    np.testing.assert_allclose(found.expected_total, drawn.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(found.variance_total, drawn.var(axis=0), rtol=0.06)
    for cell in (0, 7, 12):
        held = local_i(shuffled(X, cell, 20_000, 3), grid(5))[:, cell]
        assert found.expected[cell] == pytest.approx(held.mean(), abs=0.02)
        assert found.variance[cell] == pytest.approx(held.var(), rel=0.05)


@pytest.mark.parametrize("values", [X, np.random.default_rng(4).poisson(0.6, 25).astype(float)])
def test_p_is_that_of_maps_shuffled_around_each_cell(values: np.ndarray) -> None:
    found = local_moran(values, grid(5), permutations=9999, seed=5)
    for cell in range(0, 25, 3):
        held = local_i(shuffled(values, cell, 9999, 6), grid(5))[:, cell]
        lower, upper = np.mean(held <= found.i[cell] + 1e-9), np.mean(held >= found.i[cell] - 1e-9)
        assert found.lower[cell] == pytest.approx(lower, abs=0.02)
        assert found.upper[cell] == pytest.approx(upper, abs=0.02)
        assert found.p[cell] == pytest.approx(min(1, 2 * min(lower, upper)), abs=0.04)


def test_noise_is_called_a_cluster_as_often_as_the_level_says() -> None:
    random, adjacency = np.random.default_rng(7), grid(20)
    p = [local_moran(random.normal(size=400), adjacency, permutations=499, seed=s).p for s in range(10)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_an_outlier_and_a_cluster_are_told_apart() -> None:
    random, adjacency = np.random.default_rng(8), grid(20)
    x = random.normal(10, 1, 400).reshape(20, 20)
    x[3:9, 3:9] += 8
    x[5, 5] = 6
    found = local_moran(x.ravel(), adjacency, permutations=9999, seed=9)
    classes = moran_classes(found.quadrant, benjamini_hochberg(found.p)).reshape(20, 20)
    assert classes[7, 7] == "high-high"
    assert classes[5, 5] == "low-high"
    assert (classes == "none").mean() > 0.9


def test_a_cell_without_neighbours_is_left_out() -> None:
    alone = sparse.csr_array(sparse.block_diag([grid(5), sparse.csr_array((1, 1))]))
    found, without = local_moran(np.append(X, 99.0), alone, permutations=99, seed=1), local_moran(X, grid(5))
    np.testing.assert_allclose(found.i[:-1], without.i)
    assert np.isnan([found.i[-1], found.p[-1], found.expected[-1]]).all()
    assert found.quadrant[-1] == 0
    assert global_moran(np.append(X, 99.0), alone) == global_moran(X, grid(5))


@pytest.mark.parametrize("row_standardised", [True, False])
def test_global_moments_are_those_of_shuffled_maps(row_standardised: bool) -> None:
    found = global_moran(X, grid(5), row_standardised=row_standardised)
    drawn = np.array(
        [global_moran(x, grid(5), row_standardised=row_standardised).i for x in shuffled(X, None, 3000, 2)]
    )
    assert found.expected == pytest.approx(drawn.mean(), abs=0.01)
    assert found.variance == pytest.approx(drawn.var(), rel=0.15)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(found.z)))


def test_a_map_without_variation_has_no_statistic() -> None:
    flat = np.full(25, 3.0)
    assert np.isnan(global_moran(flat, grid(5)).i)
    found = local_moran(flat, grid(5), permutations=99, seed=1)
    assert np.isnan(found.i).all()
    np.testing.assert_array_equal(found.p, 1)


def test_the_same_seed_gives_the_same_p() -> None:
    first, second, other = (local_moran(X, grid(5), permutations=99, seed=s).p for s in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_what_is_not_a_map_is_refused() -> None:
    with pytest.raises(MethodError, match="do not fit"):
        local_moran([1, 2], grid(3))
    with pytest.raises(MethodError, match="not finite"):
        global_moran([np.nan] * 9, grid(3))
    with pytest.raises(MethodError, match="Fewer than four"):
        global_moran([1, 2, 3], sparse.csr_array((3, 3)))
