"""The rational agent access model: people spread over services until none would be better off elsewhere.

Its result is a cost, travel and crowding together, so less is better. Source: Saxon and Snow (2020); the search is that of pysal
``access``, made independent of the order of services and of pairs that cannot be travelled (the reference's answers differ by up to 7 %
between two runs where there are such).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.by_pair import from_origins, given, only, origins

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.by_pair import Pairs


@dataclass(frozen=True)
class Search:
    """How people are moved: cycles, the share of an origin's people that moves in one, and the smallest number of people that does.

    The share halves every ``half_life`` cycles from ``first_step`` down to ``least_step``. In the first ``careful`` cycles a service takes no
    more people than it has places for. ``unit`` is 1 person; smaller where demand is in fractions of people.
    """

    cycles: int = 150
    first_step: float = 0.2
    least_step: float = 0.005
    half_life: float = 50.0
    careful: int = 20
    unit: float = 1.0


USUAL = Search()


@dataclass(frozen=True)
class _Trips:
    """Pairs of people with places: position of the origin and service of each, travel, first pair of each origin; people and places."""

    origin: NDArray[np.int64]
    service: NDArray[np.integer[Any]]
    travel: NDArray[np.float64]
    starts: NDArray[np.integer[Any]]
    people: NDArray[np.float64]
    places: NDArray[np.float64]


def raam(
    demand: ArrayLike,
    supply: ArrayLike,
    minutes: Pairs,
    *,
    tau: float = 60.0,
    rho: float | None = None,
    search: Search = USUAL,
) -> NDArray[np.float64]:
    """Mean cost of an origin's people, minutes/τ + people at the service/(ρ·places), shape ``(n,)``.

    The cost is the one by which people moved last, as in the reference: all move at once, so the last few still go back and forth.
    NaN where there are no people, or no service with places can be reached. Deterministic: there is no chance in it.

    Parameters
    ----------
    demand, supply, minutes
        Shape ``(n,)``, ``(m,)`` and ``(n, m)``.
    tau
        Minutes of travel that weigh as much as a service at the mean crowding ρ.
    rho
        People for each place; total demand over total supply if None.
    search
        How people are moved.

    Raises
    ------
    MethodError
        If shapes do not fit, a number is negative or not finite, or ``tau``, ``rho`` or ``unit`` is not above 0.
    """
    people, places = given(demand, supply, minutes, name="travel time")
    if not (tau > 0 and search.unit > 0 and (rho is None or rho > 0)):
        raise MethodError(
            f"RAAM with tau {tau}, rho {rho} and unit {search.unit} is undefined.", remedy="Pass numbers above 0."
        )
    cost = np.full(len(people), np.nan)
    usable = (from_origins(minutes, people) > 0) & (places[minutes.indices] > 0)
    if not usable.any():
        return cost
    kept = only(minutes, usable)
    kept.sort_indices()
    own = np.flatnonzero(np.diff(kept.indptr))
    level = people.sum() / places.sum() if rho is None else rho
    place = np.searchsorted(own, origins(kept))
    trips = _Trips(place, kept.indices, kept.data / tau, kept.indptr[own], people[own], places * level)
    assigned, seen = _settled(trips, search)
    total = np.bincount(trips.origin, assigned * seen)
    cost[own] = total / trips.people
    return cost


def _costs(trips: _Trips, assigned: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost of every pair while people are where they are."""
    crowding: NDArray[np.float64] = _crowding(trips, assigned)[trips.service]
    return trips.travel + crowding


def _crowding(trips: _Trips, assigned: NDArray[np.float64]) -> NDArray[np.float64]:
    at = np.bincount(trips.service, assigned, len(trips.places))
    return np.divide(at, trips.places, out=np.zeros(len(at)), where=trips.places > 0)


def _settled(trips: _Trips, search: Search) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """People of every pair after all cycles, and the cost that they saw last; at first everybody goes to the nearest service."""
    assigned = np.zeros(len(trips.travel))
    assigned[_first_least(trips, trips.travel)] = trips.people
    cost = _costs(trips, assigned)
    for cycle in range(search.cycles):
        cost = _costs(trips, assigned)
        best = _first_least(trips, cost)
        dearest = _first_least(trips, np.where(assigned > 0, -cost, np.inf))
        step = max(search.first_step * 0.5 ** (cycle / search.half_life), search.least_step)
        moved = np.minimum(_even(trips, assigned, best=best, dearest=dearest), step * trips.people)
        moved = np.trunc(moved / search.unit)
        if cycle < search.careful:
            coming = np.bincount(trips.service[best], moved * search.unit, len(trips.places))
            crowd = np.divide(coming, trips.places, out=np.zeros(len(coming)), where=trips.places > 0)
            moved = np.round(moved / np.maximum(crowd, 1.0)[trips.service[best]])
        assigned[best] += moved * search.unit
        assigned[dearest] -= moved * search.unit
    return assigned, cost


def _even(
    trips: _Trips, assigned: NDArray[np.float64], *, best: NDArray[np.int64], dearest: NDArray[np.int64]
) -> NDArray[np.float64]:
    """People of each origin who would move from its dearest to its best service until the two cost the same."""
    at = np.bincount(trips.service, assigned, len(trips.places))
    to, away = trips.places[trips.service[best]], trips.places[trips.service[dearest]]
    others_to = at[trips.service[best]] - assigned[best]
    others_away = at[trips.service[dearest]] - assigned[dearest]
    both = assigned[best] + assigned[dearest]
    gain = (trips.travel[dearest] - trips.travel[best]) + (both + others_away) / away - others_to / to
    wanted = to * away / (to + away) * gain - assigned[best]
    return np.where(best == dearest, 0.0, np.clip(wanted, 0.0, assigned[dearest]))


def _first_least(trips: _Trips, values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Position of the least value among the pairs of each origin, the first of equal ones."""
    least = np.minimum.reduceat(values, trips.starts)
    hits = np.flatnonzero(values == least[trips.origin])
    first: NDArray[np.int64] = hits[np.searchsorted(trips.origin[hits], np.arange(len(trips.starts)))]
    return first
