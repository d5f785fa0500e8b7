"""A change carried through, column by column.

What a service gives hangs on itself and on the people in reach of it alone, where places are shared in two steps. So a change of one
service is one column taken away and one put in its place: only the cells from which it can be reached are added up anew, and these exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.before import divided, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.posts import Change, Post
    from geointel.answers.world import World


@dataclass(frozen=True)
class Touched:
    """The cells that a change can reach, and their journeys to the services as they are.

    Journeys stand cell after cell: ``row`` is the position of the journey's cell among ``cells``. ``stays`` says of each service
    whether it is as it was.
    """

    world: World
    change: Change

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Sorted positions, shape ``(c,)``."""
        found = np.zeros(len(self.world.cells), dtype=bool)
        for column in self.change.removed:
            found[self.world.journeys_to(column)[0]] = True
        for post in self.change.added:
            found[post.cells] = True
        return np.flatnonzero(found)

    @cached_property
    def stays(self) -> NDArray[np.bool_]:
        """Shape ``(m,)``."""
        found = np.ones(self.world.minutes.shape[1], dtype=bool)
        found[list(self.change.removed)] = False
        return found

    @cached_property
    def _span(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many journeys each cell has, and the position of each of them in the matrix."""
        start = self.world.minutes.indptr[self.cells].astype(np.int64)
        size = self.world.minutes.indptr[self.cells + 1] - start
        shift = start - (np.cumsum(size) - size)
        return size, np.arange(size.sum()) + np.repeat(shift, size)

    @cached_property
    def row(self) -> NDArray[np.int64]:
        """Shape ``(p,)``."""
        return np.repeat(np.arange(len(self.cells)), self._span[0])

    @cached_property
    def service(self) -> NDArray[np.int64]:
        """Shape ``(p,)``."""
        return self.world.minutes.indices[self._span[1]].astype(np.int64)

    @cached_property
    def minutes(self) -> NDArray[np.float64]:
        """Shape ``(p,)``."""
        found: NDArray[np.float64] = self.world.minutes.data[self._span[1]]
        return found

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """Weights of the journeys in a catchment, shape ``(p,)``."""
        return self.world.weight(self.minutes)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums of a value of each journey by cell, shape ``(c,)``."""
        return summed(self.row, values, size=len(self.cells))

    def least(self, which: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Least minutes of each cell to the services that ``which`` marks, shape ``(c,)``; NaN where there is none."""
        found = np.full(len(self.cells), np.nan)
        size = self._span[0]
        some = size > 0
        if some.any():
            starts = (np.cumsum(size) - size)[some]
            shortest = np.minimum.reduceat(np.where(which[self.service], self.minutes, np.inf), starts)
            found[some] = np.where(np.isinf(shortest), np.nan, shortest)
        return found


def access_after(touched: Touched) -> NDArray[np.float64]:
    """Places for each person of each cell, shape ``(n,)``."""
    world = touched.world
    found = world.before.access.copy()
    ratio = np.where(touched.stays, world.before.ratio, 0.0)
    found[touched.cells] = touched.sums(touched.weight**world.power * ratio[touched.service])
    for post in touched.change.added:
        weight = world.weight(post.minutes)
        reached = float(weight @ world.people[post.cells])
        found[post.cells] += weight**world.power * (post.capacity / reached if reached > 0 else 0.0)
    return found


def first_after(
    touched: Touched, before: NDArray[np.float64], which: NDArray[np.bool_] | None = None, *, slot: Any = "any"
) -> NDArray[np.float64]:
    """Minutes to the nearest service after a change, shape ``(n,)``; NaN where none is found.

    ``before`` are those to the nearest of the services that ``which`` marks (all, when left out); of the services that come anew only
    those count that are open in the ``slot``.
    """
    world, found = touched.world, before.copy()
    found[touched.cells] = touched.least(touched.stays if which is None else touched.stays & which)
    for post in touched.change.added:
        if world.open_then([post.hours], slot)[0]:
            found[post.cells] = np.fmin(found[post.cells], post.minutes)
    return found


def crowding_after(touched: Touched) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """People for each place at the services as they were, shape ``(m,)``, NaN for those that left; and at those that came."""
    world, was = touched.world, touched.world.before
    capacity = np.where(touched.stays, np.nan_to_num(world.capacity), 0.0)
    potential = was.potential.copy()
    potential[touched.cells] = touched.sums(touched.weight * capacity[touched.service])
    weights = [world.weight(post.minutes) for post in touched.change.added]
    for post, weight in zip(touched.change.added, weights, strict=True):
        potential[post.cells] += weight * post.capacity
    own = touched.cells
    each = divided(world.people[own], potential[own])
    moved = each - divided(world.people[own], was.potential[own])
    shift = summed(touched.service, touched.weight * moved[touched.row], size=len(capacity))
    stay = np.where(touched.stays, np.maximum(was.crowding + shift, 0.0), np.nan)
    come = [
        float(weight @ each[_places(own, post)]) for post, weight in zip(touched.change.added, weights, strict=True)
    ]
    return stay, np.array(come, dtype=np.float64)


def _places(cells: NDArray[np.int64], post: Post) -> NDArray[np.int64]:
    return np.searchsorted(cells, post.cells)
