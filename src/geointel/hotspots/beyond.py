"""What lies beyond the edge of a map: it counts in the sum around a cell, and in nothing else.

A cell on the border of a study area has neighbours that are not in it. Without them its sum is that of half a ring. With
them it is compared, as before, with what the map itself has: mean, variance, share and distribution are those of the map
alone (an outer boundary or guard area: Ripley 1981, Spatial Statistics; Griffith 1983).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Beyond:
    """Neighbours outside a map of n cells.

    Attributes
    ----------
    neighbours
        Binary adjacency, shape ``(n, m)``: row i has a one for each of the m cells outside that is next to cell i.
    counts
        Value of each of these m cells, shape ``(m,)``, or in each step, ``(m, steps)``. Leave out cells in which nothing can be recorded.

    Raises
    ------
    MethodError
        If the shapes differ or a count is not a finite number.
    """

    neighbours: csr_array[np.float64, tuple[int, int]]
    counts: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what does not fit."""
        if self.counts.ndim not in {1, 2} or self.neighbours.shape[1] != len(self.counts):
            message = f"{self.counts.shape} counts beyond the map do not fit an adjacency of {self.neighbours.shape}."
            raise MethodError(message, remedy="Pass one count for each column of the adjacency, in its order.")
        if not np.isfinite(self.counts).all():
            message = "A count beyond the map is not a finite number."
            raise MethodError(message, remedy="Leave out the cells without a value, in the adjacency too.")

    @property
    def number(self) -> NDArray[np.int64]:
        """How many neighbours of each cell lie outside, shape ``(n,)``."""
        return np.diff(self.neighbours.indptr).astype(np.int64)

    @property
    def totals(self) -> NDArray[np.float64]:
        """Sum of these neighbours, shape ``(n,)`` or ``(n, steps)``."""
        return np.asarray(self.neighbours @ self.counts, dtype=np.float64)

    def of(self, n: int) -> Beyond:
        """These neighbours themselves, if they are those of a map of ``n`` cells; else ``MethodError``."""
        if self.neighbours.shape[0] != n:
            message = f"Neighbours beyond the map are given for {self.neighbours.shape[0]} cells, not for its {n}."
            raise MethodError(message, remedy="Pass an adjacency with one row for each cell of the map, in its order.")
        return self
