"""Numbers for every pair of an origin and a service that can be travelled: a sparse matrix whose stored entries are the pairs.

Shape ``(n_origin, n_service)``. A stored 0 is a number like any other, and a service stands once in a row. Numbers change here and
the pattern does not, so that no step drops or sums entries unnoticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Pairs: TypeAlias = "csr_array[np.float64, tuple[int, int]]"


def like(pairs: Pairs, data: NDArray[np.float64]) -> Pairs:
    """The same pairs with other numbers, shape ``(nnz,)`` in the order in which they are stored."""
    return csr_array((data, pairs.indices, pairs.indptr), shape=pairs.shape)


def only(pairs: Pairs, keep: NDArray[np.bool_]) -> Pairs:
    """Some of the pairs, shape ``(nnz,)``, with their numbers; origins and services keep their positions."""
    first = np.concatenate([[0], np.cumsum(np.bincount(origins(pairs)[keep], minlength=pairs.shape[0]))])
    return csr_array((pairs.data[keep], pairs.indices[keep], first), shape=pairs.shape)


def from_origins(pairs: Pairs, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A number of each origin, shape ``(n,)``, for every pair, shape ``(nnz,)``."""
    return np.repeat(values, np.diff(pairs.indptr))


def origins(pairs: Pairs) -> NDArray[np.int64]:
    """Position of the origin of every pair, shape ``(nnz,)``."""
    return np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))


def checked(pairs: Pairs, name: str) -> None:
    """See that numbers of pairs are finite and not negative. Raises ``MethodError`` that says which is not."""
    amounts(pairs.data, name)


def given(
    demand: ArrayLike, supply: ArrayLike, weights: Pairs, *, name: str = "weight of a pair"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Demand ``(n,)`` and supply ``(m,)`` that fit the pairs ``(n, m)``.

    Raises
    ------
    MethodError
        If the shapes do not fit, or a demand, a supply or a number of a pair is negative or not finite.
    """
    checked(weights, name)
    people = amounts(demand, "demand", last=weights.shape[0])
    places = amounts(supply, "supply", last=weights.shape[1])
    if people.ndim != 1 or places.ndim != 1:
        raise MethodError(
            f"Demand of shape {people.shape} and supply of shape {places.shape} are not one number for each place.",
            remedy="Pass one set of demand and supply at a time.",
        )
    return people, places


def reached(weights: Pairs) -> NDArray[np.bool_]:
    """Whether an origin has a service in range, whatever it supplies: a weight above 0; shape ``(n,)``."""
    return np.asarray(weights @ np.ones(weights.shape[1])) > 0


def row_shares(weights: Pairs) -> Pairs:
    """Weights as shares of all that an origin has; each row adds up to 1, or is 0 throughout."""
    total = np.asarray(weights @ np.ones(weights.shape[1]))
    return like(weights, _parts(weights.data, from_origins(weights, total)))


def column_shares(weights: Pairs) -> Pairs:
    """Weights as shares of all that a service has; each column adds up to 1, or is 0 throughout."""
    total = np.asarray(weights.T @ np.ones(weights.shape[0]))
    return like(weights, _parts(weights.data, total[weights.indices]))


def _parts(values: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(values, total, out=np.zeros(len(total)), where=total > 0)
