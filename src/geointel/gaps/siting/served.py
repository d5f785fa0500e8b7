"""Sites with a capacity: who is served where, and a greedy choice of such sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array

from geointel.gaps.siting.facility import knapsack
from geointel.gaps.siting.plan import Plan, Terms
from geointel.gaps.siting.program import Rows, Solved, rows, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.siting.pairs import Pairs

NOBODY = 1e-9
"""A gain in people below this is rounding."""


def pair_rows(
    coverage: Pairs, people: NDArray[np.float64], *, capacity: NDArray[np.float64] | None, everybody: bool
) -> list[Rows]:
    """Constraints on the share of each cell that each site in range serves, one variable for each stored pair.

    At most the whole of a cell is served (exactly, if ``everybody``), by open sites, up to their capacity.
    """
    q, k = coverage.nnz, coverage.shape[1]
    of_cell = csr_array((np.ones(q), np.arange(q), coverage.indptr), shape=(coverage.shape[0], q))
    of_pair = csr_array((np.ones(q), coverage.indices, np.arange(q + 1)), shape=(q, k))
    own = csr_array(diags_array(np.ones(q)))
    found = [
        rows(csr_array((coverage.shape[0], k)), of_cell, lower=1.0 if everybody else -np.inf, upper=1.0),
        rows(-of_pair, own, upper=0.0),
    ]
    if capacity is not None:
        load = csr_array(of_pair.T @ diags_array(per_pair(coverage, people)))
        found.append(rows(csr_array(diags_array(-capacity)), load, upper=0.0))
    return found


def per_pair(coverage: Pairs, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of cells, repeated for each stored pair."""
    return np.repeat(values, np.diff(coverage.indptr))


def solve_served(
    coverage: Pairs,
    people: NDArray[np.float64],
    *,
    terms: Terms,
    more: list[Rows] | None = None,
    seconds: float | None = None,
) -> Solved:
    """Sites that serve most people; objective and bound are minus the people served."""
    k = coverage.shape[1]
    constraints = pair_rows(coverage, people, capacity=terms.site_capacity(k), everybody=False) + (more or [])
    costs = np.concatenate((np.zeros(k), -per_pair(coverage, people)))
    return solve(costs, constraints, terms=terms, k=k, seconds=seconds, whole=terms.whole_cells)


def greedy_served(coverage: Pairs, people: NDArray[np.float64], *, terms: Terms) -> Plan:
    """Open the site that can serve most people not yet served, again and again; no exchange.

    The objective is the people that these sites serve when shared out as well as possible.
    """
    k = coverage.shape[1]
    capacity, costs = _room(terms, k), terms.site_costs(k)
    by_site, left, sites = csc_array(coverage), people.copy(), list[int]()
    for site in sorted(set(terms.locked)):
        _take(by_site, left, site=site, room=float(capacity[site]))
        sites.append(site)
    while terms.new is None or len(sites) - len(set(terms.locked)) < terms.new:
        gains = np.minimum(capacity, np.asarray(coverage.T @ left))
        gains[sites] = 0.0
        if terms.budget is not None:
            gains[costs > terms.budget - costs[sites].sum()] = 0.0
        if not gains.max(initial=0.0) > NOBODY:
            break
        sites.append(int(np.argmax(gains)))
        _take(by_site, left, site=sites[-1], room=float(capacity[sites[-1]]))
    only = Terms(new=0, locked=tuple(sites), capacity=capacity, whole_cells=terms.whole_cells)
    total = -solve_served(coverage, people, terms=only).objective
    return Plan(tuple(sorted(sites)), total, max(total, _most(coverage, people, terms)), "greedy")


def _take(by_site: csc_array[np.float64], left: NDArray[np.float64], *, site: int, room: float) -> None:
    cells = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
    here = float(left[cells].sum())
    if here > 0:
        left[cells] *= 1.0 - min(room / here, 1.0)


def _most(coverage: Pairs, people: NDArray[np.float64], terms: Terms) -> float:
    """Upper bound: each site full, or everybody within its range, whichever is fewer, and nobody twice."""
    k = coverage.shape[1]
    costs, each = terms.site_costs(k), np.minimum(_room(terms, k), np.asarray(coverage.T @ people))
    locked = sorted(set(terms.locked))
    fresh = np.setdiff1d(np.arange(k), locked)
    more = float(np.sort(each[fresh])[::-1][: terms.new].sum())
    if terms.budget is not None:
        more = min(more, knapsack(each[fresh], costs[fresh], terms.budget - float(costs[locked].sum())))
    return min(float(each[locked].sum()) + more, float(people[np.diff(coverage.indptr) > 0].sum()))


def _room(terms: Terms, k: int) -> NDArray[np.float64]:
    capacity = terms.site_capacity(k)
    return np.full(k, np.inf) if capacity is None else capacity
