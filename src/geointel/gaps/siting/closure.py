"""What closing one site leaves: who would have to go elsewhere, where there is room, and who is left unserved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.siting.pairs import checked, total, within
from geointel.gaps.siting.plan import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.siting.pairs import Pairs


@dataclass(frozen=True)
class Closure:
    """Effect of a closure on each cell, shape ``(n,)``, and on each service, shape ``(m,)``.

    ``displaced`` people went to the closed site. ``alternative`` is the nearest other service with room when the cell's
    turn comes, -1 where nobody is displaced or there is none, and ``minutes`` and ``added`` the journey there and what
    it is longer, NaN where there is none. ``unserved`` people find no room within the radius. ``arriving`` people come
    to each service.
    """

    displaced: NDArray[np.float64]
    alternative: NDArray[np.int64]
    minutes: NDArray[np.float64]
    added: NDArray[np.float64]
    unserved: NDArray[np.float64]
    arriving: NDArray[np.float64]


def spare_places(minutes: Pairs, people: ArrayLike, *, radius: float, capacity: ArrayLike) -> NDArray[np.float64]:
    """Places left at each service, from 0, if all people go to the nearest within the radius; shape ``(m,)``."""
    minutes, weight = checked(minutes, people)
    places = amounts(capacity, minutes.shape[1], "capacity of a service")
    user_of, _ = _nearest_service(minutes, radius)
    some = user_of >= 0
    return np.maximum(places - total(user_of[some], weight[some], len(places)), 0.0)


def closure(
    minutes: Pairs, people: ArrayLike, *, radius: float, closing: int, spare: ArrayLike | None = None
) -> Closure:
    """Send the people of a closing service to the nearest others with room.

    People use the nearest service within the radius (the first of equally near ones). Shorter journeys choose first;
    a cell is shared between services where room runs out.

    Parameters
    ----------
    minutes, people
        Shape ``(n, m)`` of open services; shape ``(n,)``.
    closing
        Column of the service that closes.
    spare
        Places left at each service, shape ``(m,)``, as ``spare_places`` gives; None for no limit.

    Raises
    ------
    MethodError
        At bad input or an unknown service.
    """
    minutes, weight = checked(minutes, people)
    n, m = minutes.shape
    if not 0 <= closing < m:
        raise MethodError(f"Service {closing} is not among the {m} services.", remedy=f"Name one from 0 to {m - 1}.")
    room = np.full(m, np.inf) if spare is None else amounts(spare, m, "spare capacity of a service").copy()
    room[closing] = 0.0
    user_of, journey = _nearest_service(minutes, radius)
    displaced = np.where(user_of == closing, weight, 0.0)
    left, arriving = displaced.copy(), np.zeros(m)
    alternative, there = np.full(n, -1), np.full(n, np.nan)
    cell, site, taken = _by_journey(minutes, displaced > 0, radius)
    for i, j, minute in zip(cell.tolist(), site.tolist(), taken.tolist(), strict=True):
        if left[i] <= 0 or room[j] <= 0:
            continue
        moved = min(left[i], room[j])
        left[i], room[j], arriving[j] = left[i] - moved, room[j] - moved, arriving[j] + moved
        if alternative[i] < 0:
            alternative[i], there[i] = j, minute
    return Closure(displaced, alternative, there, there - journey, left, arriving)


def _nearest_service(minutes: Pairs, radius: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nearest service within the radius and its minutes; -1 and NaN where there is none."""
    cell, site, journey = _by_journey(minutes, np.ones(minutes.shape[0], np.bool_), radius)
    cells, first = np.unique(cell, return_index=True)
    found, taken = np.full(minutes.shape[0], -1), np.full(minutes.shape[0], np.nan)
    found[cells], taken[cells] = site[first], journey[first]
    return found, taken


def _by_journey(
    minutes: Pairs, wanted: NDArray[np.bool_], radius: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs within the radius of the cells wanted, shortest first, then by cell and service."""
    within(minutes, radius)  # refuses a radius that is none
    cell = np.repeat(np.arange(minutes.shape[0]), np.diff(minutes.indptr))
    keep = (minutes.data <= radius) & wanted[cell]
    cell, site, journey = cell[keep], minutes.indices[keep].astype(np.int64), minutes.data[keep]
    order = np.lexsort((site, cell, journey))
    return cell[order], site[order], journey[order]
