"""What happens next door: counts beyond the border, near a place in which something rises.

They are those of hexagons beyond the study area that neighbour sums may use, and only ever given as a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geointel.gaps.sphere import chord, on_sphere
from geointel.grid import centres
from geointel.model import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.model import Window

NEAR_KM = 20.0
FEWEST = 3
"""Fewer hexagons beyond the border are no sum that hides each."""
BASELINE = 12
"""Months before that say what is expected."""


@dataclass(frozen=True)
class NextDoor:
    """Sum over ``cells`` hexagons beyond the border: observed in a month, and the mean of the months before."""

    cells: int
    observed: float
    expected: float


@dataclass(frozen=True)
class Beyond:
    """Counts of hexagons beyond the border, and where these are."""

    counts: Counts
    months: tuple[Window, ...]
    tree: cKDTree

    def near(self, cells: NDArray[np.int64], category: str, column: int) -> NextDoor | None:
        """What hexagons beyond the border within 20 km of some cells had in a month; None where there are fewer than three.

        Distances are those of centres.
        """
        if not len(cells) or not column:
            return None
        hits = self.tree.query_ball_point(_centres(cells), chord(1000 * NEAR_KM))
        places = np.unique(np.concatenate([np.asarray(hit, dtype=np.int64) for hit in hits]))
        if len(places) < FEWEST:
            return None
        before = self.months[max(0, column - BASELINE) : column]
        usual = [self._sum(month, category, places) for month in before]
        return NextDoor(len(places), self._sum(self.months[column], category, places), float(np.mean(usual)))

    def _sum(self, month: Window, category: str, places: NDArray[np.int64]) -> float:
        return float(self.counts.dense(INCIDENTS, month.id, category)[places].sum())


def beyond_of(cube: Cube, months: Sequence[Window]) -> Beyond | None:
    """What lies beyond the border, in the coarsest published hexagons, which reach furthest; None without any."""
    lattice = cube.lattices[0]
    counts = cube.beyond.get(lattice.resolution)
    if counts is None or not len(lattice.beyond):
        return None
    return Beyond(counts, tuple(months), cKDTree(_centres(lattice.beyond)))


def _centres(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    lnglat = centres(cells)
    return on_sphere((lnglat[:, 1], lnglat[:, 0]), what="hexagons")
