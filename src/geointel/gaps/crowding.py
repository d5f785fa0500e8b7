"""Crowding of services: the catchment seen from the other side.

Source: Wang (2018), i2SFCA; with 2SFCA the two sides of one Huff model (Wang 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.by_pair import given
from geointel.gaps.catchment import for_each, offered

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.by_pair import Pairs


def crowding(demand: ArrayLike, supply: ArrayLike, weights: Pairs) -> NDArray[np.float64]:
    """People for each place of a service: C_j = Σ_i w_ij P_i / Σ_l w_il S_l, shape ``(m,)``.

    Σ_j S_j C_j is the demand that can reach a place. Demand that reaches none crowds nobody, so a service that nobody can reach has 0; of a
    service without places it is the crowding that one place more would meet.
    Parameters and errors are those of ``two_step``.
    """
    people, places = given(demand, supply, weights)
    for_a_place = for_each(people, np.asarray(weights @ places))
    return np.asarray(weights.T @ offered(for_a_place))
