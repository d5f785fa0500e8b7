"""What a closure leaves behind: who was nearest to the service, who is left without one, and where they could go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.after import crowding_after
from geointel.answers.before import WITHIN, summed
from geointel.answers.tally import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.outcome import Outcome

SHOWN = 3
"""Most alternatives of each closure."""


def closures(outcome: Outcome) -> list[dict[str, Any]]:
    """For each service that is closed: who is left beyond the standard, and the nearest others, with the places that they have to spare.

    ``with_places`` is the nearest that has some. Services that close too are none; services that come anew are.
    """
    if not outcome.change.closed:
        return []
    world, spare = outcome.world, _spare(outcome)
    found = []
    for name in outcome.change.closed:
        cells, minutes = world.journeys_to(world.column[name])
        served = np.zeros(len(world.cells))
        served[cells[minutes <= world.before.first[cells]]] = 1.0
        others = _alternatives(outcome, served, spare)
        found.append(
            {
                "service": name,
                "nearest_for": outcome.tally.count(served),
                "left_beyond_standard": outcome.tally.count(served * (1 - outcome.shares[WITHIN])),
                "alternatives": others[:SHOWN],
                "with_places": next((one for one in others if (one["spare_places"] or 0) > 0), None),
            }
        )
    return found


def _spare(outcome: Outcome) -> NDArray[np.float64]:
    """Places less the people in need who would come, of services after the change and then of those that came.

    NaN without an estimate of need: of all residents it is not known how many would come.
    """
    world, added = outcome.world, outcome.change.added
    capacity = np.concatenate([world.capacity, [post.capacity for post in added]])
    if not (world.shares_places and world.estimated):
        return np.full(len(capacity), np.nan)
    return np.maximum(capacity * (1 - np.concatenate(crowding_after(outcome.touched))), 0.0)


def _alternatives(outcome: Outcome, served: NDArray[np.float64], spare: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Services that stay or come and that people whom the closed one served can reach, by their mean minutes."""
    world, touched, added = outcome.world, outcome.touched, outcome.change.added
    people = served * world.people
    people = people if people.any() else served
    reach = (people[touched.cells])[touched.row] * touched.stays[touched.service]
    size = len(world.ids)
    count = summed(touched.service, reach, size=size)
    total = summed(touched.service, reach * touched.minutes, size=size)
    count = np.concatenate([count, [people[post.cells].sum() for post in added]])
    total = np.concatenate([total, [people[post.cells] @ post.minutes for post in added]])
    some = np.flatnonzero(count > 0)
    mean = total[some] / count[some]
    order = np.argsort(mean, kind="stable")
    names = world.services["name"]
    return [
        {
            "service": world.ids[place] if place < size else added[place - size].id,
            "name": names[place].as_py() if place < size else added[place - size].name,
            "minutes": rounded(average),
            "people_who_reach_it": rounded(float(count[place])),
            "spare_places": rounded(float(spare[place])),
        }
        for place, average in zip(some[order].tolist(), mean[order].tolist(), strict=True)
    ]
