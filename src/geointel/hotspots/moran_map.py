"""Local Moran's I as a map that can be published: a gate for the whole, an exact tail for each cell.

Normal and permutation p of local Moran's I take the unevenness of counts for evidence, and a permutation p of R draws
can hardly pass an adjustment over thousands of cells. Given the cell, I depends on the sum over its ring alone, and if place
did not matter that sum would be so many draws from the counts of the map: its distribution is known exactly
(``randomisation``). The gate is the permutation test of the global I (Cliff and Ord, 1981): it holds its level whatever
the distribution of the counts, because it draws from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from geointel.hotspots.moran import MORAN_CLASSES, global_moran, local_moran, moran_classes
from geointel.hotspots.multiple_testing import benjamini_hochberg
from geointel.hotspots.randomisation import randomisation_tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    Adjacency = csr_array[np.float64, tuple[int, int]]

LEVEL = 0.05
FEWEST = 4
"""Cells with neighbours without which Moran's I has no moments."""

BATCH = 100
"""Maps shuffled at once: 50 MB at 60,000 cells."""

ROUNDING = 1e-9
"""Relative slack for sums of the same numbers in another order."""


@dataclass(frozen=True)
class MoranGate:
    """Global Moran's I and its two-sided permutation p; NaN, and not passed, on a map without variation."""

    i: float
    expected: float
    p: float
    passed: bool


@dataclass(frozen=True)
class MoranMap:
    """Each array of shape ``(n,)``, the cells in the order of the counts; NaN for a cell without neighbours.

    ``i`` is local Moran's I, ``z`` its score by the conditional moments, ``lag`` the mean count of the ring, ``p`` the
    two-sided randomisation p of the ring's sum, ``q`` the same adjusted over the map. ``insufficient`` marks cells without
    neighbours and those that no ring could set apart; they have no ``q``. ``classes`` are slugs of ``MORAN_CLASSES``, all
    ``none`` where the gate is not passed; ``ungated`` are those without it.
    """

    i: NDArray[np.float64]
    z: NDArray[np.float64]
    lag: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    insufficient: NDArray[np.bool_]
    classes: NDArray[np.str_]
    ungated: NDArray[np.str_]
    gate: MoranGate


def moran_gate(values: ArrayLike, neighbours: Adjacency, *, permutations: int = 999, seed: int = 0) -> MoranGate:
    """Is there any pattern in the map as a whole?

    p is twice the smaller share of shuffled maps with an I at least as low, or as high, the map itself among them.
    Raises ``MethodError`` as ``global_moran``; cells without neighbours are left out.
    """
    found = global_moran(values, neighbours)
    if not np.isfinite(found.i):
        return MoranGate(i=np.nan, expected=found.expected, p=np.nan, passed=False)
    kept = np.diff(neighbours.indptr) > 0
    x = np.asarray(values, dtype=np.float64)[kept]
    z, pairs = x - x.mean(), _pairs(neighbours[kept][:, kept])
    own = float(z @ (pairs @ z))
    drawn = _shuffled(z, pairs, permutations=permutations, seed=seed)
    slack = ROUNDING * float(z @ z)
    extreme = int(min(np.count_nonzero(drawn <= own + slack), np.count_nonzero(drawn >= own - slack)))
    p = min(1.0, 2.0 * (extreme + 1) / (permutations + 1))
    return MoranGate(i=float(found.i), expected=found.expected, p=p, passed=p <= LEVEL)


def moran_map(counts: ArrayLike, neighbours: Adjacency, *, permutations: int = 999, seed: int = 0) -> MoranMap:
    """Local Moran's I, exact tails and classes of one map.

    Parameters
    ----------
    counts
        Whole counts of all supported cells, zeros included, shape ``(n,)``.
    neighbours
        Binary adjacency without self, shape ``(n, n)``.
    permutations, seed
        Of the gate.

    Raises
    ------
    MethodError
        If counts are not whole or negative, or do not fit the adjacency. Fewer than four cells with neighbours are no
        error: nothing can be said of any of them.
    """
    x, kept = np.asarray(counts, dtype=np.float64), np.diff(neighbours.indptr) > 0
    if np.count_nonzero(kept) < FEWEST:
        return _nothing(len(x))
    found = local_moran(x, neighbours)
    degree = np.diff(neighbours.indptr)[kept]
    total = np.rint(np.asarray(neighbours @ x))[kept]
    tail = randomisation_tail(x[kept], total=total, weight=degree)
    q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
    whole = np.full((3, len(x)), np.nan)
    whole[:, kept] = total / degree, tail.p, q
    insufficient = ~kept
    insufficient[kept] = tail.insufficient
    ungated = moran_classes(found.quadrant, whole[2], level=LEVEL)
    gate = moran_gate(x, neighbours, permutations=permutations, seed=seed)
    return MoranMap(
        i=found.i,
        z=_score(found.i - found.expected, found.variance),
        lag=whole[0],
        p=whole[1],
        q=whole[2],
        insufficient=insufficient,
        classes=ungated if gate.passed else np.full(len(x), MORAN_CLASSES[0]),
        ungated=ungated,
        gate=gate,
    )


def _pairs(adjacency: Adjacency) -> Adjacency:
    """Weights of each pair of neighbours once: z·pairs·z is the same as with row-standardised weights."""
    degree = np.diff(adjacency.indptr)
    weights = sparse.csr_array((np.repeat(1.0 / degree, degree), adjacency.indices, adjacency.indptr), adjacency.shape)
    return sparse.csr_array(sparse.triu(weights + weights.T))


def _shuffled(z: NDArray[np.float64], pairs: Adjacency, *, permutations: int, seed: int) -> NDArray[np.float64]:
    """The numerator of I of each shuffled map, shape ``(permutations,)``."""
    random, found = np.random.default_rng(seed), []
    for start in range(0, permutations, BATCH):
        maps = random.permuted(np.tile(z, (min(BATCH, permutations - start), 1)), axis=1).T.copy()
        found.append(np.einsum("nm,nm->m", maps, pairs @ maps))
    return np.concatenate(found) if found else np.empty(0)


def _score(above: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference by standard deviation; NaN where a cell exactly at the mean can have no other I."""
    able = variance > ROUNDING**2
    score: NDArray[np.float64] = np.divide(
        above, np.sqrt(variance, where=able, out=np.ones(len(able))), out=np.full(len(able), np.nan), where=able
    )
    return score


def _nothing(n: int) -> MoranMap:
    unknown, none = np.full(n, np.nan), np.full(n, MORAN_CLASSES[0])
    gate = MoranGate(i=np.nan, expected=np.nan, p=np.nan, passed=False)
    return MoranMap(unknown, unknown, unknown, unknown, unknown, np.ones(n, dtype=bool), none, none, gate)
