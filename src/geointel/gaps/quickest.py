"""The quickest of several times for one pair, where scipy would add them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def quickest(start: ArrayLike, end: ArrayLike, minutes: ArrayLike, *, shape: tuple[int, int]) -> csr_array:
    """Minutes of pairs as a sparse matrix of ``shape``: of pairs that come again the least, and a 0 is stored.

    Raises ``MethodError`` for minutes that are negative or no number.
    """
    row, column = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    time = require_times(minutes, what="minutes")
    order = np.lexsort((time, column, row))
    row, column, time = row[order], column[order], time[order]
    first = np.append(True, (row[1:] != row[:-1]) | (column[1:] != column[:-1]))[: len(row)]
    ends = np.append(0, np.cumsum(np.bincount(row[first], minlength=shape[0])))
    return csr_array((time[first], column[first], ends), shape=shape)


def require_times(values: ArrayLike, *, what: str) -> NDArray[np.float64]:
    """``values`` as numbers. Raises ``MethodError`` where one is negative, infinite or no number."""
    numbers = np.asarray(values, dtype=np.float64)
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        message = f"The {what} have {numbers.ravel()[at]} at position {at}."
        raise MethodError(message, remedy=f"Give {what} of 0 or more, and leave out pairs that cannot be travelled.")
    return numbers
