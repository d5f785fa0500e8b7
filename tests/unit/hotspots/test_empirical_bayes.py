"""Smoothed rates: what they lean on, when they do not lean, and what their interval holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse, stats

from geointel.errors import MethodError
from geointel.hotspots.empirical_bayes import global_rates, local_rates

E = np.array([5.0, 0, 12, 3, 40, 1])
B = np.array([100.0, 50, 80, 90, 200, 60])


def complete(n: int) -> sparse.csr_array:
    return sparse.csr_array(np.ones((n, n)) - np.eye(n))


def test_a_rate_moves_towards_the_mean_and_less_so_with_more_people() -> None:
    found = global_rates(E, B)
    assert ((found.rate - found.mean) * (found.raw - found.mean) >= 0).all()
    assert (np.abs(found.rate - found.mean) <= np.abs(found.raw - found.mean)).all()
    assert (np.diff(found.weight[np.argsort(B)]) > 0).all()


def test_rates_no_more_uneven_than_chance_are_all_the_mean() -> None:
    found = global_rates([10, 10, 11, 9], [100, 100, 100, 100])
    np.testing.assert_array_equal(found.variance, 0)
    np.testing.assert_array_equal(found.rate, found.mean)


def test_a_rate_that_is_the_reference_s_is_as_unsure_as_the_reference() -> None:
    """40 events: the exact interval, and the Poisson tail, of scipy."""
    found = global_rates([10, 10, 11, 9], [100, 100, 100, 100])
    lower, upper = found.interval()
    np.testing.assert_allclose(stats.poisson.sf(39, lower * 400), 0.025, rtol=1e-9)
    np.testing.assert_allclose(stats.poisson.cdf(40, upper * 400), 0.025, rtol=1e-9)
    np.testing.assert_allclose(found.p_exceed(0.15), stats.poisson.cdf(39, 60), rtol=1e-9)
    np.testing.assert_allclose(found.p_exceed(found.mean / 2), stats.poisson.cdf(39, 20), rtol=1e-9)
    few = local_rates([1, 1, 0], [100, 100, 100], complete(3))
    assert (few.variance == 0).all()
    assert (few.p_exceed(0.004) < 0.8).all()


def test_the_interval_belongs_to_the_smoothed_rate() -> None:
    found = global_rates(E, B)
    lower, upper = found.interval(0.9)
    assert ((lower < found.rate) & (found.rate < upper)).all()
    np.testing.assert_allclose(found.p_exceed(lower), 0.95, rtol=1e-9)
    np.testing.assert_allclose(found.p_exceed(upper), 0.05, rtol=1e-9)


def test_intervals_hold_the_true_rate_as_often_as_they_say() -> None:
    random = np.random.default_rng(3)
    true = random.gamma(4.0, 0.01, 4000)
    base = random.integers(50, 500, 4000)
    found = global_rates(random.poisson(true * base), base)
    lower, upper = found.interval(0.9)
    assert ((lower <= true) & (true <= upper)).mean() == pytest.approx(0.9, abs=0.02)
    assert found.p_exceed(2 * found.mean).mean() == pytest.approx((true > 2 * found.mean).mean(), abs=0.01)


def test_a_cell_without_people_has_no_raw_rate_and_changes_nobody_elses() -> None:
    whole, with_empty = global_rates(E, B), global_rates(np.append(E, 0), np.append(B, 0))
    np.testing.assert_allclose(with_empty.rate[:-1], whole.rate, rtol=1e-12)
    assert np.isnan(with_empty.raw[-1])
    assert with_empty.rate[-1] == with_empty.mean[-1]
    assert np.isfinite(with_empty.interval()).all()


def test_where_everyone_is_a_neighbour_the_local_rate_is_the_global() -> None:
    everywhere, around = global_rates(E, B), local_rates(E, B, complete(6))
    np.testing.assert_allclose(around.rate, everywhere.rate, rtol=1e-10)
    np.testing.assert_allclose(around.p_exceed(0.1), everywhere.p_exceed(0.1), rtol=1e-8)


def test_a_place_without_people_anywhere_around_has_no_rate() -> None:
    lonely = sparse.csr_array(sparse.block_diag([complete(2), sparse.csr_array((1, 1))]))
    found = local_rates([2, 3, 0], [40, 30, 0], lonely)
    assert np.isnan(found.rate[2])
    assert np.isnan(found.p_exceed(0.1)[2])
    assert np.isfinite(found.rate[:2]).all()
    assert np.isnan(global_rates([0, 0], [0, 0]).rate).all()


def test_an_area_without_events_has_a_rate_of_zero() -> None:
    found = global_rates([0, 0, 0], [10, 20, 30])
    np.testing.assert_array_equal(found.rate, 0)
    np.testing.assert_array_equal(found.p_exceed(0.0), 0)
    np.testing.assert_array_equal(found.interval()[0], 0)
    np.testing.assert_allclose(found.interval()[1], -np.log(0.025) / 60)


@pytest.mark.parametrize(("events", "base"), [([1, 2], [1]), ([-1, 2], [3, 4]), ([1, np.inf], [3, 4])])
def test_what_is_not_a_rate_is_refused(events: list[float], base: list[float]) -> None:
    with pytest.raises(MethodError, match="from 0"):
        global_rates(events, base)
    with pytest.raises(MethodError, match="do not fit"):
        local_rates([1, 2], [3, 4], complete(3))
