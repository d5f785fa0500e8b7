"""Does a series rise or fall? Mann-Kendall for many series at once.

Mann (1945), Econometrica 13, doi:10.2307/1907187, with the variance of Kendall (1975) for ties; the form of
pymannkendall ``original_test``. Neighbouring steps that resemble each other make it find too many trends: then use
``hamed_rao``, after Hamed and Rao (1998), Journal of Hydrology 204, doi:10.1016/S0022-1694(97)00125-X.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BLOCK = 1 << 18
"""Numbers worked on at a time."""


@dataclass(frozen=True)
class MannKendall:
    """Trend of each series, each array of shape ``(n,)``.

    ``s`` is rises less falls over all pairs of steps and ``variance`` its variance without a trend; ``p``
    is two-sided; ``steps`` is the number of steps not missing. A constant series has s = 0, z = 0, p = 1.
    With fewer than two steps ``z`` and ``p`` are NaN.
    """

    s: NDArray[np.int64]
    variance: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    tau_a: NDArray[np.float64]
    tau_b: NDArray[np.float64]
    steps: NDArray[np.int64]


def mann_kendall(series: ArrayLike) -> MannKendall:
    """Mann-Kendall test of each series.

    ``series`` has shape ``(n, steps)``, oldest step first; NaN is a missing step, and the others close
    up. Raises ``MethodError`` for another shape or an infinite value.
    """
    x = _checked(series)
    s, variance, tied = _in_blocks(x)
    steps = np.count_nonzero(~np.isnan(x), axis=1)
    pairs = steps * (steps - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        tau_a, tau_b = s / pairs, s / np.sqrt((pairs - tied) * pairs)
    z, p = _normal(s, variance, steps)
    return MannKendall(s, variance, z, p, tau_a, tau_b, steps)


def hamed_rao(series: ArrayLike, *, level: float = 0.05, least: float = 1.0) -> MannKendall:
    """Mann-Kendall test with the variance corrected for serial correlation.

    The series less its Sen slope is ranked, and every lag whose autocorrelation is significant at
    ``level`` counts. ``least`` is the smallest factor on the variance: 1 lets the correction only make the
    test more careful. Missing steps close up, for the slope too. See ``mann_kendall`` for the rest.
    """
    x = _closed_up(_checked(series))
    plain = mann_kendall(x)
    factor = np.ones(len(x))
    for count in np.unique(plain.steps[plain.steps > 3]).tolist():
        rows = np.flatnonzero(plain.steps == count)
        for part in np.array_split(rows, -(-len(rows) * count * count // (4 * BLOCK))):
            factor[part] = _variance_factor(x[part, :count], level=level)
    variance = plain.variance * np.maximum(factor, least)
    z, p = _normal(plain.s, variance, plain.steps)
    return MannKendall(plain.s, variance, z, p, plain.tau_a, plain.tau_b, plain.steps)


def overlap_factor(steps: int, steps_back: int) -> float:
    """How many times the variance of S grows where each step is a sum over itself and the ``steps_back`` before it.

    The variance is that of normal series without a trend (Hamed 2008, Journal of Hydrology 349,
    doi:10.1016/j.jhydrol.2007.11.009): the sum of 2/π·arcsin r over all pairs of pairs of steps, with r the correlation of
    their differences. In a dozen steps such a correlation is seldom significant, so ``hamed_rao`` needs it as ``least``.
    """
    sums = np.array([np.arange(steps + steps_back) - step for step in range(steps)])
    held = ((sums >= 0) & (sums <= steps_back)).astype(np.float64)
    first, last = np.triu_indices(steps, 1)
    rises = held[last] - held[first]
    shared = rises @ rises.T
    spread = np.sqrt(np.diag(shared))
    chances = np.arcsin(np.clip(shared / np.outer(spread, spread), -1.0, 1.0)) * 2 / np.pi
    return max(1.0, float(chances.sum()) / (steps * (steps - 1) * (2 * steps + 5) / 18))


def sen_slope(series: ArrayLike) -> NDArray[np.float64]:
    """Median slope over all pairs of steps, per step, shape ``(n,)``; NaN with fewer than two steps.

    Sen (1968), doi:10.1080/01621459.1968.10480934. A missing step keeps its place in time. See
    ``mann_kendall`` for ``series``.
    """
    x = _checked(series)
    first, last = np.triu_indices(x.shape[1], 1)
    slopes = np.full(len(x), np.nan)
    rows = np.flatnonzero(np.count_nonzero(~np.isnan(x), axis=1) > 1)
    size = max(1, 4 * BLOCK // max(len(first), 1))
    for part in (rows[start : start + size] for start in range(0, len(rows), size)):
        pairs = (x[part][:, last] - x[part][:, first]) / (last - first)
        slopes[part] = np.nanmedian(pairs, axis=1) if np.isnan(pairs).any() else np.median(pairs, axis=1)
    return slopes


def _in_blocks(x: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """S, its variance and the number of tied pairs of each series."""
    s = np.empty(len(x), dtype=np.int64)
    variance, tied = np.empty((2, len(x)))
    size = max(1, BLOCK // max(x.shape[1], 1) // 8)
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        # Steps first: then each comparison runs along memory.
        block = np.ascontiguousarray(x[rows].T)
        s[rows] = _rises_less_falls(block)
        variance[rows], tied[rows] = _variance(block)
    return s, variance, tied


def _rises_less_falls(steps: NDArray[np.float64]) -> NDArray[np.int64]:
    """S of series that stand in columns; nothing is above or below NaN."""
    s = np.zeros(steps.shape[1], dtype=np.int64)
    for i in range(len(steps) - 1):
        later = steps[i + 1 :]
        s += (later > steps[i]).sum(axis=0)
        s -= (later < steps[i]).sum(axis=0)
    return s


def _variance(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18 over groups of t equal values, and Σ t(t−1)/2."""
    ordered = np.sort(steps, axis=0)
    n = np.count_nonzero(~np.isnan(steps), axis=0).astype(np.float64)
    run = np.ones(steps.shape[1])
    ties, pairs = np.zeros((2, steps.shape[1]))
    for before, now in pairwise(ordered):
        # Each further equal value makes a run of t − 1 one of t: t(t−1)(2t+5) grows by 6(t−1)(t+1).
        run = np.where(before == now, run + 1, 1.0)
        ties += 6 * (run - 1) * (run + 1)
        pairs += run - 1
    return (n * (n - 1) * (2 * n + 5) - ties) / 18, pairs


