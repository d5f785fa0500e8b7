"""A travel-time matrix that somebody brings: the pairs that a layer asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.quickest import quickest, require_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array


def matrix_minutes(
    pairs: tuple[ArrayLike, Sequence[str], ArrayLike],
    *,
    cells: NDArray[np.int64],
    services: Sequence[str],
    limit: float,
) -> csr_array:
    """Minutes from ``cells`` to ``services``, shape ``(n_cell, n_service)``.

    ``pairs`` are origins (cells of the same resolution), destinations (ids as in ``services``) and minutes, as columns
    of ``geointel.model.TRAVEL``. Cells and services that the pairs do not have are out of reach, and so is
    what takes longer than ``limit`` minutes. Raises ``MethodError`` for minutes that are negative or no number.
    """
    origin, minutes = np.asarray(pairs[0], dtype=np.int64), require_times(pairs[2], what="minutes")
    number = {name: place for place, name in enumerate(services)}
    words, word = np.unique(np.asarray(pairs[1], dtype=np.str_), return_inverse=True)
    column = np.array([number.get(name, -1) for name in words.tolist()], dtype=np.int64)[word]
    order = np.argsort(cells)
    place = np.searchsorted(cells, origin, sorter=order)
    row = np.append(order, -1)[place]
    known = (row >= 0) & (column >= 0) & (minutes <= limit)
    known[known] = cells[row[known]] == origin[known]
    return quickest(row[known], column[known], minutes[known], shape=(len(cells), len(services)))
