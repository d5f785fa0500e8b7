"""The exact test of a sparse count: against SciPy's distributions, by simulation, and on what is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots.predictive_count import (
    LEAST_DISPERSION,
    count_limit,
    count_tail,
    rounded_up,
    shared_dispersion,
)

PAIRS = [(0, 0, 6), (1, 0, 6), (3, 4, 12), (9, 20, 12), (70, 3, 8), (2, 400, 12), (80, 500, 12)]


@pytest.mark.parametrize(("count", "before", "steps"), PAIRS)
def test_without_dispersion_it_is_the_binomial_tail(count: int, before: int, steps: int) -> None:
    found = count_tail(np.array([count]), np.array([before]), steps=steps, dispersion=np.zeros(1))
    expected = stats.binom.sf(count - 1, count + before, 1 / (steps + 1))
    assert found[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("count", "before", "steps"), PAIRS)
@pytest.mark.parametrize("dispersion", [0.01, 0.3, 2.0])
def test_with_dispersion_it_is_the_beta_binomial_tail(count: int, before: int, steps: int, dispersion: float) -> None:
    found = count_tail(np.array([count]), np.array([before]), steps=steps, dispersion=np.array([dispersion]))
    size = 1 / float(rounded_up(np.array([dispersion]))[0])
    expected = stats.betabinom.sf(count - 1, count + before, size, steps * size)
    assert found[0] == pytest.approx(expected, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("steps", [1, 3, 6, 12])
@pytest.mark.parametrize("mean", [0.3, 2.0, 4.5])
def test_the_level_holds_however_short_the_past_is(steps: int, mean: float) -> None:
    """A plug-in test at 1 % has several per cent false signals with three months; this one never more than 1 %."""
    random = np.random.default_rng(1)
    before, count = random.poisson(steps * mean, 200_000), random.poisson(mean, 200_000)
    p = count_tail(count, before, steps=steps, dispersion=np.zeros(1))
    plugged_in = stats.poisson.sf(count - 1, before / steps)
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= level * 1.1
    if steps <= 3:
        assert (plugged_in <= 0.01).mean() > 0.02


@pytest.mark.parametrize("steps", [3, 12])
def test_the_level_holds_on_negative_binomial_counts(steps: int) -> None:
    random = np.random.default_rng(2)
    size, mean = 1 / 0.4, 3.0
    rows = random.negative_binomial(size, size / (size + mean), (100_000, steps + 1))
    before, count = rows[:, :-1].sum(axis=1), rows[:, -1]
    p = count_tail(count, before, steps=steps, dispersion=np.array([0.4]))
    poisson = count_tail(count, before, steps=steps, dispersion=np.zeros(1))
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= level * 1.1
    assert (poisson <= 0.01).mean() > 0.03


def test_the_limit_is_the_largest_count_that_is_no_signal() -> None:
    before, alpha = np.arange(0, 120, 7), np.tile([0.0, 0.5, 3.0], 6)
    for level in (0.05, 1e-4):
        limit = count_limit(before, steps=12, dispersion=alpha, level=level)
        at, above = (count_tail(limit + one, before, steps=12, dispersion=alpha) for one in (0, 1))
        assert (at > level).all()
        assert (above <= level).all()


@pytest.mark.parametrize("span", [1, 3])
def test_several_steps_can_be_judged_together(span: int) -> None:
    random = np.random.default_rng(6)
    size, mean = 1 / 0.4, 2.0
    rows = random.negative_binomial(size, size / (size + mean), (100_000, 12 + span))
    before, count = rows[:, :12].sum(axis=1), rows[:, 12:].sum(axis=1)
    p = count_tail(count, before, steps=12, span=span, dispersion=np.array([0.4]))
    assert 0.005 < (p <= 0.01).mean() <= 0.011


def test_small_and_large_counts_meet() -> None:
    """The table ends at 64: what comes after goes on falling."""
    counts = np.arange(58, 72)
    p = count_tail(counts, np.full(14, 30), steps=12, dispersion=np.full(14, 0.2))
    assert (np.diff(p) < 0).all()


def test_dispersion_is_that_of_the_others() -> None:
    random = np.random.default_rng(3)
    size = 1 / 0.5
    counts = random.negative_binomial(size, size / (size + 3), (40, 24))
    counts[0] = [2] * 23 + [40]
    found = shared_dispersion(counts, np.zeros(40, dtype=np.int64))
    assert found[0] == pytest.approx(0.5, abs=0.15)
    assert found[1] > found[0] + 0.1


def test_fewer_records_have_a_dispersion_of_their_own() -> None:
    """Records that come in pairs: the variance is twice the mean at every level, so the dispersion is 1/mean."""
    random = np.random.default_rng(7)
    counts = 2 * random.poisson(np.repeat([0.1, 1.6], 400)[:, None] / 2, (800, 24))
    found = shared_dispersion(counts, np.zeros(800, dtype=np.int64))
    assert np.median(found[:400]) > 3 * np.median(found[400:])
    few = np.concatenate([np.arange(5), np.arange(400, 800)])
    assert np.ptp(shared_dispersion(counts[few], np.zeros(405, dtype=np.int64))[:5]) < 0.2


def test_dispersion_of_poisson_counts_is_about_none() -> None:
    counts = np.random.default_rng(4).poisson(2.0, (500, 24))
    assert shared_dispersion(counts, np.zeros(500, dtype=np.int64)).max() < 0.02


def test_groups_do_not_share() -> None:
    random = np.random.default_rng(5)
    size = 1 / 0.8
    burst = random.negative_binomial(size, size / (size + 3), (200, 24))
    counts = np.concatenate([random.poisson(3.0, (200, 24)), burst])
    found = shared_dispersion(counts, np.repeat([7, 9], 200))
    assert found[:200].max() < 0.05
    assert found[200:].min() > 0.5


def test_nothing_at_all_shows_no_dispersion() -> None:
    assert shared_dispersion(np.zeros((3, 12), dtype=np.int64), np.array([0, 0, 1])).tolist() == [0, 0, 0]
    assert shared_dispersion(np.array([[4]]), np.array([0])).tolist() == [0]
    assert shared_dispersion(np.zeros((0, 12), dtype=np.int64), np.empty(0, dtype=np.int64)).shape == (0,)


def test_dispersion_is_rounded_up_and_nearly_none_is_none() -> None:
    given = np.array([0.0, LEAST_DISPERSION / 2, LEAST_DISPERSION, 0.1, 1.0])
    found = rounded_up(given)
    assert found[:2].tolist() == [0, 0]
    assert (found[2:] >= given[2:] * (1 - 1e-9)).all()
    assert (found[2:] <= given[2:] * 1.15).all()


def test_a_count_without_a_past_is_refused() -> None:
    with pytest.raises(MethodError, match="one step or more"):
        count_tail(np.array([1]), np.array([0]), steps=0, dispersion=np.zeros(1))
    with pytest.raises(MethodError, match="dispersion"):
        count_tail(np.array([1]), np.array([0]), steps=6, dispersion=np.array([np.nan]))
