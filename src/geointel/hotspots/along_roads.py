"""Distances along roads between stretches, and windows along a road with more than is expected there.

A road is a line: counts are summed over the stretches within some hundred metres along the road (a uniform network kernel), not over a
disc that takes in its neighbours too. Dividing two such sums, of what was counted and of what is expected, needs no correction at junctions:
both are spread in the same way. A stretch stands at its middle. Distances are shortest paths of the graph in which stretches that share an end are
neighbours, half of either length apart; they are those of the network itself (a path from middle to middle runs through whole
stretches and two halves). See Okabe and Sugihara (2012), Spatial Analysis along Networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, reverse_cuthill_mckee

from geointel.errors import MethodError
from geointel.hotspots.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 512
"""Stretches from which distances are sought at a time."""


@dataclass(frozen=True)
class RoadWindows:
    """What was counted in the window along the road around each stretch, shape ``(n,)`` each.

    ``p`` is the chance of as many or more where the rate is the usual one, ``q`` the same adjusted for looking at every stretch; both
    are NaN where nothing is expected.
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


def join_stretches(
    start: NDArray[np.int64], end: NDArray[np.int64], metres: NDArray[np.float64], road: NDArray[np.int64] | None = None
) -> csr_array:
    """Stretches that share an end, and metres from middle to middle: symmetric, shape ``(n, n)``.

    ``start`` and ``end`` are nodes of the network. With ``road`` only stretches of one road are neighbours; a number below 0 is a road
    of which nothing is known, whose stretches have none.
    """
    n = len(metres)
    if not n:
        return csr_array((0, 0))
    if road is not None:
        start, end = _ends_of_road(start, end, road)
    node = np.concatenate([start, end])
    stretch = np.concatenate([np.arange(n), np.arange(n)])
    known = node >= 0
    _, place = np.unique(node[known], return_inverse=True)
    touches = csr_array((np.ones(known.sum()), (stretch[known], place)), shape=(n, int(place.max(initial=-1)) + 1))
    pairs = (touches @ touches.T).tocoo()
    apart = pairs.row != pairs.col
    one, other = pairs.row[apart], pairs.col[apart]
    return csr_array(((metres[one] + metres[other]) / 2, (one, other)), shape=(n, n))


def reach_along(graph: csr_array, within: float) -> csr_array:
    """Metres along roads between stretches no further apart than ``within``, each with itself (0, stored); shape ``(n, n)``.

    ``graph`` is that of ``join_stretches``. Raises ``MethodError`` for a distance that is not above 0.
    """
    if not within > 0:
        message = f"A window along roads of {within:g} metres holds nothing."
        raise MethodError(message, remedy="Give a number of metres above 0.")
    n = graph.shape[0]
    rows, columns, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for block in _blocks(graph):
        near = np.flatnonzero(np.isfinite(dijkstra(graph, indices=block, min_only=True, limit=within)))
        part = dijkstra(graph[near][:, near], indices=np.searchsorted(near, block), limit=within)
        one, other = np.nonzero(np.isfinite(part))
        rows.append(block[one])
        columns.append(near[other])
        found.append(part[one, other])
    row, column, metres = (np.concatenate(parts) for parts in (rows, columns, found))
    order = np.lexsort((column, row))
    starts = np.searchsorted(row[order], np.arange(n + 1))
    return csr_array((metres[order], column[order], starts), shape=(n, n))


def road_windows(
    count: NDArray[np.float64],
    expected: NDArray[np.float64],
    distances: csr_array,
    *,
    trials: NDArray[np.float64] | None = None,
) -> RoadWindows:
    """Test the window around every stretch: the stretches that ``distances`` has for it, each with weight 1.

    Counts are Poisson with the expected number; with ``trials`` (tests, of which ``count`` were positive) they are binomial, and the
    share that is expected of each window is ``expected`` over ``trials``. Both are one-sided: more than is expected.
    """
    around = csr_array((np.ones(distances.nnz), distances.indices, distances.indptr), shape=distances.shape)
    observed, usual = np.asarray(around @ count), np.asarray(around @ expected)
    p = np.full(len(count), np.nan)
    there = usual > 0
    if trials is None:
        p[there] = stats.poisson.sf(observed[there] - 1, usual[there])
    else:
        n = np.asarray(around @ trials)
        p[there] = stats.binom.sf(observed[there] - 1, n[there], np.minimum(usual[there] / n[there], 1.0))
    return RoadWindows(observed, usual, p, benjamini_hochberg(p))


def _ends_of_road(
    start: NDArray[np.int64], end: NDArray[np.int64], road: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ends as nodes of their own road: two roads that meet share none. −1 where the road is not known."""
    pairs = np.stack([np.concatenate([road, road]), np.concatenate([start, end])])
    _, node = np.unique(pairs, axis=1, return_inverse=True)
    node = np.where(pairs[0] >= 0, node.ravel(), -1)
    return node[: len(road)], node[len(road) :]


def _blocks(graph: csr_array) -> Iterator[NDArray[np.int64]]:
    """Stretches, neighbours together: so that few others are within reach of a block."""
    if not graph.shape[0]:
        return
    order = reverse_cuthill_mckee(graph.tocsr(), symmetric_mode=True).astype(np.int64)
    for first in range(0, len(order), BLOCK):
        yield np.sort(order[first : first + BLOCK])
