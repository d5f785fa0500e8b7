"""How often whole cells, drawn from the cube itself, give such a total over cell and ring.

The randomisation tail of one map draws counts of cells. Drawing cells and steps of a cube apart from each other would
be wrong: a busy street is busy in most months, its cell stands in a neighbourhood once for every step that this
looks back over, and steps drawn apart hardly ever bring two busy months of one street together. The tail would be too
light, and every overdispersed map would have hot steps. So what is drawn is a cell with its steps of that neighbourhood
added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.randomisation import randomisation_tail
from geointel.hotspots.space_time import around_each, with_steps_before
from geointel.hotspots.tails import out_of_reach

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from geointel.hotspots.beyond import Beyond


@dataclass(frozen=True)
class SpaceTimeTail:
    """Chance of each cell's total in each step; every array has shape ``(n, steps)``.

    ``p`` is two-sided. ``side`` is 1 where the upper tail is the smaller one, −1 where the lower one is, 0 where they are
    equal: the side that ``p`` speaks of, which need not be the sign of z, as that is measured from the mean of
    the whole cube. ``insufficient`` marks cells and steps whose ``p`` could not be .05 even if the W cells with the
    largest counts, each in the best of its steps, stood together in one step.
    """

    p: NDArray[np.float64]
    side: NDArray[np.int8]
    insufficient: NDArray[np.bool_]


def space_time_tail(
    counts: ArrayLike,
    neighbours: csr_array[np.float64, tuple[int, int]],
    *,
    steps_back: int = 1,
    beyond: Beyond | None = None,
) -> SpaceTimeTail:
    """Randomisation p of cell and ring, in each step and the ``steps_back`` before it.

    Parameters
    ----------
    counts
        Whole counts of all supported cells in each step, oldest first, zeros included, shape ``(n, steps)``.
    neighbours
        Binary adjacency without self, shape ``(n, n)``.
    steps_back, beyond
        As in ``space_time_gi_star``.

    Notes
    -----
    With y of a cell and step = its counts of the step and the ``steps_back`` before it, the null distribution of the total
    over W cells is that of W draws with replacement from the y of all cells and steps. The first steps look back
    over fewer, and are each compared with their own y alone.

    Steps are pooled, so a step is judged by the whole period: where all of the area rises for a month, cells that
    stand no higher among the others than they always did can be hot in that month.

    Raises
    ------
    MethodError
        If the shapes differ, ``steps_back`` is negative, or a count is not a whole number from 0.
    """
    x = np.asarray(counts, dtype=np.float64)
    if x.ndim != 2 or neighbours.shape != (len(x), len(x)) or steps_back < 0:
        message = f"Counts of shape {x.shape} with {steps_back} steps back do not fit {neighbours.shape} neighbours."
        raise MethodError(message, remedy="Pass one row of counts for each row of the adjacency.")
    found = SpaceTimeTail(np.ones(x.shape), np.zeros(x.shape, dtype=np.int8), np.ones(x.shape, dtype=np.bool_))
    own = with_steps_before(x, steps_back)
    sums, cells = around_each(x, neighbours, beyond)
    around = with_steps_before(sums, steps_back)
    for steps in _alike(x.shape[1], steps_back):
        _fill(found, steps, own[:, steps], total=around[:, steps], cells=cells)
    return found


def _fill(
    found: SpaceTimeTail,
    steps: slice,
    own: NDArray[np.float64],
    *,
    total: NDArray[np.float64],
    cells: NDArray[np.int64],
) -> None:
    """Tails of steps that are judged together; ``cells`` counts those of each neighbourhood."""
    weights, which = np.unique(cells, return_inverse=True)
    # One cell cannot stand in a neighbourhood twice, so only the best of its steps counts for what is in reach.
    best = np.cumsum(np.sort(own.max(axis=1))[::-1])[np.minimum(weights, len(own)) - 1]
    each = np.repeat(cells, own.shape[1])
    tail = randomisation_tail(
        own.ravel(), total=np.concatenate([total.ravel(), best]), weight=np.concatenate([each, weights])
    )
    lower, upper, p = (values[: own.size].reshape(own.shape) for values in (tail.lower, tail.upper, tail.p))
    found.p[:, steps] = p
    found.side[:, steps] = np.sign(lower - upper)
    found.insufficient[:, steps] = out_of_reach(tail.p[own.size :])[which][:, None]


def _alike(steps: int, steps_back: int) -> list[slice]:
    """Steps that look back over as many: the first ones each by itself, all others together."""
    first = min(steps_back, steps)
    rest = [slice(first, steps)] if first < steps else []
    return [*(slice(step, step + 1) for step in range(first)), *rest]
