"""Moran's I: does the whole map cluster, and which cells differ from, or match, their surroundings?

Global: Cliff and Ord (1981). Local: Anselin (1995), Geographical Analysis 27(2),
doi:10.1111/j.1538-4632.1995.tb00338.x, with the conditional moments of Sokal, Oden and Thomson (1998),
doi:10.1111/j.1538-4632.1998.tb00406.x; row-standardised weights, the form of esda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse, special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    Adjacency = csr_array[np.float64, tuple[int, int]]

MORAN_CLASSES = ("none", "high-high", "low-high", "low-low", "high-low")
"""Cell against surroundings, in the order of the quadrants 1 to 4: the second and fourth are outliers."""


@dataclass(frozen=True)
class GlobalMoran:
    """Moran's I of a map; variance and z under normality and under randomisation, p two-sided."""

    i: float
    expected: float
    variance_normal: float
    variance: float
    z_normal: float
    z: float
    p: float


@dataclass(frozen=True)
class LocalMoran:
    """Local Moran's I, each array of shape ``(n,)``; NaN and quadrant 0 for a cell without neighbours.

    ``expected`` and ``variance`` hold the cell's own value fixed (conditional), ``expected_total`` and
    ``variance_total`` do not. All are of ``i``, which has the factor (n − 1)/Σz²; esda gives its
    moments with n in place of n − 1. ``quadrant`` is 1 high-high, 2 low-high, 3 low-low, 4 high-low.
    ``lower`` and ``upper`` are the shares of conditional permutations with an I at least as low or as
    high, equal ones in both, and ``p`` is two-sided; NaN where no permutations were asked for.
    """

    i: NDArray[np.float64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]
    expected_total: NDArray[np.float64]
    variance_total: NDArray[np.float64]
    quadrant: NDArray[np.int8]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    p: NDArray[np.float64]


def global_moran(values: ArrayLike, neighbours: Adjacency, *, row_standardised: bool = True) -> GlobalMoran:
    """Moran's I of the whole map, cells without neighbours left out.

    Parameters
    ----------
    values
        Value of each cell, shape ``(n,)``.
    neighbours
        Binary adjacency without self, shape ``(n, n)``.
    row_standardised
        Give every cell the same weight in all; False gives every pair the same.

    Raises
    ------
    MethodError
        If the shapes differ, a value is not finite, or fewer than four cells have neighbours.
    """
    x, adjacency = _connected(values, neighbours)
    n, z = len(x), x - x.mean()
    weights = _standardised(adjacency) if row_standardised else adjacency
    s0 = float(weights.sum())
    s1 = float((weights + weights.T).power(2).sum()) / 2
    s2 = float(np.square(weights.sum(axis=1) + weights.sum(axis=0)).sum())
    squares = float(z @ z)
    i = n / s0 * float(z @ (weights @ z)) / squares if squares else np.nan
    kurtosis = n * float((z**4).sum()) / squares**2 if squares else np.nan
    expected = -1 / (n - 1)
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    above = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    variance = above / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    score = (i - expected) / np.sqrt(variance)
    p = float(special.erfc(abs(score) / np.sqrt(2)))
    return GlobalMoran(i, expected, normal, variance, (i - expected) / np.sqrt(normal), score, p)


def local_moran(values: ArrayLike, neighbours: Adjacency, *, permutations: int = 0, seed: int = 0) -> LocalMoran:
    """Local Moran's I, with p by conditional permutation if any are asked for.

    A cell that is itself extreme is compared with maps in which it stays extreme. Cells without
    neighbours are left out of mean and variance too. See ``global_moran`` for the rest.
    """
    x, adjacency = _connected(values, neighbours)
    z, degree = x - x.mean(), np.diff(adjacency.indptr)
    lag = np.asarray(adjacency @ z) / degree
    moments = _moments(z, degree)
    tails = np.full((2, len(z)), np.nan)
    if permutations:
        lowest, highest = _permuted(z, lag * degree, degree, permutations=permutations, seed=seed)
        # I rises with its surroundings where the cell is high, and falls where it is low.
        tails = np.where(z > 0, [lowest, highest], np.where(z < 0, [highest, lowest], permutations)) / permutations
    p = np.minimum(1.0, 2.0 * (tails.min(axis=0) * permutations + 1) / (permutations + 1))
    kept = np.diff(neighbours.indptr) > 0
    quadrant = np.zeros(len(kept), dtype=np.int8)
    quadrant[kept] = np.where(z > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3))
    columns = (z * lag * moments[0], *moments[1:], *tails, p)
    i, expected, variance, expected_total, variance_total, lower, upper, p = (_spread(c, kept) for c in columns)
    return LocalMoran(i, expected, variance, expected_total, variance_total, quadrant, lower, upper, p)


