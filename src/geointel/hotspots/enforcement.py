"""When to be there: the best windows of a week, and how much of what comes they may be expected to hold.

Windows that were chosen because they held much hold less afterwards: their share of the very records that chose them is
always too high. So they are judged on records that did not choose them. With a year before, windows chosen on it are
judged by this one. With one year, its records are thinned (Neufeld, Dharamshi, Gao and Witten 2024, JMLR 25(57)): each falls
in one half or the other by the toss of a coin, and if counts are Poisson the halves are independent. Windows chosen on one half
are judged by the other, both ways, over many tosses. What is chosen on half of the records is chosen a little worse,
so that the share is a little too low rather than too high.

Counts that vary more than Poisson counts, as where one event makes several records or one bad night does, leave their bursts
in both halves: the share is then too high, and the interval too narrow. A year before is free of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.flat_week import flat_week_p
from geointel.hotspots.shares import wilson_interval
from geointel.hotspots.tails import ALPHA, whole_numbers
from geointel.hotspots.week_windows import (
    DAYS,
    HOURS,
    NONE,
    USUAL,
    WEEK,
    Plan,
    WeekWindows,
    best_windows,
    hours_of,
    inside,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REPEATS = 25
"""Tosses of all records; both halves choose and both judge, so there are twice as many choices."""
FEWEST = 20
"""Fewer records choose windows that are mostly luck, and hold a share with an interval of 40 points."""
HALF = 0.5
SEED = 1
"""Of a map's tosses, so that every door gives one answer."""
YEAR_BEFORE, HALVES = "year-before", "halves"
"""Which records judged the windows."""


@dataclass(frozen=True)
class Judged:
    """Share of records that did not choose the windows, with its interval; arrays of shape ``(...)``.

    NaN where nothing could be chosen, or nothing judged.
    """

    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True)
class Enforcement:
    """The windows of each week, shape ``(..., windows)``, and what they hold, shape ``(...)``.

    ``share`` is that of the very records that chose them, too high; ``judged`` of others; ``p_flat`` the chance that
    records of a week in which all hours are alike lie as close together. All NaN for a week without records.
    """

    windows: WeekWindows
    share: NDArray[np.float64]
    judged: Judged
    p_flat: NDArray[np.float64]

    def standing_out(self) -> list[list[int]]:
        """Starts of the windows of each of ``n`` weeks, none where the week could be flat: such windows are not to be named."""
        starts = self.windows.start.reshape(-1, self.windows.plan.windows)
        return [
            own[own != NONE].tolist() if p <= ALPHA else []
            for own, p in zip(starts, self.p_flat.ravel().tolist(), strict=True)
        ]


def enforcement(
    weeks: ArrayLike,
    *,
    seed: int,
    before: ArrayLike | None = None,
    harm: ArrayLike = (1.0,),
    plan: Plan = USUAL,
) -> Enforcement:
    """Choose the windows of each week that hold most, and judge them.

    Parameters
    ----------
    weeks
        Whole counts by weekday (Monday first) and hour, shape ``(..., 7, 24)``; with more than one ``harm``
        ``(kinds, ..., 7, 24)``.
    seed
        Of the tosses. A week gets the same ones in whatever company.
    before
        The same of an earlier year that shares no record with ``weeks``.
    harm
        What one record of each kind weighs, above 0.

    Raises
    ------
    MethodError
        If a count is not whole or below 0, a shape does not fit, or a weight is not above 0.
    """
    counts, each = _kinds(weeks, harm)
    total = _weighed(counts, each)
    windows = best_windows(total.reshape(*total.shape[:-1], DAYS, HOURS), plan)
    if before is None:
        judged = judged_by_halves(weeks, seed=seed, harm=harm, plan=plan)
    else:
        judged = judged_by_next(before, weeks, harm=harm, plan=plan)
    records = counts.sum(axis=0).reshape(*total.shape[:-1], DAYS, HOURS)
    share = _ratio(windows.held.sum(axis=-1), total.sum(axis=-1))
    return Enforcement(windows, share, judged, flat_week_p(records, hours=plan.hours))


