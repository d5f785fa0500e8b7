"""Each series by the method that its counts and its past allow; refused where there is too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots.ears import ears, ears_tail
from geointel.hotspots.farrington import farrington
from geointel.hotspots.predictive_count import count_tail, shared_dispersion
from geointel.hotspots.watch import COUNT, EARS, FARRINGTON, METHODS, MONTHLY, MONTHS, REFUSED, watch

LEVELS = {"count": 0.01, "farrington": 0.01, "ears": 0.01}


def series(months: int, *, sparse: int = 40, busy: int = 40) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    random = np.random.default_rng(1)
    return np.concatenate([random.poisson(1.2, (sparse, months)), random.poisson(20.0, (busy, months))])


def groups(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.zeros(len(counts), dtype=np.int64)


@pytest.mark.parametrize(
    ("months", "sparse", "busy"),
    [(5, REFUSED, REFUSED), (6, REFUSED, REFUSED), (7, COUNT, REFUSED), (8, COUNT, EARS), (25, COUNT, EARS), (26, COUNT, FARRINGTON)],
)  # fmt: skip
def test_the_method_follows_from_counts_and_past(months: int, sparse: int, busy: int) -> None:
    counts = series(months)
    found = watch(counts, groups(counts), [months - 1])
    assert set(found.method[:40, 0].tolist()) == {sparse}
    assert set(found.method[40:, 0].tolist()) == {busy}
    assert np.isnan(found.p[found.method == REFUSED]).all()
    assert np.isfinite(found.p[found.method != REFUSED]).all()


def test_a_refused_series_says_what_it_needs() -> None:
    counts = series(4)
    found = watch(counts, groups(counts), [3])
    assert found.needs[:, 0].tolist() == [MONTHS.least] * 40 + [MONTHS.ears_needs] * 40
    assert watch(counts, groups(counts), [3], settings=replace(MONTHS, ears="C3")).needs[-1, 0] == 11


def test_it_gives_the_answers_of_the_methods() -> None:
    counts = series(36)
    found = watch(counts, groups(counts), [35], levels=LEVELS)
    peer = farrington(counts[40:], [35], replace(MONTHLY, alpha=0.01))
    np.testing.assert_allclose(found.p[40:], peer.p)
    np.testing.assert_allclose(found.expected[40:], peer.expected)
    np.testing.assert_allclose(found.upper[40:], peer.upper)
    before = counts[:40, 23:35].sum(axis=1)
    np.testing.assert_allclose(found.expected[:40, 0], before / 12)
    alpha = shared_dispersion(counts[:40], groups(counts)[:40])
    np.testing.assert_allclose(found.p[:40, 0], count_tail(counts[:40, 35], before, steps=12, dispersion=alpha))


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_a_short_past_is_judged_by_ears(method: str) -> None:
    counts = series(14, sparse=0)
    settings = replace(MONTHS, ears=method)
    found = watch(counts, groups(counts), [13], settings=settings, levels=LEVELS)
    peer = ears_tail(counts, method, level=0.01, least_deviation=np.sqrt(5.0))  # type: ignore[arg-type]
    assert set(found.method[:, 0].tolist()) == {EARS}
    np.testing.assert_allclose(found.p[:, 0], peer.p[:, 13])
    np.testing.assert_allclose(found.upper[:, 0], peer.upper[:, 13])


def test_the_tail_of_ears_is_student_s() -> None:
    counts = np.random.default_rng(3).poisson(30.0, (5, 12))
    tail = ears_tail(counts, "C1", level=0.01)
    past = counts[:, 4:11]
    t = (counts[:, 11] - past.mean(axis=1)) / (past.std(axis=1, ddof=1) * np.sqrt(1 + 1 / 7))
    np.testing.assert_allclose(tail.p[:, 11], stats.t.sf(t, 6))
    assert ((tail.p[:, 11] <= 0.01) == (counts[:, 11] >= tail.upper[:, 11])).all()
    assert np.isnan(tail.p[:, :7]).all()
    assert np.isnan(ears_tail(counts, "C1").upper).all()


def test_the_tail_of_c3_agrees_with_its_bound() -> None:
    counts = np.random.default_rng(4).poisson(8.0, (400, 20))
    tail, peer = ears_tail(counts, "C3", level=0.025), ears(counts, "C3")
    np.testing.assert_array_equal(peer.alarm & (counts > 0), (tail.p < 0.025) & peer.judged & (counts > 0))


def test_a_limit_is_where_signals_begin() -> None:
    counts = series(36)
    counts[::7, -1] *= 3
    found = watch(counts, groups(counts), list(range(6, 36)), levels=LEVELS)
    judged = found.method != REFUSED
    above = counts[:, 6:] > found.upper
    assert judged.mean() > 0.9
    # Negative binomial limits are quantiles: at a limit itself the chance of so many or more is above the level.
    np.testing.assert_array_equal(above[judged], found.signals(LEVELS)[judged])


def test_a_rise_is_found_and_its_absence_is_not() -> None:
    counts = series(36)
    counts[[3, 50], -1] = [12, 60]
    found = watch(counts, groups(counts), [35]).signals({"count": 1e-3, "farrington": 1e-5, "ears": 1e-4})[:, 0]
    assert np.flatnonzero(found).tolist() == [3, 50]


def test_after_a_collapse_the_few_that_come_are_judged_as_few() -> None:
    counts = series(36, sparse=0, busy=5)
    counts[:, 32:] = 0
    counts[0, 35] = 3
    found = watch(counts, groups(counts), [35])
    assert set(found.method[:, 0].tolist()) <= {EARS, COUNT}
    assert (found.p[:, 0] > 0.05).all()


@pytest.mark.parametrize(
    "counts", [np.zeros((0, 12)), np.zeros((4, 12)), np.full((3, 30), 9), np.array([[0] * 11 + [4]])]
)
def test_odd_input_gives_numbers(counts: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    found = watch(counts, np.zeros(len(counts)), [counts.shape[1] - 1], levels=LEVELS)
    assert found.p.shape == (len(counts), 1)
    assert np.isfinite(found.p).all()
    assert np.isfinite(found.upper).all()


def test_no_step_and_no_month_are_no_error() -> None:
    assert watch(np.zeros((3, 0)), np.zeros(3), []).p.shape == (3, 0)
    first = watch(np.array([[4], [900]]), np.zeros(2), [0])
    assert [METHODS[number] for number in first.method[:, 0]] == ["refused", "refused"]


@pytest.mark.parametrize(
    ("counts", "group", "steps"),
    [([[1.5, 2]], [0], [1]), ([[1, 2]], [0], [2]), ([[1, 2]], [0, 1], [1]), ([[-1, 2]], [0], [1]), ([[np.nan, 2]], [0], [1])],
)  # fmt: skip
def test_wrong_input_is_refused(counts: list[list[float]], group: list[int], steps: list[int]) -> None:
    with pytest.raises(MethodError):
        watch(counts, group, steps)
