"""Tails and quantiles of many beta-binomial distributions at once.

The chances of one distribution follow from the ratios of successive ones, which are rational: no gamma
function is needed. The distributions stand end to end in ragged blocks small enough for the
processor's cache, each cut off where what follows no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.tails import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 1 << 16
"""Chances worked on at a time: half a megabyte."""

CUT = 1e-15
"""What is cut off, as a share of P(S ≥ s) at the total s that is asked for."""


@dataclass(frozen=True)
class BetaBinomial:
    """One distribution per cell: ``trials`` records, each of the category with chance ``share``.

    ``trials`` (whole, from 0) and ``correlation`` between two records of a cell (from 0, the binomial, to
    below 1) have shape ``(n,)``; ``share`` lies strictly between 0 and 1. In the usual parameters
    α = share·(1/correlation − 1) and β = (1 − share)·(1/correlation − 1).
    """

    trials: NDArray[np.int64]
    share: float
    correlation: NDArray[np.float64]

    def __getitem__(self, rows: slice) -> BetaBinomial:
        """Keep the distributions of some of the cells."""
        return BetaBinomial(self.trials[rows], self.share, self.correlation[rows])

    def blocks(self, totals: NDArray[np.int64]) -> Iterator[Block]:
        """Yield the chances of all cells, some cells at a time.

        They reach far enough for both tails at ``totals``, shape ``(n,)``, to be right to ``CUT``.
        """
        sizes = self._last(totals) + 1
        cuts = np.flatnonzero(np.diff((np.cumsum(sizes) - 1) // BLOCK)) + 1
        for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(sizes)], strict=True):
            rows = slice(first, last)
            if last > first:
                yield _block(self[rows], sizes[rows], rows)

    def _last(self, totals: NDArray[np.int64]) -> NDArray[np.int64]:
        """Largest s that counts: beyond it the chances fall faster than a known geometric series."""
        n, rho, free = self.trials.astype(np.float64), self.correlation, 1.0 - self.correlation
        mean = n * self.share
        deviation = np.sqrt(mean * (1.0 - self.share) * (1.0 + np.maximum(n - 1.0, 0.0) * rho))
        start = np.minimum(np.maximum(totals, np.ceil(mean + 4.0 * deviation)), n)
        # No ratio of successive chances from `start` on is larger than this.
        ratio = (n - start) * np.maximum((start * rho + self.share * free) / (start + 1.0), rho)
        ratio /= np.maximum(n - start - 1.0, 0.0) * rho + (1.0 - self.share) * free
        falling = np.clip(ratio, CUT, 0.9999)
        steps = np.ceil(np.log(CUT * (1.0 - falling)) / np.log(falling))
        return np.where(ratio > falling, n, np.minimum(start + steps, n)).astype(np.int64)


@dataclass(frozen=True)
class Block:
    """Distributions end to end: P(S = s) of the i-th is ``chances[starts[i] + s]``, over ``sums[i]``.

    ``rows`` says which of all cells they belong to.
    """

    rows: slice
    chances: NDArray[np.float64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    sums: NDArray[np.float64]

    def tails(self, totals: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """P(S ≤ s) and P(S ≥ s) at one total s for each distribution."""
        beyond = totals >= self.sizes
        at = self.starts + np.where(beyond, 0, totals)
        pieces = np.add.reduceat(self.chances, np.stack([self.starts, at], axis=1).ravel())
        # Nothing stands below 0, but reduceat has no empty sums.
        lower = np.where(at > self.starts, pieces[::2], 0.0) + self.chances[at]
        upper = pieces[1::2]
        return np.where(beyond, 1.0, lower / self.sums), np.where(beyond, 0.0, upper / self.sums)

    def quantiles(self, *levels: float) -> list[NDArray[np.int64]]:
        """Smallest s with P(S ≤ s) ≥ level, for each level, each of shape ``(cells of the block,)``."""
        running = np.cumsum(self.chances)
        before = running[self.starts] - self.chances[self.starts]
        bars = (before + self.sums * level * (1 - ROUNDING) for level in levels)
        return [np.add.reduceat(running < np.repeat(bar, self.sizes), self.starts, dtype=np.int64) for bar in bars]


def _block(distributions: BetaBinomial, sizes: NDArray[np.int64], rows: slice) -> Block:
    """Chances from the running sum of the logarithms of P(S = s)/P(S = s − 1)."""
    starts = np.cumsum(sizes) - sizes
    logs = _log_ratios(distributions, sizes, starts)
    # Each distribution starts again near 0, so that the running sum keeps its precision.
    logs[starts[1:]] = -np.add.reduceat(logs, starts)[:-1]
    np.cumsum(logs, out=logs)
    logs -= np.repeat(np.maximum.reduceat(logs, starts), sizes)
    chances = np.exp(logs, out=logs)
    return Block(rows, chances, starts, sizes, np.add.reduceat(chances, starts))


def _log_ratios(
    distributions: BetaBinomial, sizes: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Logarithm of (E − s + 1)(α + s − 1) / (s(β + E − s)), all times the correlation; 0 where s = 0."""
    share, free = distributions.share, 1.0 - distributions.correlation
    place = np.arange(sizes.sum(), dtype=np.float64)
    s = place - np.repeat(starts, sizes)
    left = np.repeat(distributions.trials + starts, sizes) - place
    s[starts] = left[starts] = 1.0
    rho = np.repeat(distributions.correlation, sizes)
    ratio = (left + 1.0) * (rho * (s - 1.0) + np.repeat(share * free, sizes))
    ratio /= s * (rho * left + np.repeat((1.0 - share) * free, sizes))
    ratio[starts] = 1.0
    return np.log(ratio, out=ratio)
