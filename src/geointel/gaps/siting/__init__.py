"""Where should services be? Greedy plans at once, and programs that prove how good a plan is.

Minutes have shape ``(n, k)``: cells of demand by candidate sites, existing services among them and locked. Results hold
no clock, so equal input gives an equal plan, except where a time limit cut the proof short. A caller that shows
progress asks in stages: ``greedy_cover`` at once, then ``cover_most(start=…)`` for the proof.
"""

from geointel.gaps.siting.alternatives import alternatives, proven_curve
from geointel.gaps.siting.center import center
from geointel.gaps.siting.closure import Closure, closure, spare_places
from geointel.gaps.siting.covering import backup_cover, cover_all, cover_most
from geointel.gaps.siting.greedy import greedy_cover, greedy_curve, greedy_median
from geointel.gaps.siting.median import median
from geointel.gaps.siting.plan import NoPlanError, Plan, Terms

__all__ = [
    "Closure",
    "NoPlanError",
    "Plan",
    "Terms",
    "alternatives",
    "backup_cover",
    "center",
    "closure",
    "cover_all",
    "cover_most",
    "greedy_cover",
    "greedy_curve",
    "greedy_median",
    "median",
    "proven_curve",
    "spare_places",
]
