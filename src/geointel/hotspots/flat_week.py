"""Could the week be flat? A test of the busiest windows against a week in which all hours are alike.

The best windows of a flat week hold more than their hours' share of it too, because they were chosen for it. So what they hold is
compared with what the best windows of flat weeks hold, with as many records (a scan statistic; Naus 1965,
doi:10.1080/01621459.1965.10480810, on a circle and for several windows). A test by chi squared asks about any pattern and finds a few full
hours less often.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.tails import whole_numbers
from geointel.hotspots.week_windows import DAYS, HOURS, USUAL, WEEK, Plan, hours_of, most_held

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS = 999
"""Flat weeks that a week is compared with."""
KEPT = 1024
"""Numbers of records whose flat weeks are not drawn twice."""
DIGITS = 3
"""To which larger numbers of records are rounded, for the flat weeks alone: see ``_like``."""


def flat_week_p(weeks: ArrayLike, *, seed: int, plan: Plan = USUAL, draws: int = DRAWS) -> NDArray[np.float64]:
    """Chance that the best windows of a flat week with as many records hold as much as this week's; NaN without records.

    Parameters
    ----------
    weeks
        Whole counts by weekday and hour, shape ``(..., 7, 24)``.
    seed
        Of the flat weeks. Weeks with as many records are compared with the same ones.

    Raises
    ------
    MethodError
        If a week has another shape or is no count, or there is no draw.
    """
    if draws < 1:
        message = f"{draws} flat weeks cannot be drawn."
        raise MethodError(message, remedy="Draw 1 or more; the smallest p is 1 / (draws + 1).")
    totals = whole_numbers(hours_of(weeks), "count").sum(axis=-1)
    held = most_held(weeks, plan)
    p = np.full(totals.shape, np.nan)
    for total in np.unique(totals[totals > 0]).tolist():
        here = totals == total
        flat = _flat(_like(total), plan, draws=draws, seed=seed)
        # From half a record lower: between whole records none of as many lies, and of another number about half of one.
        p[here] = 1 + draws - np.searchsorted(flat, _spread(held[here] - 0.5, total, plan), side="left")
    return np.asarray(p / (1 + draws))


def _like(total: int) -> int:
    """Number of records of the flat weeks that a week with ``total`` is compared with.

    Up to 999 it is the number itself. In standard deviations what the best windows of a flat week hold hardly changes with the
    number of records, and the many weeks of a map need not draw their own.
    """
    step: int = 10 ** max(len(str(total)) - DIGITS, 0)
    return (total + step // 2) // step * step


def _spread(held: NDArray[np.float64], total: int, plan: Plan) -> NDArray[np.float64]:
    """By how many standard deviations windows hold more than their hours' share of ``total`` records."""
    share = plan.windows * plan.hours / WEEK
    return np.asarray((held - total * share) / np.sqrt(total * share * (1.0 - share)))


@lru_cache(maxsize=KEPT)
def _flat(total: int, plan: Plan, *, draws: int, seed: int) -> NDArray[np.float64]:
    """What the best windows of flat weeks with ``total`` records hold, as ``_spread``, ascending."""
    random = np.random.default_rng((seed, total))
    weeks = random.multinomial(total, np.full(WEEK, 1.0 / WEEK), size=draws).reshape(draws, DAYS, HOURS)
    flat = np.sort(_spread(most_held(weeks, plan), total, plan))
    flat.setflags(write=False)
    return flat
