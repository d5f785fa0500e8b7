"""Where a change is felt: journeys, crowding of services, areas and hexagons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.after import crowding_after
from geointel.answers.tally import DIGITS, rounded
from geointel.grid import format_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.outcome import Outcome

SHOWN = 20
"""Most services whose crowding is reported."""
LEAST_MOVED = 0.005
CROWDING_DIGITS = 3


def journeys(outcome: Outcome) -> dict[str, Any]:
    """Mean minutes to the nearest service over residents who have one both before and after, and how many that is."""
    before, after = outcome.world.before.first, outcome.first
    people = outcome.world.residents * (np.isfinite(before) & np.isfinite(after))
    total = float(people.sum())
    means = [float(people @ np.nan_to_num(minutes)) / total if total > 0 else np.nan for minutes in (before, after)]
    told = {name: rounded(mean, DIGITS + 1) for name, mean in zip(("before", "after"), means, strict=True)}
    return {**told, "residents": rounded(total)}


def crowding(outcome: Outcome) -> list[dict[str, Any]] | None:
    """People for each place at services, before and after, where it moves; the largest moves first. None without places.

    People are split among the services that they can reach by their places and nearness (Wang 2018), so that a new service takes people
    from its neighbours.
    """
    world, change = outcome.world, outcome.change
    if not world.shares_places:
        return None
    was, (stay, come) = world.before.crowding, crowding_after(outcome.touched)
    now = dict(zip([post.id for post in change.added], come.tolist(), strict=True))
    moved = np.flatnonzero(np.abs(np.nan_to_num(stay) - was) > LEAST_MOVED)
    names = world.services["name"]
    both = {
        world.ids[place]: (names[place].as_py(), float(was[place]), now.get(world.ids[place], float(stay[place])))
        for place in sorted({*moved.tolist(), *change.removed})
    }
    both |= {post.id: (post.name, np.nan, now[post.id]) for post in change.added if post.id not in both}
    size = {name: abs(np.nan_to_num(after) - np.nan_to_num(before)) for name, (_, before, after) in both.items()}
    order = sorted((name for name in both if size[name] > LEAST_MOVED), key=lambda name: -size[name])[:SHOWN]
    return [
        {"service": name, "name": both[name][0]}
        | {when: rounded(both[name][at], CROWDING_DIGITS) for at, when in ((1, "before"), (2, "after"))}
        for name in order
    ]


def areas(outcome: Outcome, level: str | None) -> list[dict[str, Any]]:
    """Every area of a level: who gains and loses in it, and its mean before and after over its residents.

    The mean is over those for whom there is a value both before and after: else a first service far away would seem to make
    journeys longer.
    """
    world = outcome.world
    if level is None:
        return []
    own = world.areas[level]
    before, after = outcome.value
    people = world.residents * (np.isfinite(before) & np.isfinite(after))
    total = own.share @ people
    means = [_quotients(own.share @ (people * np.nan_to_num(values)), total) for values in (before, after)]
    gaining, losing = (outcome.tally.by_area(own, share) for share in (outcome.gaining, outcome.losing))
    rows = zip(own.codes, own.names, *means, gaining, losing, strict=True)
    return [dict(zip(("code", "name", "before", "after", "gaining", "losing"), row, strict=True)) for row in rows]


def cells(outcome: Outcome, wanted: str) -> dict[str, Any]:
    """Values of hexagons before and after: those that change, all, or none. Not known is null."""
    before, after = outcome.value
    keep = outcome.better != 0 if wanted == "changed" else np.full(len(before), wanted == "all")
    columns = {"before": before[keep], "after": after[keep], "difference": after[keep] - before[keep]}
    spelt = {name: [rounded(value, DIGITS + 2) for value in values.tolist()] for name, values in columns.items()}
    return {"cell": format_cells(outcome.world.cells[keep].tolist()), **spelt}


def _quotients(above: NDArray[np.float64], below: NDArray[np.float64]) -> list[float | None]:
    found = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return [rounded(value, DIGITS + 1) for value in found.tolist()]
