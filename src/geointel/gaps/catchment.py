"""Two-step floating catchments: places for each person in need, shared among all who can reach them.

A service divides its places among the demand in its range, and an origin adds up what the services in its range have for it.
Sources: Luo and Wang (2003), 2SFCA; Luo and Qi (2009), E2SFCA, which differs in the weights alone; Delamater (2013), M2SFCA.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.by_pair import given, like, reached

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.by_pair import Pairs


@dataclass(frozen=True)
class Catchment:
    """Access of origins, and the services that give it.

    ``access`` is places for each person, shape ``(n,)``: 0 where nothing is in range, which ``reached``, shape ``(n,)``, tells from a
    service without places. ``ratio`` is places for each person who competes for a service, shape ``(m,)``: NaN where no demand is in range.
    ``demand`` is the weighted demand that reaches each service, shape ``(m,)``.
    """

    access: NDArray[np.float64]
    ratio: NDArray[np.float64]
    demand: NDArray[np.float64]
    reached: NDArray[np.bool_]


def two_step(demand: ArrayLike, supply: ArrayLike, weights: Pairs) -> Catchment:
    """2SFCA with binary weights, E2SFCA with others: R_j = S_j / Σ_k w_kj P_k, A_i = Σ_j w_ij R_j.

    Σ_i P_i A_i is Σ_j S_j over the services that have demand in range. A service without any adds 0 to access, never infinity.

    Parameters
    ----------
    demand, supply
        People in need at each origin, shape ``(n,)``; places of each service, shape ``(m,)``.
    weights
        Shape ``(n, m)``, from ``weighted``.

    Raises
    ------
    MethodError
        If shapes do not fit, or a number is negative or not finite.
    """
    people, places = given(demand, supply, weights)
    competing = np.asarray(weights.T @ people)
    ratio = for_each(places, competing)
    return Catchment(np.asarray(weights @ offered(ratio)), ratio, competing, reached(weights))


def modified(demand: ArrayLike, supply: ArrayLike, weights: Pairs) -> Catchment:
    """M2SFCA: A_i = Σ_j w_ij² S_j / Σ_k w_kj P_k. Parameters and errors are those of ``two_step``.

    Distance counts twice: places that all are far from are partly lost, so Σ_i P_i A_i is at most Σ_j S_j for weights up to 1.
    """
    people, places = given(demand, supply, weights)
    competing = np.asarray(weights.T @ people)
    ratio = for_each(places, competing)
    return Catchment(np.asarray(squared(weights) @ offered(ratio)), ratio, competing, reached(weights))


def squared(weights: Pairs) -> Pairs:
    """Weights with which M2SFCA adds up the ratios: those to explain its access by."""
    return like(weights, np.square(weights.data))


def for_each(supply: NDArray[np.float64], demand: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places for each person, NaN where there is no demand: none at all, or so little that the ratio has no number."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.divide(supply, demand)
    return np.where(np.isfinite(ratio), ratio, np.nan)


def offered(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a service adds to access: its ratio, 0 without demand in range."""
    return np.where(np.isnan(ratio), 0.0, ratio)
