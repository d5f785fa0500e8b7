"""Catchments in which people choose among services, so that demand is not counted once for each service in range.

Neither is additive over services: a new one changes what is chosen everywhere around it, so a scenario is computed anew.
Sources: Wan, Zou and Sternberg (2012), 3SFCA; Jörg, Lenz, Wetz and Widmer (2019), MH3SFCA; R package ``fca``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.by_pair import checked, given, like, reached, row_shares
from geointel.gaps.catchment import Catchment, for_each, offered, two_step

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from geointel.gaps.by_pair import Pairs


def three_step(demand: ArrayLike, supply: ArrayLike, weights: Pairs, *, selection: Pairs | None = None) -> Catchment:
    """3SFCA: G_ij = w_ij / Σ_l w_il, and w_ij·G_ij in place of w_ij in both steps of ``two_step``.

    Σ_i P_i A_i is Σ_j S_j over the services that have demand in range.

    Parameters
    ----------
    demand, supply, weights
        As of ``two_step``.
    selection
        Weights that people choose by, of the same pairs, where these reach further than the catchments: a choice is made among all pairs
        listed, also those beyond the largest travel time that counts. The catchments' own weights if None.

    Raises
    ------
    MethodError
        As ``two_step``, and if ``selection`` is of other pairs.
    """
    choice = weights
    if selection is not None:
        same = selection.shape == weights.shape and np.array_equal(selection.indptr, weights.indptr)
        if not (same and np.array_equal(selection.indices, weights.indices)):
            raise MethodError(
                "Weights of selection are of other pairs than the catchments.", remedy="Weigh the same travel times."
            )
        checked(selection, "weight of selection")
        choice = selection
    return two_step(demand, supply, like(weights, weights.data * row_shares(choice).data))


def huff_three_step(demand: ArrayLike, supply: ArrayLike, weights: Pairs) -> Catchment:
    """MH3SFCA: G_ij = S_j w_ij / Σ_l S_l w_il, R_j = S_j / Σ_i P_i G_ij, A_i = Σ_j G_ij w_ij R_j.

    Larger services are chosen more often (Huff), and the weight of distance enters access but not demand: ``demand`` of the result is the
    number of people who choose a service, and adds up to all who reach one with places.
    Parameters and errors are those of ``two_step``.
    """
    people, places = given(demand, supply, weights)
    chosen = row_shares(like(weights, weights.data * places[weights.indices]))
    competing = np.asarray(chosen.T @ people)
    ratio = for_each(places, competing)
    access = np.asarray(like(weights, weights.data * chosen.data) @ offered(ratio))
    return Catchment(access, ratio, competing, reached(weights))
