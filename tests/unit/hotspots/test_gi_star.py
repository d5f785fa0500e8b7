"""Gi* and Gi: the closed form against its definition, and where it is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from geointel.errors import MethodError
from geointel.hotspots import gi_star


def path(n: int) -> sparse.csr_array:
    """n cells in a row, each the neighbour of the next."""
    return sparse.csr_array(np.eye(n, k=1) + np.eye(n, k=-1))


def random_graph(n: int, seed: int) -> sparse.csr_array:
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < 0.3, 1)
    return sparse.csr_array((upper | upper.T).astype(float))


def by_definition(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ord and Getis (1995), equation for Gi*, term by term with the sum of squared weights."""
    n = len(x)
    s = np.sqrt(np.square(x).sum() / n - x.mean() ** 2)
    w, s1 = weights.sum(axis=1), np.square(weights).sum(axis=1)
    z: np.ndarray = (weights @ x - w * x.mean()) / (s * np.sqrt((n * s1 - w**2) / (n - 1)))
    return z


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_gi_star_is_its_definition(seed: int) -> None:
    x = np.random.default_rng(seed).poisson(3, 20)
    x[0] = 50
    adjacency = random_graph(20, seed)
    found = gi_star(x, adjacency)
    weights = adjacency.toarray() + np.eye(20)
    np.testing.assert_allclose(found.z, by_definition(x.astype(float), weights), rtol=1e-10)
    np.testing.assert_array_equal(found.total, weights @ x)
    np.testing.assert_array_equal(found.weight, weights.sum(axis=1))
    np.testing.assert_allclose(found.p_normal, 2 * stats.norm.sf(np.abs(found.z)), rtol=1e-10)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_gi_leaves_each_cell_out_of_everything(seed: int) -> None:
    x = np.random.default_rng(seed).poisson(3, 15).astype(float)
    x[:2] = 50, 40
    adjacency = random_graph(15, seed)
    found = gi_star(x, adjacency, include_self=False)
    for i, row in enumerate(adjacency.toarray()):
        others = np.delete(x, i)
        w = row.sum()
        if w in (0, 14):
            assert np.isnan(found.z[i])
            continue
        expected = (row @ x - w * others.mean()) / (others.std() * np.sqrt(w * (14 - w) / 13))
        assert found.z[i] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("value", [0, 1, 7, 0.1, 1e9])
@pytest.mark.parametrize("include_self", [True, False])
def test_a_map_without_variation_has_no_statistic(value: float, include_self: bool) -> None:
    found = gi_star(np.full(9, value), path(9), include_self=include_self)
    assert np.isnan(found.z).all()
    assert np.isnan(found.p_normal).all()


def test_a_neighbourhood_that_is_the_whole_map_has_no_statistic() -> None:
    found = gi_star([1, 5, 2], path(3))
    np.testing.assert_array_equal(np.isnan(found.z), [False, True, False])


def test_an_isolated_cell_is_standardised_alone_and_has_no_gi() -> None:
    adjacency = sparse.csr_array(sparse.block_diag([path(4), sparse.csr_array((1, 1))]))
    x = np.array([1.0, 2, 0, 4, 9])
    found = gi_star(x, adjacency)
    assert found.weight[4] == 1
    assert found.z[4] == pytest.approx((9 - x.mean()) / x.std())
    assert np.isnan(gi_star(x, adjacency, include_self=False).z[4])


def test_gi_is_undefined_only_for_the_cell_whose_others_are_equal() -> None:
    one = np.array([0.1, 0.1, 0.7, 0.1, 0.1])
    np.testing.assert_array_equal(
        np.isnan(gi_star(one, path(5), include_self=False).z), [False, False, True, False, False]
    )
    assert np.isnan(gi_star([1, 2], path(2), include_self=False).z).all()


def test_gi_of_the_one_huge_cell_sees_the_others() -> None:
    x = np.array([1e12, 0, 1, 2, 0, 1, 2, 5])
    others = x[1:]
    expected = (0 - others.mean()) / (others.std() * np.sqrt(1 * 6 / 6))
    assert gi_star(x, path(8), include_self=False).z[0] == pytest.approx(expected, rel=1e-12)


def test_adding_or_multiplying_a_constant_changes_no_z() -> None:
    x = np.random.default_rng(1).poisson(2, 30)
    z = gi_star(x, path(30)).z
    np.testing.assert_allclose(gi_star(3 * x + 1000, path(30)).z, z, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(gi_star(-x, path(30)).z, -z, rtol=1e-9, atol=1e-12)


def test_no_cells_have_no_statistics() -> None:
    found = gi_star([], sparse.csr_array((0, 0)))
    assert found.z.shape == found.total.shape == (0,)


def test_what_is_not_a_map_is_refused() -> None:
    with pytest.raises(MethodError, match="do not fit"):
        gi_star([1, 2], path(3))
    with pytest.raises(MethodError, match="finite"):
        gi_star([1, np.nan, 2], path(3))
