"""Hotspot statistics: plain functions on arrays.

Adjacency comes from ``geointel.grid.neighbours``; every function takes all tested cells of one map.
"""

from geointel.hotspots.accuracy import (
    SHARES,
    BackTest,
    Capture,
    Hits,
    back_test,
    block_draws,
    capture,
    cells_of_shares,
    hits,
    percentile_interval,
    recapture_index,
)
from geointel.hotspots.along_roads import RoadWindows, join_stretches, reach_along, road_windows
from geointel.hotspots.beyond import Beyond
from geointel.hotspots.change import Change, binomial_interval, change, poisson_interval
from geointel.hotspots.comparison import Comparison, comparison
from geointel.hotspots.corridors import Along, Corridor, corridors, variation
from geointel.hotspots.direction import direction
from geointel.hotspots.dispersed_change import DispersedChange, dispersed_change
from geointel.hotspots.dispersed_scan import burst_scan, count_scan, last_steps, share_scan
from geointel.hotspots.displacement import Adjustment, Displacement, displacement_difference
from geointel.hotspots.e_test import e_test
from geointel.hotspots.ears import Ears, EarsTail, ears, ears_tail
from geointel.hotspots.emerging import EMERGING_CLASSES, Emerging, emerging, emerging_codes, emerging_names
from geointel.hotspots.empirical_bayes import SmoothedRates, global_rates, local_rates
from geointel.hotspots.enforcement import Enforcement, Judged, enforcement, judged_by_halves, judged_by_next
from geointel.hotspots.excess import Excess, dispersion, excess
from geointel.hotspots.false_alarms import Budget, budget_of, last_year, usual_months
from geointel.hotspots.farrington import NOUFAILY, Farrington, FarringtonSettings, farrington
from geointel.hotspots.flat_week import flat_week_p
from geointel.hotspots.gi_star import GiStar, gi_star
from geointel.hotspots.kde import dual_density, kernel_density, kernel_weights
from geointel.hotspots.likely_dispersion import LikelyDispersion, likely_dispersion
from geointel.hotspots.mann_kendall import MannKendall, hamed_rao, mann_kendall, overlap_factor, sen_slope
from geointel.hotspots.moran import (
    MORAN_CLASSES,
    GlobalMoran,
    LocalMoran,
    global_moran,
    local_moran,
    moran_classes,
)
from geointel.hotspots.moran_map import MoranGate, MoranMap, moran_gate, moran_map
from geointel.hotspots.moving_window import moving_window_p
from geointel.hotspots.multiple_testing import (
    benjamini_hochberg,
    benjamini_yekutieli,
    class_names,
    signed_bins,
)
from geointel.hotspots.near_repeat import NearRepeat, knox
from geointel.hotspots.onset import Onset, onset
from geointel.hotspots.predictive_count import count_limit, count_tail, shared_dispersion
from geointel.hotspots.randomisation import RandomisationTail, randomisation_tail
from geointel.hotspots.scan import Cluster, poisson_scan
from geointel.hotspots.scan_likelihood import bernoulli_llr, poisson_llr, relative_risk
from geointel.hotspots.scan_space_time import permutation_scan
from geointel.hotspots.scan_zones import Search, Zones, circles
from geointel.hotspots.shares import wilson_interval
from geointel.hotspots.smoothed_shares import SmoothedShares, smoothed_shares
from geointel.hotspots.space_time import space_time_gi_star
from geointel.hotspots.space_time_tail import SpaceTimeTail, space_time_tail
from geointel.hotspots.stability import Stability, stability
from geointel.hotspots.standardised import Standardised, standardised
from geointel.hotspots.watch import MONTHS, Watched, WatchSettings, watch
from geointel.hotspots.week_shares import Rates, Shares, WeekShares, week_rates, week_shares
from geointel.hotspots.week_windows import Plan, WeekWindows, best_windows

__all__ = [
    "EMERGING_CLASSES",
    "MONTHS",
    "MORAN_CLASSES",
    "NOUFAILY",
    "SHARES",
    "Adjustment",
    "Along",
    "BackTest",
    "Beyond",
    "Budget",
    "Capture",
    "Change",
    "Cluster",
    "Comparison",
    "Corridor",
    "DispersedChange",
    "Displacement",
    "Ears",
    "EarsTail",
    "Emerging",
    "Enforcement",
    "Excess",
    "Farrington",
    "FarringtonSettings",
    "GiStar",
    "GlobalMoran",
    "Hits",
    "Judged",
    "LikelyDispersion",
    "LocalMoran",
    "MannKendall",
    "MoranGate",
    "MoranMap",
    "NearRepeat",
    "Onset",
    "Plan",
    "RandomisationTail",
    "Rates",
    "RoadWindows",
    "Search",
    "Shares",
    "SmoothedRates",
    "SmoothedShares",
    "SpaceTimeTail",
    "Stability",
    "Standardised",
    "WatchSettings",
    "Watched",
    "WeekShares",
    "WeekWindows",
    "Zones",
    "back_test",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bernoulli_llr",
    "best_windows",
    "binomial_interval",
    "block_draws",
    "budget_of",
    "burst_scan",
    "capture",
    "cells_of_shares",
    "change",
    "circles",
    "class_names",
    "comparison",
    "corridors",
    "count_limit",
    "count_scan",
    "count_tail",
    "direction",
    "dispersed_change",
    "dispersion",
    "displacement_difference",
    "dual_density",
    "e_test",
    "ears",
    "ears_tail",
    "emerging",
    "emerging_codes",
    "emerging_names",
    "enforcement",
    "excess",
    "farrington",
    "flat_week_p",
    "gi_star",
    "global_moran",
    "global_rates",
    "hamed_rao",
    "hits",
    "join_stretches",
    "judged_by_halves",
    "judged_by_next",
    "kernel_density",
    "kernel_weights",
    "knox",
    "last_steps",
    "last_year",
    "likely_dispersion",
    "local_moran",
    "local_rates",
    "mann_kendall",
    "moran_classes",
    "moran_gate",
    "moran_map",
    "moving_window_p",
    "onset",
    "overlap_factor",
    "percentile_interval",
    "permutation_scan",
    "poisson_interval",
    "poisson_llr",
    "poisson_scan",
    "randomisation_tail",
    "reach_along",
    "recapture_index",
    "relative_risk",
    "road_windows",
    "sen_slope",
    "share_scan",
    "shared_dispersion",
    "signed_bins",
    "smoothed_shares",
    "space_time_gi_star",
    "space_time_tail",
    "stability",
    "standardised",
    "usual_months",
    "variation",
    "watch",
    "week_rates",
    "week_shares",
    "wilson_interval",
]
