"""Shortest journeys in sum (p-median) as a program.

Without capacity each cell steps out through its distinct journey times: a variable says that no open site is within
this time, and costs what the next one is longer (the radius form of Cornuejols, Nemhauser and Wolsey 1980,
doi:10.1137/0601028; García, Labbé and Marín 2011, doi:10.1287/ijoc.1100.0418). It is as tight as assigning cells to
sites, with one entry for each pair, and its steps are whole by themselves. With capacity cells are assigned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack

from geointel.gaps.siting.greedy import asked, far_minutes
from geointel.gaps.siting.pairs import nearest, reachable
from geointel.gaps.siting.program import Rows, Solved, concluded, rows, solve
from geointel.gaps.siting.served import pair_rows, per_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Plan, Terms


def median(
    minutes: Pairs,
    people: ArrayLike,
    *,
    terms: Terms,
    beyond: float | None = None,
    start: Plan | None = None,
    seconds: float | None = None,
) -> Plan:
    """Fewest person-minutes from all people to the nearest open site, or to the one that serves them.

    Parameters
    ----------
    minutes, people
        Shape ``(n, k)``, stored pairs can be travelled; shape ``(n,)``.
    beyond
        Minutes counted for people whom no open site reaches or has room for; without it all must be reached.
    start, seconds
        As in ``cover_most``.

    Raises
    ------
    MethodError
        At bad input or a cell that no candidate reaches; ``NoPlanError`` if the terms allow no plan.
    """
    minutes, weight = asked(minutes, people, terms)
    far = None if beyond is None else far_minutes(minutes, beyond)
    cells, lost = reachable(minutes, weight > 0, exclude=terms.exclude_unreachable or far is not None)
    base = 0.0 if far is None else far * float(weight[list(lost)].sum())
    minutes, weight = minutes[cells], weight[cells]
    solve_with = _stepped if terms.capacity is None else _assigned
    solved = solve_with(minutes, weight, far=far, terms=terms, seconds=seconds)
    objective = None if solved.sites is None else base + solved.objective
    if solved.sites is not None and terms.capacity is None:
        journeys = np.minimum(nearest(minutes, list(solved.sites)), np.inf if far is None else far)
        objective = base + float(weight @ journeys)
    moved = Solved(solved.sites, base + solved.objective, base + solved.bound, solved.proven)
    return concluded(moved, objective=objective, start=start, more_is_better=False, left_out=lost)


def _stepped(
    minutes: Pairs, weight: NDArray[np.float64], *, far: float | None, terms: Terms, seconds: float | None
) -> Solved:
    """Solve in the radius form."""
    n, k = minutes.shape
    cell = per_pair(minutes, np.arange(n, dtype=np.float64)).astype(np.int64)
    near = minutes.data <= nearest(minutes, list(terms.locked))[cell]  # beyond a locked site nobody goes
    cell, time, site = cell[near], minutes.data[near], minutes.indices[near]
    order = np.lexsort((site, time, cell))
    cell, time, site = cell[order], time[order], site[order]
    first = np.ones(len(cell), dtype=np.bool_)
    first[1:] = np.diff(cell) != 0
    fresh = first.copy()
    fresh[1:] |= np.diff(time) != 0
    step = np.cumsum(fresh) - 1
    of_step = np.flatnonzero(fresh)
    begins, step_cell, step_time = first[of_step], cell[of_step], time[of_step]
    ends = np.concatenate((begins[1:], [True]))[: len(of_step)]
    longer = np.concatenate((step_time[1:], [0.0]))[: len(of_step)] - step_time
    longer[ends] = 0.0 if far is None else far - step_time[ends]
    base = float(weight[step_cell[begins]] @ step_time[begins])
    constraints = _steps(site, step, begins=begins, k=k) + ([] if far is not None else _nobody_left(ends, k=k))
    solved = solve(
        np.concatenate((np.zeros(k), weight[step_cell] * longer)), constraints, terms=terms, k=k, seconds=seconds
    )
    return Solved(solved.sites, solved.objective + base, solved.bound + base, solved.proven)


def _steps(site: NDArray[np.int32], step: NDArray[np.int64], *, begins: NDArray[np.bool_], k: int) -> list[Rows]:
    """No site is within a time if none was within the one before and none is at this one."""
    m = len(begins)
    sites = csr_array((np.ones(len(site)), (step, site)), shape=(m, k))
    index, follows = np.arange(m), np.flatnonzero(~begins)
    own = csr_array((np.ones(m), (index, index)), shape=(m, m))
    before = csr_array((np.ones(len(follows)), (follows, follows - 1)), shape=(m, m))
    return [rows(sites, csr_array(own - before), lower=begins.astype(np.float64))]


def _nobody_left(ends: NDArray[np.bool_], *, k: int) -> list[Rows]:
    """Nobody is without a site within the longest time."""
    last = np.flatnonzero(ends)
    steps = csr_array((np.ones(len(last)), (np.arange(len(last)), last)), shape=(len(last), len(ends)))
    return [rows(csr_array((len(last), k)), steps, upper=0.0)]


def _assigned(
    minutes: Pairs, weight: NDArray[np.float64], *, far: float | None, terms: Terms, seconds: float | None
) -> Solved:
    """Solve with a variable for each pair, which capacity needs; ``far`` is one more way for each cell."""
    n, k = minutes.shape
    costs = np.concatenate((np.zeros(k), per_pair(minutes, weight) * minutes.data))
    constraints = pair_rows(minutes, weight, capacity=terms.site_capacity(k), everybody=True)
    if far is not None:
        costs = np.concatenate((costs, weight * far))
        nowhere = csr_array((np.ones(n), (np.arange(n), np.arange(n))), shape=(n, n))
        served = constraints[0]
        constraints[0] = Rows(csr_array(hstack((served.matrix, nowhere), format="csr")), served.lower, served.upper)
    return solve(costs, constraints, terms=terms, k=k, seconds=seconds, whole=terms.whole_cells)
