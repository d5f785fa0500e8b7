"""Shares of a week by hour of the day and by weekday, with intervals that hold for all of them at once.

Each interval is exact (Clopper and Pearson 1934, Biometrika 26) at the level 1 − α / k for k shares, so that in 95 of 100
weeks every share lies in its own (Bonferroni). Goodman's intervals (1965, Technometrics 7) are the same with the score
test, and narrower, but miss too often where an hour has a few records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.change import binomial_interval
from geointel.hotspots.tails import whole_numbers
from geointel.hotspots.week_windows import hours_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Shares:
    """Counts of k kinds and their shares of all of them, shape ``(..., k)``; NaN where there are none."""

    count: NDArray[np.int64]
    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    @property
    def above(self) -> NDArray[np.bool_]:
        """Which kinds have more than an equal share, by the interval."""
        found: NDArray[np.bool_] = self.lower > 1.0 / self.count.shape[-1]
        return found


@dataclass(frozen=True)
class WeekShares:
    """A week by hour of the day, 24 shares, and by weekday, 7 shares with Monday first."""

    by_hour: Shares
    by_weekday: Shares


def week_shares(weeks: ArrayLike, *, level: float = 0.95) -> WeekShares:
    """Share the counts of weeks, shape ``(..., 7, 24)``, by hour and by weekday.

    ``level`` is that of the 24 intervals together, and of the 7 together. Raises ``MethodError`` for another shape, and for
    what are no whole numbers from 0.
    """
    counts = whole_numbers(hours_of(weeks), "count").reshape(np.shape(weeks))
    return WeekShares(_shares(counts.sum(axis=-2), level), _shares(counts.sum(axis=-1), level))


@dataclass(frozen=True)
class Rates:
    """``part`` of ``total`` in each of k kinds, shape ``(..., k)``; the share is NaN where the total is 0."""

    part: NDArray[np.int64]
    total: NDArray[np.int64]
    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def week_rates(parts: ArrayLike, weeks: ArrayLike, *, level: float = 0.95) -> tuple[Rates, Rates]:
    """Share of the counts of weeks that are ``parts``, by hour and by weekday; both of shape ``(..., 7, 24)``.

    Positive tests among tests. The intervals hold for all hours together, and for all weekdays, as in ``week_shares``.
    Raises ``MethodError`` for another shape, what are no whole numbers from 0, and more parts than there are.
    """
    part, total = (whole_numbers(hours_of(week), "count").reshape(np.shape(week)) for week in (parts, weeks))
    if part.shape != total.shape or (part > total).any():
        message = "An hour has more positive counts than counts, or the weeks have two shapes."
        raise MethodError(message, remedy="Pass the parts and the whole of the same weeks, in this order.")
    by_hour, by_weekday = (_rates(part.sum(axis=axis), total.sum(axis=axis), level) for axis in (-2, -1))
    return by_hour, by_weekday


def _rates(part: NDArray[np.int64], total: NDArray[np.int64], level: float) -> Rates:
    lower, upper = binomial_interval(part, total, level=1.0 - (1.0 - level) / part.shape[-1])
    with np.errstate(invalid="ignore"):
        return Rates(part, total, part / total, lower, upper)


def _shares(counts: NDArray[np.int64], level: float) -> Shares:
    total = counts.sum(axis=-1, keepdims=True)
    lower, upper = binomial_interval(counts, total + 0 * counts, level=1.0 - (1.0 - level) / counts.shape[-1])
    with np.errstate(invalid="ignore"):
        return Shares(counts, counts / total, lower, upper)
