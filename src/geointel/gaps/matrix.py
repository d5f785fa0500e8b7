"""Travel times that somebody else has computed, as a matrix: a table of origin, destination and minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def matrix_minutes(
    rows: tuple[NDArray[np.int64], Sequence[str], NDArray[np.float64]],
    *,
    cells: NDArray[np.int64],
    services: Sequence[str],
    limit: float,
) -> csr_array:
    """Mean minutes of the rows of each pair, shape ``(n, m)``; a pair without a row, or beyond ``limit``, is out of reach.

    Parameters
    ----------
    rows
        Cell of the origin, id of the service, and minutes, one entry a row. A cell or service that is not asked for is left out.
    cells
        Sorted, shape ``(n,)``.
    services
        Ids in the order of the columns.
    """
    origin, destination, minutes = rows
    place = np.minimum(np.searchsorted(cells, origin), max(len(cells) - 1, 0))
    number = {name: column for column, name in enumerate(services)}
    column = np.array([number.get(name, -1) for name in destination], dtype=np.int64)
    keep = (column >= 0) & (cells[place] == origin) if len(cells) else np.zeros(len(origin), dtype=bool)
    pair, back = np.unique(place[keep] * max(len(services), 1) + column[keep], return_inverse=True)
    mean = np.bincount(back, weights=minutes[keep]) / np.bincount(back) if len(pair) else np.empty(0)
    near = mean <= limit
    at = (pair[near] // max(len(services), 1), pair[near] % max(len(services), 1))
    return csr_array((mean[near], at), shape=(len(cells), len(services)))
