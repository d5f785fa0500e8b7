"""What the lists of services themselves do to the tables of ``longest.py``: asked again with fewer services counted.

The lists say neither who may use a neighbour's service nor whom a service is for. So journeys are measured again without the services
beyond the border, and without those known to be for young people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.gaps import gap_index, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.answers.world import World

YOUNG, UP_TO_21 = "YOUNG ", ("Y01867",)
"""Services for young people by their name, and Early Break by what it says of itself: people up to 21 in East Lancashire."""


@dataclass(frozen=True)
class District:
    """Mean minutes to the nearest service over the residents of a district; None where leaving services out changes nothing."""

    name: str
    residents: float
    listed: float
    own: float
    adults: float | None


def inside(listed: World) -> World:
    """The same world where services beyond the border count for nobody."""
    kept = listed.services["inside"].to_numpy(zero_copy_only=False)
    return replace(listed, services=listed.services.filter(kept), minutes=listed.minutes[:, np.flatnonzero(kept)])


def by_area(world: World, level: str) -> tuple[dict[str, float], dict[str, float]]:
    """Mean minutes and gap index of every area of a level, by code, as the layers compute them."""
    own, first = world.areas[level], nearest(world.minutes).first
    assert world.need is not None  # noqa: S101 - a layer of gaps has it
    residents = own.share @ world.residents
    far = np.where(np.isnan(first), float(world.options["longest"]), first)
    lack = np.divide(
        own.share @ (far * world.residents), residents, out=np.full(len(residents), np.nan), where=residents > 0
    )
    index = 100 * gap_index(own.share @ world.need.mean(axis=0, dtype=np.float64), lack, people=residents)
    minutes = [
        mean(first, np.asarray(own.share[[place]].todense()).ravel() * world.residents)
        for place in range(len(own.codes))
    ]
    return dict(zip(own.codes, minutes, strict=True)), dict(zip(own.codes, index.tolist(), strict=True))


def districts(listed: World, own: World) -> tuple[District, ...]:
    """Every district, by name."""
    level = next(iter(listed.areas.values()))
    called = zip(listed.ids, listed.services["name"].to_pylist(), strict=True)
    young = np.array([code.endswith(UP_TO_21) or name.startswith(YOUNG) for code, name in called])
    every, ours = nearest(listed.minutes).first, nearest(own.minutes).first
    adults = nearest(listed.minutes, ~young).first if young.any() else None
    found = []
    for place, name in enumerate(level.names):
        people = np.asarray(level.share[[place]].todense()).ravel() * listed.residents
        grown = None if adults is None else mean(adults, people)
        found.append(District(name, float(people.sum()), mean(every, people), mean(ours, people), grown))
    return tuple(sorted(found, key=lambda one: one.name))


def mean(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> float:
    """Mean over those who have a service in reach."""
    known = np.isfinite(minutes) & (people > 0)
    return float(people[known] @ minutes[known] / people[known].sum())


def beyond(listed: World) -> tuple[Mapping[str, Any], ...]:
    """Services beyond the border that are the nearest for anybody, and for how many residents."""
    first = nearest(listed.minutes).service
    people = np.bincount(first[first >= 0], weights=listed.residents[first >= 0], minlength=len(listed.ids))
    rows = zip(listed.services["name"].to_pylist(), listed.services["inside"].to_pylist(), people.tolist(), strict=True)
    return tuple(
        {"name": name, "residents": count}
        for name, ours, count in sorted(rows, key=lambda row: row[0])
        if not ours and count >= 1
    )
