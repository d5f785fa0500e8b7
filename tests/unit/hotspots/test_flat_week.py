"""A flat week is called one, and a full window is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.hotspots import Plan, flat_week_p
from geointel.hotspots.week_windows import most_held

EVEN = np.full(168, 1 / 168)


def test_two_records_in_one_hour_are_as_rare_as_they_are() -> None:
    """One window of one hour holds both of two records in one week of 168."""
    both = np.zeros((7, 24))
    both[4, 22] = 2
    p = float(flat_week_p(both, seed=1, plan=Plan(1, 1), draws=20_000))
    assert abs(p - 1 / 168) < 4 * np.sqrt(1 / 168 / 20_000)
    assert float(flat_week_p(both, seed=1)) == 1  # three windows of four hours always hold two


@pytest.mark.parametrize("records", [20, 60, 400, 1005, 4060])
def test_flat_weeks_have_small_p_no_more_often_than_they_should(records: int) -> None:
    weeks = np.random.default_rng(records).multinomial(records, EVEN, size=1000).reshape(-1, 7, 24)
    low = int((flat_week_p(weeks, seed=1) <= 0.05).sum())
    assert binomtest(low, 1000, 0.05, alternative="greater").pvalue > 0.001


def test_a_full_window_is_found_and_records_without_a_pattern_are_not() -> None:
    full = EVEN.copy()
    full[118:122] *= 8
    weeks = np.random.default_rng(2).multinomial(100, full / full.sum(), size=100).reshape(-1, 7, 24)
    assert (flat_week_p(weeks, seed=1) <= 0.05).mean() > 0.8
    assert float(flat_week_p(np.ones((7, 24)), seed=1)) == 1


@pytest.mark.parametrize("records", [105, 999, 1005, 4065])
def test_p_is_what_flat_weeks_with_as_many_records_say(records: int) -> None:
    """Within what draws vary; from 1,000 on the number is rounded, here by as much as it can be."""
    weeks = np.random.default_rng(records).multinomial(records, EVEN, size=4000).reshape(-1, 7, 24)
    p, held = flat_week_p(weeks, seed=1, draws=4000), most_held(weeks)
    own = 1 - np.searchsorted(np.sort(held), held, side="left") / 4000
    assert np.abs(p - own).max() < 0.06
    assert np.abs(p - own)[own <= 0.1].max() < 0.02


def test_it_depends_on_the_week_alone() -> None:
    weeks = np.random.default_rng(5).poisson(0.4, (20, 7, 24))
    every = flat_week_p(weeks, seed=7)
    assert [float(flat_week_p(one, seed=7)) for one in weeks] == every.tolist()
    assert flat_week_p(weeks[::-1], seed=7).tolist() == every[::-1].tolist()
    assert flat_week_p(weeks, seed=8).tolist() != every.tolist()


def test_without_records_there_is_no_p() -> None:
    p = flat_week_p(np.zeros((2, 7, 24)), seed=1)
    assert np.isnan(p).all()
    assert flat_week_p(np.zeros((0, 7, 24)), seed=1).shape == (0,)
    with pytest.raises(MethodError, match="not a whole number"):
        flat_week_p(np.full((7, 24), 0.5), seed=1)
    with pytest.raises(MethodError, match="cannot be drawn"):
        flat_week_p(np.ones((7, 24)), seed=1, draws=0)
