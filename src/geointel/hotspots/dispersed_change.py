"""Change between two windows when counts vary more than by chance alone.

The exact test of ``change`` supposes that nothing moves a count but chance and a change of rate. Recorded
incidents come in bursts, and on bursts it finds changes on nearly every map. Here the count after is
beta-binomial given the total of both (Skellam 1948), with records of one cell alike to the degree that
the other cells of the map show (moments, after Williams 1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.beta_binomial import BetaBinomial
from geointel.hotspots.change import compared
from geointel.hotspots.tails import out_of_reach, two_sided

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LOW, HIGH = 0.025, 0.975
HIGHEST = 1 - 1e-9
"""A correlation of 1 would be all or nothing."""


@dataclass(frozen=True)
class DispersedChange:
    """Two-sided ``p`` of each cell, shape ``(n,)``, and the dispersion ``rho`` of the whole map.

    ``p`` is NaN for 0 against 0. ``low`` and ``high`` are the 2.5 and 97.5 % points of the count after, of the total of
    both, if nothing had changed. ``insufficient`` marks cells where not even all events in one window would
    have p ≤ .05: leave them out of the multiple testing. With ``rho`` 0 the test is binomial.
    """

    p: NDArray[np.float64]
    insufficient: NDArray[np.bool_]
    rho: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def dispersed_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    exposure_before: float = 1.0,
    exposure_after: float = 1.0,
    caution: float = 1.0,
    rho_floor: float = 0.0,
) -> DispersedChange:
    """Compare the counts of two windows, allowing for bursts.

    Parameters
    ----------
    before, after
        Whole counts of each cell, shape ``(n,)``.
    exposure_before, exposure_after
        Length of each window, above 0.
    caution
        Factor on the dispersion that the map shows.
    rho_floor
        Dispersion is not below this, such as that of longer windows.

    Notes
    -----
    Each cell is judged by the dispersion of the others: one great change does not hide itself. Real changes of others
    count as dispersion, so where many cells change, the test finds fewer of them.

    Raises
    ------
    MethodError
        If counts are not whole numbers from 0, or an exposure is not above 0.
    """
    x0, x1, odds = compared(before, after, exposure_before=exposure_before, exposure_after=exposure_after)
    total = x0 + x1
    each, whole = _dispersion(x1, total)
    rho = np.clip(np.maximum(caution * each, rho_floor), 0.0, HIGHEST)
    share = float(odds[0] / (1.0 + odds[0])) if len(odds) else 0.5
    null = BetaBinomial(total, share, rho)
    p, best, low, high = np.empty((4, len(total)))
    for block in null.blocks(total):
        none = block.chances[block.starts] / block.sums
        lower, upper = block.tails(x1[block.rows])
        p[block.rows] = two_sided(lower, upper)
        low[block.rows], high[block.rows] = block.quantiles(LOW, HIGH)
        everything = block.tails(total[block.rows])[1]
        best[block.rows] = np.minimum(1.0, 2.0 * np.minimum(none, everything))
    return DispersedChange(
        np.where(total > 0, p, np.nan),
        out_of_reach(best) | (total == 0),
        min(max(caution * whole, rho_floor), HIGHEST),
        low,
        high,
    )


def _dispersion(x: NDArray[np.int64], total: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Dispersion that all other cells show, for each cell, and that of the whole map.

    max(0, (Σ(x − Tπ)²/(Tπ(1 − π)) − (n − 1)) / Σ(T − 1)) over the n cells with events; π of the whole map. A cell is not
    part of what it is judged by: one true change would hide itself.
    """
    some = total > 0
    share = float(x.sum() / total.sum()) if some.any() else 0.0
    t = total.astype(np.float64)
    freedom = float((t[some] - 1).sum())
    if not 0 < share < 1 or freedom == 0:
        return np.zeros(len(t)), 0.0
    squares = np.square(x - t * share) / np.where(some, t * share * (1 - share), 1.0)
    n, every = int(some.sum()), float(squares.sum())
    left = freedom - np.where(some, t - 1, 0.0)
    others = np.divide(every - squares - (n - 1 - some), left, out=np.zeros(len(t)), where=left > 0)
    return np.maximum(others, 0.0), max(0.0, (every - (n - 1)) / freedom)
