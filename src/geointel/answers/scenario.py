"""``scenario``: who would gain and who would lose, how much of the gap would close, and for whom?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.answers import effects
from geointel.answers.change import Change, access_after, carry_out, first_after
from geointel.answers.tally import DIGITS, closed_share, compared, count
from geointel.errors import QuestionError
from geointel.gaps import SLOTS, nearest, residual
from geointel.grid import format_cells

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from geointel.answers.actions import ScenarioRequest
    from geointel.answers.world import World

LEAST = 1e-9
"""A smaller difference is none: it comes from adding in another order."""
OPEN_EDITION = "open"
PER = 1000.0


@dataclass(frozen=True)
class Outcome:
    """A world before and after a change, on its finest cells."""

    world: World
    change: Change

    @cached_property
    def first(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Minutes to the nearest service, before and after."""
        every = np.ones(len(self.world.ids), dtype=bool)
        return self.world.first, first_after(self.world, self.change, self.world.first, which=every)

    @cached_property
    def access(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places for each person, before and after."""
        return self.world.access, access_after(self.world, self.change)

    @property
    def value(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the layer shows: places for every 1,000 people, or minutes."""
        before, after = self.access if self.world.shares_places else self.first
        return (PER * before, PER * after) if self.world.shares_places else (before, after)

    @cached_property
    def better(self) -> NDArray[np.float64]:
        """By how much each cell is better off: more places, or fewer minutes; a first service in reach counts as endless."""
        before, after = self.value
        if self.world.shares_places:
            return after - before
        return np.where(
            np.isnan(before), np.where(np.isnan(after), 0.0, np.inf), np.where(np.isnan(after), -np.inf, before - after)
        )

    def within(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 where a journey is within the standard, else 0."""
        return (minutes <= float(self.world.options["standard"])).astype(np.float64)

    @cached_property
    def short(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Share of the people of each cell who are without a place, or beyond the standard where only distance is known."""
        if self.world.shares_places and self.world.need is not None:
            one = np.ones(len(self.world.cells))
            return residual(one, self.access[0]), residual(one, self.access[1])
        return 1 - self.within(self.first[0]), 1 - self.within(self.first[1])


def scenario(world: World, request: ScenarioRequest, *, edition: str, today: date) -> dict[str, Any]:
    """Answer of ``POST /v1/scenarios`` and ``geointel scenario``.

    ``today`` is the day of the question, from which an answer that closes a service expires. Raises ``QuestionError`` with the field
    that is at fault.
    """
    change = carry_out(world, request.actions)
    if change.closed and edition == OPEN_EDITION:
        message = "What a closure would do is for partner editions: it can be mistaken for a decision."
        raise QuestionError(message, field="actions", remedy="Ask in a partner edition, or leave the closure out.")
    outcome = Outcome(world, change)
    costs = [action.cost for action in request.actions if action.cost is not None]
    return {
        "layer": world.spec["id"],
        "category": world.group or world.help,
        "help": world.help,
        "measure": world.options["measure"]
        if world.shares_places or world.options["measure"] == "minutes"
        else "minutes",
        "actions": [action.model_dump(exclude_none=True) for action in request.actions],
        "cost": sum(costs) if costs else None,
        "gaining": count(world, (outcome.better > LEAST).astype(np.float64)),
        "losing": count(world, (outcome.better < -LEAST).astype(np.float64)),
        "within_standard": {
            "minutes": world.options["standard"],
            **compared(world, *map(outcome.within, outcome.first)),
        },
        "gap": {**compared(world, *outcome.short), "closed": closed_share(world, *outcome.short)},
        "open": {slot: compared(world, *map(outcome.within, _then(outcome, slot))) for slot in SLOTS},
        "journeys": effects.journeys(outcome),
        "crowding": effects.crowding(outcome),
        "equity": effects.equity(outcome, intervals=request.intervals),
        "areas": effects.areas(outcome, request.level),
        "closures": effects.closures(outcome),
        "cells": _cells(outcome, request.cells),
        "words": effects.words(outcome, today=today),
        "caveats": {name: content.caveat(name).short for name in world.spec["caveats"]},
        "not_supplied": effects.not_supplied(world),
    }


def _then(outcome: Outcome, slot: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minutes to the nearest service that is open then, before and after."""
    world = outcome.world
    which = world.open_then(world.services["hours"].to_pylist(), slot)
    before = nearest(effects.only(world.minutes, which)).first
    return before, first_after(world, outcome.change, before, which=which, slot=slot)


def _cells(outcome: Outcome, wanted: str) -> dict[str, Any]:
    """Values of hexagons before and after: those that change, all, or none. Not known is null."""
    before, after = outcome.value
    keep = np.zeros(len(before), bool) if wanted == "none" else np.ones(len(before), bool)
    if wanted == "changed":
        keep = np.abs(outcome.better) > LEAST
    known = np.isfinite(before) & np.isfinite(after)
    difference = np.where(known, after - before, np.nan)
    columns = {"before": before, "after": after, "difference": difference}
    rounded = {name: _spelt(values[keep]) for name, values in columns.items()}
    return {"cell": format_cells(outcome.world.cells[keep].tolist()), **rounded}


def _spelt(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else round(value, DIGITS + 2) for value in values.tolist()]
