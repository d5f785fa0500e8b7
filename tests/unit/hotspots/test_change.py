"""Change between two windows: exact against brute force, and nothing said of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots.change import binomial_interval, change, poisson_interval
from geointel.hotspots.e_test import e_test

counts = st.integers(0, 40)
spans = st.sampled_from([1.0, 7.0, 28.0, 365.0])


@settings(deadline=None, max_examples=200)
@given(counts, counts, spans, spans)
def test_p_is_the_exact_binomial_test(before: int, after: int, t0: float, t1: float) -> None:
    found = change([before], [after], exposure_before=t0, exposure_after=t1)
    if before + after == 0:
        assert np.isnan([found.p, found.p_mid, found.p_score, found.lower, found.upper, found.ratio]).all()
        return
    expected = stats.binomtest(after, before + after, t1 / (t0 + t1)).pvalue
    assert found.p[0] == pytest.approx(expected, rel=1e-9)
    assert found.p_mid[0] <= found.p[0]


@settings(deadline=None, max_examples=60)
@given(counts, counts, spans, spans)
def test_the_e_test_is_a_sum_over_all_outcomes(before: int, after: int, t0: float, t1: float) -> None:
    if before + after == 0:
        assert np.isnan(e_test([before], [after])).all()
        return
    d, total = t1 / t0, before + after
    k = np.arange(2 * total + 60)
    x0, x1 = k[:, None], k[None, :]
    with np.errstate(invalid="ignore"):
        far = np.nan_to_num(np.abs(x1 - d * x0) / np.sqrt(x1 + x0))
    seen = abs(after - d * before) / np.sqrt(total)
    pooled = total / (1 + d)
    chance = stats.poisson.pmf(x0, pooled) * stats.poisson.pmf(x1, d * pooled)
    expected = chance[far >= seen * (1 - 1e-9)].sum()
    assert e_test([before], [after], exposure_before=t0, exposure_after=t1)[0] == pytest.approx(expected, rel=1e-7)


def test_turning_the_windows_round_turns_the_ratio_round() -> None:
    there, back = change([3, 9], [8, 2]), change([8, 2], [3, 9])
    np.testing.assert_allclose(there.p, back.p, rtol=1e-12)
    np.testing.assert_allclose(there.ratio, 1 / back.ratio)
    np.testing.assert_allclose(there.lower, 1 / back.upper)


def test_without_an_event_before_there_is_no_ratio_and_no_upper_end() -> None:
    found = change([0, 4], [4, 0])
    np.testing.assert_array_equal(np.isnan(found.ratio), [True, False])
    np.testing.assert_array_equal(np.isnan(found.upper), [True, False])
    assert found.lower[0] > 0
    assert found.lower[1] == 0


def test_neither_test_finds_more_changes_in_unchanged_counts_than_it_says() -> None:
    random = np.random.default_rng(8)
    mean = random.gamma(1.0, 4.0, 20_000)
    before, after = random.poisson(mean), random.poisson(mean / 2)
    p = change(before, after, exposure_before=2.0).p
    e = e_test(before, after, exposure_before=2.0)
    seen = ~np.isnan(p)
    assert (p[seen] <= 0.05).mean() < (e[seen] <= 0.05).mean() < 0.055


def test_counts_of_many_thousands_are_no_trouble() -> None:
    found = change([20_000, 1], [20_500, 30_000])
    assert found.p[0] == pytest.approx(stats.binomtest(20_500, 40_500).pvalue, rel=1e-7)
    assert found.p[1] < 1e-300
    assert e_test([20_000], [20_500])[0] == pytest.approx(found.p_score[0], rel=1e-2)


def test_the_interval_of_one_count_holds_its_tails() -> None:
    lower, upper = poisson_interval([0, 4])
    assert lower[0] == 0
    np.testing.assert_allclose(stats.poisson.cdf([0, 4], upper), 0.025)
    assert stats.poisson.sf(3, lower[1]) == pytest.approx(0.025)


def test_no_cells_have_no_change() -> None:
    assert change([], []).p.shape == e_test([], []).shape == (0,)


@pytest.mark.parametrize(("before", "after", "span"), [([1.5], [1], 1), ([1], [1], 0), ([1, 2], [1], 1)])
def test_what_is_not_a_pair_of_counts_is_refused(before: list[float], after: list[float], span: float) -> None:
    with pytest.raises(MethodError):
        change(before, after, exposure_before=span)


def test_the_interval_of_a_share_is_the_exact_one_of_scipy() -> None:
    pairs = [(0, 5), (5, 5), (3, 40), (1, 1), (200, 1000)]
    lower, upper = binomial_interval([x for x, _ in pairs], [n for _, n in pairs])
    known = [stats.binomtest(x, n).proportion_ci(method="exact") for x, n in pairs]
    np.testing.assert_allclose(lower, [one.low for one in known], rtol=1e-9)
    np.testing.assert_allclose(upper, [one.high for one in known], rtol=1e-9)
    assert np.isnan(binomial_interval([0], [0])).all()
