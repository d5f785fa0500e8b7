"""Shortest longest journey (p-centre), by search over the journey times there are.

Hakimi 1964, doi:10.1287/opre.12.3.450; solved as a row of covering questions (Minieka 1970, doi:10.1137/1012016): each
asks whether the sites allowed reach everybody within a time. That is far easier than one program with the longest
journey as a variable, whose relaxation says next to nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.siting.greedy import asked
from geointel.gaps.siting.pairs import merged, nearest, reachable, within
from geointel.gaps.siting.plan import NoPlanError, Plan
from geointel.gaps.siting.program import Solved, rows, solve
from geointel.gaps.siting.served import pair_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms


def center(minutes: Pairs, people: ArrayLike | None = None, *, terms: Terms, seconds: float | None = None) -> Plan:
    """Least minutes within which an open site reaches every cell with people (without ``people``: every cell).

    With capacity, within which all can be served. ``seconds`` is for the whole search; if it runs out, the bound is
    the shortest time not shown to be too short.

    Raises ``MethodError`` if no candidate reaches a cell, ``NoPlanError`` if the terms allow no plan.
    """
    minutes, weight = asked(minutes, people, terms)
    cells, lost = reachable(minutes, weight > 0, exclude=terms.exclude_unreachable)
    minutes, weight = minutes[cells], weight[cells]
    if not len(cells):
        return Plan(tuple(sorted(set(terms.locked))), 0.0, 0.0, "proven", lost)
    end = None if seconds is None else time.monotonic() + seconds
    # Nobody can be nearer than the nearest candidate, so no shorter time needs to be asked about.
    times = np.unique(minutes.data[minutes.data >= nearest(minutes, np.arange(minutes.shape[1])).max()])
    low, high, cut = 0, len(times) - 1, False
    sites = _sites_within(minutes, weight, radius=float(times[high]), terms=terms, end=end)
    if sites is None:
        raise NoPlanError("No plan was found in the time given.", remedy="Allow more seconds.")
    while low < high and not cut:
        middle = (low + high) // 2
        try:
            found = _sites_within(minutes, weight, radius=float(times[middle]), terms=terms, end=end)
        except NoPlanError:
            low = middle + 1
            continue
        cut = found is None
        if found is not None:
            sites, high = found, _index(minutes, times, sites=found, middle=middle, terms=terms)
    return Plan(tuple(sites), float(times[high]), float(times[low]), "time-limit" if cut else "proven", lost)


def _sites_within(
    minutes: Pairs, weight: NDArray[np.float64], *, radius: float, terms: Terms, end: float | None
) -> tuple[int, ...] | None:
    """Sites that reach everybody within the radius; None if time ran out. Raises ``NoPlanError`` if there are none."""
    coverage, k = within(minutes, radius), minutes.shape[1]
    seconds = None if end is None else max(end - time.monotonic(), 0.0)
    if terms.capacity is None:
        patterns, _ = merged(coverage)
        solved: Solved = solve(np.zeros(k), [rows(patterns, lower=1.0)], terms=terms, k=k, seconds=seconds)
    else:
        constraints = pair_rows(coverage, weight, capacity=terms.site_capacity(k), everybody=True)
        costs = np.zeros(k + coverage.nnz)
        solved = solve(costs, constraints, terms=terms, k=k, seconds=seconds, whole=terms.whole_cells)
    return solved.sites


def _index(minutes: Pairs, times: NDArray[np.float64], *, sites: tuple[int, ...], middle: int, terms: Terms) -> int:
    """Index of the longest journey to these sites, which may be shorter than the time asked about."""
    if terms.capacity is not None:
        return middle
    return min(middle, int(np.searchsorted(times, nearest(minutes, list(sites)).max())))
