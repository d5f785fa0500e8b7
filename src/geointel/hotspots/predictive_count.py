"""Is this count too large for what a few earlier ones lead one to expect? An exact test for sparse counts.

The mean of a short past is hardly known, and a test that takes the estimate for the truth has too many false signals. Given
the total of past and present, the present count does not depend on the mean: it is binomial of the total if counts are
Poisson (Przyborowski and Wilenski 1940, doi:10.1093/biomet/31.3-4.313), and beta-binomial if they are negative binomial
(Skellam 1948). So the level is right however short the past is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.beta_binomial import BetaBinomial

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BEFORE, MOST = 64, 64
"""Counts up to these come from tables; larger ones are worked out one by one."""

STEP = 1.15
"""Dispersions are rounded up to powers of this, so that many series share a table."""
BANDS = (0.3, 1.0, 2.0, 5.0)
"""Means between which series share a dispersion, where there are more than ``FEWEST``; else the whole group does."""
FEWEST = 10

LEAST_DISPERSION, MOST_DISPERSION = 0.005, 20.0
"""Below the first, counts of a few are Poisson for all that can be told."""


def count_tail(
    count: NDArray[np.int64], before: NDArray[np.int64], *, steps: int, dispersion: NDArray[np.float64], span: int = 1
) -> NDArray[np.float64]:
    """P(a new count ≥ ``count``), given so many events in the ``steps`` before.

    Parameters
    ----------
    count, before
        The count judged, and the sum of those before it; whole numbers from 0 of one shape.
    steps
        How many steps ``before`` sums up, from 1.
    span
        How many steps ``count`` sums up, from 1.
    dispersion
        Of each series: the variance is mean + dispersion·mean². 0 is Poisson. The test takes the next value of ``rounded_up``.

    Raises
    ------
    MethodError
        If there are no steps before, or a dispersion is not a number from 0.
    """
    if min(steps, span) < 1 or not (np.asarray(dispersion) >= 0).all():
        message = "A count needs one step or more before it, and a dispersion from 0."
        raise MethodError(message, remedy="Leave out series without a past.")
    count, before, alpha = np.broadcast_arrays(count, before, rounded_up(dispersion))
    p = np.empty(count.shape)
    small = (before <= MOST_BEFORE) & (count <= MOST)
    for value in np.unique(alpha[small]).tolist():
        own = small & (alpha == value)
        p[own] = _table(steps, span, value)[before[own], count[own]]
    if not small.all():
        rest = ~small
        p[rest] = _tail(count[rest], before[rest], steps=(steps, span), alpha=alpha[rest])
    return p


def count_limit(
    before: NDArray[np.int64], *, steps: int, dispersion: NDArray[np.float64], level: float
) -> NDArray[np.int64]:
    """Largest count that is no signal: its chance, or that of a larger one, is above ``level``. Shapes as in ``count_tail``."""
    before, alpha = np.broadcast_arrays(before, np.asarray(dispersion, dtype=np.float64))
    low, high = np.zeros(before.shape, dtype=np.int64), np.ones(before.shape, dtype=np.int64)

    def usual(at: NDArray[np.int64]) -> NDArray[np.bool_]:
        return count_tail(at, before, steps=steps, dispersion=alpha) > level

    while (wide := usual(high)).any():
        low, high = np.where(wide, high, low), np.where(wide, 2 * high, high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        inside = usual(middle)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low


def rounded_up(dispersion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dispersions on a coarse scale, never below what is given unless they are as good as 0."""
    given = np.asarray(dispersion, dtype=np.float64)
    some = np.clip(given, LEAST_DISPERSION, MOST_DISPERSION)
    steps = np.ceil(np.log(some / LEAST_DISPERSION) / np.log(STEP) - 1e-9)
    return np.where(given < LEAST_DISPERSION, 0.0, LEAST_DISPERSION * STEP**steps)


def shared_dispersion(counts: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Dispersion that the other series of its group show, for each series, shape ``(n,)``.

    Parameters
    ----------
    counts
        Whole counts, shape ``(n, steps)``.
    groups
        Numbers of the groups, shape ``(n,)``: series of one category and one kind of place.

    Notes
    -----
    By moments: (s² − x̄) over (x̄² − s²/steps), whose expectations are dispersion·mean² and mean², each summed over the
    series of a group with a mean in the same one of ``BANDS``: the fewer records, the more each comes in a burst (real maps: 1.0 below
    0.3 a month, 0.15 from 2 to 5). A series is not part of what it is judged by: a rise of its own would hide itself. One that is alone has
    only itself.
    """
    x = counts.astype(np.float64)
    steps = x.shape[1]
    if steps < 2:
        return np.zeros(len(x))
    mean, variance = x.mean(axis=1), x.var(axis=1, ddof=1)
    whole = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)[1]
    bands = np.searchsorted(BANDS, mean, side="right")
    narrow = np.unique(whole * (len(BANDS) + 1) + bands, return_inverse=True)[1]
    sums = np.column_stack([variance - mean, np.square(mean) - variance / steps])
    few = np.bincount(narrow)[narrow] <= FEWEST
    excess, square = np.where(few[:, None], _others(sums, whole), _others(sums, narrow)).T
    return np.asarray(np.maximum(np.divide(excess, square, out=np.zeros(len(x)), where=square > 0), 0.0))


def _others(values: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over the other members of each one's group, shape ``(n, 2)``; of itself where there are none."""
    alone = np.bincount(places)[places] == 1
    sums = np.column_stack([np.bincount(places, weights=column)[places] for column in values.T])
    return np.asarray(sums - np.where(alone[:, None], 0.0, values))


@cache
def _table(steps: int, span: int, alpha: float) -> NDArray[np.float64]:
    """Tails of small counts (columns) after small sums (rows)."""
    before, count = (part.ravel() for part in np.indices((MOST_BEFORE + 1, MOST + 1)))
    tail = _tail(count, before, steps=(steps, span), alpha=np.full(len(count), alpha))
    return tail.reshape(MOST_BEFORE + 1, MOST + 1)


def _tail(
    count: NDArray[np.int64], before: NDArray[np.int64], *, steps: tuple[int, int], alpha: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(Y ≥ count | count + before): beta-binomial with parameters span/alpha and steps/alpha; ``steps`` are both."""
    span, total = steps[1], sum(steps)
    null = BetaBinomial(count + before, span / total, alpha / (total + alpha))
    p = np.empty(len(count))
    for block in null.blocks(count):
        p[block.rows] = block.tails(count[block.rows])[1]
    return np.minimum(p, 1.0)
