"""Balanced floating catchments: weights are shares, so that neither people nor places are counted twice.

Not additive over services: a new one changes the shares of all around it, so a scenario is computed anew.
Source: Paez, Higgins and Vivona (2019), BFCA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.by_pair import column_shares, given, reached, row_shares
from geointel.gaps.catchment import Catchment, for_each, offered

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from geointel.gaps.by_pair import Pairs


def balanced(demand: ArrayLike, supply: ArrayLike, weights: Pairs) -> Catchment:
    """BFCA: R_j = S_j / Σ_i (w_ij / Σ_l w_il) P_i, A_i = Σ_j (w_ij / Σ_k w_kj) R_j.

    ``demand`` of the result is people, each counted once: it adds up to all who have a service in range. ``access`` adds up to the ratios.
    Parameters and errors are those of ``two_step``.
    """
    people, places = given(demand, supply, weights)
    competing = np.asarray(row_shares(weights).T @ people)
    ratio = for_each(places, competing)
    return Catchment(np.asarray(column_shares(weights) @ offered(ratio)), ratio, competing, reached(weights))
