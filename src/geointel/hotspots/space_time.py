"""Space-time Gi*: cell and ring, now and in the steps just before, against the whole cube.

Ord and Getis (1995), Geographical Analysis 27(4), over cells and steps together, as in the space-time cube of
ArcGIS and esda ``G_Local`` on such a neighbourhood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc

from geointel.errors import MethodError
from geointel.hotspots.gi_star import GiStar, mean_of, standardise, variance_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from geointel.hotspots.beyond import Beyond


def space_time_gi_star(
    counts: ArrayLike,
    neighbours: csr_array[np.float64, tuple[int, int]],
    *,
    steps_back: int = 1,
    beyond: Beyond | None = None,
) -> GiStar:
    """Gi* of each cell in each step; every array of the result has shape ``(n, steps)``.

    Parameters
    ----------
    counts
        Count of each cell in each step, oldest first, shape ``(n, steps)``, zeros included.
    neighbours
        Binary adjacency without self, shape ``(n, n)``.
    steps_back
        How many earlier steps belong to the neighbourhood; the first steps have fewer.
    beyond
        Neighbours outside the map, with counts of each step. They count in sums and weights, not in mean and variance.

    Notes
    -----
    Mean and variance are those of the whole cube, and so must the multiple testing be. Neighbouring z
    share counts, in space and in time. ``p_normal`` finds too much in uneven counts, and so would a tail that
    draws cells and steps apart from each other: for classes use ``space_time_tail``.

    Raises
    ------
    MethodError
        If the shapes differ, a count is not finite, or ``steps_back`` is negative.
    """
    x = np.asarray(counts, dtype=np.float64)
    if x.ndim != 2 or neighbours.shape != (len(x), len(x)) or steps_back < 0 or not np.isfinite(x).all():
        message = f"Counts of shape {x.shape} with {steps_back} steps back do not fit {neighbours.shape} neighbours."
        raise MethodError(message, remedy="Pass finite counts, one row for each row of the adjacency.")
    sums, around = around_each(x, neighbours, beyond)
    total = with_steps_before(sums, steps_back)
    weight = around[:, None] * np.minimum(np.arange(x.shape[1]) + 1, steps_back + 1)
    z = standardise(total, weight, mean=mean_of(x), variance=variance_of(x), n=x.size)
    return GiStar(z=z, p_normal=erfc(np.abs(z) / np.sqrt(2)), total=total, weight=weight)


def around_each(
    x: NDArray[np.float64], neighbours: csr_array[np.float64, tuple[int, int]], beyond: Beyond | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum over cell and ring in each step, shape ``(n, steps)``, and of how many cells, ``(n,)``.

    Raises ``MethodError`` where the counts beyond the map are not of the same steps.
    """
    sums = np.asarray(neighbours @ x) + x
    cells = (np.diff(neighbours.indptr) + 1).astype(np.int64)
    if beyond is None:
        return sums, cells
    totals = beyond.of(len(x)).totals
    if totals.shape != x.shape:
        message = f"Counts beyond the map have the shape {beyond.counts.shape}, and those of the map {x.shape}."
        raise MethodError(message, remedy="Pass counts of the same steps.")
    return sums + totals, cells + beyond.number


def with_steps_before(sums: NDArray[np.float64], steps_back: int) -> NDArray[np.float64]:
    """Each step of shape ``(n, steps)`` with up to ``steps_back`` steps before it added."""
    total = sums.copy()
    for lag in range(1, min(steps_back, sums.shape[1] - 1) + 1):
        total[:, lag:] += sums[:, :-lag]
    return total
