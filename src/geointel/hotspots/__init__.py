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
from geointel.hotspots.ears import Ears, ears
from geointel.hotspots.emerging import EMERGING_CLASSES, Emerging, emerging, emerging_codes, emerging_names
from geointel.hotspots.empirical_bayes import SmoothedRates, global_rates, local_rates
from geointel.hotspots.excess import Excess, dispersion, excess
from geointel.hotspots.farrington import NOUFAILY, Farrington, FarringtonSettings, farrington
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

__all__ = [
    "EMERGING_CLASSES",
    "MORAN_CLASSES",
    "NOUFAILY",
    "SHARES",
    "Adjustment",
    "Along",
    "BackTest",
    "Beyond",
    "Capture",
    "Change",
    "Cluster",
    "Comparison",
    "Corridor",
    "DispersedChange",
    "Displacement",
    "Ears",
    "Emerging",
    "Excess",
    "Farrington",
    "FarringtonSettings",
    "GiStar",
    "GlobalMoran",
    "Hits",
    "LikelyDispersion",
    "LocalMoran",
    "MannKendall",
    "MoranGate",
    "MoranMap",
    "NearRepeat",
    "RandomisationTail",
    "RoadWindows",
    "Search",
    "SmoothedRates",
    "SmoothedShares",
    "SpaceTimeTail",
    "Stability",
    "Standardised",
    "Zones",
    "back_test",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bernoulli_llr",
    "binomial_interval",
    "block_draws",
    "burst_scan",
    "capture",
    "cells_of_shares",
    "change",
    "circles",
    "class_names",
    "comparison",
    "corridors",
    "count_scan",
    "direction",
    "dispersed_change",
    "dispersion",
    "displacement_difference",
    "dual_density",
    "e_test",
    "ears",
    "emerging",
    "emerging_codes",
    "emerging_names",
    "excess",
    "farrington",
    "gi_star",
    "global_moran",
    "global_rates",
    "hamed_rao",
    "hits",
    "join_stretches",
    "kernel_density",
    "kernel_weights",
    "knox",
    "last_steps",
    "likely_dispersion",
    "local_moran",
    "local_rates",
    "mann_kendall",
    "moran_classes",
    "moran_gate",
    "moran_map",
    "moving_window_p",
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
    "signed_bins",
    "smoothed_shares",
    "space_time_gi_star",
    "space_time_tail",
    "stability",
    "standardised",
    "variation",
    "wilson_interval",
]
