"""What a change does beyond the number of people: journeys, crowding, equity, areas, and what a closure leaves behind."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from geointel import content
from geointel.answers.tally import DIGITS, count
from geointel.errors import QuestionError
from geointel.gaps import crowding as crowding_of
from geointel.gaps import equity_summary, weighted
from geointel.gaps import only as only_pairs

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from geointel.answers.scenario import Outcome
    from geointel.answers.world import World

SHOWN = 20
"""Most services whose crowding is reported."""
LEAST_MOVED = 0.005
LASTS_DAYS = 30
RESAMPLES = 200
PER = 1000.0


def only(minutes: csr_array, which: NDArray[np.bool_]) -> csr_array:
    """Travel times without the services that are not marked; every service keeps its column."""
    return only_pairs(minutes, which[minutes.indices])


def journeys(outcome: Outcome) -> dict[str, Any]:
    """Mean minutes to the nearest service over residents who have one both before and after, and how many that is."""
    before, after = outcome.first
    both = np.isfinite(before) & np.isfinite(after)
    people = outcome.world.residents * both
    total = float(people.sum())
    if total <= 0:
        return {"before": None, "after": None, "residents": 0.0}
    means = (round(float(people[both] @ minutes[both]) / total, DIGITS + 1) for minutes in (before, after))
    return {**dict(zip(("before", "after"), means, strict=True)), "residents": round(total, DIGITS)}


def crowding(outcome: Outcome) -> list[dict[str, Any]] | None:
    """People for each place at services, before and after, where it moves; the largest moves first. None without places.

    People are split among the services that they can reach by their places and nearness (Wang 2018), so that a new service takes people
    from its neighbours.
    """
    world, change = outcome.world, outcome.change
    if not world.shares_places:
        return None
    was = crowding_of(world.people, world.capacity, weighted(world.minutes, world.weight))
    stay = [place for place in range(len(world.ids)) if place not in change.removed]
    kept = [world.by_service[:, [place]] for place in stay]
    columns = [*kept, *(_column(world, post.cells, post.minutes) for post in change.added)]
    names = [*(world.ids[place] for place in stay), *(post.id for post in change.added)]
    capacity = np.array([*(world.capacity[place] for place in stay), *(post.capacity for post in change.added)])
    now = (
        crowding_of(world.people, capacity, weighted(_side_by_side(columns), world.weight)) if columns else np.empty(0)
    )
    before = dict(zip(world.ids, was.tolist(), strict=True))
    titles = dict(zip(world.ids, world.services["name"].to_pylist(), strict=True)) | {
        post.id: post.name for post in change.added
    }
    after = dict(zip(names, now.tolist(), strict=True))
    rows = [
        {
            "service": name,
            "name": titles[name],
            "before": _rounded(before.get(name)),
            "after": _rounded(after.get(name)),
        }
        for name in titles
    ]
    moved = [row for row in rows if abs((row["after"] or 0) - (row["before"] or 0)) > LEAST_MOVED]
    return sorted(moved, key=lambda row: -abs((row["after"] or 0) - (row["before"] or 0)))[:SHOWN]


def equity(outcome: Outcome, *, intervals: bool) -> dict[str, Any] | None:
    """Measures of equity before and after; None where deprivation was not supplied. Intervals by resampling cells, when asked for."""
    world = outcome.world
    if world.deciles is None:
        return None
    maps = (
        outcome.value
        if world.shares_places
        else tuple(np.where(np.isnan(m), float(world.options["longest"]), m) for m in outcome.value)
    )
    line = PER if world.shares_places else float(world.options["standard"])
    found = [
        equity_summary(values, world.deciles, line=line, seed=1, draws=RESAMPLES if intervals else 1) for values in maps
    ]
    parts = ("value", "lower", "upper") if intervals else ("value",)
    return {
        when: {part: {name: _plain(values) for name, values in asdict(getattr(one, part)).items()} for part in parts}
        for when, one in zip(("before", "after"), found, strict=True)
    }


def areas(outcome: Outcome, level: str | None) -> list[dict[str, Any]]:
    """Every area of a level: who gains and loses in it, and its mean before and after over its residents."""
    world = outcome.world
    chosen = next(iter(world.areas)) if level is None else level
    if chosen not in world.areas:
        message = f"There is no level of areas {chosen!r}."
        raise QuestionError(message, field="level", remedy=f"There are {', '.join(world.areas)}.")
    own = world.areas[chosen]
    before, after = outcome.value
    found = []
    for number, code in enumerate(own.codes):
        share = np.asarray(own.share[[number]].todense()).ravel()
        people = world.residents * share
        better = outcome.better
        found.append(
            {
                "code": code,
                "name": own.names[number],
                "before": _mean(before, people),
                "after": _mean(after, people),
                "gaining": count(world, share * (better > 0)),
                "losing": count(world, share * (better < 0)),
            }
        )
    return found


def closures(outcome: Outcome) -> list[dict[str, Any]]:
    """For each service that is closed: who is left without one within the standard, and the nearest others, with places to spare.

    A service has places to spare where it has more of them than people who would come to it.
    """
    world, change = outcome.world, outcome.change
    found = []
    for name in change.closed:
        if name not in world.ids:
            continue
        place = world.ids.index(name)
        own = slice(world.by_service.indptr[place], world.by_service.indptr[place + 1])
        cells = world.by_service.indices[own]
        near = cells[world.by_service.data[own] <= world.first[cells]]
        served = np.zeros(len(world.cells))
        served[near] = 1.0
        left = served * (1 - outcome.within(outcome.first[1]))
        found.append(
            {
                "service": name,
                "nearest_for": count(world, served),
                "left_beyond_standard": count(world, left),
                "alternatives": _alternatives(world, place, served),
            }
        )
    return found


def _alternatives(world: World, closed: int, served: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Services nearest to those whom a closed one was nearest to, by mean minutes, the nearest three."""
    people = served * world.people
    rows = []
    for place, name in enumerate(world.ids):
        own = slice(world.by_service.indptr[place], world.by_service.indptr[place + 1])
        cells, minutes = world.by_service.indices[own], world.by_service.data[own]
        reached = float(people[cells].sum())
        if place != closed and reached > 0:
            mean = float(people[cells] @ minutes) / reached
            spare = float(world.capacity[place]) - float(world.weight(minutes) @ world.people[cells])
            rows.append(
                {
                    "service": name,
                    "name": world.services["name"][place].as_py(),
                    "minutes": round(mean, DIGITS),
                    "people_who_reach_it": round(reached, DIGITS),
                    "spare_places": None if np.isnan(spare) else round(spare, DIGITS),
                }
            )
    return sorted(rows, key=lambda row: row["minutes"])[:3]


