"""Facility location by gains: what each further site would add, kept up to date as sites open.

Coverage and travel time are one problem here: each pair of cell and site has a *saving*, and a cell keeps the largest
saving among its open sites. Covering: the people of a cell in range. Travel: people times the minutes below a limit.
Savings are submodular, so the largest gains still on offer bound what any other plan can add (Nemhauser, Wolsey and
Fisher 1978, doi:10.1007/BF01588971). Only cells whose best saving changes are looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from geointel.gaps.siting.pairs import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms


@dataclass
class Choice:
    """Sites chosen so far; ``best`` saving of each cell, and ``gains`` of each candidate if it were added."""

    by_cell: Pairs
    by_site: csc_array[np.float64]
    sites: list[int]
    best: NDArray[np.float64]
    gains: NDArray[np.float64]

    def copy(self) -> Choice:
        """Return a choice that can go its own way."""
        return Choice(self.by_cell, self.by_site, list(self.sites), self.best, self.gains.copy())

    def add(self, site: int) -> None:
        """Open a site."""
        self.sites.append(site)
        self._set_best(np.maximum(self.best, self.savings_of(site)))

    def replace(self, old: int, site: int) -> None:
        """Open a site in the place of another."""
        self.sites[self.sites.index(old)] = site
        self._set_best(np.max([self.savings_of(each) for each in self.sites], axis=0))

    def savings_of(self, site: int) -> NDArray[np.float64]:
        """Saving of each cell by one site, shape ``(n,)``."""
        start, end = self.by_site.indptr[site : site + 2]
        found = np.zeros(len(self.best))
        found[self.by_site.indices[start:end]] = self.by_site.data[start:end]
        return found

    def _set_best(self, best: NDArray[np.float64]) -> None:
        rows = np.flatnonzero(best != self.best)
        part = self.by_cell[rows]
        lengths = np.diff(part.indptr)
        change = np.maximum(part.data - np.repeat(best[rows], lengths), 0.0)
        change -= np.maximum(part.data - np.repeat(self.best[rows], lengths), 0.0)
        self.gains += total(part.indices, change, len(self.gains))
        self.best = best


def begun(savings: Pairs, terms: Terms) -> Choice:
    """Choice of the locked sites alone, from savings of shape ``(n, k)``."""
    n, k = savings.shape
    gains = total(savings.indices, savings.data, k)
    choice = Choice(savings, csc_array(savings), [], np.zeros(n), gains)
    for site in sorted(set(terms.locked)):
        choice.add(site)
    return choice


def next_site(choice: Choice, terms: Terms, *, by_cost: bool) -> int | None:
    """Site with the largest gain, or gain by cost, that the terms still allow; None if no site adds anything."""
    k = len(choice.gains)
    if terms.new is not None and len(choice.sites) - len(set(terms.locked)) >= terms.new:
        return None
    gains = choice.gains.copy()
    gains[choice.sites] = 0.0
    costs = terms.site_costs(k)
    if terms.budget is not None:
        gains[costs > terms.budget - costs[choice.sites].sum()] = 0.0
    # What is left of a gain that others have taken is rounding.
    worth = np.where(gains > 1e-12 * max(float(choice.best.sum()), 1.0), gains, 0.0)
    if by_cost:
        worth = worth / np.maximum(costs, 1e-12)
    site = int(np.argmax(worth)) if k else 0
    return site if k and worth[site] > 0 else None


def grown(choice: Choice, terms: Terms, *, by_cost: bool = False) -> Choice:
    """Open one site after another until the terms or the gains end."""
    found = choice.copy()
    while (site := next_site(found, terms, by_cost=by_cost)) is not None:
        found.add(site)
    return found


def possible(choice: Choice, terms: Terms) -> float:
    """Most that any plan within the terms can save beyond this choice."""
    k = len(choice.gains)
    fresh = np.setdiff1d(np.arange(k), terms.locked)
    gains = np.maximum(choice.gains[fresh], 0.0)
    gains[np.isin(fresh, choice.sites)] = 0.0
    most = float((choice.by_cell.max(axis=1).toarray().ravel() - choice.best).sum())
    if terms.new is not None:
        most = min(most, float(np.sort(gains)[::-1][: terms.new].sum()))
    if terms.budget is not None:
        costs = terms.site_costs(k)
        left = terms.budget - float(costs[list(set(terms.locked))].sum())
        most = min(most, knapsack(gains, costs[fresh], left))
    return max(most, 0.0)


def knapsack(gains: NDArray[np.float64], costs: NDArray[np.float64], budget: float) -> float:
    """Most gain for a budget if sites could be bought in part (an upper bound)."""
    order = np.argsort(-gains / np.maximum(costs, 1e-12), kind="stable")
    before = np.concatenate(([0.0], np.cumsum(costs[order])))[:-1]
    share = np.clip((budget - before) / np.maximum(costs[order], 1e-12), 0.0, 1.0)
    return float(gains[order] @ share)
