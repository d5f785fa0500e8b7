"""Services as they would be: actions carried out one after another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.actions import WORKING_WEEK, Close, Contract, Extend, Move, Open, Outreach, Resize
from geointel.errors import QuestionError
from geointel.gaps.supply import Asked, Offers, counts_for
from geointel.grid import latlng_to_cell, resolutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geointel.answers.actions import Action
    from geointel.answers.world import World

HALF = 0.5
OFFERED = ("substances", "min_age", "max_age", "nsp_level", "supervised", "naloxone")


@dataclass(frozen=True)
class Post:
    """A service as it would be. ``cells`` and ``minutes`` are its journeys, of the people whom it is for.

    ``days`` are those a week that it still has: outreach takes some of them away.
    """

    id: str
    name: str
    lat: float
    lng: float
    capacity: float
    hours: str | None
    eligible: tuple[str, ...] | None
    cells: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    minutes: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    days: int = WORKING_WEEK


@dataclass(frozen=True)
class Change:
    """Services that leave as they are, by column, and those that come in their place or anew; ids of those that close."""

    removed: tuple[int, ...]
    added: tuple[Post, ...]
    closed: tuple[str, ...]


Posts = dict[str, Post | None]
"""Services that an action has touched, by id; None for one that is closed."""


def carry_out(world: World, actions: Sequence[Action]) -> Change:
    """Carry out actions one after another. Raises ``QuestionError`` with the field of the action that cannot be."""
    posts: Posts = {}
    for number, action in enumerate(actions):
        _ACTIONS[type(action)](world, posts, action, f"actions.{number}")
    moved = {name: post for name, post in posts.items() if not _as_it_was(world, name, post)}
    return Change(
        removed=tuple(sorted(world.column[name] for name in moved if name in world.column)),
        added=tuple(
            post
            for post in moved.values()
            if post is not None and world.open_then([post.hours], world.options["open"])[0]
        ),
        closed=tuple(name for name, post in moved.items() if post is None and name in world.column),
    )


def _open(world: World, posts: Posts, action: Open, at: str) -> None:
    _require_inside(world, action.lat, action.lng, at)
    _require_known_areas(world, action.eligible_areas or (), at)
    capacity = _capacity(world, action.capacity, at)
    name = _fresh(world, posts, "new:")
    own = Post(name, action.name, action.lat, action.lng, capacity, action.hours, action.eligible_areas)
    posts[name] = _travelled(world, own, f"{at}.lat")


def _close(world: World, posts: Posts, action: Close, at: str) -> None:
    posts[_post(world, posts, action.service, at).id] = None


def _move(world: World, posts: Posts, action: Move, at: str) -> None:
    _require_inside(world, action.lat, action.lng, at)
    own = _post(world, posts, action.service, at)
    if (action.lat, action.lng) != (own.lat, own.lng):
        posts[own.id] = _travelled(world, replace(own, lat=action.lat, lng=action.lng), f"{at}.lat")


def _resize(world: World, posts: Posts, action: Resize, at: str) -> None:
    if not world.shares_places:
        message = "This layer knows distance only, so a larger caseload changes nothing in it."
        raise QuestionError(message, field=f"{at}.capacity", remedy="Ask a layer that measures places.")
    own = _post(world, posts, action.service, at)
    posts[own.id] = replace(own, capacity=action.capacity)


def _extend(world: World, posts: Posts, action: Extend, at: str) -> None:
    """A service that this layer leaves out only for its hours can be opened in them."""
    if action.service not in posts and action.service not in world.column and _only_shut(world, action.service):
        own = _listed(world, action.service, f"{at}.service")
        _require_capacity(world, own.capacity, at)
    else:
        own = _post(world, posts, action.service, at)
    posts[own.id] = replace(own, hours=action.hours)


def _outreach(world: World, posts: Posts, action: Outreach, at: str) -> None:
    """Days are those of the service's own week, so that a second outreach takes its places from the days that are left."""
    _require_inside(world, action.lat, action.lng, at)
    own = _post(world, posts, action.service, at)
    if action.days >= own.days:
        message = f"The service {action.service!r} has {own.days} {'day' if own.days == 1 else 'days'} a week left, and keeps one."
        raise QuestionError(message, field=f"{at}.days", remedy="Take fewer days, or `move` the service.")
    share = action.days / own.days
    name = _fresh(world, posts, f"{own.id}:outreach-")
    posts[name] = _travelled(
        world,
        replace(
            own, id=name, name=action.name, lat=action.lat, lng=action.lng,
            capacity=own.capacity * share, hours=action.hours, days=action.days,
        ),
        f"{at}.lat",
    )  # fmt: skip
    posts[own.id] = replace(own, capacity=own.capacity * (1 - share), days=own.days - action.days)


def _contract(world: World, posts: Posts, action: Contract, at: str) -> None:
    name, part = action.service, f"{at}.service"
    if name in posts and posts[name] is None:
        raise _closed(name, part)
    if name in world.column or name in posts:
        message = f"The service {name!r} gives this help already."
        raise QuestionError(message, field=part, remedy="Use `resize` or `hours` to change it.")
    if name not in world.listed:
        raise _unknown(name, world.listed, part)
    own = _listed(world, name, part)
    hours = own.hours if action.hours is None else action.hours
    posts[name] = replace(own, capacity=_capacity(world, action.capacity, at), hours=hours)


