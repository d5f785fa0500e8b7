"""Smoothed shares: what they lean on, how much, and what their interval holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from geointel.errors import MethodError
from geointel.hotspots import smoothed_shares

X = np.array([2, 30, 0, 8, 55, 1, 0, 12])
N = np.array([2, 50, 3, 25, 80, 9, 0, 40])


def test_a_share_is_the_mean_of_a_beta_distribution_with_the_likeliest_correlation() -> None:
    """Correlation by scipy's beta-binomial and optimiser; value and interval by scipy's beta distribution."""
    mean = X.sum() / N.sum()

    def unlikely(logit: float) -> float:
        prior = np.exp(-logit)
        return -float(stats.betabinom(N, mean * prior, (1 - mean) * prior).logpmf(X).sum())

    logit = optimize.minimize_scalar(unlikely, bounds=(-10, 10), method="bounded", options={"xatol": 1e-9}).x
    found = smoothed_shares(X, N)
    assert found.mean == mean
    assert found.correlation == pytest.approx(1 / (1 + np.exp(-logit)), rel=1e-3)
    prior = 1 / found.correlation - 1
    known = stats.beta(mean * prior + X, (1 - mean) * prior + N - X)
    np.testing.assert_allclose(found.share, known.mean(), rtol=1e-12)
    np.testing.assert_allclose(np.stack(found.interval()), known.ppf([[0.025], [0.975]]), rtol=1e-9)
    np.testing.assert_allclose(found.interval(0.5)[0], known.ppf(0.25), rtol=1e-9)


def test_few_tests_lean_more_than_many_and_none_is_the_mean() -> None:
    found = smoothed_shares(X, N)
    assert (np.diff(found.weight[np.argsort(N)]) > 0).all()
    assert found.share[0] < found.share[4]  # 2 of 2 stands below 55 of 80
    assert np.isnan(found.raw[6])
    assert (found.weight[6], found.share[6]) == (0, found.mean)
    assert (np.abs(found.share - found.mean) <= np.nan_to_num(np.abs(found.raw - found.mean))).all()


def test_shares_no_more_uneven_than_chance_are_all_the_mean_with_the_exact_interval_of_all() -> None:
    found = smoothed_shares([10, 10, 11, 9], [20, 20, 20, 20])
    np.testing.assert_array_equal(found.share, 0.5)
    assert found.correlation == 0
    known = stats.binomtest(40, 80).proportion_ci(method="exact")
    np.testing.assert_allclose(np.stack(found.interval()), [[known.low] * 4, [known.high] * 4])


@pytest.mark.parametrize(("parts", "share"), [([0, 0, 0], 0.0), ([5, 8, 2], 1.0)])
def test_where_every_test_ended_alike_nothing_is_sure(parts: list[int], share: float) -> None:
    found = smoothed_shares(parts, [5, 8, 2])
    lower, upper = found.interval()
    np.testing.assert_array_equal(found.share, share)
    assert ((lower <= share) & (share <= upper) & (upper - lower > 0.1)).all()


def test_intervals_hold_the_true_share_as_often_as_they_say() -> None:
    random = np.random.default_rng(8)
    true = random.beta(4, 6, 4000)
    trials = random.integers(1, 60, 4000)
    found = smoothed_shares(random.binomial(trials, true), trials)
    assert found.correlation == pytest.approx(1 / 11, rel=0.1)
    lower, upper = found.interval(0.9)
    assert ((lower <= true) & (true <= upper)).mean() == pytest.approx(0.9, abs=0.02)


def test_smoothing_comes_nearer_to_the_truth_than_the_raw_share_and_than_the_gamma_of_rates() -> None:
    from geointel.hotspots import global_rates

    random = np.random.default_rng(9)
    true = random.beta(8, 8, 3000)
    trials = random.integers(1, 40, 3000)
    positive = random.binomial(trials, true)
    found, rates = smoothed_shares(positive, trials), global_rates(positive, trials)
    error = {name: float(np.mean((v - true) ** 2)) for name, v in (("share", found.share), ("rate", rates.rate))}
    assert error["share"] < 0.5 * float(np.mean((found.raw - true) ** 2))
    assert error["share"] < error["rate"]
    # A share of one half varies by half as much as a count of that mean, so rates see next to no difference.
    assert found.mean * (1 - found.mean) * found.correlation == pytest.approx(0.25 / 17, rel=0.1)
    assert rates.variance[0] < 0.1 * 0.25 / 17
    assert found.interval()[1].max() < 1


def test_one_place_and_none() -> None:
    one = smoothed_shares([3], [10])
    assert one.share == pytest.approx([0.3])
    none = smoothed_shares([0, 0], [0, 0])
    assert np.isnan(none.share).all()
    assert np.isnan(none.interval()[0]).all()
    assert smoothed_shares([], []).share.shape == (0,)


@pytest.mark.parametrize(
    ("parts", "trials"), [([3], [2]), ([1, 2], [3]), ([-1], [2]), ([0.5], [2]), ([[1]], [[2]]), ([np.nan], [2])]
)
def test_what_is_no_share_is_refused(parts: Any, trials: Any) -> None:
    with pytest.raises(MethodError):
        smoothed_shares(parts, trials)
