"""Which service access comes from: A_i = Σ_j w_ij R_j is a sum, so every origin can name its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.by_pair import checked, like, origins
from geointel.gaps.catchment import offered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.by_pair import Pairs
    from geointel.gaps.catchment import Catchment

NONE = -1
"""Position of a service where there is none."""


@dataclass(frozen=True)
class Shares:
    """Of each origin, shape ``(n,)``: the service most of its access comes from, its share of it, and how crowded it is.

    ``crowded`` 1.8 is a service with 1.8 times as many people for each place as the mean over all demand. Without access the service is
    −1 and both numbers are NaN. Of two services that give the same it is the one with the lower position.
    """

    service: NDArray[np.int64]
    share: NDArray[np.float64]
    crowded: NDArray[np.float64]


def shares(weights: Pairs, catchment: Catchment) -> Shares:
    """The service that each origin owes most of its access to.

    Parameters
    ----------
    weights
        Those that access was added up with, shape ``(n, m)``; of M2SFCA the squares.
    catchment
        From ``two_step`` or ``modified``.
    """
    given = parts(weights, catchment.ratio)
    total = np.asarray(given @ np.ones(given.shape[1]))
    most, service = _largest_of_rows(given)
    found = service != NONE
    share, crowded = np.full(len(total), np.nan), np.full(len(total), np.nan)
    share[found] = most[found] / total[found]
    crowded[found] = mean_ratio(catchment) / catchment.ratio[service[found]]
    return Shares(service, share, crowded)


def mean_ratio(catchment: Catchment) -> float:
    """Places for each person over all demand, Σ_j D_j R_j / Σ_j D_j, NaN without any; a service without places is no service."""
    own = offered(catchment.ratio) > 0
    demand = catchment.demand[own]
    return float(catchment.ratio[own] @ demand / demand.sum()) if own.any() else float("nan")


def parts(weights: Pairs, ratio: NDArray[np.float64]) -> Pairs:
    """What each service gives to each origin, w_ij R_j by pair, shape ``(n, m)``; each row adds up to its access.

    Raises
    ------
    MethodError
        If a weight or ratio is negative or infinite, or the ratios are not one for each service.
    """
    checked(weights, "weight of a pair")
    own = offered(amounts(ratio, "ratio of services", last=weights.shape[1], unknown=True))
    return like(weights, weights.data * own[weights.indices])


def parts_of(
    weights: Pairs, ratio: NDArray[np.float64], *, origin: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Services of one origin and what each gives it, the most first, shape ``(k,)`` both; those that give nothing are left out.

    Raises
    ------
    MethodError
        If there is no such origin.
    """
    if not 0 <= origin < weights.shape[0]:
        raise MethodError(f"There is no origin {origin} among {weights.shape[0]}.", remedy="Pass its position.")
    own = slice(weights.indptr[origin], weights.indptr[origin + 1])
    service = weights.indices[own].astype(np.int64)
    given = weights.data[own] * offered(np.asarray(ratio, dtype=np.float64))[service]
    order = np.lexsort((service, -given))
    order = order[given[order] > 0]
    return service[order], given[order]


def _largest_of_rows(given: Pairs) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Largest number of each row and the lowest position that has it; 0 and −1 where all are 0."""
    number, m = given.shape
    most, service = np.zeros(number), np.full(number, NONE, dtype=np.int64)
    filled = np.flatnonzero(np.diff(given.indptr))
    if filled.size:
        starts = given.indptr[filled]
        most[filled] = np.maximum.reduceat(given.data, starts)
        at = np.where(given.data == most[origins(given)], given.indices, m)
        service[filled] = np.minimum.reduceat(at, starts)
    return most, np.where(most > 0, service, NONE)