def judged_by_next(
    before: ArrayLike,
    after: ArrayLike,
    *,
    harm: ArrayLike = (1.0,),
    plan: Plan = USUAL,
    level: float = 0.95,
) -> Judged:
    """Share of the weeks ``after`` that windows hold which were chosen on the weeks ``before``; arguments as ``enforcement``.

    The interval is Wilson's: the windows do not depend on the records that judge them.
    """
    (chose, each), (judges, _) = _kinds(before, harm), _kinds(after, harm)
    if chose.shape != judges.shape:
        message = f"Weeks before and after have the shapes {np.shape(before)} and {np.shape(after)}."
        raise MethodError(message, remedy="Pass both weeks of each place, in the same order.")
    total = _weighed(chose, each)
    hours = inside(best_windows(total.reshape(*total.shape[:-1], DAYS, HOURS), plan))
    held = _weighed(judges * hours, each).sum(axis=-1)
    known = total.sum(axis=-1) > 0
    share = np.where(known, _ratio(held, _weighed(judges, each).sum(axis=-1)), np.nan)
    return _interval(share, _effective(judges, each), level)


def judged_by_halves(
    weeks: ArrayLike,
    *,
    seed: int,
    harm: ArrayLike = (1.0,),
    plan: Plan = USUAL,
    repeats: int = REPEATS,
    level: float = 0.95,
) -> Judged:
    """Share of one half of the records that windows hold which were chosen on the other; arguments as ``enforcement``.

    The mean over both ways of ``repeats`` tosses. The interval is Wilson's for one half, with which a single toss would
    be right; the mean varies less, so it is on the safe side.
    """
    counts, each = _kinds(weeks, harm)
    flat = counts.reshape(len(each), -1, WEEK)
    share = np.array([_halves(flat[:, place], each, plan, (seed, repeats)) for place in range(flat.shape[1])])
    return _interval(share.reshape(counts.shape[1:-1]), HALF * _effective(counts, each), level)


def can_choose(weeks: ArrayLike) -> NDArray[np.bool_]:
    """Which weeks, shape ``(..., 7, 24)``, have ``FEWEST`` records or more, all of them known and whole."""
    values = np.asarray(weeks, dtype=np.float64)
    whole = (np.isfinite(values) & (values == np.floor(values))).all(axis=(-2, -1))
    return np.asarray(whole & (np.nan_to_num(values).sum(axis=(-2, -1)) >= FEWEST))


def _halves(week: NDArray[np.int64], each: NDArray[np.float64], plan: Plan, draw: tuple[int, int]) -> float:
    """Mean judged share of one week, counts of shape ``(kinds, 168)``."""
    seed, repeats = draw
    if not week.any():
        return np.nan
    one = np.random.default_rng(seed).binomial(week, HALF, size=(repeats, *week.shape))
    weighed = _weighed(np.moveaxis(np.stack([one, week - one], axis=1), 2, 0), each)
    hours = inside(best_windows(weighed.reshape(*weighed.shape[:-1], DAYS, HOURS), plan))
    held = (weighed[:, ::-1] * hours).sum()
    return float(held / weighed.sum())


def _kinds(weeks: ArrayLike, harm: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts of each kind as rows of hours, shape ``(kinds, ..., 168)``, and what each weighs."""
    each = np.asarray(harm, dtype=np.float64)
    if each.ndim != 1 or not len(each) or not (np.isfinite(each) & (each > 0)).all():
        message = f"Harm is a weight above 0 for each kind of record; this is {np.array2string(each, threshold=5)}."
        raise MethodError(message, remedy="Leave out kinds that do not count, or leave out the weights.")
    hours = whole_numbers(hours_of(weeks), "count")
    counts = hours[None] if len(each) == 1 else hours
    if len(counts) != len(each) or counts.ndim < 2:
        message = f"{len(each)} weights do not fit to weeks of the shape {np.shape(weeks)}."
        raise MethodError(message, remedy="Pass a week for each kind: (kinds, ..., 7, 24).")
    return counts, each


def _weighed(counts: NDArray[np.int64], each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harm of all kinds together: the first axis is summed."""
    found: NDArray[np.float64] = np.tensordot(each, counts.astype(np.float64), axes=1)
    return found


def _effective(counts: NDArray[np.int64], each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Records of one weight whose share would vary as much (Kish 1965): their number where all weigh the same."""
    number = counts.sum(axis=-1)
    return _ratio(_weighed(number, each) ** 2, _weighed(number, each**2))


def _interval(share: NDArray[np.float64], number: NDArray[np.float64], level: float) -> Judged:
    lower, upper = wilson_interval(share * number, number, level=level)
    return Judged(share, lower, upper)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return found
