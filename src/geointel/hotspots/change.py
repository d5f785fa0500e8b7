"""Change between two windows: is the rate after different from the rate before?

Given the total of both counts, the count after is binomial if nothing changed (Przyborowski and Wilenski
1940, Biometrika 31, doi:10.1093/biomet/31.3-4.313). The two-sided p adds all outcomes no more likely than
the one observed, as R ``binom.test`` and scipy ``binomtest`` do. Counts that come in bursts need ``dispersed_change``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SAME = 1 + 1e-7
"""Chances within this factor of each other are equally likely, as in R and scipy."""


@dataclass(frozen=True)
class Change:
    """Rate after over rate before, each array of shape ``(n,)``.

    ``lower`` and ``upper`` are the score interval of ``ratio``. All are NaN for 0 against 0, which is no
    information, not p = 1. Without an event before, ``ratio`` and ``upper`` are NaN: there is no upper end.
    ``p`` is exact and conditional, ``p_mid`` counts half of the outcome observed, ``p_score`` is that of the
    normal score test.
    """

    ratio: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    p: NDArray[np.float64]
    p_mid: NDArray[np.float64]
    p_score: NDArray[np.float64]


def change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    exposure_before: ArrayLike = 1.0,
    exposure_after: ArrayLike = 1.0,
    level: float = 0.95,
) -> Change:
    """Compare the counts of two windows.

    Parameters
    ----------
    before, after
        Whole counts of each cell, shape ``(n,)``.
    exposure_before, exposure_after
        Length of each window (days, or days times people), above 0; one for all or one for each cell.
    level
        Of the interval.

    Raises
    ------
    MethodError
        If counts are not whole numbers from 0, or an exposure is not above 0.
    """
    x0, x1, odds = compared(before, after, exposure_before=exposure_before, exposure_after=exposure_after)
    total = x0 + x1
    share = odds / (1.0 + odds)
    p, chance = _exact(x1, total, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (x1 - odds * x0) / np.sqrt(odds * total)
        ratio = np.where(x0 > 0, x1 / (odds * x0), np.nan)
    lower, upper = _score_interval(x0, x1, odds, level=level)
    nothing = np.where(total > 0, 1.0, np.nan)
    return Change(
        ratio=ratio,
        lower=lower * nothing,
        upper=upper * nothing,
        p=p * nothing,
        p_mid=np.maximum(p - chance / 2, 0.0) * nothing,
        p_score=special.erfc(np.abs(score) / np.sqrt(2)),
    )


def compared(
    before: ArrayLike, after: ArrayLike, *, exposure_before: ArrayLike, exposure_after: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Both counts, and the exposure after over the exposure before, all of shape ``(n,)``."""
    x0, x1 = (whole_numbers(values, "count") for values in (before, after))
    spans = [np.asarray(values, dtype=np.float64) for values in (exposure_before, exposure_after)]
    if x0.shape != x1.shape or not all((np.isfinite(span) & (span > 0)).all() for span in spans):
        message = "Counts of two windows need one shape, and exposures above 0."
        raise MethodError(message, remedy="Pass both counts of each cell and the length of each window.")
    return x0, x1, np.broadcast_to(spans[1] / spans[0], x0.shape)


def poisson_interval(counts: ArrayLike, *, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact interval of the mean of single Poisson counts (Garwood 1936, Biometrika 28)."""
    x = whole_numbers(counts, "count").astype(np.float64)
    tail = (1.0 - level) / 2.0
    lower = np.where(x > 0, special.gammaincinv(np.maximum(x, 1.0), tail), 0.0)
    return lower, np.asarray(special.gammaincinv(x + 1.0, 1.0 - tail), dtype=np.float64)


def binomial_interval(
    counts: ArrayLike, totals: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact interval of a share (Clopper and Pearson 1934, Biometrika 26); NaN where the total is 0."""
    x, n = (whole_numbers(values, "count").astype(np.float64) for values in (counts, totals))
    tail, none = (1.0 - level) / 2.0, n == 0
    inside = (x > 0) & (x <= n)
    lower = np.where(
        inside, special.betaincinv(np.where(inside, x, 1.0), np.where(inside, n - x + 1.0, 1.0), tail), 0.0
    )
    open_ended = x < n
    upper = special.betaincinv(x + 1.0, np.where(open_ended, n - x, 1.0), 1.0 - tail)
    return np.where(none, np.nan, lower), np.where(none, np.nan, np.where(open_ended, upper, 1.0))


def _exact(
    x: NDArray[np.int64], total: NDArray[np.int64], share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two-sided binomial p, and the chance of the outcome observed."""
    above = x > total * share
    # Turned round where x is above its mean, so that the near tail is the lower one.
    k = np.where(above, total - x, x)
    q = np.where(above, 1.0 - share, share)
    chance = _chance(k, total, q)
    far = _first_as_rare(chance * SAME, total, q)
    near_tail = special.betainc(np.maximum(total - k, 1e-300), k + 1.0, 1.0 - q)
    far_tail = np.where(
        far > total, 0.0, special.betainc(np.maximum(far, 1e-300), total - np.minimum(far, total) + 1.0, q)
    )
    certain = (total == 0) | (far <= k + 1)
    p: NDArray[np.float64] = np.where(certain, 1.0, np.minimum(near_tail + far_tail, 1.0))
    return p, chance


def _first_as_rare(chance: NDArray[np.float64], total: NDArray[np.int64], q: NDArray[np.float64]) -> NDArray[np.int64]:
    """Smallest outcome from the mean up that is not likelier than ``chance``; total + 1 if there is none."""
    low, high = np.ceil(total * q).astype(np.int64), total + 1
    for _ in range(int(total.max(initial=0)).bit_length() + 1):
        middle = (low + high) // 2
        rare = (middle > total) | (_chance(np.minimum(middle, total), total, q) <= chance)
        high = np.where(rare & (low < high), middle, high)
        low = np.where(rare, low, np.minimum(middle + 1, high))
    return high


def _chance(k: NDArray[np.int64], total: NDArray[np.int64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(k of total), binomial."""
    ways = special.gammaln(total + 1.0) - special.gammaln(k + 1.0) - special.gammaln(total - k + 1.0)
    chance: NDArray[np.float64] = np.exp(ways + special.xlogy(k, q) + special.xlog1py(total - k, -q))
    return chance


def _score_interval(
    before: NDArray[np.int64], after: NDArray[np.int64], odds: NDArray[np.float64], *, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's interval of the share of events that came after, as a ratio of rates."""
    z2 = float(special.ndtri((1.0 + level) / 2.0)) ** 2
    total = before + after
    centre = after + z2 / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.sqrt(z2 * (after * (before / total) + z2 / 4))
        lower, upper = ((centre + sign * half) / (total + z2) for sign in (-1.0, 1.0))
        ends = [share / (1.0 - share) / odds for share in (lower, upper)]
    return np.where(after == 0, 0.0, ends[0]), np.where(before == 0, np.nan, ends[1])
