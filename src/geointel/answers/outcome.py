"""A world before and after a change, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geointel.answers.after import Touched, access_after, first_after
from geointel.answers.before import GAP, WITHIN, short, within
from geointel.answers.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.answers.posts import Change
    from geointel.answers.world import World

LEAST = 1e-9
"""A smaller difference, or a smaller part of what there was, is none: it comes from adding in another order."""
PER = 1000.0


@dataclass(frozen=True)
class Outcome:
    """What a change does, on the finest cells; arrays of shape ``(n,)``."""

    world: World
    change: Change

    @cached_property
    def touched(self) -> Touched:
        """The cells that the change can reach."""
        return Touched(self.world, self.change)

    @cached_property
    def tally(self) -> Tally:
        """Counts of people."""
        return Tally(self.world)

    @cached_property
    def first(self) -> NDArray[np.float64]:
        """Minutes to the nearest service after the change."""
        return first_after(self.touched, self.world.before.first)

    @cached_property
    def then(self) -> Mapping[str, NDArray[np.float64]]:
        """The same to the nearest service that is open, by part of the week."""
        was = self.world.before
        return {slot: first_after(self.touched, was.then[slot], was.open[slot], slot=slot) for slot in was.then}

    @cached_property
    def access_or_none(self) -> NDArray[np.float64] | None:
        """Places for each person after the change, where the layer shares them."""
        return access_after(self.touched) if self.world.shares_places else None

    @property
    def hours_known(self) -> bool:
        """Whether the hours of any service are known, before or after: without them nobody in reach is not an answer."""
        return self.world.hours_known or any(post.hours is not None for post in self.change.added)

    @property
    def per(self) -> float:
        """People for whom a value is given: places are for every 1,000."""
        return PER if self.world.shares_places else 1.0

    @cached_property
    def value(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the layer shows before and after: places for every 1,000 people, or minutes."""
        if self.access_or_none is None:
            return self.world.before.first, self.first
        return PER * self.world.before.access, PER * self.access_or_none

    @cached_property
    def better(self) -> NDArray[np.float64]:
        """By how much each cell is better off: more places, or fewer minutes; a first service in reach counts as endless."""
        before, after = self.value
        if self.world.shares_places:
            gain = after - before
        else:
            come, gone = np.isnan(before) & ~np.isnan(after), np.isnan(after) & ~np.isnan(before)
            gain = np.where(come, np.inf, np.where(gone, -np.inf, np.nan_to_num(before - after)))
        return np.where(np.abs(gain) > LEAST * np.fmax(1.0, np.abs(before)), gain, 0.0)

    @cached_property
    def gaining(self) -> NDArray[np.float64]:
        """1 where a cell is better off, else 0."""
        return (self.better > 0).astype(np.float64)

    @cached_property
    def losing(self) -> NDArray[np.float64]:
        """1 where a cell is worse off, else 0."""
        return (self.better < 0).astype(np.float64)

    @cached_property
    def shares(self) -> Mapping[str, NDArray[np.float64]]:
        """Shares of the people of each cell after the change, by the names that they have before it."""
        found = {WITHIN: within(self.world, self.first), GAP: short(self.world, self.first, self.access_or_none)}
        return found | {slot: within(self.world, minutes) for slot, minutes in self.then.items()}

    @property
    def changes(self) -> bool:
        """Whether anything that the layer measures is another than before."""
        was = self.world.before.shares
        return bool(self.better.any()) or any((was[name] != share).any() for name, share in self.shares.items())
