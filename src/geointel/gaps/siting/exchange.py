"""Better plans by exchange: one open site for another, as long as that helps.

After Teitz and Bart (1968, doi:10.1287/opre.16.5.955), all exchanges of a round evaluated at once as Resende and
Werneck do (2007, doi:10.1016/j.ejor.2005.05.032): what an exchange brings is the gain of the new site, less the loss
of the old one, corrected in the cells that the old one serves best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.gaps.siting.facility import begun, grown
from geointel.gaps.siting.pairs import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.siting.facility import Choice
    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms

BETTER = 1e-9
"""Share of the total below which an exchange is rounding, not an improvement."""

ROUNDS = 200


def chosen(savings: Pairs, terms: Terms) -> Choice:
    """Greedy choice, then exchanged; with a budget the better of most gain and most gain for the cost."""
    first = begun(savings, terms)
    ways = [False] if terms.budget is None else [False, True]
    found = [exchanged(grown(first, terms, by_cost=by_cost), terms) for by_cost in ways]
    return max(found, key=lambda choice: float(choice.best.sum()))


def exchanged(choice: Choice, terms: Terms) -> Choice:
    """Exchange new sites, the best exchange of each round, until none helps; then add what the budget still allows."""
    for _ in range(ROUNDS):
        movable = [site for site in choice.sites if site not in terms.locked]
        if not movable:
            break
        profit = exchange_profit(choice, movable)
        profit[:, choice.sites] = -np.inf
        if terms.budget is not None:
            costs = terms.site_costs(len(choice.gains))
            left = terms.budget - costs[choice.sites].sum()
            profit[costs[None, :] > left + costs[movable][:, None]] = -np.inf
        old, site = np.unravel_index(int(np.argmax(profit)), profit.shape)
        if not profit[old, site] > BETTER * max(float(choice.best.sum()), 1.0):
            break
        choice.replace(movable[int(old)], int(site))
    return grown(choice, terms)


def exchange_profit(choice: Choice, movable: list[int]) -> NDArray[np.float64]:
    """What each exchange would add, shape ``(len(movable), k)``: row the site closed, column the site opened."""
    k = len(choice.gains)
    each = np.array([choice.savings_of(site) for site in choice.sites])
    top = np.argmax(each, axis=0)
    rest = each.copy()
    rest[top, np.arange(each.shape[1])] = 0.0
    second = rest.max(axis=0)
    row_of = np.full(len(choice.sites), -1)
    row_of[[choice.sites.index(site) for site in movable]] = np.arange(len(movable))
    owner = row_of[top]
    rows = np.flatnonzero((owner >= 0) & (choice.best > second))
    owner, best, second = owner[rows], choice.best[rows], second[rows]
    part = choice.by_cell[rows]
    lengths = np.diff(part.indptr)
    back = np.maximum(part.data - np.repeat(second, lengths), 0.0)
    back -= np.maximum(part.data - np.repeat(best, lengths), 0.0)
    key = np.repeat(owner * k, lengths) + part.indices
    profit = total(key, back, len(movable) * k).reshape(len(movable), k)
    profit += choice.gains[None, :] - total(owner, best - second, len(movable))[:, None]
    return profit
