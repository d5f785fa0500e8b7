"""Study cells of one resolution, and counts on both sides of the border."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geointel.grid import neighbours
from geointel.hotspots import Beyond

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class MapCounts:
    """Counts of one map: of the supported study cells, and of the supported cells beyond the border.

    The latter count in sums around a cell and in no other statistic.
    """

    inside: NDArray[np.float64]
    beyond: NDArray[np.float64]

    def __sub__(self, other: MapCounts) -> MapCounts:
        """Difference cell by cell; never below 0: an edition that changes counts may have changed both."""
        return MapCounts(np.maximum(self.inside - other.inside, 0.0), np.maximum(self.beyond - other.beyond, 0.0))


def _no_cells() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Lattice:
    """The study cells of one resolution, sorted, and which of them are supported.

    ``beyond`` are the supported cells outside the study area that lie within two rings of it, sorted.
    """

    resolution: int
    cells: NDArray[np.int64]
    supported: NDArray[np.bool_]
    beyond: NDArray[np.int64] = field(default_factory=_no_cells)

    @cached_property
    def ring(self) -> csr_array:
        """Neighbours among the supported cells, one ring, without self."""
        return neighbours(self.cells[self.supported], 1)

    @cached_property
    def rings(self) -> csr_array:
        """The same of two rings."""
        return neighbours(self.cells[self.supported], 2)

    @cached_property
    def ring_beyond(self) -> csr_array:
        """Neighbours of the supported cells among those beyond the border: a row for each of the former."""
        return self._across(1)

    @cached_property
    def rings_beyond(self) -> csr_array:
        """The same of two rings."""
        return self._across(2)

    def around(self, counts: MapCounts) -> NDArray[np.float64]:
        """Sum over cell and ring, on both sides of the border, of the supported cells."""
        total: NDArray[np.float64] = counts.inside + self.ring @ counts.inside + self.ring_beyond @ counts.beyond
        return total

    def outside(self, counts: NDArray[np.float64], rings: int = 1) -> Beyond:
        """Neighbours beyond the border with their counts, as the methods in ``hotspots`` take them."""
        return Beyond(self.ring_beyond if rings == 1 else self.rings_beyond, counts)

    def _across(self, rings: int) -> csr_array:
        own = self.cells[self.supported]
        both = np.union1d(own, self.beyond)
        here, there = np.searchsorted(both, own), np.searchsorted(both, self.beyond)
        return neighbours(both, rings)[here][:, there]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the supported cells on all study cells; NaN elsewhere."""
        full = np.full(len(self.cells), np.nan)
        full[self.supported] = values
        return full