def _moments(z: NDArray[np.float64], degree: NDArray[np.int32]) -> list[NDArray[np.float64]]:
    """(n − 1)/Σz², and mean and variance of I, conditional and in all.

    With rows of weights 1/degree, Σw = 1 and Σw² = 1/degree.
    """
    n = len(z)
    square = float(z @ z) / n or np.nan
    kurtosis = float((z**4).sum()) / n / square**2
    share, own, factor = 1.0 / degree, np.square(z) / square, (n - 1) / n
    conditional = own * n / (n - 2) * (share - 1 / (n - 1)) * (1 - own / (n - 1))
    total = share * (n - kurtosis) / (n - 1) + (1 - share) * (2 * kurtosis - n) / ((n - 1) * (n - 2)) - (n - 1) ** -2
    scale, nothing = np.full(n, factor / square), np.zeros(n)
    return [scale, -own / n, conditional * factor**2, nothing - 1 / n, total * factor**2]


def moran_classes(quadrant: NDArray[np.int8], q: ArrayLike, *, level: float = 0.05) -> NDArray[np.str_]:
    """Slug of each cell: its quadrant where the adjusted ``q`` is at most ``level``, otherwise ``none``."""
    return np.array(MORAN_CLASSES)[np.where(np.asarray(q, dtype=np.float64) <= level, quadrant, 0)]


def _connected(values: ArrayLike, neighbours: Adjacency) -> tuple[NDArray[np.float64], Adjacency]:
    """Values and adjacency of the cells that have neighbours."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or neighbours.shape != (x.size, x.size) or not np.isfinite(x).all():
        message = f"{x.shape} values do not fit an adjacency of {neighbours.shape}, or are not finite."
        raise MethodError(message, remedy="Pass one finite value for each row of the adjacency, in its order.")
    kept = np.diff(neighbours.indptr) > 0
    if np.count_nonzero(kept) < 4:
        message = "Fewer than four cells have neighbours."
        raise MethodError(message, remedy="Use a larger area or a finer resolution.")
    return x[kept], neighbours if kept.all() else neighbours[kept][:, kept]


def _standardised(adjacency: Adjacency) -> Adjacency:
    """Weights that add up to 1 in each row."""
    degree = np.diff(adjacency.indptr)
    return sparse.csr_array((np.repeat(1.0 / degree, degree), adjacency.indices, adjacency.indptr), adjacency.shape)


def _spread(values: NDArray[np.float64], kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Values of the kept cells in the places of all; NaN elsewhere."""
    whole = np.full(len(kept), np.nan)
    whole[kept] = values
    return whole


def _permuted(
    z: NDArray[np.float64], around: NDArray[np.float64], degree: NDArray[np.int32], *, permutations: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many draws of other cells have a sum at most, and at least, that of the surroundings.

    All cells share the draws of k + 1 cells. A cell that is itself among the first k of a draw gives its
    place to the last one, so to each cell its draws are from the others. Then every cell looks its sum up in
    one sorted list, corrected for the few draws it was part of.
    """
    drawn = _draws(np.random.default_rng(seed), len(z), int(degree.max()) + 1, permutations)
    # Sums of the same values in another order are equal.
    slack = 1e-9 * float(np.abs(z).max())
    low, high = around - slack, around + slack
    lowest, highest = np.empty((2, len(z)), dtype=np.int64)
    for k in np.unique(degree).tolist():
        rows = degree == k
        sums = z[drawn[:, :k]].sum(axis=1)
        member, before = drawn[:, :k].ravel(), np.repeat(sums, k)
        after = before - z[member] + z[np.repeat(drawn[:, k], k)]
        ordered = np.sort(sums)
        below = np.searchsorted(ordered, high, side="right")
        below += _exchanged(after <= high[member], before <= high[member], member, len(z))
        above = permutations - np.searchsorted(ordered, low, side="left")
        above += _exchanged(after >= low[member], before >= low[member], member, len(z))
        lowest[rows], highest[rows] = below[rows], above[rows]
    return lowest, highest


def _exchanged(
    after: NDArray[np.bool_], before: NDArray[np.bool_], member: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Draws gained less draws lost by each cell when its own place is given to another."""
    return np.bincount(member[after & ~before], minlength=n) - np.bincount(member[before & ~after], minlength=n)


def _draws(random: np.random.Generator, n: int, size: int, permutations: int) -> NDArray[np.int64]:
    """``size`` different cells in each row; a row with one twice is drawn again."""
    if size > n:
        message = f"{size} different cells cannot be drawn from {n}."
        raise MethodError(message, remedy="Use a larger area or a smaller ring.")
    if size > n // 4:
        return np.argsort(random.random((permutations, n)), axis=1)[:, :size]
    drawn = random.integers(n, size=(permutations, size))
    while (again := (np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1)).any():
        drawn[again] = random.integers(n, size=(np.count_nonzero(again), size))
    return drawn
