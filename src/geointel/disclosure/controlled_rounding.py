"""Rounding of a table and its totals together, so that it still adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from geointel.disclosure.rounding import BASE, check_base
from geointel.disclosure.whole_counts import whole_counts
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def controlled_rounding(table: ArrayLike, base: int = BASE) -> NDArray[np.int64]:
    """Round a table with the totals of its rows and columns, so that every total is the sum of what is shown.

    Zero-restricted: a multiple of the base stays, any other number goes to one of the two multiples beside it. Of all such roundings it is
    one of those of the least sum of absolute changes, totals included. A two-way table always has one (Cox 1987, "A constructive procedure
    for unbiased controlled rounding", Journal of the American Statistical Association 82). Solved as an integer program by HiGHS.

    Parameters
    ----------
    table
        Counts without totals, shape ``(r, c)``.
    base
        What every number of the result is a multiple of.

    Returns
    -------
    NDArray[np.int64]
        The rounded table with its totals as the last row and column, shape ``(r + 1, c + 1)``.

    Raises
    ------
    MethodError
        If the table is not two-way or is empty, a count is negative or not whole, the base is below 1, or no rounding is found.
    """
    inner = whole_counts(table)
    check_base(base)
    if inner.ndim != 2 or inner.size == 0:
        raise MethodError(
            f"A table of shape {inner.shape} has no rows and columns to round.", remedy="Give a two-way table."
        )
    full = with_totals(inner)
    low = full // base
    over = full % base
    add = _adding(*inner.shape)
    missing = -np.asarray(add @ low.ravel(), dtype=np.float64)
    # One variable for each number: whether it goes up. What is shown must add up as what is true does.
    found = milp(
        (base - 2 * over).ravel().astype(np.float64),
        integrality=np.ones(full.size, dtype=np.int64),
        bounds=Bounds(0, (over.ravel() > 0).astype(np.float64)),
        constraints=LinearConstraint(add, missing, missing),
    )
    if not found.success:
        raise MethodError(
            f"No rounding of a table of shape {inner.shape} to multiples of {base} was found.",
            remedy="Round by the cell keys instead.",
        )
    return np.asarray((low + np.rint(found.x).astype(np.int64).reshape(full.shape)) * base)


def with_totals(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """A table with the sums of its rows, of its columns and of all as a last column and row."""
    wide = np.hstack([table, table.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def _adding(rows: int, columns: int) -> csr_array:
    """What is 0 for a table that adds, its numbers in reading order: along every row and down every column."""
    along = hstack([csr_array(np.ones((1, columns))), csr_array([[-1.0]])])
    down = hstack([csr_array(np.ones((1, rows))), csr_array([[-1.0]])])
    return csr_array(vstack([kron(eye_array(rows + 1), along), kron(down, eye_array(columns + 1))]))
