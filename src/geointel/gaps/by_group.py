"""Sums, means and shares of people by group, such as a decile of deprivation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Groups:
    """Units by the value they share: ``levels (g,)`` in rising order, and a 0/1 matrix ``members (n, g)``."""

    levels: NDArray[np.float64]
    members: csr_array[np.float64, tuple[int, int]]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of each group, ``(..., n)`` to ``(..., g)``."""
        total: NDArray[np.float64] = np.asarray(values @ self.members)
        return total


def groups(values: ArrayLike, *, units: int) -> Groups:
    """Groups of units with the same value, shape ``(n,)``.

    Raises
    ------
    MethodError
        If there is not one finite value for each unit.
    """
    of_each = np.asarray(values, dtype=np.float64)
    if of_each.shape != (units,) or not np.isfinite(of_each).all():
        raise MethodError(
            f"Groups or ranks of shape {of_each.shape} are not one finite number for each of {units} units.",
            remedy="Leave out units whose group is not known.",
        )
    levels, index = np.unique(of_each, return_inverse=True)
    first = np.arange(units + 1)
    return Groups(levels, csr_array((np.ones(units), index.ravel(), first), shape=(units, levels.size)))


def group_means(values: ArrayLike, people: ArrayLike) -> NDArray[np.float64]:
    """Mean over the people of each group.

    Parameters
    ----------
    values
        Of each cell, not negative, shape ``(n,)`` or ``(d, n)``.
    people
        In each cell by group, shape ``(n, g)``: a cell may hold people of several groups.

    Returns
    -------
    ``(g,)`` or ``(d, g)``; NaN for a group of nobody.

    Raises
    ------
    MethodError
        If a value is negative or not finite, or the shapes do not agree.
    """
    x = amounts(values, "value")
    p = _by_cell(people, cells=x.shape[-1])
    with np.errstate(invalid="ignore"):
        means: NDArray[np.float64] = (x @ p) / p.sum(axis=0)
    return means


def share_within(minutes: ArrayLike, people: ArrayLike, *, standard: float) -> NDArray[np.float64]:
    """Share of the people of each group who are within a standard, such as 20 minutes' walk: at the limit is within.

    Parameters
    ----------
    minutes
        Of each cell, shape ``(n,)`` or ``(d, n)``; infinite where nothing can be reached.
    people
        In each cell by group, shape ``(n, g)``.

    Returns
    -------
    0 to 1, shape ``(g,)`` or ``(d, g)``; NaN for a group of nobody.

    Raises
    ------
    MethodError
        If minutes are negative or NaN, people negative or not finite, or the shapes do not agree.
    """
    return group_means(amounts(minutes, "travel time", endless=True) <= standard, people)


def _by_cell(people: ArrayLike, *, cells: int) -> NDArray[np.float64]:
    p = amounts(people, "number of people")
    if p.ndim != 2 or len(p) != cells:
        raise MethodError(
            f"People of shape {p.shape} are not (cells, groups) of {cells} cells.",
            remedy="Pass one row for each cell and one column for each group.",
        )
    return p
