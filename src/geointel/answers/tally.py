"""Counting people: residents, and people in need with the interval of the draws.

Without an estimate of need the draws are of residents weighted by deprivation, and are called so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.world import World

ENDS = (2.5, 97.5)
DIGITS = 1
SHARE_DIGITS = 4
IN_NEED, WEIGHTED = "in_need", "weighted_residents"


@dataclass(frozen=True)
class Tally:
    """Counts of shares of the people of each cell, shape ``(n,)``. Few of them are not 0 in a change, and only these are added up."""

    world: World

    def count(self, share: NDArray[np.float64]) -> dict[str, Any]:
        """People of a share."""
        draws = None if self.world.need is None else self._draws(share)
        return self._told(float(self.world.residents @ share), draws)

    def compared(self, name: str, after: NDArray[np.float64]) -> dict[str, Any]:
        """The same share before and after, and what has changed; the interval of the change is that of its own draws."""
        before, people = self.world.before.shares[name], self.world.residents
        was, moved = self._both(name, after)
        now = None if was is None or moved is None else was + moved
        return {
            "before": self._told(float(people @ before), was),
            "after": self._told(float(people @ after), now),
            "change": self._told(float(people @ (after - before)), moved),
        }

    def closed(self, name: str, after: NDArray[np.float64]) -> dict[str, Any] | None:
        """Share of those who were short before who no longer are; None where nobody was. By draw where need has them."""
        before, people = self.world.before.shares[name], self.world.residents
        was, moved = self._both(name, after)
        if was is None or moved is None:
            were = float(people @ before)
            return None if were <= 0 else {"value": rounded(float(people @ (before - after)) / were, SHARE_DIGITS)}
        return ranged(-moved / was, digits=SHARE_DIGITS) if (was > 0).all() else None

    def by_area(self, areas: Any, share: NDArray[np.float64]) -> list[dict[str, Any]]:
        """``count`` for each area of a level."""
        residents = (areas.share @ (self.world.residents * share)).tolist()
        if self.world.need is None:
            return [self._told(people, None) for people in residents]
        some = np.flatnonzero(share)
        own = areas.by_cell[some].multiply(share[some, None])
        draws = np.asarray(own.T @ self._drawn(some))
        lower, upper = np.percentile(draws, ENDS, axis=1)
        key = IN_NEED if self.world.estimated else WEIGHTED
        ends = zip(residents, draws.mean(axis=1).tolist(), lower.tolist(), upper.tolist(), strict=True)
        return [{"residents": rounded(people), key: _ends(*end)} for people, *end in ends]

    def _drawn(self, cells: NDArray[np.int64]) -> NDArray[np.float64]:
        """Draws of need of some cells, shape ``(c, d)``."""
        assert self.world.need is not None  # noqa: S101 - callers have looked
        return self.world.need.T[cells].astype(np.float64)

    def _draws(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Draws of a share, shape ``(d,)``. No product of matrices: its threads wait for each other on a busy machine."""
        some = np.flatnonzero(share)
        found: NDArray[np.float64] = (self._drawn(some) * share[some, None]).sum(axis=0)
        return found

    def _both(
        self, name: str, after: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
        if self.world.need is None:
            return None, None
        return self.world.before.drawn[name], self._draws(after - self.world.before.shares[name])

    def _told(self, residents: float, draws: NDArray[np.float64] | None) -> dict[str, Any]:
        found: dict[str, Any] = {"residents": rounded(residents)}
        if draws is not None:
            found[IN_NEED if self.world.estimated else WEIGHTED] = ranged(draws)
        return found


def ranged(draws: NDArray[np.float64], *, digits: int = DIGITS) -> dict[str, float | None]:
    """Mean of draws, and the ends between which 95 % of them lie."""
    lower, upper = np.percentile(draws, ENDS)
    return _ends(float(draws.mean()), float(lower), float(upper), digits=digits)


def rounded(value: float, digits: int = DIGITS) -> float | None:
    """A number as it is told: rounded here and nowhere else, never −0; None where it is not known."""
    return round(value, digits) + 0.0 if math.isfinite(value) else None


def _ends(value: float, lower: float, upper: float, *, digits: int = DIGITS) -> dict[str, float | None]:
    return {"value": rounded(value, digits), "lower": rounded(lower, digits), "upper": rounded(upper, digits)}
