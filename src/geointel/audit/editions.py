"""Two editions that change the same source by different tables: what a reader of both can work out.

Every true count that gives both shown numbers is a candidate. Where both look their noise up by the same key, the two
changes rise and fall together, which rules more counts out than two largest changes do; whether they do can be seen, because
then every pair of numbers has a candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.audit.intervals import SMALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.disclosure.perturbation import PerturbationTable

    Numbers = NDArray[np.int64]

SHARE = 1e-9
"""Shares of keys smaller than this are none."""


@dataclass(frozen=True)
class Together:
    """What two shown numbers say of each count: candidates from ``least`` to ``most``, shape ``(n,)``; whether the keys are ``coupled``."""

    least: Numbers
    most: Numbers
    coupled: bool

    @property
    def may_be_small(self) -> NDArray[np.bool_]:
        """Which counts may be from 1 to 4."""
        return np.asarray((self.least <= SMALL) & (self.most >= 1))


def together(
    first: Numbers, second: Numbers, *, tables: tuple[PerturbationTable, PerturbationTable], chained: bool = False
) -> Together:
    """Candidates of true counts from what two editions show of them, both of shape ``(n,)``.

    Where the two are not looked up by the same key, only their largest changes are used: one may have been changed upon the other. Their manifests
    say whether one was (``chained``). That is believed where the two are nowhere further apart than a step from the one to the other can take them: a few pairs
    can look as if they had one key by chance.
    """
    reach = [int(np.abs(table.change).max()) for table in tables]
    if chained and (np.abs(first - second) <= abs(reach[0] - reach[1])).all():
        least = np.maximum(np.maximum(first - reach[0], second - reach[1]), (first > 0) | (second > 0))
        return Together(least, np.minimum(first + reach[0], second + reach[1]), coupled=False)
    pairs, position = np.unique(np.stack([first, second], axis=1), axis=0, return_inverse=True)
    ends = np.array([_ends(int(a), int(b), tables) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    coupled = bool((ends[:, 0] >= 0).all())
    if not coupled:
        noise = [np.abs(table.change).max() for table in tables]
        least = np.maximum((pairs - noise).max(axis=1), (pairs > 0).any(axis=1))
        ends = np.stack([least, (pairs + noise).min(axis=1)], axis=1)
    found = ends[position.ravel()]
    return Together(found[:, 0], found[:, 1], coupled)


def _ends(first: int, second: int, tables: tuple[PerturbationTable, PerturbationTable]) -> tuple[int, int]:
    """Least and largest count that shows as both numbers by one key; −1 where none does."""
    noise = [int(np.abs(table.change).max()) for table in tables]
    low, high = max(first - noise[0], second - noise[1], 0), min(first + noise[0], second + noise[1])
    fitting = [n for n in range(low, high + 1) if _fits(n, (first, second), tables)]
    return (fitting[0], fitting[-1]) if fitting else (-1, -1)


def _fits(count: int, shown: tuple[int, int], tables: tuple[PerturbationTable, PerturbationTable]) -> bool:
    spans = [_keys(table, count, number - count) for table, number in zip(tables, shown, strict=True)]
    if any(span[1] - span[0] <= SHARE for span in spans):
        return False
    return min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0]) > SHARE


def _keys(table: PerturbationTable, count: int, change: int) -> tuple[float, float]:
    """From which to which share of the keys a count is changed by this much; an empty span where it never is."""
    row = min(count, len(table.change) - 1)
    chances, changes = table.chances[row], table.change[row]
    ends = np.cumsum(chances)
    for number in np.flatnonzero((changes == change) & (chances > SHARE)).tolist():
        return float(ends[number] - chances[number]), float(ends[number])
    return 0.0, 0.0
