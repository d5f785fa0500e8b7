"""Greedy siting with exchange of sites: an answer at once, with a bound on how much better any plan could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.siting.exchange import chosen
from geointel.gaps.siting.facility import begun, next_site, possible
from geointel.gaps.siting.pairs import checked, kept, nearest, within
from geointel.gaps.siting.plan import NoPlanError, Plan
from geointel.gaps.siting.served import greedy_served, per_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs
    from geointel.gaps.siting.plan import Terms


def greedy_cover(minutes: Pairs, people: ArrayLike, *, radius: float, terms: Terms) -> Plan:
    """Most people within ``radius`` minutes of an open site (MCLP), greedily; the bound is an upper one.

    With capacity the objective is people that the sites can serve, and sites are not exchanged.

    Raises ``MethodError`` at bad input or terms that no plan keeps to.
    """
    minutes, weight = _asked(minutes, people, terms)
    coverage = within(minutes, radius)
    if terms.capacity is not None:
        return greedy_served(coverage, weight, terms=terms)
    choice = chosen(_savings(coverage, per_pair(coverage, weight)), terms)
    total = float(choice.best.sum())
    return Plan(tuple(sorted(choice.sites)), total, total + possible(choice, terms), "greedy")


def greedy_median(minutes: Pairs, people: ArrayLike, *, terms: Terms, beyond: float | None = None) -> Plan:
    """Fewest person-minutes to the nearest open site (p-median), greedily; the bound is a lower one.

    ``beyond`` is the minutes counted for people whom no open site reaches; without it all must be reached.

    Raises ``NoPlanError`` if greedy finds no such plan, which does not show that there is none.
    """
    minutes, weight = _asked(minutes, people, terms)
    if terms.capacity is not None:
        raise MethodError("Greedy travel time knows no capacity.", remedy="Use median, which does.")
    far = far_minutes(minutes, beyond)
    choice = chosen(_savings(minutes, per_pair(minutes, weight) * (far - minutes.data)), terms)
    used, to_nearest = weight > 0, nearest(minutes, choice.sites)
    lost = np.flatnonzero(np.isinf(to_nearest) & used)
    if len(lost) and beyond is None:
        raise NoPlanError(
            f"Greedy leaves {len(lost)} cells without a site in reach (first: index {lost[0]}).",
            remedy="Give beyond, the minutes that count for them, allow more sites, or use median.",
        )
    total = float(weight[used] @ np.minimum(to_nearest, far)[used])
    shortest = np.minimum(nearest(minutes, np.arange(minutes.shape[1])), far)
    least = max(total - possible(choice, terms), float(weight[used] @ shortest[used]))
    return Plan(tuple(sorted(choice.sites)), total, min(least, total), "greedy")


def greedy_curve(
    minutes: Pairs, people: ArrayLike, *, radius: float, terms: Terms
) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Diminishing returns: new sites in the order greedy opens them, and people covered with none, one, two … of them.

    Sites are not exchanged, so that each step adds one to the last; it ends where a further site adds nothing.
    """
    minutes, weight = _asked(minutes, people, terms)
    coverage = within(minutes, radius)
    choice = begun(_savings(coverage, per_pair(coverage, weight)), terms)
    values, locked = [float(choice.best.sum())], len(choice.sites)
    while (site := next_site(choice, terms, by_cost=False)) is not None:
        choice.add(site)
        values.append(float(choice.best.sum()))
    return tuple(choice.sites[locked:]), np.array(values)


def far_minutes(minutes: Pairs, beyond: float | None) -> float:
    """Minutes that count where no open site is in reach.

    Raises ``MethodError`` if they are fewer than those of a journey that exists.
    """
    longest = float(minutes.data.max(initial=0.0))
    if beyond is None:
        return 10.0 * longest + 1.0
    if not longest <= beyond < np.inf:
        raise MethodError(
            f"People out of reach count {beyond} minutes, but there are journeys of {longest:g}.",
            remedy=f"Give beyond at least {longest:g}, or leave out longer journeys.",
        )
    return float(beyond)


def asked(minutes: Pairs, people: ArrayLike | None, terms: Terms) -> tuple[Pairs, NDArray[np.float64]]:
    """Minutes and people, checked together with the terms."""
    found, weight = checked(minutes, people)
    terms.check(found.shape[1])
    return found, weight


def _asked(minutes: Pairs, people: ArrayLike, terms: Terms) -> tuple[Pairs, NDArray[np.float64]]:
    if terms.excluded:
        raise MethodError("Greedy siting cannot exclude plans.", remedy="Use the model that proves its plan.")
    return asked(minutes, people, terms)


def _savings(pairs: Pairs, values: NDArray[np.float64]) -> Pairs:
    return kept(pairs, values > 0, values)
