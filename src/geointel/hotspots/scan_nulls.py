"""Maps and months without any cluster, for the simulations of a scan: what is usual on this map stays usual.

Multinomial replicas know of chance alone. Recorded incidents vary more than that, and with such replicas a scan finds
clusters on nearly every map (``docs/validation/noise-cluster.md``). These draw from what the map itself shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Draw = Callable[[np.random.Generator], NDArray[np.int64]]
    """One replica: the counts of each cell, or the step of each event."""

HIGHEST = 1 - 1e-9
"""A correlation of 1 would be all or nothing."""


def permuted(counts: NDArray[np.int64]) -> Draw:
    """Draw the same counts in other cells, shape ``(n,)``."""
    return lambda random: random.permutation(counts)


def dispersed_shares(events: NDArray[np.int64], exposure: NDArray[np.int64], *, rho: float) -> Draw:
    """Draw events of each cell that are a beta-binomial part of its records, with the same total.

    Parameters
    ----------
    events, exposure
        Records of the category, and all records, of each cell, ``events ≤ exposure``, shape ``(n,)``; the category has
        some of the records and not all.
    rho
        Correlation between records of one cell, from 0 (binomial); ``likely_dispersion`` estimates it.

    Notes
    -----
    What a draw has too much or too little is taken from its own events, or from its other records, each as likely.
    """
    total, share = int(events.sum()), float(events.sum() / exposure.sum())
    scale = 1 / min(rho, HIGHEST) - 1 if rho > 0 else np.inf

    def draw(random: np.random.Generator) -> NDArray[np.int64]:
        shares = random.beta(share * scale, (1 - share) * scale, len(exposure)) if rho > 0 else share
        found = random.binomial(exposure, shares)
        surplus = int(found.sum()) - total
        if surplus > 0:
            return found - random.multivariate_hypergeometric(found, surplus)
        return found + random.multivariate_hypergeometric(exposure - found, -surplus)

    return draw


def shuffled_within(cell: NDArray[np.int64], step: NDArray[np.int64], *, cells: int, steps: int) -> Draw:
    """Draw the steps of events after each cell has shuffled its own steps: what came together stays together.

    ``cell`` and ``step`` of each event, shape ``(events,)``. The counts of a cell's steps stay the same; which step has
    which does not.
    """

    def draw(random: np.random.Generator) -> NDArray[np.int64]:
        return random.permuted(np.tile(np.arange(steps), (cells, 1)), axis=1)[cell, step]

    return draw


def shuffled_bundles(cell: NDArray[np.int64], step: NDArray[np.int64]) -> Draw:
    """Draw the steps of events after all bundles, the events of one cell in one step, have exchanged their steps."""
    _, first, bundle = np.unique(np.column_stack([cell, step]), axis=0, return_index=True, return_inverse=True)
    own, member = step[first], bundle.reshape(-1)
    return lambda random: random.permutation(own)[member]