_ACTIONS: dict[type, Any] = {
    Open: _open, Close: _close, Move: _move, Resize: _resize, Extend: _extend, Outreach: _outreach, Contract: _contract,
}  # fmt: skip


def _post(world: World, posts: Posts, name: str, at: str) -> Post:
    """A service as the actions before have left it."""
    part = f"{at}.service"
    if name in posts:
        own = posts[name]
        if own is None:
            raise _closed(name, part)
        return own
    if name in world.column:
        return _counted(world, name)
    if name in world.listed:
        message = f"The service {name!r} is listed, and does not count as {world.help} in this layer."
        raise QuestionError(message, field=part, remedy="Use `contract` to have it give this help.")
    raise _unknown(name, world.column, part)


def _counted(world: World, name: str) -> Post:
    column = world.column[name]
    row = world.services.slice(column, 1).to_pylist()[0]
    cells, minutes = world.journeys_to(column)
    place = row["name"], row["lat"], row["lng"]
    return Post(name, *place, float(world.capacity[column]), row["hours"], _codes(row), cells, minutes)


def _listed(world: World, name: str, part: str) -> Post:
    """A service that does not count so far."""
    row = world.others.slice(world.listed[name], 1).to_pylist()[0]
    capacity = np.nan if row["capacity"] is None else float(row["capacity"])
    own = Post(name, row["name"], row["lat"], row["lng"], capacity, row["hours"], _codes(row))
    return _travelled(world, own, part)


def _only_shut(world: World, name: str) -> bool:
    """Whether a service is all that the layer asks for, except open when it asks for it."""
    if world.options["open"] == "any" or name not in world.listed:
        return False
    row = world.others.slice(world.listed[name], 1).to_pylist()[0]
    asked = Asked(**{key: world.options[key] for key in ("substance", "age", "nsp_level", "supervised", "naloxone")})
    offers = counts_for(Offers(**{key: [row[key]] for key in OFFERED}), asked)
    return bool(offers[0] == 1) and row["category"] == world.help


def _as_it_was(world: World, name: str, post: Post | None) -> bool:
    """Whether the actions leave a service as it is; one that came and went again was never there."""
    if name not in world.column:
        return post is None
    if post is None:
        return False
    own = _counted(world, name)
    same = (post.lat, post.lng, post.hours) == (own.lat, own.lng, own.hours)
    return same and np.array_equal(post.capacity, own.capacity, equal_nan=True)


def _fresh(world: World, posts: Posts, stem: str) -> str:
    number = 1
    while f"{stem}{number}" in posts or f"{stem}{number}" in world.listed:
        number += 1
    return f"{stem}{number}"


def _codes(row: dict[str, Any]) -> tuple[str, ...] | None:
    return None if row["eligible_areas"] is None else tuple(row["eligible_areas"])


def _travelled(world: World, post: Post, part: str) -> Post:
    cells, minutes = world.journeys(post.lat, post.lng, at=part)
    share = world.eligible(post.eligible)
    if share is not None:
        keep = share[cells] >= HALF
        cells, minutes = cells[keep], minutes[keep]
    return replace(post, cells=cells, minutes=minutes)


def _require_inside(world: World, lat: float, lng: float, at: str) -> None:
    resolution = int(resolutions(world.cells[:1])[0])
    cell = latlng_to_cell(np.array([lat]), np.array([lng]), resolution)[0]
    place = np.searchsorted(world.cells, cell)
    if place == len(world.cells) or world.cells[place] != cell:
        message = f"The place {lat:.5f}, {lng:.5f} lies outside the study area."
        raise QuestionError(message, field=f"{at}.lat", remedy="Choose a place inside it; `lat` is the latitude.")


def _require_known_areas(world: World, codes: Sequence[str], at: str) -> None:
    known = {code for level in world.areas.values() for code in level.codes}
    for code in codes:
        if code not in known:
            message = f"There is no area {code!r} here."
            remedy = "Give codes of areas of this partnership, or leave `eligible_areas` out."
            raise QuestionError(message, field=f"{at}.eligible_areas", remedy=remedy)


def _capacity(world: World, given: float | None, at: str) -> float:
    capacity = np.nan if given is None else given
    _require_capacity(world, capacity, at)
    return capacity


def _require_capacity(world: World, capacity: float, at: str) -> None:
    if world.shares_places and np.isnan(capacity):
        message = "How many people the service can take is missing, and this layer shares places."
        raise QuestionError(message, field=f"{at}.capacity", remedy="Give a `capacity` above 0.")


def _unknown(name: str, names: Iterable[str], part: str) -> QuestionError:
    close = get_close_matches(name, list(names), n=1)
    remedy = f"Did you mean {close[0]!r}?" if close else "The layer `services` lists them; ids are `source:id`."
    message = f"There is no service {name!r} that counts in this layer."
    return QuestionError(message, field=part, remedy=remedy)


def _closed(name: str, part: str) -> QuestionError:
    message = f"The service {name!r} has been closed by an action before this one."
    return QuestionError(message, field=part, remedy="Leave one of the two out.")
