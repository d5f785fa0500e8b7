"""Counting people: residents, and people in need with the interval of the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.world import World

ENDS = (2.5, 97.5)
DIGITS = 1


def count(world: World, share: NDArray[np.float64]) -> dict[str, Any]:
    """Residents, and people in need with interval, of a share of each cell; shape ``(n,)``."""
    found: dict[str, Any] = {"residents": _round(float(world.residents @ share))}
    if world.need is not None:
        found["in_need"] = ranged(_of_draws(world, share))
    return found


def compared(world: World, before: NDArray[np.float64], after: NDArray[np.float64]) -> dict[str, Any]:
    """The same before and after, and what has changed; the interval of the change is that of its own draws."""
    return {"before": count(world, before), "after": count(world, after), "change": count(world, after - before)}


def closed_share(world: World, before: NDArray[np.float64], after: NDArray[np.float64]) -> dict[str, Any] | None:
    """Share of those who were short before who no longer are; None where nobody was. By draw where need has them."""
    if world.need is None:
        people = float(world.residents @ before)
        return None if people <= 0 else {"value": 1 - float(world.residents @ after) / people}
    was, now = _of_draws(world, before), _of_draws(world, after)
    if not (was > 0).all():
        return None
    return ranged(1 - now / was, digits=4)


def ranged(draws: NDArray[np.float64], *, digits: int = DIGITS) -> dict[str, float]:
    """Mean of draws, and the ends between which 95 % of them lie."""
    lower, upper = np.percentile(draws, ENDS)
    ends = {"value": draws.mean(), "lower": lower, "upper": upper}
    return {name: round(float(end), digits) for name, end in ends.items()}


def _of_draws(world: World, share: NDArray[np.float64]) -> NDArray[np.float64]:
    some = np.flatnonzero(share)
    if world.need is None or not len(some):
        return np.zeros(1 if world.need is None else len(world.need))
    found: NDArray[np.float64] = (world.need[:, some] @ share[some].astype(np.float32)).astype(np.float64)
    return found


def _round(value: float) -> float:
    return round(value, DIGITS)
