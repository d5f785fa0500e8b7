"""Covering models as programs: fewest sites that reach everybody, most people reached by a number of sites.

LSCP (Toregas and others 1971, doi:10.1287/opre.19.6.1363), its backup form (Church and Murray 2018), and MCLP (Church
and ReVelle 1974, doi:10.1007/BF01942293). A site covers a cell at ``minutes <= radius``. Cells that the same candidates
reach are merged. Whether a cell is covered is continuous: at whole sites its optimum is 0 or 1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from geointel.errors import MethodError
from geointel.gaps.siting.greedy import asked
from geointel.gaps.siting.pairs import covered, merged, reachable, within
from geointel.gaps.siting.plan import Plan, amounts
from geointel.gaps.siting.program import Rows, Solved, concluded, rows, solve
from geointel.gaps.siting.served import pair_rows, per_pair, solve_served

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms


def cover_all(
    minutes: Pairs, people: ArrayLike | None = None, *, radius: float, terms: Terms, seconds: float | None = None
) -> Plan:
    """Fewest open sites, or the cheapest if the terms give costs, that reach every cell with people (LSCP).

    Without ``people`` every cell counts. With capacity all people must be served, and a cell may be shared.

    Raises ``MethodError`` if no candidate reaches a cell, ``NoPlanError`` if the terms allow no plan.
    """
    minutes, weight = asked(minutes, people, terms)
    coverage = within(minutes, radius)
    cells, lost = reachable(coverage, weight > 0, exclude=terms.exclude_unreachable)
    coverage, weight, k = coverage[cells], weight[cells], coverage.shape[1]
    costs = terms.site_costs(k)
    solved = _all_served(coverage, weight, costs=costs, terms=terms, seconds=seconds)
    objective = None if solved.sites is None else float(costs[list(solved.sites)].sum())
    return concluded(solved, objective=objective, start=None, more_is_better=False, left_out=lost)


def backup_cover(
    minutes: Pairs, people: ArrayLike | None = None, *, radius: float, terms: Terms, seconds: float | None = None
) -> Plan:
    """Among plans with as few sites as ``cover_all`` needs, the most people with a second site in range (LSCP-B).

    Without ``people`` the objective counts cells. ``seconds`` is for each of the two programs.
    """
    if terms.capacity is not None or terms.costs is not None:
        raise MethodError("Backup cover knows no capacity and no costs.", remedy="Use cover_all, or drop them.")
    first = cover_all(minutes, people, radius=radius, terms=terms, seconds=seconds)
    minutes, weight = asked(minutes, people, terms)
    coverage, k = within(minutes, radius), minutes.shape[1]
    cells, lost = reachable(coverage, weight > 0, exclude=terms.exclude_unreachable)
    patterns, (sums,) = merged(coverage[cells], weight[cells])
    second = csr_array(diags_array(-np.ones(patterns.shape[0])))
    fewest = replace(terms, new=len(first.sites) - len(set(terms.locked)))
    solved = solve(
        np.concatenate((np.zeros(k), -sums)), [rows(patterns, second, lower=1.0)], terms=fewest, k=k, seconds=seconds
    )
    objective = None
    if solved.sites is not None:
        chosen = np.isin(np.arange(k), solved.sites).astype(np.float64)
        objective = float(sums[np.asarray(patterns @ chosen) >= 2].sum())
    plan = concluded(solved, objective=objective, start=None, more_is_better=True, left_out=lost)
    return plan if first.status == "proven" else replace(plan, status="time-limit")


def cover_most(
    minutes: Pairs,
    people: ArrayLike,
    *,
    radius: float,
    terms: Terms,
    disadvantaged: ArrayLike | None = None,
    start: Plan | None = None,
    seconds: float | None = None,
) -> Plan:
    """Most people within ``radius`` minutes of an open site (MCLP), or served by one if the terms give capacity.

    Parameters
    ----------
    minutes, people
        Shape ``(n, k)``, stored pairs can be travelled; shape ``(n,)``.
    disadvantaged
        People of each cell, among ``people``, whose share covered must not be below that of all. With capacity it is
        the share served, and the plan may decide whom to serve.
    start
        Plan within the same terms, such as the greedy one: returned if time runs out before a better one.
    seconds
        Time limit of the solver; a plan cut short has status ``time-limit`` and an honest bound.

    Raises
    ------
    MethodError
        At bad input; ``NoPlanError`` if the terms allow no plan.
    """
    minutes, weight = asked(minutes, people, terms)
    coverage, k = within(minutes, radius), minutes.shape[1]
    # Coverage of the disadvantaged less that of all, in people: at least 0 for an equal plan.
    lean = None if disadvantaged is None else _lean(weight, disadvantaged)
    if terms.capacity is not None:
        constraints = (
            [] if lean is None else [rows(csr_array((1, k)), csr_array(per_pair(coverage, lean)[None, :]), lower=0.0)]
        )
        solved = solve_served(coverage, weight, terms=terms, more=constraints, seconds=seconds)
        objective = None if solved.sites is None else -solved.objective
        return concluded(solved, objective=objective, start=start, more_is_better=True)
    solved = _most_covered(coverage, weight, lean=lean, terms=terms, seconds=seconds)
    objective = None if solved.sites is None else float(weight[covered(coverage, solved.sites)].sum())
    return concluded(solved, objective=objective, start=start, more_is_better=True)


def _most_covered(
    coverage: Pairs,
    weight: NDArray[np.float64],
    *,
    lean: NDArray[np.float64] | None,
    terms: Terms,
    seconds: float | None,
) -> Solved:
    k = coverage.shape[1]
    sure = covered(coverage, list(terms.locked))
    open_question = ~sure & (np.diff(coverage.indptr) > 0) & (weight > 0)
    patterns, sums = merged(
        coverage[open_question], weight[open_question], *([] if lean is None else [lean[open_question]])
    )
    own = csr_array(diags_array(-np.ones(patterns.shape[0])))
    constraints = [rows(patterns, own, lower=0.0)]
    if lean is not None:
        balance = csr_array(sums[1][None, :])
        constraints.append(rows(csr_array((1, k)), balance, lower=-float(lean[sure].sum())))
        constraints += _no_hiding(patterns, sums[1])
    solved = solve(np.concatenate((np.zeros(k), -sums[0])), constraints, terms=terms, k=k, seconds=seconds)
    base = float(weight[sure].sum())
    return replace(solved, objective=solved.objective - base, bound=solved.bound - base)


def _no_hiding(patterns: Pairs, lean: NDArray[np.float64]) -> list[Rows]:
    """A cell with an open site in range is covered, even where not counting it would make coverage look equal."""
    tempting = csr_array(patterns[lean < 0])
    q, k = tempting.nnz, patterns.shape[1]
    cell = np.repeat(np.flatnonzero(lean < 0), np.diff(tempting.indptr))
    of_pair: Pairs = csr_array((np.full(q, -1.0), tempting.indices, np.arange(q + 1)), shape=(q, k))
    of_cell: Pairs = csr_array((np.ones(q), cell, np.arange(q + 1)), shape=(q, patterns.shape[0]))
    return [rows(of_pair, of_cell, lower=0.0)]


def _lean(people: NDArray[np.float64], disadvantaged: ArrayLike) -> NDArray[np.float64]:
    some = amounts(disadvantaged, len(people), "number of disadvantaged people of a cell")
    if (some > people * (1 + 1e-9)).any() or not some.sum() > 0:
        raise MethodError(
            "The disadvantaged are to be among the people of their cell, and there must be some.",
            remedy="Give the people of deprivation deciles 1 and 2 in each cell.",
        )
    return np.asarray(some * (people.sum() / some.sum()) - people, dtype=np.float64)


def _all_served(
    coverage: Pairs, weight: NDArray[np.float64], *, costs: NDArray[np.float64], terms: Terms, seconds: float | None
) -> Solved:
    k = len(costs)
    if terms.capacity is None:
        patterns, _ = merged(coverage)
        return solve(costs, [rows(patterns, lower=1.0)], terms=terms, k=k, seconds=seconds)
    constraints = pair_rows(coverage, weight, capacity=terms.site_capacity(k), everybody=True)
    return solve(
        np.concatenate((costs, np.zeros(coverage.nnz))),
        constraints,
        terms=terms,
        k=k,
        seconds=seconds,
        whole=terms.whole_cells,
    )
