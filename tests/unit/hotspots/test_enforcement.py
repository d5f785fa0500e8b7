"""Windows for enforcement: what they hold of records that did not choose them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.hotspots import Plan, best_windows, enforcement, judged_by_halves, judged_by_next
from geointel.hotspots.enforcement import can_choose
from geointel.hotspots.week_windows import inside

FLAT = np.full(168, 1 / 168)
WAVY = 1 + 0.8 * np.sin(2 * np.pi * (np.arange(168) - 13) / 24)
WAVY = WAVY / WAVY.sum()
FULL = FLAT.copy()
FULL[118:122] *= 8
FULL = FULL / FULL.sum()
TRUTHS = pytest.mark.parametrize("truth", [FLAT, WAVY, FULL], ids=["flat", "wavy", "full"])


def drawn(truth: np.ndarray, records: float, weeks: int, *, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(truth * records, (weeks, 168)).reshape(-1, 7, 24)


def true_shares(truth: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """What the windows that the weeks choose truly hold."""
    return (truth * inside(best_windows(weeks))).sum(axis=1)


def test_a_single_toss_counted_again_by_hand() -> None:
    week = drawn(WAVY, 200, 1)[0]
    one = np.random.default_rng(9).binomial(week.reshape(1, 1, 168), 0.5)[0, 0]
    other = week.ravel() - one
    held = one[inside(best_windows(other.reshape(7, 24)))].sum() + other[inside(best_windows(one.reshape(7, 24)))].sum()
    found = judged_by_halves(week, seed=9, repeats=1)
    assert float(found.share) == pytest.approx(held / week.sum())
    half = week.sum() / 2
    z = 1.959963984540054
    centre, spread = (
        float(found.share) * half + z**2 / 2,
        z * np.sqrt(half * found.share * (1 - found.share) + z**2 / 4),
    )
    assert (float(found.lower), float(found.upper)) == pytest.approx(
        ((centre - spread) / (half + z**2), (centre + spread) / (half + z**2))
    )


@pytest.mark.parametrize("records", [40, 400])
def test_in_a_flat_week_windows_hold_their_hours_share_and_the_share_of_their_own_records_is_higher(
    records: int,
) -> None:
    weeks = drawn(FLAT, records, 400)
    found = enforcement(weeks, seed=1)
    spread = found.judged.share.std() / np.sqrt(len(weeks))
    assert abs(found.judged.share.mean() - 12 / 168) < 4 * spread
    assert (found.share > found.judged.share).mean() > 0.95
    assert found.share.mean() > 1.5 * 12 / 168


@TRUTHS
@pytest.mark.parametrize("records", [40, 150, 1500])
def test_the_interval_of_halves_holds_the_true_share_of_the_windows_that_are_named(
    truth: np.ndarray, records: int
) -> None:
    weeks = drawn(truth, records, 400, seed=records)
    found, known = judged_by_halves(weeks, seed=1), true_shares(truth, weeks)
    right = (found.lower <= known) & (known <= found.upper)
    assert binomtest(int(right.sum()), len(weeks), 0.95, alternative="less").pvalue > 0.01
    assert found.share.mean() < known.mean() + 4 * found.share.std() / 20  # never too high on average


@TRUTHS
def test_the_interval_of_the_next_year_holds_the_true_share(truth: np.ndarray) -> None:
    before, after = drawn(truth, 150, 1000, seed=2), drawn(truth, 150, 1000, seed=3)
    found, known = judged_by_next(before, after), true_shares(truth, before)
    right = (found.lower <= known) & (known <= found.upper)
    assert binomtest(int(right.sum()), 1000, 0.95, alternative="less").pvalue > 0.001


def test_bursts_make_the_share_by_halves_too_high_and_that_of_the_next_year_not() -> None:
    """Each event makes four records: both halves know of it."""
    before, after = 4 * drawn(FLAT, 50, 200, seed=5), 4 * drawn(FLAT, 50, 200, seed=6)
    assert judged_by_halves(before, seed=1).share.mean() > 1.5 * 12 / 168
    assert judged_by_next(before, after).share.mean() == pytest.approx(12 / 168, rel=0.1)


def test_the_next_year_is_counted_by_hand() -> None:
    before, after = np.zeros((7, 24)), np.ones((7, 24))
    before[4, 22:], before[5, :2] = 5, 5
    after[4, 23] = 33
    found = judged_by_next(before, after, plan=Plan(1, 4))
    known = binomtest(36, 200).proportion_ci(0.95, method="wilson")
    assert [float(value) for value in (found.share, found.lower, found.upper)] == pytest.approx(
        [36 / 200, known.low, known.high]
    )


def test_harm_chooses_other_windows_and_counts_for_fewer_records() -> None:
    slight, severe = np.zeros((7, 24)), np.zeros((7, 24))
    slight[0, 8:12], slight[2, 12:16], severe[5, 0:4] = 10, 8, 3
    kinds = np.stack([slight, severe])
    plan = Plan(1, 4)
    assert enforcement(slight + severe, seed=1, plan=plan).windows.start.tolist() == [8]
    found = enforcement(kinds, seed=1, harm=(1, 5), plan=plan)
    assert found.windows.start.tolist() == [120]
    assert float(found.share) == 60 / (72 + 60)
    number = (72 + 5 * 12) ** 2 / (72 + 25 * 12)
    equal = judged_by_next(kinds, kinds, harm=(1, 5), plan=plan)
    share = 60 / 132
    known = binomtest(round(share * 1e6), 10**6).proportion_ci(0.95, method="wilson")
    assert float(equal.share) == pytest.approx(share)
    assert float(equal.upper - equal.lower) > 10 * (known.high - known.low)
    half_width = 1.96 * np.sqrt(share * (1 - share) / number)
    assert float(equal.upper - equal.lower) == pytest.approx(2 * half_width, rel=0.05)
    alike = judged_by_halves(np.stack([slight, severe]), seed=1, harm=(2, 2)).upper
    assert float(alike) == pytest.approx(float(judged_by_halves(np.stack([slight, severe]), seed=1, harm=(1, 1)).upper))


def test_it_is_the_same_in_whatever_company_and_with_every_seed_another() -> None:
    weeks = drawn(WAVY, 80, 12).reshape(3, 4, 7, 24)
    every = enforcement(weeks, seed=4)
    alone = enforcement(weeks[2, 1], seed=4)
    assert every.share.shape == every.p_flat.shape == every.judged.lower.shape == (3, 4)
    assert (float(alone.judged.share), float(alone.p_flat)) == (
        float(every.judged.share[2, 1]),
        float(every.p_flat[2, 1]),
    )
    assert enforcement(weeks, seed=5).judged.share.tolist() != every.judged.share.tolist()
    assert enforcement(weeks, seed=4).judged.share.tolist() == every.judged.share.tolist()


def test_windows_of_a_week_that_could_be_flat_are_not_to_be_named() -> None:
    found = enforcement(np.concatenate([drawn(FULL, 300, 1), np.ones((1, 7, 24))]), seed=1)
    named, flat = found.standing_out()
    assert 118 in named
    assert flat == []
    assert found.p_flat[1] > 0.99
    assert enforcement(drawn(FULL, 300, 1)[0], seed=1).standing_out() == [named]


def test_where_nothing_is_recorded_nothing_is_said() -> None:
    found = enforcement(np.zeros((2, 7, 24)), seed=1)
    for values in (found.share, found.judged.share, found.judged.lower, found.judged.upper, found.p_flat):
        assert np.isnan(values).all()
    assert found.standing_out() == [[], []]
    week = drawn(FLAT, 50, 1)
    assert np.isnan(judged_by_next(week * 0, week).share).all()
    assert np.isnan(judged_by_next(week, week * 0).share).all()
    assert enforcement(week[:0], seed=1).share.shape == (0,)


def test_which_weeks_may_choose() -> None:
    twenty, hidden, half = np.zeros((3, 7, 24))
    twenty[0, 0], hidden[0, 0], hidden[3, 3], half[0, 0] = 20, 50, np.nan, 20.5
    assert can_choose(np.stack([twenty, twenty * 0.95, hidden, half])).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("weeks", "more", "says"),
    [
        (np.full((7, 24), 0.5), {}, "not a whole number"),
        (np.ones((24, 7)), {}, "A week needs 7 days"),
        (np.ones((2, 7, 24)), {"harm": (1, 0)}, "weight above 0"),
        (np.ones((2, 7, 24)), {"harm": ()}, "weight above 0"),
        (np.ones((3, 7, 24)), {"harm": (1, 2)}, "2 weights do not fit"),
        (np.ones((7, 24)), {"harm": (1, 2)}, "2 weights do not fit"),
        (np.ones((2, 7, 24)), {"before": np.ones((7, 24))}, "before and after have the shapes"),
    ],
)
def test_what_does_not_fit_is_refused(weeks: np.ndarray, more: dict[str, object], says: str) -> None:
    with pytest.raises(MethodError, match=says):
        enforcement(weeks, seed=1, **more)
