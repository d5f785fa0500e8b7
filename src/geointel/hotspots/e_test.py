"""The E-test for two Poisson counts: less cautious than the conditional test where counts are small.

Krishnamoorthy and Thomson (2004), A more powerful test for comparing two Poisson means, Journal of
Statistical Planning and Inference 119, doi:10.1016/S0378-3758(02)00408-1, with the score statistic, the form
of statsmodels ``etest_poisson_2indep``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.hotspots.change import compared

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REACH, MARGIN = 12.0, 40.0
"""Outcomes within 12 standard deviations and 40 of the mean count: the rest has less than 1e-20."""

BLOCK = 1 << 18
"""Outcomes worked on at a time."""

TIE = 1e-9
"""Relative slack within which an outcome is as extreme as the one observed."""


def e_test(
    before: ArrayLike, after: ArrayLike, *, exposure_before: ArrayLike = 1.0, exposure_after: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Two-sided p of each cell, shape ``(n,)``; NaN for 0 against 0.

    The chance, if both rates were the pooled one, of a score statistic at least as far from 0. Parameters
    and errors are those of ``change``. Equal pairs of counts are computed once.
    """
    x0, x1, odds = compared(before, after, exposure_before=exposure_before, exposure_after=exposure_after)
    if not x0.size:
        return np.empty(0)
    distinct, back = np.unique(np.column_stack([x0, x1, odds]), axis=0, return_inverse=True)
    first, last, ratio = distinct.T
    mean = (first + last) / (1.0 + ratio)
    low = np.maximum(np.floor(mean - REACH * np.sqrt(mean)) - 1, 0.0)
    sizes = (mean + REACH * np.sqrt(mean) + MARGIN - low).astype(np.int64)
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // BLOCK)) + 1
    p = np.empty(len(distinct))
    for rows in np.split(np.arange(len(distinct)), cuts):
        p[rows] = _tail(first[rows], last[rows], ratio[rows], low=low[rows], sizes=sizes[rows])
    p[first + last == 0] = np.nan
    return np.minimum(p, 1.0)[back.ravel()]


def _tail(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    odds: NDArray[np.float64],
    *,
    low: NDArray[np.float64],
    sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Chance of outcomes as extreme, summed over the count before, which starts at ``low``."""
    starts = np.cumsum(sizes) - sizes
    k = np.arange(sizes.sum()) - np.repeat(starts, sizes) + np.repeat(low, sizes)
    total = np.maximum(before + after, 1.0)
    square = np.repeat((after - odds * before) ** 2 / total, sizes)
    d, mean = np.repeat(odds, sizes), np.repeat(total / (1.0 + odds), sizes)
    # The statistic is as far from 0 where the count after is outside the two roots of a quadratic.
    middle = d * k + square / 2
    half = np.sqrt(square * (square / 4 + k * (d + 1.0)))
    slack = TIE * (1.0 + middle + half)
    below = np.floor(middle - half + slack)
    above = np.ceil(middle + half - slack)
    # Nothing at all has the statistic 0.
    below[(k == 0) & (square > 0)] = -1.0
    lower = np.where(below >= 0, special.gammaincc(np.maximum(below, 0.0) + 1.0, d * mean), 0.0)
    upper = np.where(above > 0, special.gammainc(np.maximum(above, 1.0), d * mean), 1.0)
    chance = np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1.0))
    both = np.where(above <= below + 1, 1.0, lower + upper)
    return np.add.reduceat(chance * both, starts)
