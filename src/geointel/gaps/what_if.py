"""What one service more, less or elsewhere would change, without computing the rest again.

R_j = S_j / Σ_k w_kj P_k depends on service j alone, and A_i = Σ_j w_ij R_j adds the services up. So opening, closing, moving or
resizing a service changes access by exactly its own column w_ij R_j, before and after, and by nothing else. That holds for
2SFCA and E2SFCA; for M2SFCA, whose column is w_ij² R_j; and for availability, whose column is P_i^α w_ij R_j with demand P^α. It does
not hold for 3SFCA, MH3SFCA and BFCA, in which the weight of a pair depends on what else is in reach; nor for i2SFCA and RAAM, in which
demand is divided among services. Nor does it hold for a change of demand, which moves the ratio of every service in reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.catchment import for_each, offered, two_step
from geointel.gaps.explain import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csc_array

    from geointel.gaps.by_pair import Pairs

ROUNDING = 1e-12
"""What is left of access after a closure below this share of what was there is rounding, and is 0."""


@dataclass(frozen=True)
class Column:
    """One service: positions of the origins that it reaches, each once, and a number for each; shape ``(k,)`` both."""

    origins: NDArray[np.integer[Any]]
    values: NDArray[np.float64]


def column_of(weights: csc_array[np.float64], service: int) -> Column:
    """Column of a service in weights stored by column (``weights.tocsc()``, once); no copy."""
    if not 0 <= service < weights.shape[1]:
        raise MethodError(f"There is no service {service} among {weights.shape[1]}.", remedy="Pass its position.")
    own = slice(weights.indptr[service], weights.indptr[service + 1])
    return Column(weights.indices[own], weights.data[own])


def contribution(
    column: Column, demand: NDArray[np.float64], supply: float, *, second: ArrayLike | None = None
) -> Column:
    """What one service adds to access: w_ij R_j at the origins it reaches; 0 where these have no demand.

    Parameters
    ----------
    column
        Its weights w_ij.
    demand
        Of all origins, shape ``(n,)``.
    supply
        Its places.
    second
        Weights with which access adds the ratio, where these are others, shape ``(k,)``: M2SFCA has the squares.

    Raises
    ------
    MethodError
        If a number is negative or not finite, or an origin is not among those of the demand.
    """
    weights = amounts(column.values, "weight of a pair")
    _places(column, len(demand))
    people = amounts(demand[column.origins], "demand", last=len(weights))
    places = amounts([supply], "supply")
    # Not weights @ people: a product of vectors wakes the threads of BLAS, which on a busy machine costs a thousand times the sum.
    ratio = offered(for_each(places, np.array([np.multiply(weights, people).sum()])))[0]
    taken = weights if second is None else amounts(second, "weight of the second step", last=len(weights))
    return Column(column.origins, taken * ratio)


def with_change(
    access: NDArray[np.float64], *, before: Sequence[Column] = (), after: Sequence[Column] = ()
) -> NDArray[np.float64]:
    """Access after several changes at once, shape ``(n,)``: what services added before goes, what they add afterwards comes.

    A closure is a column of ``before``, an opening one of ``after``, a move or another size one of each. Equal to a computation of everything
    to 1e-12 of the larger of old and new access at every origin; what only rounding leaves of a closed service is 0, never negative.

    Parameters
    ----------
    access
        Before the change, shape ``(n,)``.
    before, after
        From ``contribution``.

    Raises
    ------
    MethodError
        If a column names an origin that is not there.
    """
    changed = np.array(access, dtype=np.float64)
    for column in (*before, *after):
        _places(column, len(changed))
    for column in after:
        changed[column.origins] += column.values
    if before:
        touched = np.concatenate([column.origins for column in before])
        most = changed[touched]
        for column in before:
            changed[column.origins] -= column.values
        left = changed[touched]
        changed[touched] = np.where(left > ROUNDING * most, left, 0.0)
    return changed


def score_all(candidates: Pairs, demand: ArrayLike, supply: ArrayLike) -> Pairs:
    """What each of several services would add to access if it alone were opened, shape ``(n, k)``, by pair.

    Each column is exact by itself and columns may be added: candidates do not compete for places in these methods.

    Parameters
    ----------
    candidates
        Weights w_ij of the candidates, shape ``(n, k)``.
    demand, supply
        People of all origins, shape ``(n,)``; places that each candidate would have, shape ``(k,)``.
    """
    return parts(candidates, two_step(demand, supply, candidates).ratio)


def _places(column: Column, number: int) -> None:
    own = column.origins
    if own.size and not (own.min() >= 0 and own.max() < number):
        raise MethodError(f"A service reaches an origin that is not among the {number}.", remedy="Pass positions.")
