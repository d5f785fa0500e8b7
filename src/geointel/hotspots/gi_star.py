"""Gi* in closed form: how high or low the total of a cell and its ring is for this map.

Ord and Getis (1995), Local spatial autocorrelation statistics, Geographical Analysis 27(4), with
binary weights; the form of spdep ``localG`` and esda ``G_Local``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from geointel.hotspots.beyond import Beyond


@dataclass(frozen=True)
class GiStar:
    """Gi* of every cell, each array of shape ``(n,)``.

    ``z`` and ``p_normal`` (two-sided) are NaN where the statistic is 0/0: the map has no variation,
    or the neighbourhood is as large as the whole map. ``total`` is the sum over the neighbourhood and
    ``weight`` the number of its cells; weight 1 is an isolated cell, which is never a cluster.
    """

    z: NDArray[np.float64]
    p_normal: NDArray[np.float64]
    total: NDArray[np.float64]
    weight: NDArray[np.int64]


def gi_star(
    counts: ArrayLike,
    neighbours: csr_array[np.float64, tuple[int, int]],
    *,
    include_self: bool = True,
    beyond: Beyond | None = None,
) -> GiStar:
    """Gi* (or Gi, with ``include_self=False``) of each cell.

    Parameters
    ----------
    counts
        Value of each cell of the study area, zeros included, shape ``(n,)``. Leave out cells in which
        nothing can be recorded: they are not zeros.
    neighbours
        Binary adjacency without self, shape ``(n, n)``, as ``geointel.grid.neighbours`` gives it.
    include_self
        False leaves each cell out of its own neighbourhood, mean and variance (Gi).
    beyond
        Neighbours outside the study area: they count in ``total`` and ``weight``; n, mean and variance stay those of
        the study area.

    Raises
    ------
    MethodError
        If the shapes differ or a count is not a finite number.
    """
    x = _checked(counts, neighbours)
    total = np.asarray(neighbours @ x, dtype=np.float64)
    weight = np.diff(neighbours.indptr).astype(np.int64)
    if beyond is not None:
        outside = beyond.of(len(x))
        total += outside.totals
        weight += outside.number
    if include_self:
        total += x
        weight += 1
        z = standardise(total, weight, mean=mean_of(x), variance=variance_of(x), n=len(x))
    else:
        z = _without_self(x, total, weight)
    return GiStar(z=z, p_normal=erfc(np.abs(z) / np.sqrt(2)), total=total, weight=weight)


def _checked(counts: ArrayLike, neighbours: csr_array[np.float64, tuple[int, int]]) -> NDArray[np.float64]:
    x = np.asarray(counts, dtype=np.float64)
    if neighbours.shape != (x.size, x.size) or x.ndim != 1:
        message = f"{x.shape} counts do not fit an adjacency of {neighbours.shape}."
        raise MethodError(message, remedy="Pass one count for each row of the adjacency, in its order.")
    if not np.isfinite(x).all():
        message = "A count is not a finite number."
        raise MethodError(message, remedy="Leave out the cells without a value, in the adjacency too.")
    return x


def mean_of(x: NDArray[np.float64]) -> float:
    """Mean of all values, NaN without any."""
    return float(x.mean()) if x.size else np.nan


def variance_of(x: NDArray[np.float64]) -> float:
    """Variance with divisor n; exactly zero when all values are equal, whatever the rounding of the mean."""
    if not x.size or x.min() == x.max():
        return 0.0
    return float(x.var())


def _without_self(x: NDArray[np.float64], total: NDArray[np.float64], weight: NDArray[np.int64]) -> NDArray[np.float64]:
    """Gi: mean and variance of the other n − 1 cells, exactly 0 where these are all equal."""
    n = len(x)
    if n < 3:
        return np.full(n, np.nan)
    centre = float(np.median(x))
    deviation = x - centre
    mean = _sum_of_others(deviation) / (n - 1)
    variance = np.maximum(_sum_of_others(np.square(deviation)) / (n - 1) - np.square(mean), 0.0)
    return standardise(total - weight * centre, weight, mean=mean, variance=variance, n=n - 1)


def _sum_of_others(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum without each value itself; nothing is subtracted, so one huge value does not drown the rest."""
    before, after = np.zeros(len(values)), np.zeros(len(values))
    before[1:] = np.cumsum(values[:-1])
    after[:-1] = np.cumsum(values[:0:-1])[::-1]
    return before + after


def standardise(
    total: NDArray[np.float64],
    weight: NDArray[np.int64],
    *,
    mean: float | NDArray[np.float64],
    variance: float | NDArray[np.float64],
    n: int,
) -> NDArray[np.float64]:
    """(Σ − W·mean) / sqrt(variance · W(n − W)/(n − 1)): for binary weights the sum of squares is W.

    NaN where that is 0/0, and where a neighbourhood has more cells than the map. ``total`` and ``weight`` have one shape; ``n`` values have this mean and variance.
    """
    spread = np.sqrt(variance * (weight * np.maximum(n - weight, 0) / max(n - 1, 1)))
    spread[spread == 0] = np.nan
    return (total - weight * mean) / spread
