"""A scenario carried out: which services change, and what that does to minutes and places.

What a service gives depends on itself and on the people in reach of it alone, where places are shared in two steps. So a change of one
service is one column taken away and one put in its place, exactly; nothing else is computed anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.actions import WORKING_WEEK, Close, Contract, Extend, Move, Open, Outreach, Resize
from geointel.answers.world import ids_of
from geointel.errors import QuestionError
from geointel.grid import latlng_to_cell, resolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel.answers.actions import Action
    from geointel.answers.world import World

HALF = 0.5


@dataclass(frozen=True)
class Post:
    """A service as it would be. ``cells`` and ``minutes`` are its journeys, of the people whom it is for."""

    id: str
    name: str
    lat: float
    lng: float
    capacity: float
    hours: str | None
    eligible: tuple[str, ...] | None
    cells: NDArray[np.int64]
    minutes: NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """Services that leave as they are, by position, and those that come in their place or anew."""

    removed: tuple[int, ...]
    added: tuple[Post, ...]
    closed: tuple[str, ...]


def carry_out(world: World, actions: Sequence[Action]) -> Change:
    """Carry out actions one after another. Raises ``QuestionError`` with the field of the action that cannot be."""
    posts: dict[str, Post | None] = {}
    for number, action in enumerate(actions):
        _ACTIONS[type(action)](world, posts, action, f"actions.{number}")
    known = {name: place for place, name in enumerate(world.ids)}
    slot = world.options["open"]
    added = [
        post
        for post in posts.values()
        if post is not None and (slot == "any" or world.open_then([post.hours], slot)[0])
    ]
    return Change(
        removed=tuple(sorted(known[name] for name in posts if name in known)),
        added=tuple(added),
        closed=tuple(name for name, post in posts.items() if post is None),
    )


def _open(world: World, posts: dict[str, Post | None], action: Open, at: str) -> None:
    _place(world, action.lat, action.lng, at)
    capacity = _capacity(world, action.capacity, at)
    name = f"new:{len([one for one in posts if one.startswith('new:')]) + 1}"
    posts[name] = _journeys(
        world,
        Post(name, action.name, action.lat, action.lng, capacity, action.hours, action.eligible_areas, *_NOWHERE),
    )


def _close(world: World, posts: dict[str, Post | None], action: Close, at: str) -> None:
    posts[_post(world, posts, action.service, at).id] = None


def _move(world: World, posts: dict[str, Post | None], action: Move, at: str) -> None:
    _place(world, action.lat, action.lng, at)
    own = _post(world, posts, action.service, at)
    posts[own.id] = _journeys(world, replace(own, lat=action.lat, lng=action.lng))


def _resize(world: World, posts: dict[str, Post | None], action: Resize, at: str) -> None:
    if not world.shares_places:
        message = "This layer knows distance only, so a larger caseload changes nothing in it."
        raise QuestionError(message, field=f"{at}.capacity", remedy="Ask a layer that measures places.")
    own = _post(world, posts, action.service, at)
    posts[own.id] = replace(own, capacity=action.capacity)


def _extend(world: World, posts: dict[str, Post | None], action: Extend, at: str) -> None:
    own = _post(world, posts, action.service, at)
    posts[own.id] = replace(own, hours=action.hours)


def _outreach(world: World, posts: dict[str, Post | None], action: Outreach, at: str) -> None:
    _place(world, action.lat, action.lng, at)
    own = _post(world, posts, action.service, at)
    share = action.days / WORKING_WEEK
    posts[own.id] = replace(own, capacity=own.capacity * (1 - share))
    name = f"{own.id}:outreach-{len(posts)}"
    posts[name] = _journeys(
        world,
        replace(
            own,
            id=name,
            name=action.name,
            lat=action.lat,
            lng=action.lng,
            capacity=own.capacity * share,
            hours=action.hours,
        ),
    )


def _contract(world: World, posts: dict[str, Post | None], action: Contract, at: str) -> None:
    if action.service in world.ids or posts.get(action.service) is not None:
        message = f"The service {action.service!r} gives this help already."
        raise QuestionError(message, field=f"{at}.service", remedy="Use `resize` or `hours` to change it.")
    row = _row(world.others, action.service, at)
    hours = row["hours"] if action.hours is None else action.hours
    capacity = _capacity(world, action.capacity, at)
    own = Post(action.service, row["name"], row["lat"], row["lng"], capacity, hours, _codes(row), *_NOWHERE)
    posts[own.id] = _journeys(world, own)


_ACTIONS: dict[type, Any] = {
    Open: _open, Close: _close, Move: _move, Resize: _resize, Extend: _extend, Outreach: _outreach, Contract: _contract,
}  # fmt: skip
_NOWHERE = np.empty(0, np.int64), np.empty(0)


def _post(world: World, posts: dict[str, Post | None], name: str, at: str) -> Post:
    """A service as the actions before have left it."""
    if name in posts:
        own = posts[name]
        if own is None:
            message = f"The service {name!r} has been closed by an action before this one."
            raise QuestionError(message, field=f"{at}.service", remedy="Leave one of the two out.")
        return own
    if name not in world.ids:
        _unknown(name, world.ids, at)
    place = world.ids.index(name)
    row = world.services.slice(place, 1).to_pylist()[0]
    first, last = world.by_service.indptr[place], world.by_service.indptr[place + 1]
    capacity = float(world.capacity[place])
    journeys = world.by_service.indices[first:last].astype(np.int64), world.by_service.data[first:last]
    return Post(name, row["name"], row["lat"], row["lng"], capacity, row["hours"], _codes(row), *journeys)


def _row(services: pa.Table, name: str, at: str) -> dict[str, Any]:
    names = ids_of(services)
    if name not in names:
        _unknown(name, names, at)
    found: dict[str, Any] = services.slice(names.index(name), 1).to_pylist()[0]
    return found


def _unknown(name: str, names: Sequence[str], at: str) -> None:
    close = get_close_matches(name, names, n=1)
    remedy = f"Did you mean {close[0]!r}?" if close else "The layer `services` lists them; ids are `source:id`."
    message = f"There is no service {name!r} that counts in this layer."
    raise QuestionError(message, field=f"{at}.service", remedy=remedy)


def _codes(row: dict[str, Any]) -> tuple[str, ...] | None:
    return None if row["eligible_areas"] is None else tuple(row["eligible_areas"])


def _place(world: World, lat: float, lng: float, at: str) -> None:
    resolution = int(resolutions(world.cells[:1])[0])
    cell = latlng_to_cell(np.array([lat]), np.array([lng]), resolution)[0]
    place = np.searchsorted(world.cells, cell)
    if place == len(world.cells) or world.cells[place] != cell:
        message = f"The place {lat:.5f}, {lng:.5f} lies outside the study area."
        raise QuestionError(message, field=f"{at}.lat", remedy="Choose a place inside it; latitude comes first.")


def _capacity(world: World, given: float | None, at: str) -> float:
    if given is None and world.shares_places:
        message = "How many people the service can take is missing, and this layer shares places."
        raise QuestionError(message, field=f"{at}.capacity", remedy="Give a `capacity` above 0.")
    return np.nan if given is None else given


def _journeys(world: World, post: Post) -> Post:
    cells, minutes = world.journeys(post.lat, post.lng)
    share = world.eligible(post.eligible)
    if share is not None:
        keep = share[cells] >= HALF
        cells, minutes = cells[keep], minutes[keep]
    return replace(post, cells=cells, minutes=minutes)


def access_after(world: World, change: Change) -> NDArray[np.float64]:
    """Places for each person of each cell, by column update, shape ``(n,)``."""
    found = world.access.copy()
    columns = world.by_service
    for place in change.removed:
        own = slice(columns.indptr[place], columns.indptr[place + 1])
        _give(world, found, (columns.indices[own], columns.data[own]), -float(world.capacity[place]))
    for post in change.added:
        _give(world, found, (post.cells, post.minutes), post.capacity)
    return np.maximum(found, 0.0)


def ratio(world: World, cells: NDArray[np.int64], minutes: NDArray[np.float64], capacity: float) -> float:
    """Places of a service for each person in reach of it; 0 where nobody is."""
    reached = float(world.weight(minutes) @ world.people[cells])
    return capacity / reached if reached > 0 else 0.0


def _give(
    world: World, access: NDArray[np.float64], journeys: tuple[NDArray[np.int64], NDArray[np.float64]], capacity: float
) -> None:
    cells, minutes = journeys
    access[cells] += world.weight(minutes) * ratio(world, cells, minutes, capacity)


def first_after(
    world: World, change: Change, before: NDArray[np.float64], *, which: NDArray[np.bool_], slot: Any = None
) -> NDArray[np.float64]:
    """Minutes to the nearest service after a change; NaN where none is found.

    ``before`` are those to the nearest of the services that ``which`` marks; with a ``slot`` only services open then come anew.
    """
    gone = [place for place in change.removed if which[place]]
    found = before.copy()
    if gone:
        left = which.copy()
        left[gone] = False
        lost = np.unique(np.concatenate([_equal(world, place, before) for place in gone]))
        found[lost] = _row_least(world, lost, left)
    for post in change.added:
        if slot is None or world.open_then([post.hours], slot)[0]:
            found[post.cells] = np.fmin(found[post.cells], post.minutes)
    return found


def _equal(world: World, place: int, before: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells whose nearest service is this one, or as near."""
    own = slice(world.by_service.indptr[place], world.by_service.indptr[place + 1])
    cells = world.by_service.indices[own].astype(np.int64)
    found: NDArray[np.int64] = cells[world.by_service.data[own] <= before[cells]]
    return found


def _row_least(world: World, cells: NDArray[np.int64], which: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Least minutes of some cells over some services."""
    some = world.minutes[cells]
    origin = np.repeat(np.arange(len(cells)), np.diff(some.indptr))
    keep = which[some.indices]
    found = np.full(len(cells), np.nan)
    np.fmin.at(found, origin[keep], some.data[keep])
    return found