def words(outcome: Outcome, *, today: date) -> dict[str, Any]:
    """What must be said beside the answer, and until when one that closes a service may be used."""
    found: dict[str, Any] = {"what": content.notice("scenario")}
    if outcome.change.closed:
        until = today + timedelta(days=LASTS_DAYS)
        found |= {"decision": content.notice("not_a_decision"), "expires": until.isoformat()}
    return found


def not_supplied(world: World) -> list[str]:
    """What a partnership could supply, and has not: it bounds what the answer can say."""
    missing = [
        name
        for name, there in (("need", world.need is not None), ("deprivation", world.deciles is not None))
        if not there
    ]
    return missing + (["capacity"] if not world.shares_places else [])


def _column(world: World, cells: NDArray[np.int64], minutes: NDArray[np.float64]) -> csr_array:
    return csr_array((minutes, (cells, np.zeros(len(cells), dtype=np.int64))), shape=(len(world.cells), 1))


def _side_by_side(columns: list[Any]) -> csr_array:
    """Columns as one matrix; a stored 0 stays one."""
    parts = [column.tocoo() for column in columns]
    row = np.concatenate([part.coords[0] for part in parts])
    column = np.concatenate([np.full(part.nnz, number) for number, part in enumerate(parts)])
    data = np.concatenate([part.data for part in parts])
    return csr_array((data, (row, column)), shape=(columns[0].shape[0], len(columns)))


def _mean(values: NDArray[np.float64], people: NDArray[np.float64]) -> float | None:
    known = np.isfinite(values) & (people > 0)
    total = float(people[known].sum())
    return None if total <= 0 else round(float(people[known] @ values[known]) / total, DIGITS + 1)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 3)


def _plain(values: Any) -> Any:
    flat = np.asarray(values, dtype=np.float64)
    spelt = [None if np.isnan(one) else round(one, 6) for one in flat.ravel().tolist()]
    return spelt if flat.ndim else spelt[0]
