"""A world as it is. Every scenario is compared with it, so it is counted once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.equity import Equity, equity_of
from geointel.gaps import SLOTS, nearest, only, residual, weighted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.answers.world import World

WITHIN, GAP = "within", "gap"
DRAWS_AT_ONCE = 16


@dataclass(frozen=True)
class Before:
    """Minutes, places and people as things are; arrays of shape ``(n,)`` by cell unless they say otherwise."""

    world: World

    def count(self) -> None:
        """Count all that a scenario without intervals will ask for, so that the first question does not."""
        _ = self.drawn if self.world.need is not None else self.shares
        _ = self.equity, self.world.by_service, self.world.spots
        if self.world.shares_places:
            _ = self.crowding

    @cached_property
    def first(self) -> NDArray[np.float64]:
        """Minutes to the nearest service; NaN where none is found."""
        found: NDArray[np.float64] = nearest(self.world.minutes).first
        return found

    @cached_property
    def open(self) -> Mapping[str, NDArray[np.bool_]]:
        """Whether each service is known to be open, by part of the week; shape ``(m,)``."""
        hours = self.world.services["hours"].to_pylist()
        return {slot: self.world.open_then(hours, slot) for slot in SLOTS}

    @cached_property
    def then(self) -> Mapping[str, NDArray[np.float64]]:
        """Minutes to the nearest service that is open, by part of the week."""
        minutes = self.world.minutes
        return {slot: nearest(only(minutes, which[minutes.indices])).first for slot, which in self.open.items()}

    @cached_property
    def ratio(self) -> NDArray[np.float64]:
        """Places of each service for each person in reach of it, shape ``(m,)``; 0 where nobody is."""
        return self._shared[0]

    @cached_property
    def access(self) -> NDArray[np.float64]:
        """Places for each person."""
        return self._shared[1]

    @cached_property
    def potential(self) -> NDArray[np.float64]:
        """Places in reach, each counted for everybody who reaches it."""
        return self._shared[2]

    @cached_property
    def crowding(self) -> NDArray[np.float64]:
        """People for each place of each service, shape ``(m,)`` (i2SFCA, Wang 2018): people go where places are many and near."""
        return self._shared[3]

    @cached_property
    def _shared(self) -> tuple[NDArray[np.float64], ...]:
        world = self.world
        weights = weighted(world.minutes, world.weight)
        cells, services = weights.shape
        row = np.repeat(np.arange(cells), np.diff(weights.indptr))
        capacity = np.nan_to_num(world.capacity)
        demand = summed(weights.indices, weights.data * world.people[row], size=services)
        ratio = divided(capacity, demand)
        given = weights.data**world.power * ratio[weights.indices]
        access = summed(row, given, size=cells)
        potential = summed(row, weights.data * capacity[weights.indices], size=cells)
        each = divided(world.people, potential)
        return ratio, access, potential, summed(weights.indices, weights.data * each[row], size=services)

    @cached_property
    def shares(self) -> Mapping[str, NDArray[np.float64]]:
        """Shares of the people of each cell that are counted: within the standard, short of help, within it by part of the week."""
        found = {WITHIN: within(self.world, self.first), GAP: short(self.world, self.first, self.access_or_none)}
        return found | {slot: within(self.world, minutes) for slot, minutes in self.then.items()}

    @property
    def access_or_none(self) -> NDArray[np.float64] | None:
        """Places for each person where the layer shares them."""
        return self.access if self.world.shares_places else None

    @cached_property
    def drawn(self) -> Mapping[str, NDArray[np.float64]]:
        """People in need of those shares, by draw, shape ``(d,)``; none without need."""
        need = self.world.need
        if need is None:
            return {}
        shares = np.column_stack(list(self.shares.values()))
        parts = [
            need[start : start + DRAWS_AT_ONCE].astype(np.float64) @ shares
            for start in range(0, len(need), DRAWS_AT_ONCE)
        ]
        return dict(zip(self.shares, np.concatenate(parts).T, strict=True))

    @cached_property
    def equity(self) -> Equity | None:
        """Equity of what the layer shows, without intervals."""
        return equity_of(self.world, self.first, self.access_or_none, draws=1)

    @cached_property
    def equity_drawn(self) -> Equity | None:
        """The same with intervals."""
        return equity_of(self.world, self.first, self.access_or_none)


def within(world: World, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where a journey is within the standard, else 0."""
    return (minutes <= float(world.options["standard"])).astype(np.float64)


def short(world: World, first: NDArray[np.float64], access: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Share of the people of each cell who are without a place, or beyond the standard where places are not of people in need."""
    if access is not None and world.need is not None:
        return residual(np.ones(len(access)), access)
    return 1 - within(world, first)


def divided(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotients; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)


def summed(place: NDArray[np.integer[Any]], values: NDArray[np.float64], *, size: int) -> NDArray[np.float64]:
    """Sums of values by place, shape ``(size,)``, added in their order."""
    return np.bincount(place, values, minlength=size).astype(
        np.float64, copy=False
    )  # whole numbers where there is no value
