"""Mann-Kendall for many series: against pairs counted one by one, and its error rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots.mann_kendall import hamed_rao, mann_kendall, overlap_factor, sen_slope


def autocorrelated(random: np.random.Generator, n: int, steps: int, rho: float) -> np.ndarray:
    noise = random.normal(size=(n, steps + 20))
    for t in range(1, steps + 20):
        noise[:, t] += rho * noise[:, t - 1]
    return noise[:, 20:]


@settings(deadline=None)
@given(st.lists(st.integers(0, 4) | st.none(), min_size=2, max_size=15))
def test_a_series_is_counted_pair_by_pair(values: list[int | None]) -> None:
    series = np.array([values], dtype=float)
    kept = series[0][~np.isnan(series[0])]
    found = mann_kendall(series)
    assert found.s[0] == sum(np.sign(b - a) for i, a in enumerate(kept) for b in kept[i + 1 :])
    assert found.steps[0] == len(kept)
    n, sizes = len(kept), np.unique(kept, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (sizes * (sizes - 1) * (2 * sizes + 5)).sum()) / 18
    assert found.variance[0] == pytest.approx(variance, abs=1e-9)
    if len(set(kept)) > 1:
        assert found.tau_b[0] == pytest.approx(stats.kendalltau(np.arange(n), kept).statistic)


def test_many_series_at_once_are_the_series_one_by_one() -> None:
    series = np.random.default_rng(1).poisson(1.0, (3000, 14)).astype(float)
    series[::7, 3] = np.nan
    together = mann_kendall(series)
    for row in (0, 1, 1499, 2999):
        assert mann_kendall(series[row : row + 1]).z[0] == together.z[row]
    corrected = hamed_rao(series)
    assert hamed_rao(series[7:8]).p[0] == corrected.p[7]


def test_the_slope_is_that_of_theil_and_sen() -> None:
    series = np.random.default_rng(2).normal(size=(20, 11))
    expected = [stats.theilslopes(row, np.arange(11)).slope for row in series]
    np.testing.assert_allclose(sen_slope(series), expected, rtol=1e-12)


def test_a_missing_step_keeps_its_place_for_the_slope() -> None:
    np.testing.assert_allclose(sen_slope([[0, 2, np.nan, 6, 8], [1, np.nan, np.nan, np.nan, np.nan]]), [2, np.nan])


def test_the_correction_is_that_of_hamed_and_rao() -> None:
    """Step by step, for one series with a strong memory."""
    x = autocorrelated(np.random.default_rng(5), 1, 40, 0.8)[0]
    n = len(x)
    ranks = stats.rankdata(x - stats.theilslopes(x, np.arange(n)).slope * np.arange(n))
    centred = ranks - ranks.mean()
    r = np.array([centred[i:] @ centred[: n - i] for i in range(1, n)]) / (centred @ centred)
    lags = np.arange(1, n)[np.abs(r) > stats.norm.ppf(0.975) / np.sqrt(n)]
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * sum((n - i) * (n - i - 1) * (n - i - 2) * r[i - 1] for i in lags)
    plain, corrected = mann_kendall(x[None]), hamed_rao(x[None])
    assert factor > 1.5
    assert corrected.variance[0] == pytest.approx(plain.variance[0] * factor)


def test_series_with_memory_have_fewer_false_trends_when_corrected() -> None:
    series = autocorrelated(np.random.default_rng(3), 1500, 36, 0.5)
    plain, corrected = (np.mean(test(series).p <= 0.05) for test in (mann_kendall, hamed_rao))
    assert plain > 0.15
    assert corrected < plain - 0.05
    independent = np.random.default_rng(4).normal(size=(2000, 24))
    assert np.mean(mann_kendall(independent).p <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_the_correction_never_makes_a_test_bolder_unless_asked() -> None:
    series = autocorrelated(np.random.default_rng(6), 400, 30, -0.6)
    assert (hamed_rao(series).variance >= mann_kendall(series).variance).all()
    assert (hamed_rao(series, least=0.1).variance < mann_kendall(series).variance).any()


def test_what_does_not_move_has_no_trend() -> None:
    for test in (mann_kendall, hamed_rao):
        found = test([[3.0] * 12])
        assert (found.s[0], found.z[0], found.p[0]) == (0, 0, 1)
        assert np.isnan(test([[1.0, np.nan, np.nan]]).p[0])


def test_no_series_and_no_steps_have_no_trend() -> None:
    nothing = np.empty((0, 12))
    assert mann_kendall(nothing).z.shape == hamed_rao(nothing).z.shape == sen_slope(nothing).shape == (0,)
    assert np.isnan(mann_kendall(np.empty((3, 0))).p).all()
    assert np.isnan(sen_slope(np.ones((3, 1)))).all()


@pytest.mark.parametrize("series", [[1, 2, 3], [[1, np.inf, 2]]])
def test_what_is_not_a_table_is_refused(series: list[float]) -> None:
    with pytest.raises(MethodError, match="table"):
        mann_kendall(series)


@pytest.mark.parametrize(("steps", "steps_back"), [(11, 1), (11, 2), (30, 1)])
def test_sums_that_share_steps_vary_as_the_factor_says_and_the_test_keeps_its_level(
    steps: int, steps_back: int
) -> None:
    noise = np.random.default_rng(4).normal(size=(20_000, steps + steps_back))
    shared = sum(noise[:, lag : lag + steps] for lag in range(steps_back + 1))
    factor = overlap_factor(steps, steps_back)
    found = mann_kendall(shared)
    assert found.s.var() / found.variance[0] == pytest.approx(factor, rel=0.04)
    assert (hamed_rao(shared).p <= 0.05).mean() > 0.09
    assert (hamed_rao(shared, least=factor).p <= 0.05).mean() < 0.06


@pytest.mark.parametrize("steps", [2, 12, 36])
def test_sums_of_one_step_share_nothing(steps: int) -> None:
    assert overlap_factor(steps, 0) == pytest.approx(1)
