"""Scan statistics for counts that vary more than by chance alone, as recorded incidents do.

The statistics of ``scan`` and ``scan_space_time``, held against maps that vary as much as this one (``scan_nulls``). An
overdispersed map needs both: replicas as overdispersed, and ratios divided by the variance inflation of their circle,
as in quasi-likelihood (McCullagh and Nelder 1989, chapter 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.excess import CAUTION as DOUBLED
from geointel.hotspots.excess import dispersion
from geointel.hotspots.likely_dispersion import likely_dispersion
from geointel.hotspots.scan import USUAL, Cluster, poisson_scan
from geointel.hotspots.scan_nulls import HIGHEST, dispersed_shares, permuted, shuffled_within
from geointel.hotspots.scan_space_time import permutation_scan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.hotspots.scan_zones import Search, Zones

CONFIDENCE = 0.9
"""Of the upper limit of the dispersion: a map can by chance show less of it than there is."""
CAUTION = 1.3
"""Factor on the dispersion by moments, which needs no shape of distribution: the likelihood makes little of long tails."""

LEAST_EVENTS, LEAST_CELLS = 2, 2
"""One event is no cluster, and one cell has no rest to be compared with."""


def share_scan(
    events: NDArray[np.int64],
    exposure: NDArray[np.int64],
    places: tuple[ArrayLike, ArrayLike] | Zones,
    *,
    seed: int,
    search: Search = USUAL,
) -> tuple[list[Cluster], float] | None:
    """Circles in which a category has a larger share of all records than in the rest; and the dispersion of the map.

    Parameters
    ----------
    events, exposure
        Records of the category, and all records, of each cell, ``events ≤ exposure``, shape ``(n,)``.
    places
        As of ``poisson_scan``.

    Returns
    -------
    Clusters as of ``poisson_scan``, and the ``most_dispersion`` of the map; None for a map on
    which nothing could be one.
    """
    if len(events) < LEAST_CELLS or events.sum() < LEAST_EVENTS or events.sum() == exposure.sum():
        return None
    rho = most_dispersion(events, exposure)
    found = poisson_scan(
        events,
        exposure,
        places,
        seed=seed,
        search=search,
        draw=dispersed_shares(events, exposure, rho=rho),
        inflation=1 + rho * np.maximum(exposure - 1, 0),
    )
    return found, rho


def most_dispersion(events: NDArray[np.int64], exposure: NDArray[np.int64]) -> float:
    """Correlation between records of one cell, on the safe side: the upper limit of its likelihood, or more by moments.

    Replicas less dispersed than the truth make a cluster of what is usual. Each estimate alone does so, the one by moments
    where few cells decide, the likelihood where some cells stand out further than a beta-binomial has them.
    """
    by_moments = CAUTION * dispersion(events, exposure) / DOUBLED
    return min(max(likely_dispersion(events, exposure, confidence=CONFIDENCE).upper, by_moments), HIGHEST)


def count_scan(
    events: NDArray[np.int64], places: tuple[ArrayLike, ArrayLike] | Zones, *, seed: int, search: Search = USUAL
) -> list[Cluster] | None:
    """Circles that have more events by cell than the rest, held against the same counts in other cells; as ``share_scan``."""
    if len(events) < LEAST_CELLS or events.sum() < LEAST_EVENTS or events.min() == events.max():
        return None
    return poisson_scan(events, np.ones(len(events)), places, seed=seed, search=search, draw=permuted(events))


def burst_scan(
    by_step: NDArray[np.int64],
    places: tuple[ArrayLike, ArrayLike],
    *,
    longest: int,
    seed: int,
    search: Search = USUAL,
) -> list[Cluster] | None:
    """Circles in which something began in the last steps, held against cells that have shuffled their own steps.

    ``by_step`` are the events of each cell and step, shape ``(n, steps)``; ``longest`` is below ``steps``. What comes
    together in a cell and step stays together in every simulation. None as in ``share_scan``.
    """
    n, steps = by_step.shape
    if n < LEAST_CELLS or by_step.sum() < LEAST_EVENTS:
        return None
    cell, step = (np.repeat(place.ravel(), by_step.ravel()) for place in np.indices(by_step.shape))
    return permutation_scan(
        (cell, step),
        places,
        steps=steps,
        longest=longest,
        seed=seed,
        search=search,
        draw=shuffled_within(cell, step, cells=n, steps=steps),
    )


def last_steps(by_step: NDArray[np.int64], steps: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Events of each cell in the last steps, and expected if the cell had its usual part of all; shape ``(n,)`` each.

    Expected is the events of the cell in all steps times those of all cells in the last ones, over all events, as in
    ``permutation_scan``. ``by_step`` has shape ``(n, steps)``.
    """
    count = by_step[:, -steps:].sum(axis=1)
    return count, by_step.sum(axis=1) * (float(count.sum()) / max(int(by_step.sum()), 1))
