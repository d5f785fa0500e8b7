"""Shares by hour and weekday: exact intervals that hold for all at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.hotspots import week_rates, week_shares


def test_intervals_are_clopper_and_pearson_s_at_a_level_shared_by_all() -> None:
    week = np.random.default_rng(1).poisson(0.4, (7, 24))
    found = week_shares(week)
    total = int(week.sum())
    for shares, counts in ((found.by_hour, week.sum(axis=0)), (found.by_weekday, week.sum(axis=1))):
        assert shares.count.tolist() == counts.tolist()
        for place, count in enumerate(counts.tolist()):
            known = binomtest(count, total).proportion_ci(1 - 0.05 / len(counts), method="exact")
            assert shares.share[place] == count / total
            assert (shares.lower[place], shares.upper[place]) == pytest.approx((known.low, known.high))


@pytest.mark.parametrize("records", [20, 100, 1000])
def test_all_shares_lie_in_their_intervals_in_95_of_100_weeks(records: int) -> None:
    random = np.random.default_rng(records)
    chances = random.dirichlet(np.full(168, 2.0))
    weeks = random.multinomial(records, chances, size=1000).reshape(-1, 7, 24)
    found = week_shares(weeks)
    truth = chances.reshape(7, 24)
    for shares, known in ((found.by_hour, truth.sum(axis=0)), (found.by_weekday, truth.sum(axis=1))):
        right = ((shares.lower <= known) & (known <= shares.upper)).all(axis=1)
        assert binomtest(int(right.sum()), 1000, 0.95, alternative="less").pvalue > 0.001


def test_a_flat_week_has_no_hour_above_the_others_in_95_of_100() -> None:
    weeks = np.random.default_rng(3).multinomial(60, np.full(168, 1 / 168), size=1000).reshape(-1, 7, 24)
    found = week_shares(weeks)
    assert found.by_hour.above.any(axis=1).mean() < 0.05
    assert found.by_weekday.above.any(axis=1).mean() < 0.05
    full = np.zeros((7, 24))
    full[:, 8] = 10
    assert np.flatnonzero(week_shares(full).by_hour.above).tolist() == [8]
    assert not week_shares(full).by_weekday.above.any()


def test_nothing_has_no_shares_and_what_is_no_count_is_refused() -> None:
    nothing = week_shares(np.zeros((7, 24)))
    assert np.isnan(nothing.by_hour.share).all()
    assert not nothing.by_hour.above.any()
    assert week_shares(np.zeros((0, 7, 24))).by_hour.share.shape == (0, 24)
    with pytest.raises(MethodError, match="not a whole number"):
        week_shares(np.full((7, 24), 0.5))
    with pytest.raises(MethodError, match="A week needs 7 days"):
        week_shares(np.ones((24, 7)))


def test_rates_are_clopper_and_pearson_s_and_there_is_none_where_nobody_was_tested() -> None:
    tests, positives = np.zeros((7, 24)), np.zeros((7, 24))
    tests[4, 22], tests[5, 22], tests[0, 9], positives[4, 22] = 30, 10, 2, 12
    by_hour, by_weekday = week_rates(positives, tests)
    known = binomtest(12, 40).proportion_ci(1 - 0.05 / 24, method="exact")
    assert (by_hour.share[22], by_hour.share[9]) == (0.3, 0)
    assert (by_hour.lower[22], by_hour.upper[22]) == pytest.approx((known.low, known.high))
    assert np.isnan([by_hour.share[3], by_hour.lower[3], by_hour.upper[3]]).all()
    assert by_weekday.total.tolist() == [2, 0, 0, 0, 30, 10, 0]
    assert by_weekday.upper[0] > 0.8  # two tests say nearly nothing
    for parts in (positives + 31, positives[None]):
        with pytest.raises(MethodError, match="more positive counts than counts"):
            week_rates(parts, tests)
