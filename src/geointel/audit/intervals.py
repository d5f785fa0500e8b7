"""The interval attack by passing bounds along every sum: fast enough for a whole edition.

The attacker knows the largest change D. A shown number z says that the true count lies from z − D to z + D; every
sum that holds between true counts then narrows its members' bounds, until nothing changes. What this finds
holds for every set of counts that fits the published numbers, so a narrow interval is a real leak. It is not the narrowest
that can be had: the linear programme of ``programme`` looks at all sums of a block at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.audit.lattice import AXES
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.audit.lattice import Lattice, Sums

    Floats = NDArray[np.float64]

UNKNOWN = 1e9
"""Upper bound of a count of which nothing is shown."""
ROUNDS = 60
SMALL = 4
"""Largest count that is small."""


@dataclass(frozen=True)
class Bounds:
    """Least and largest true count that fits, each of the shape of the table."""

    least: Floats
    most: Floats

    @property
    def width(self) -> Floats:
        """How far apart they are."""
        return self.most - self.least


def own_bounds(value: Floats, max_noise: float, *, informed: bool = True) -> Bounds:
    """What each published number says alone.

    A zero stays a zero, so to an ``informed`` attacker a shown number above zero says that something was recorded. A
    shown zero does not say that nothing was.
    """
    shown = ~np.isnan(value)
    least = np.where(shown, np.maximum(value - max_noise, (value > 0) if informed else 0), 0.0)
    most = np.where(shown, value + max_noise, UNKNOWN)
    return Bounds(least, most)


def narrowed(lattice: Lattice, max_noise: float, *, informed: bool = True, rounds: int = ROUNDS) -> Bounds:
    """Bounds of every true count from all published numbers together.

    Raises ``MethodError`` where no count fits: the noise is larger than the edition says, or the sums do not hold.
    """
    start = own_bounds(lattice.value, max_noise, informed=informed)
    least, most = start.least.copy(), start.most.copy()
    for _ in range(rounds):
        before = least.sum(), most.sum()
        for axis in AXES:
            _pass(np.moveaxis(least, axis, 0), np.moveaxis(most, axis, 0), lattice.sums[axis])
        if before == (least.sum(), most.sum()):
            break
    if bool(np.any(least > most)):
        where = lattice.name(tuple(int(n) for n in np.argwhere(least > most)[0]))
        message = f"No count fits the published numbers at {where} with a largest change of {max_noise:g}."
        raise MethodError(message, remedy="The edition does not keep to its policy: do not publish it.")
    return Bounds(least, most)


def may_be_small(bounds: Bounds, *, small: int = SMALL) -> NDArray[np.bool_]:
    """Which counts an attacker must think may be from 1 to ``small``, of the shape of the table."""
    return np.asarray((bounds.least <= small) & (bounds.most >= 1))


def _pass(least: Floats, most: Floats, sums: Sums) -> None:
    """Narrow wholes by their parts and parts by their whole, in place; the axis is the first one."""
    if not len(sums.whole):
        return
    shape = least.shape
    low, high = least.reshape(shape[0], -1).copy(), most.reshape(shape[0], -1).copy()
    rows, columns = sums.parts.nonzero()
    np.maximum.at(low, sums.whole, sums.parts @ low)
    np.minimum.at(high, sums.whole, sums.parts @ high)
    all_low, all_high, whole = (sums.parts @ low)[rows], (sums.parts @ high)[rows], sums.whole[rows]
    fewer = high[whole] - (all_low - low[columns])
    more = low[whole] - (all_high - high[columns])
    np.minimum.at(high, columns, fewer)
    np.maximum.at(low, columns, more)
    least[...], most[...] = low.reshape(shape), high.reshape(shape)
