"""Spatial availability: how many of the places fall to each origin.

Source: Soukhov, Paez, Higgins and Mohamed (2023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.by_pair import given
from geointel.gaps.catchment import two_step

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.by_pair import Pairs


def availability(demand: ArrayLike, supply: ArrayLike, weights: Pairs, *, alpha: float = 1.0) -> NDArray[np.float64]:
    """V_i = Σ_j S_j w_ij P_i^α / Σ_k w_kj P_k^α, places, shape ``(n,)``; adds up to the supply that has demand in range.

    With ``alpha`` 1 it is P_i times the access of ``two_step``; below 1, origins with few people get more of it.

    Raises
    ------
    MethodError
        As ``two_step``, and if ``alpha`` is not above 0: an origin without people would then have a claim.
    """
    if not (np.isfinite(alpha) and alpha > 0):
        raise MethodError(f"Availability with alpha {alpha} is undefined.", remedy="Pass a finite number above 0.")
    people, _ = given(demand, supply, weights)
    claim = people if alpha == 1 else np.power(people, alpha)
    return claim * two_step(claim, supply, weights).access
