"""Opportunities within reach, without competition for them.

Sources: Hansen (1959); the container ratio is ``fca_ratio`` of pysal ``access``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.amounts import amounts
from geointel.gaps.by_pair import checked
from geointel.gaps.catchment import for_each

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.by_pair import Pairs


def potential(supply: ArrayLike, weights: Pairs) -> NDArray[np.float64]:
    """Weighted places in reach of each origin, Σ_j w_ij S_j, shape ``(n,)``; with binary weights the places within a time.

    Raises
    ------
    MethodError
        If the shapes do not fit, or a number is negative or not finite.
    """
    checked(weights, "weight of a pair")
    return np.asarray(weights @ amounts(supply, "supply", last=weights.shape[1]))


def potential_ratio(demand: ArrayLike, supply: ArrayLike, *, weights: Pairs, neighbours: Pairs) -> NDArray[np.float64]:
    """Places in reach of each origin over the people in reach of it, shape ``(n,)``; NaN where nobody is.

    Parameters
    ----------
    demand, supply
        Shape ``(n,)`` and ``(m,)``.
    weights, neighbours
        Weights of services, shape ``(n, m)``, and of other origins, shape ``(n, n)``, as seen from each origin. Whether an origin counts
        among its own neighbours is said by its stored pair.
    """
    return for_each(potential(supply, weights), potential(demand, neighbours))
