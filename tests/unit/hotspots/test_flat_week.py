"""A flat week is called one; crowded windows, and day and night, are found."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binomtest, gamma

from geointel.errors import MethodError
from geointel.hotspots import flat_week_p
from geointel.hotspots.flat_week import _closeness, _moments

EVEN = np.full(168, 1 / 168)
NIGHT = EVEN.copy()
NIGHT[118:122] *= 8
NIGHT /= NIGHT.sum()
DAYTIME = np.tile(1 + 0.8 * np.sin(2 * np.pi * (np.arange(24) - 9) / 24), 7) / 168


def drawn(truth: np.ndarray, records: int, weeks: int) -> np.ndarray:
    return np.random.default_rng(records).multinomial(records, truth, size=weeks).reshape(-1, 7, 24)


def test_the_index_is_the_sum_over_pairs_and_its_tail_a_gamma_s() -> None:
    week = drawn(NIGHT, 30, 1)[0]
    moments = np.repeat(np.arange(168), week.ravel())
    shared = [
        sum(all((hour - start) % 168 < 4 for hour in pair) for start in range(168))
        for pair in combinations(moments.tolist(), 2)
    ]
    index = sum(shared) - len(shared) * 16 / 168  # two records at random share 4 · 4 of 168 windows, in the mean
    variance, skewness = _moments(np.array(30.0), _closeness(4))
    shape = float(4 / skewness**2)
    known = gamma.sf(shape + index / np.sqrt(variance) * np.sqrt(shape), shape)
    assert float(flat_week_p(week)) == pytest.approx(float(known))


@pytest.mark.parametrize("hours", [1, 4, 24])
def test_the_moments_are_those_of_all_weeks_with_three_records(hours: int) -> None:
    """The first record at Monday 00:00, which is as good as any other hour; the other two everywhere."""
    closeness = _closeness(hours)
    first, second = np.divmod(np.arange(168**2), 168)
    index = closeness[first] + closeness[second] + closeness[(first - second) % 168]
    variance, skewness = _moments(np.array(3.0), closeness)
    assert index.mean() == pytest.approx(0, abs=1e-9)
    assert float(variance) == pytest.approx((index**2).mean())
    assert float(skewness) == pytest.approx((index**3).mean() / (index**2).mean() ** 1.5)


@pytest.mark.parametrize("records", [10, 20, 60, 400, 4060])
def test_flat_weeks_have_small_p_as_often_as_they_should(records: int) -> None:
    p = flat_week_p(drawn(EVEN, records, 10_000))
    for level in (0.01, 0.05):
        assert binomtest(int((p <= level).sum()), 10_000, 1.15 * level, alternative="greater").pvalue > 0.001
        assert binomtest(int((p <= level).sum()), 10_000, 0.8 * level, alternative="less").pvalue > 0.001


def test_a_full_night_is_found_and_so_are_day_and_night() -> None:
    assert (flat_week_p(drawn(NIGHT, 60, 200)) <= 0.05).mean() > 0.7
    assert (flat_week_p(drawn(DAYTIME, 100, 200)) <= 0.05).mean() > 0.8
    assert float(flat_week_p(np.ones((7, 24)))) > 0.99  # more even than by chance


def test_it_is_the_same_wherever_the_week_begins_and_in_whatever_company() -> None:
    weeks = drawn(NIGHT, 50, 20)
    every = flat_week_p(weeks)
    turned = np.roll(weeks.reshape(-1, 168), 37, axis=1).reshape(4, 5, 7, 24)
    assert flat_week_p(turned).ravel() == pytest.approx(every)
    assert [float(flat_week_p(one)) for one in weeks] == every.tolist()


def test_without_records_there_is_no_p_and_one_alone_says_nothing() -> None:
    one = np.zeros((7, 24))
    one[2, 3] = 1
    p = flat_week_p(np.stack([one * 0, one, one * 2]))
    assert np.isnan(p[0])
    assert p[1] == 1
    assert p[2] < 0.05
    assert flat_week_p(np.zeros((0, 7, 24))).shape == (0,)
    with pytest.raises(MethodError, match="not a whole number"):
        flat_week_p(one / 2)
    with pytest.raises(MethodError, match="A week needs 7 days"):
        flat_week_p(one.T)
