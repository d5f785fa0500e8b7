"""When did a lasting rise begin? Areas in the order of their first months show how something spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.predictive_count import count_tail, shared_dispersion
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LASTS = 3
"""Steps that a rise must last, the first among them."""
LEAST, LONGEST = 12, 12
"""Steps before it: a whole year, so that no season is compared with its opposite."""
HALF_AGAIN = 1.5
"""A rise is to at least so many times the mean before: seasons stay below."""
ARRIVED = 0.5
"""Part of the mean rise of these steps that the first must have: the last usual step before a great rise is no beginning."""


@dataclass(frozen=True)
class Onset:
    """Of each series, shape ``(n,)``: the first ``step`` of a lasting rise, −1 for none.

    ``observed`` and ``expected`` are of that step and those that it must last, ``p`` is one-sided; NaN without a rise.
    """

    step: NDArray[np.int64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]


def onset(
    counts: ArrayLike,
    groups: ArrayLike,
    *,
    level: float = 0.001,
    lasts: int = LASTS,
    least: int = LEAST,
    longest: int = LONGEST,
) -> Onset:
    """First step from which on a series has more than before.

    It is the first of ``lasts`` steps that are each above the mean of the steps before and together half as much again or more,
    with a p of at most ``level`` by the exact test (``predictive_count``). At least half of the rise has arrived in it.

    Parameters
    ----------
    counts, groups
        As of ``watch``.
    least, longest
        How many steps before it there must be, and how many count at most.

    Raises
    ------
    MethodError
        If counts are not whole, shapes differ, or a number is out of range.
    """
    y, group = np.atleast_2d(whole_numbers(counts, "count")), np.asarray(groups, dtype=np.int64)
    if group.shape != (len(y),) or min(lasts, least) < 1 or longest < least or not 0 < level < 1:
        message = "There is not one group for each series, or a number of steps or level is out of range."
        raise MethodError(message, remedy="Pass counts of shape (n, steps) and one group number for each row.")
    found = Onset(np.full(len(y), -1), *np.full((3, len(y)), np.nan))
    alpha = shared_dispersion(y, group)
    for step in range(least, y.shape[1] - lasts + 1):
        span = min(step, longest)
        before = y[:, step - span : step].sum(axis=1)
        above = y[:, step : step + lasts] - before[:, None] / span
        rise = above.mean(axis=1)
        enough = rise >= (HALF_AGAIN - 1) * before / span
        begun = (above > 0).all(axis=1) & (above[:, 0] >= ARRIVED * rise) & enough
        rows = np.flatnonzero(begun & (found.step < 0))
        together = y[rows, step : step + lasts].sum(axis=1)
        p = count_tail(together, before[rows], steps=span, span=lasts, dispersion=alpha[rows])
        first = p <= level
        rows = rows[first]
        found.step[rows] = step
        found.observed[rows], found.p[rows] = together[first], p[first]
        found.expected[rows] = before[rows] * (lasts / span)
    return found
