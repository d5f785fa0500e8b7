"""Mixed-integer programs of siting, solved by HiGHS through scipy.

The first ``k`` variables are the sites (0 or 1); those that follow are shares in [0, 1], continuous wherever the
optimum is whole by itself. Every program minimises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from geointel.errors import MethodError
from geointel.gaps.siting.plan import NoPlanError, Plan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms

INFEASIBLE, OPTIMAL, LIMIT = 2, 0, 1
"""Status of ``scipy.optimize.milp``."""

SAME = 1e-5
"""Share by which the solver's objective may differ from the one counted anew: its variables are whole to 1e-6."""


@dataclass(frozen=True)
class Rows:
    """Constraints: ``lower <= matrix @ variables <= upper``."""

    matrix: Pairs
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True)
class Solved:
    """Best solution found (None and infinite if none was), the least objective possible, and whether the two are equal."""

    sites: tuple[int, ...] | None
    objective: float
    bound: float
    proven: bool


def rows(*blocks: Pairs, lower: ArrayLike = -np.inf, upper: ArrayLike = np.inf) -> Rows:
    """Constraints of blocks that stand side by side, sites first."""
    matrix = csr_array(hstack(blocks, format="csr"))
    ends = [np.broadcast_to(np.asarray(end, dtype=np.float64), (matrix.shape[0],)) for end in (lower, upper)]
    return Rows(matrix, *ends)


def terms_rows(terms: Terms, k: int) -> list[Rows]:
    """Constraints on the sites alone that the terms ask for."""
    found = []
    fresh = np.ones(k)
    fresh[list(terms.locked)] = 0.0
    if terms.new is not None:
        found.append(rows(csr_array(fresh[None, :]), upper=terms.new))
    if terms.budget is not None:
        found.append(rows(csr_array(terms.site_costs(k)[None, :]), upper=terms.budget))
    for sites in terms.excluded:
        together = np.zeros(k)
        together[list(sites)] = 1.0
        together *= fresh
        found.append(rows(csr_array(together[None, :]), upper=together.sum() - 1.0))
    return found


def solve(
    costs: NDArray[np.float64],
    constraints: list[Rows],
    *,
    terms: Terms,
    k: int,
    seconds: float | None = None,
    whole: bool = False,
) -> Solved:
    """Least costs over ``k`` sites and the shares that follow them; ``whole`` shares are 0 or 1 too.

    Raises ``NoPlanError`` if nothing keeps to all constraints.
    """
    found = [*terms_rows(terms, k), *constraints]
    if any((row.upper < row.lower).any() or (row.matrix.nnz == 0 and (row.upper < 0).any()) for row in found):
        raise _no_plan(terms)
    size = len(costs)
    matrix = vstack([_widened(row.matrix, size) for row in found], format="csr") if found else None
    limits = [np.concatenate([getattr(row, end) for row in found]) for end in ("lower", "upper")] if found else []
    least = np.zeros(size)
    least[list(terms.locked)] = 1.0
    result = milp(
        costs,
        integrality=np.where(whole | (np.arange(size) < k), 1, 0),
        bounds=Bounds(least, np.ones(size)),
        constraints=[] if matrix is None else [LinearConstraint(matrix, *limits)],
        options={"mip_rel_gap": 0.0, "time_limit": np.inf if seconds is None else float(seconds)},
    )
    if result.status == INFEASIBLE or (result.status > INFEASIBLE and "nfeasible" in result.message):
        raise _no_plan(terms)
    if result.status not in {OPTIMAL, LIMIT}:
        raise MethodError(f"The solver stopped: {result.message}", remedy="Ask for the greedy plan instead.")
    sites = None if result.x is None else tuple(int(site) for site in np.flatnonzero(result.x[:k] > 0.5))
    bound, objective = result.get("mip_dual_bound"), np.inf if result.fun is None else float(result.fun)
    return Solved(sites, objective, -np.inf if bound is None else float(bound), result.status == OPTIMAL)


def concluded(
    solved: Solved, *, objective: float | None, start: Plan | None, more_is_better: bool, left_out: tuple[int, ...] = ()
) -> Plan:
    """Plan of a program that ended: its own solution, or the start where time ran out before a better one.

    ``objective`` is that of the solver's sites counted anew (None where there are none).

    Raises ``NoPlanError`` if there is neither, and ``MethodError`` if the solver calls optimal what is not its bound.
    """
    sign = -1.0 if more_is_better else 1.0
    bound = sign * solved.bound
    if solved.proven and solved.sites is not None and objective is not None:
        if abs(bound - objective) > SAME * max(abs(bound), abs(objective), 1.0):
            raise MethodError(
                f"The solver's bound of {bound:g} is not its plan's objective of {objective:g}.",
                remedy="Bring people, costs and capacities to a common size.",
            )
        return Plan(solved.sites, objective, objective, "proven", left_out)
    if start is not None:
        bound = min(bound, start.bound) if more_is_better else max(bound, start.bound)
    if start is not None and (objective is None or sign * start.objective < sign * objective):
        return Plan(start.sites, start.objective, bound, "time-limit", left_out)
    if solved.sites is None or objective is None:
        raise NoPlanError(
            "No plan was found in the time given.", remedy="Allow more seconds, or give the greedy plan as the start."
        )
    return Plan(solved.sites, objective, bound, "time-limit", left_out)


def _widened(matrix: Pairs, size: int) -> Pairs:
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], size))


def _no_plan(terms: Terms) -> NoPlanError:
    asked = [f"at most {terms.new} new sites"] if terms.new is not None else []
    asked += [f"a budget of {terms.budget:g}"] if terms.budget is not None else []
    asked += ["the capacity of the sites"] if terms.capacity is not None else []
    asked += [f"{len(terms.excluded)} excluded plans"] if terms.excluded else []
    return NoPlanError(
        f"No choice of sites keeps to everything asked{': ' if asked else ''}{', '.join(asked)}.",
        remedy="Allow more sites, a larger budget or radius, or drop a constraint.",
    )
