"""Where is help missing? Plain functions on arrays: travel, catchments, siting, need and equity.

Minutes from origins to services are a sparse matrix of shape ``(n_origin, n_service)`` whose stored entries are the pairs that
can be travelled: a stored 0 is a time, and a pair that is not stored is out of reach.
"""

from geointel.gaps.availability import availability
from geointel.gaps.balanced import balanced
from geointel.gaps.by_group import group_means, share_within
from geointel.gaps.by_pair import like, only, row_shares
from geointel.gaps.catchment import Catchment, modified, squared, two_step
from geointel.gaps.crowding import crowding
from geointel.gaps.draws import interval_over
from geointel.gaps.equity import Equity, EquityMeasures, equity_of_need, equity_summary
from geointel.gaps.explain import Shares, parts, shares
from geointel.gaps.gap import GapDraws, gap_draws, gap_index, residual
from geointel.gaps.impedance import (
    E2SFCA_STEPS,
    SHARP_STEPS,
    THREE_STEP_STEPS,
    binary,
    bounded_gaussian,
    exponential,
    gaussian,
    gravity,
    scaled_steps,
    steps,
    weighted,
)
from geointel.gaps.inequality import concentration_index, gini
from geointel.gaps.matrix import matrix_minutes
from geointel.gaps.nearest import Nearest, nearest, within
from geointel.gaps.need import NeedDraws, need_draws, unmet_draws
from geointel.gaps.opening import SLOTS, open_in
from geointel.gaps.palma import palma
from geointel.gaps.potential import potential, potential_ratio
from geointel.gaps.poverty import Poverty, poverty
from geointel.gaps.raam import raam
from geointel.gaps.road_network import Network, components, road_network
from geointel.gaps.road_pieces import road_pieces
from geointel.gaps.routing import Travel, travel_minutes
from geointel.gaps.straight_line import DETOUR, straight_minutes
from geointel.gaps.supply import Asked, Offers, counts_for, for_residents_of
from geointel.gaps.theil import Theil, theil
from geointel.gaps.three_step import huff_three_step, three_step
from geointel.gaps.unmet_need import UnmetNeed, unmet_need
from geointel.gaps.what_if import Column, column_of, contribution, score_all, with_change

__all__ = [
    "DETOUR",
    "E2SFCA_STEPS",
    "SHARP_STEPS",
    "SLOTS",
    "THREE_STEP_STEPS",
    "Asked",
    "Catchment",
    "Column",
    "Equity",
    "EquityMeasures",
    "GapDraws",
    "Nearest",
    "NeedDraws",
    "Network",
    "Offers",
    "Poverty",
    "Shares",
    "Theil",
    "Travel",
    "UnmetNeed",
    "availability",
    "balanced",
    "binary",
    "bounded_gaussian",
    "column_of",
    "components",
    "concentration_index",
    "contribution",
    "counts_for",
    "crowding",
    "equity_of_need",
    "equity_summary",
    "exponential",
    "for_residents_of",
    "gap_draws",
    "gap_index",
    "gaussian",
    "gini",
    "gravity",
    "group_means",
    "huff_three_step",
    "interval_over",
    "like",
    "matrix_minutes",
    "modified",
    "nearest",
    "need_draws",
    "only",
    "open_in",
    "palma",
    "parts",
    "potential",
    "potential_ratio",
    "poverty",
    "raam",
    "residual",
    "road_network",
    "road_pieces",
    "row_shares",
    "scaled_steps",
    "score_all",
    "share_within",
    "shares",
    "squared",
    "steps",
    "straight_minutes",
    "theil",
    "three_step",
    "travel_minutes",
    "two_step",
    "unmet_draws",
    "unmet_need",
    "weighted",
    "with_change",
    "within",
]
