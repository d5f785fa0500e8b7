"""The randomisation tail: how often draws from the map's own counts give such a total.

If place did not matter, the total of W cells would be distributed as W draws, with replacement, from
the counts of all supported cells: the W-fold convolution of their empirical distribution. The tail
keeps its error rate on Poisson and on overdispersed noise; the normal tail of Gi* and a binomial with
one constant risk do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.convolution import convolution_powers
from geointel.hotspots.tails import out_of_reach, two_sided, whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    _Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class RandomisationTail:
    """Chance of totals as low, as high and as unusual, each array of shape ``(n,)``.

    ``lower`` is P(S ≤ s), ``upper`` P(S ≥ s), ``p`` = min(1, 2·min(lower, upper)). ``insufficient``
    marks cells whose ``p`` could not be .05 even if the W largest counts of the map stood together:
    leave them out of the multiple testing. On a map without variation all are insufficient.
    """

    p: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    insufficient: NDArray[np.bool_]


def randomisation_tail(
    counts: ArrayLike, *, total: ArrayLike, weight: ArrayLike, beyond: ArrayLike | int = 0
) -> RandomisationTail:
    """Two-sided randomisation p of each neighbourhood total.

    Parameters
    ----------
    counts
        Whole counts of all supported cells, zeros included, shape ``(n,)``.
    total, weight
        Sum over each cell's neighbourhood and number of its cells, shape ``(n,)``, as ``gi_star`` gives
        them.
    beyond
        How many of these cells lie outside the map, shape ``(n,)``: ``Beyond.number``.

    Notes
    -----
    A cell outside the map can hold more, or less, than any of the map, and so a neighbourhood with such a cell can have a
    total that W draws from the map cannot. It is as unlikely as the least likely outcome that they can have: its chance
    is min(P(X = x))^W over the counts x of the map, which no chance of a possible total is below. That is never too small,
    and a map without variation still finds nothing. ``insufficient`` stays a matter of the map's own counts, of all of
    them where W is more than n.

    Every term is positive and summed directly, so p is right to about 1e-12 of itself however small it
    is. Only where that takes over 20 million steps (counts of several thousand with hundreds of distinct
    values) a Fourier transform is used, with an absolute error near 1e-15: 1e-10 of p = 1e-6 and 1e-6 of
    p = 1e-9, while the least threshold of the multiple testing is .01 by the number of cells.

    Raises
    ------
    MethodError
        If counts are not whole or negative, or totals and weights cannot come from them.
    """
    x, s, w, outside = (
        whole_numbers(values, name)
        for values, name in ((counts, "count"), (total, "total"), (weight, "weight"), (beyond, "number of cells"))
    )
    _check(x, s, w, outside)
    if not s.size:
        nothing = np.empty(0)
        return RandomisationTail(p=nothing, lower=nothing, upper=nothing, insufficient=nothing.astype(bool))
    weights = np.flatnonzero(np.bincount(w))
    tails = _tails(np.bincount(x) / x.size, weights)
    lower, upper = tails.at(s, w)
    unreachable = np.zeros(weights.max() + 1, dtype=bool)
    unreachable[weights] = out_of_reach(two_sided(*tails.at(_largest_totals(x, weights), weights)))
    return RandomisationTail(p=two_sided(lower, upper), lower=lower, upper=upper, insufficient=unreachable[w])


def _check(
    x: NDArray[np.int64], total: NDArray[np.int64], weight: NDArray[np.int64], outside: NDArray[np.int64]
) -> None:
    fits = total.shape == weight.shape and outside.shape in {(), weight.shape}
    if fits:
        inside = weight - outside
        possible = (outside > 0) | (total <= weight * x.max(initial=0))
        fits = bool(((weight >= 1) & (inside >= 0) & (inside <= x.size) & possible).all())
    if not fits:
        message = "Totals and weights are not sums over neighbourhoods of these counts."
        raise MethodError(message, remedy="Pass total and weight of gi_star for the same counts, and what lies beyond.")


def _largest_totals(x: NDArray[np.int64], weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum of the W largest counts, or of all there are, for each weight W."""
    most = np.minimum(weights, len(x))
    others = len(x) - int(most.max())
    largest = np.sort(np.partition(x, others)[others:])[::-1]
    totals: NDArray[np.int64] = np.cumsum(largest)[most - 1]
    return totals


@dataclass(frozen=True)
class _Tails:
    """P(S ≤ s) and P(S ≥ s) for every total s and every weight in use, end to end.

    The entry of total s at weight W stands at ``offset[W] + s``. The last one of a weight, at ``most[W]``, stands for
    every total that is more than W draws can have.
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    offset: NDArray[np.int64]
    most: NDArray[np.int64]

    def at(self, total: NDArray[np.int64], weight: NDArray[np.int64]) -> _Pair:
        """Lower and upper tail of each total at its weight."""
        index = self.offset[weight] + np.minimum(total, self.most[weight])
        return self.lower[index], self.upper[index]


def _tails(pmf: NDArray[np.float64], weights: NDArray[np.int64]) -> _Tails:
    powers = convolution_powers(pmf, weights.tolist())
    # A total that occurs is a sum of W counts that occur: its chance cannot be smaller than this.
    floors = pmf[pmf > 0].min() ** weights.astype(np.float64)
    lower: list[NDArray[np.float64]] = []
    upper: list[NDArray[np.float64]] = []
    for power, floor in zip(powers, floors, strict=True):
        lower += [np.clip(np.cumsum(power), floor, 1.0), np.array([1.0])]
        upper += [np.clip(np.cumsum(power[::-1])[::-1], floor, 1.0), np.array([floor])]
    offset, most = np.zeros((2, weights.max() + 1), dtype=np.int64)
    most[weights] = [len(power) for power in powers]
    offset[weights[1:]] = np.cumsum(most[weights[:-1]] + 1)
    return _Tails(np.concatenate(lower), np.concatenate(upper), offset, most)
