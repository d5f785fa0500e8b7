"""Hotspot statistics: plain functions on arrays.

Adjacency comes from ``geointel.grid.neighbours``; every function takes all tested cells of one map.
"""

from geointel.hotspots.excess import Excess, dispersion, excess
from geointel.hotspots.gi_star import GiStar, gi_star
from geointel.hotspots.multiple_testing import (
    benjamini_hochberg,
    benjamini_yekutieli,
    class_names,
    signed_bins,
)
from geointel.hotspots.randomisation import RandomisationTail, randomisation_tail

__all__ = [
    "Excess",
    "GiStar",
    "RandomisationTail",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "class_names",
    "dispersion",
    "excess",
    "gi_star",
    "randomisation_tail",
    "signed_bins",
]
