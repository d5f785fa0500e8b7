"""Noise on a tree against least squares on dense matrices, the closed passes for k branches, and the moments of the noise."""

import sys

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from geointel.disclosure.noise_tree import (
    ROOT,
    Tree,
    consistent,
    consistent_and_not_negative,
    discrete_laplace,
    noise_scale,
    private_counts,
    variance_of,
)
from geointel.errors import EngineError, MethodError


def random_tree(seed, size=30, roots=2):
    """Nodes in random order; each but the roots is below one that was made before it."""
    rng = np.random.default_rng(seed)
    made = np.array([ROOT] * roots + [int(rng.integers(0, at)) for at in range(roots, size)])
    name = rng.permutation(size)
    above = np.full(size, ROOT)
    for at, parent in enumerate(made):
        above[name[at]] = ROOT if parent == ROOT else name[parent]
    return Tree(above)


def design(tree):
    """Which leaves each node adds, by walking up from each leaf."""
    found = np.zeros((tree.above.size, tree.leaves.size))
    for column, leaf in enumerate(tree.leaves.tolist()):
        node = leaf
        while node != ROOT:
            found[node, column] = 1
            node = int(tree.above[node])
    return found


def complete(k, depth):
    """A tree with k branches everywhere, level by level."""
    sizes = [k**level for level in range(depth)]
    firsts = np.cumsum([0, *sizes])
    above = [ROOT] + [int(firsts[level - 1] + at // k) for level in range(1, depth) for at in range(sizes[level])]
    return Tree(np.array(above)), firsts


@pytest.mark.parametrize("seed", range(10))
def test_two_passes_are_weighted_least_squares(seed):
    tree = random_tree(seed)
    rng = np.random.default_rng(seed)
    noisy, variances = rng.normal(3, 4, 30), rng.uniform(0.5, 9, 30)
    adds, weight = design(tree), 1 / np.sqrt(variances)
    leaves = np.linalg.lstsq(adds * weight[:, None], noisy * weight, rcond=None)[0]
    np.testing.assert_allclose(consistent(noisy, variances, tree), adds @ leaves, atol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_not_negative_is_bounded_least_squares(seed):
    tree = random_tree(seed)
    rng = np.random.default_rng(seed)
    noisy, variances = rng.normal(0, 4, 30), rng.uniform(0.5, 9, 30)
    adds, weight = design(tree), 1 / np.sqrt(variances)
    leaves = lsq_linear(adds * weight[:, None], noisy * weight, bounds=(0, np.inf), tol=1e-12, max_iter=1000).x
    found = consistent_and_not_negative(noisy, variances, tree)
    assert found.min() >= 0
    np.testing.assert_allclose(found, adds @ leaves, atol=1e-4)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_equal_variances_give_the_closed_passes_for_k_branches(k):
    depth = 4 if k < 7 else 3
    tree, firsts = complete(k, depth)
    noisy = np.random.default_rng(k).integers(-5, 30, tree.above.size).astype(float)
    up = noisy.copy()
    for level in range(depth - 2, -1, -1):
        h = depth - 1 - level
        for node in range(firsts[level], firsts[level + 1]):
            below = up[tree.above == node].sum()
            up[node] = ((k ** (h + 1) - k**h) * noisy[node] + (k**h - 1) * below) / (k ** (h + 1) - 1)
    down = up.copy()
    for node in range(1, tree.above.size):
        parent = tree.above[node]
        down[node] = up[node] + (down[parent] - up[tree.above == parent].sum()) / k
    np.testing.assert_allclose(consistent(noisy, np.full(noisy.size, 2.0), tree), down, atol=1e-9)


def test_what_adds_up_is_not_changed():
    tree, _ = complete(3, 3)
    leaves = np.arange(9.0)
    numbers = design(tree) @ leaves
    for method in (consistent, consistent_and_not_negative):
        np.testing.assert_allclose(method(numbers, np.arange(1.0, 14.0), tree), numbers, atol=1e-9)


def test_noise_has_its_mean_and_variance():
    """Not seeded, by design: the limits are six standard errors wide."""
    size, scale = 20_000, 3.0
    noise = discrete_laplace(np.full(size, 7), scale) - 7
    variance = variance_of(scale)
    assert noise.dtype == np.int64
    assert abs(noise.mean()) < 6 * np.sqrt(variance / size)
    fourth = 24 * scale**4
    assert abs(noise.var() - variance) < 6 * np.sqrt((fourth - variance**2) / size)


def test_variance_is_that_of_the_chances():
    v = np.arange(-400, 401)
    for scale in (0.5, 2.0, 8.0):
        p = np.exp(-np.abs(v) / scale)
        assert variance_of(scale) == pytest.approx(p @ v**2 / p.sum())


def test_scale_is_sensitivity_over_epsilon():
    assert noise_scale(1.0, levels=2, marginals=2) == 4.0
    assert noise_scale(2.0, levels=2, marginals=2, records=3) == 6.0


def test_a_missing_engine_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(EngineError, match=r"the extra `dp`.*Install geointel\[dp\]"):
        discrete_laplace([1], 1.0)


@pytest.mark.parametrize("arguments", [{"epsilon": 0.0}, {"epsilon": np.inf}, {"levels": 0}, {"records": 0}])
def test_a_scale_of_nothing_is_named(arguments):
    with pytest.raises(MethodError, match="No noise has an epsilon"):
        noise_scale(**{"epsilon": 1.0, "levels": 1, "marginals": 1, **arguments})


@pytest.mark.parametrize("above", [[1, 0], [-1, 5], [-2, 0], []])
def test_what_is_no_tree_is_named(above):
    with pytest.raises(MethodError, match="A tree has"):
        Tree(np.array(above, dtype=np.int64)).levels()


@pytest.mark.parametrize(
    ("noisy", "variances", "named"),
    [
        ([1.0], [1.0, 1.0], "do not fit"),
        ([1.0, np.nan], [1.0, 1.0], "not finite"),
        ([1.0, 2.0], [1.0, 0.0], "not above 0"),
    ],
)
def test_numbers_are_checked(noisy, variances, named):
    for method in (consistent, consistent_and_not_negative):
        with pytest.raises(MethodError, match=named):
            method(noisy, variances, Tree(np.array([-1, 0])))


def test_a_scale_below_zero_is_named():
    with pytest.raises(MethodError, match="scale of -1"):
        discrete_laplace([1], -1.0)


def test_with_almost_no_privacy_the_truth_comes_out():
    tree, _ = complete(3, 3)
    counts = (design(tree) @ np.arange(9)).astype(int)
    np.testing.assert_allclose(private_counts(counts, tree, epsilon=1e4, marginals=2), counts, atol=1e-9)


def test_less_privacy_lost_is_more_noise():
    """Not seeded: with these epsilons the mean errors differ by a factor of 10, over 343 leaves."""
    tree, _ = complete(7, 4)
    counts = (design(tree) @ np.full(343, 40)).astype(int)
    errors = [
        np.abs(private_counts(counts, tree, epsilon=e, marginals=1) - counts)[tree.leaves].mean() for e in (1.0, 10.0)
    ]
    assert errors[1] < errors[0] / 3


def test_private_counts_add_up_and_none_is_negative():
    tree, _ = complete(7, 3)
    counts = (design(tree) @ np.random.default_rng(1).poisson(0.6, 49)).astype(int)
    found = private_counts(counts, tree, epsilon=1.0, marginals=2)
    assert found.min() >= 0
    np.testing.assert_allclose(found, design(tree) @ found[tree.leaves], atol=1e-9)


@pytest.mark.parametrize(
    ("counts", "named"), [([3, 1, 1], "not the sum"), ([3, 1], "do not fit"), ([2.5, 1, 1.5], "whole number")]
)
def test_counts_that_are_none_are_named(counts, named):
    with pytest.raises(MethodError, match=named):
        private_counts(counts, Tree(np.array([-1, 0, 0])), epsilon=1.0, marginals=1)
