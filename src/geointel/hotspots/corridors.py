"""Corridors: stretches of one road that lie together and have more than is expected, and by how much.

How much more leans on how much roads here differ at all (empirical Bayes, Hauer 1997, Observational Before-After Studies in Road
Safety): the stretches were chosen for having many, so that their own number is too high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.hotspots.along_roads import RoadWindows

INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class Corridor:
    """Positions of its stretches, what was counted on them and what is expected.

    ``ratio`` is the rate that is to be expected of it from now on, in terms of the usual one, with the interval of 95 %; ``excess`` that
    in numbers: expected times ``ratio`` − 1. ``p`` and ``q`` are the least of its windows.
    """

    stretches: NDArray[np.int64]
    observed: float
    expected: float
    ratio: float
    lower: float
    upper: float
    excess: float
    p: float
    q: float


def variation(tested: RoadWindows) -> float:
    """Variance of the rates of windows, in terms of the usual one, beyond that of Poisson counts; 0 where there is none.

    Moments: the sum of (observed − expected)² is that of the counts and of the variance times expected². Windows are of the size of
    corridors; stretches can be as short as ten metres.
    """
    observed, expected = tested.observed, tested.expected
    below = float(expected @ expected)
    return max(0.0, float(((observed - expected) ** 2).sum() - expected.sum()) / below) if below > 0 else 0.0


@dataclass(frozen=True)
class Along:
    """Stretches that are joined, one road by itself (``join_stretches``), and those within a window of each (``reach_along``)."""

    graph: csr_array
    near: csr_array


def corridors(
    count: NDArray[np.float64], expected: NDArray[np.float64], along: Along, *, tested: RoadWindows, level: float
) -> list[Corridor]:
    """Corridors of a map, the greatest excess first.

    ``tested`` are the windows around the stretches. What was tested is a window, so a corridor is made of the windows with ``q <= level``
    that overlap or are joined, without the stretches at its ends that have no count.
    """
    around, graph = along.near.copy(), along.graph
    around.data = np.ones(around.nnz)
    hot = np.asarray(around @ (np.nan_to_num(tested.q, nan=1.0) <= level).astype(np.float64)) > 0
    hot = _trimmed(hot, count, graph)
    places = np.flatnonzero(hot)
    if not len(places):
        return []
    spread = variation(tested)
    _, label = connected_components(graph[places][:, places], directed=False)
    found = [
        _corridor(places[label == number], count, expected, spread=spread, tested=tested)
        for number in range(label.max() + 1)
    ]
    return sorted(found, key=lambda one: (-one.excess, one.stretches[0]))


def _trimmed(hot: NDArray[np.bool_], count: NDArray[np.float64], graph: csr_array) -> NDArray[np.bool_]:
    """Without empty stretches that have at most one hot neighbour, again and again."""
    hot = hot.copy()
    while True:
        ends = hot & (count == 0) & (graph.astype(bool).astype(np.int64) @ hot.astype(np.int64) <= 1)
        if not ends.any():
            return hot
        hot &= ~ends


def _corridor(
    own: NDArray[np.int64],
    count: NDArray[np.float64],
    expected: NDArray[np.float64],
    *,
    spread: float,
    tested: RoadWindows,
) -> Corridor:
    observed, usual = float(count[own].sum()), float(expected[own].sum())
    if spread > 0:
        shape, rate = 1 / spread + observed, 1 / spread + usual
        lower, upper = (float(stats.gamma.ppf(end, shape, scale=1 / rate)) for end in INTERVAL)
        ratio = shape / rate
    else:
        ratio = lower = upper = 1.0
    return Corridor(
        stretches=own,
        observed=observed,
        expected=usual,
        ratio=ratio,
        lower=lower,
        upper=upper,
        excess=usual * (ratio - 1),
        p=float(np.nanmin(tested.p[own])),
        q=float(np.nanmin(tested.q[own])),
    )