def _normal(
    s: NDArray[np.int64], variance: NDArray[np.float64], steps: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Z = (S ∓ 1)/√variance, 0 where S is 0, and its two-sided p."""
    z = (s - np.sign(s)) / np.sqrt(np.where(variance > 0, variance, 1.0))
    z = np.where(steps < 2, np.nan, z)
    return z, np.asarray(special.erfc(np.abs(z) / np.sqrt(2)), dtype=np.float64)


def _variance_factor(x: NDArray[np.float64], *, level: float) -> NDArray[np.float64]:
    """1 + 2/(n(n−1)(n−2)) · Σ (n−i)(n−i−1)(n−i−2)·r_i over the significant lags i."""
    n = x.shape[1]
    ranks = _average_ranks(x - sen_slope(x)[:, None] * np.arange(1, n + 1))
    ranks -= ranks.mean(axis=1, keepdims=True)
    whole = np.maximum(np.square(ranks).sum(axis=1), 1e-300)
    bound = float(special.ndtri(1 - level / 2)) / np.sqrt(n)
    total = np.zeros(len(x))
    for lag in range(1, n):
        r = (ranks[:, lag:] * ranks[:, :-lag]).sum(axis=1) / whole
        total += np.where(np.abs(r) > bound, (n - lag) * (n - lag - 1) * (n - lag - 2) * r, 0.0)
    return np.asarray(1 + 2 / (n * (n - 1) * (n - 2)) * total)


def _average_ranks(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks within each row, the mean rank for equal values."""
    below = np.count_nonzero(x[:, None, :] < x[:, :, None], axis=2)
    equal = np.count_nonzero(x[:, None, :] == x[:, :, None], axis=2)
    return np.asarray(below + (equal + 1) / 2)


def _closed_up(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Missing steps moved to the end of each series, the order of the others kept."""
    order = np.argsort(np.isnan(x), axis=1, kind="stable")
    return np.take_along_axis(x, order, axis=1)


def _checked(series: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(series, dtype=np.float64)
    if x.ndim != 2 or np.isinf(x).any():
        message = "The series are not a table of numbers with one row for each cell."
        raise MethodError(message, remedy="Pass shape (cells, steps), with NaN for a missing step.")
    return x
