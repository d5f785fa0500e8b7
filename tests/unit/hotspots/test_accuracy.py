"""Accuracy: ties by expected value, back-tests and their intervals."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.hotspots.accuracy import (
    back_test,
    block_draws,
    capture,
    cells_of_shares,
    hits,
    percentile_interval,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=6))
def test_ties_are_settled_by_the_mean_over_all_orders(cells: list[tuple[int, int]]) -> None:
    scores, events = np.array(cells).T
    k = np.arange(len(cells) + 1)
    tops = np.array(
        [
            [events[list(order)][:j].sum() for j in k]
            for order in permutations(range(len(cells)))
            if (np.diff(scores[list(order)]) <= 0).all()
        ]
    )
    found = hits(scores, events, k)
    np.testing.assert_allclose(found.expected, tops.mean(axis=0), atol=1e-12)
    np.testing.assert_array_equal(found.lowest, tops.min(axis=0))
    np.testing.assert_array_equal(found.highest, tops.max(axis=0))


def test_scores_that_are_all_equal_are_no_better_than_chance() -> None:
    events = np.random.default_rng(1).poisson(2, 100)
    found = back_test([(np.zeros(100), events)]).pooled()
    np.testing.assert_allclose(found.pai, 1.0)
    assert (found.pai_star > 1).all()


def test_perfect_foresight_has_the_whole_efficiency() -> None:
    events = np.random.default_rng(2).poisson(2, 200)
    found = back_test([(events, events)]).pooled()
    np.testing.assert_allclose(found.pei, 1.0)
    np.testing.assert_allclose(found.pai, found.pai_star)


def test_origins_are_pooled_by_their_events_and_not_by_their_rates() -> None:
    pairs = [([2, 1, 0, 0], [9, 1, 0, 0]), ([2, 1, 0, 0], [0, 0, 1, 1])]
    found = back_test(pairs, shares=[0.25, 0.5])
    np.testing.assert_allclose(found.pooled().hit_rate, [9 / 12, 10 / 12])
    np.testing.assert_array_equal(found.chosen, [1, 2])


def test_months_without_any_event_have_no_accuracy() -> None:
    found = back_test([([1, 2, 3], [0, 0, 0])], shares=[0.4]).pooled()
    assert np.isnan([found.hit_rate, found.pai, found.pai_star, found.pei]).all()
    assert found.area_share == 1 / 3


def test_the_number_of_cells_is_the_nearest_and_at_least_one() -> None:
    np.testing.assert_array_equal(cells_of_shares([0.01, 0.02, 0.05, 0.5, 1.0], 30), [1, 1, 2, 15, 30])


def test_blocks_are_runs_of_neighbouring_steps() -> None:
    draws = block_draws(10, block=3, replicates=200, seed=4)
    assert draws.shape == (200, 10)
    inside = np.delete(np.diff(draws, axis=1) % 10, [2, 5, 8], axis=1)
    assert (inside == 1).all()
    np.testing.assert_array_equal(draws, block_draws(10, block=3, replicates=200, seed=4))
    assert (draws != block_draws(10, block=3, replicates=200, seed=5)).any()


def test_the_interval_holds_the_pooled_value_and_a_rival_shares_its_draws() -> None:
    random = np.random.default_rng(5)
    risk = random.gamma(0.5, 2.0, 150)
    months = random.poisson(risk, (24, 150))
    good = back_test([(risk, month) for month in months])
    poor = back_test([(random.random(150), month) for month in months])
    draws = block_draws(24, block=2, replicates=500, seed=6)
    lower, upper = percentile_interval(good.resampled(draws).hit_rate)
    assert ((lower < good.pooled().hit_rate) & (good.pooled().hit_rate < upper)).all()
    gain, _ = percentile_interval(good.resampled(draws).hit_rate - poor.resampled(draws).hit_rate)
    assert (gain > 0).all()


def test_cells_of_different_size_have_no_efficiency() -> None:
    found = capture([True, False, False], [3, 2, 1], [1.0, 2.0, 1.0])
    assert found.pai == pytest.approx((3 / 6) / (1 / 4))
    assert np.isnan(found.pei)


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(MethodError, match="finite"):
        hits([1, np.nan], [1, 2], [1])
    with pytest.raises(MethodError, match="3 cells to choose"):
        hits([1, 2, 3], [1, 2, 3], [4])
    with pytest.raises(MethodError, match="same cells"):
        back_test([([1, 2], [1, 2]), ([1], [1])])
    with pytest.raises(MethodError, match="same cells"):
        back_test([])
    with pytest.raises(MethodError, match="Blocks of 5"):
        block_draws(4, block=5, seed=1)
