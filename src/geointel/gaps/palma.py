"""The Palma ratio: access of the least deprived tenth of the people against that of the most deprived four tenths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import of_units
from geointel.gaps.by_group import groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    _Shares = tuple[NDArray[np.float64], NDArray[np.float64]]

POOREST, RICHEST = 0.4, 0.9


def palma(
    access: ArrayLike, people: ArrayLike, *, rank: ArrayLike, boundary: Literal["whole", "split"] = "whole"
) -> NDArray[np.float64]:
    """Mean access of the richest 10 % of the people ÷ mean access of the poorest 40 %.

    Parameters
    ----------
    access, people
        Of each unit, shape ``(n,)`` or ``(d, n)``.
    rank
        Of each unit, low for the poorest or most deprived, shape ``(n,)``.
    boundary
        What happens to the units on which the limit falls. ``whole``: the poorest are all units with a rank up to the 40 % quantile of
        the people's ranks, and the richest all above the 90 % quantile, as R ``accessibility`` has it (``Hmisc::wtd.quantile``, which
        counts people one by one). ``split``: so much of each of them as makes 10 % and 40 %. Where rank has few values, as with ten
        deciles, only ``split`` is sound: if more than a tenth of a town lives in the least deprived decile, nobody is above it.

    Returns
    -------
    1 where both have the same, shape ``()`` or ``(d,)``; NaN where a group is empty or the poorest have none.

    Raises
    ------
    MethodError
        If a value is negative or not finite, the shapes do not agree, or the boundary is unknown.
    """
    if boundary not in {"whole", "split"}:
        raise MethodError(f"There is no boundary {boundary!r}.", remedy="Choose whole or split.")
    x, p = of_units(access, people)
    by_rank = groups(rank, units=x.shape[-1])
    persons = by_rank.sums(p)
    shares = _split(persons) if boundary == "split" else _whole(persons, by_rank.levels)
    return _ratio(persons, by_rank.sums(p * x), shares)


def palma_of_sums(persons: NDArray[np.float64], held: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratio with split boundaries from people, and people × access, of each rank in rising order, shape ``(..., g)``."""
    return _ratio(persons, held, _split(persons))


def _ratio(persons: NDArray[np.float64], held: NDArray[np.float64], shares: _Shares) -> NDArray[np.float64]:
    poor, rich = shares
    with np.errstate(invalid="ignore", divide="ignore"):
        richest, poorest = ((share * held).sum(axis=-1) / (share * persons).sum(axis=-1) for share in (rich, poor))
        return np.asarray(np.where(poorest > 0, richest / poorest, np.nan))


def _split(persons: NDArray[np.float64]) -> _Shares:
    """How much of each rank is among the poorest, and among the richest."""
    upto = np.cumsum(persons, axis=-1)
    everybody = upto[..., -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        poor = np.clip((POOREST * everybody - (upto - persons)) / persons, 0, 1)
        rich = np.clip((upto - RICHEST * everybody) / persons, 0, 1)
    return np.nan_to_num(poor), np.nan_to_num(rich)


def _whole(persons: NDArray[np.float64], levels: NDArray[np.float64]) -> _Shares:
    every_draw = np.atleast_2d(persons)
    limits = np.array([[_quantile(draw, levels, share=share) for share in (POOREST, RICHEST)] for draw in every_draw])
    limits = limits.reshape(*persons.shape[:-1], 2)
    return (levels <= limits[..., :1]).astype(np.float64), (levels > limits[..., 1:]).astype(np.float64)


def _quantile(persons: NDArray[np.float64], levels: NDArray[np.float64], *, share: float) -> float:
    """Quantile of type 7 over people counted one by one."""
    upto = np.cumsum(persons)
    place = 1 + (upto[-1] - 1) * share
    low = max(np.floor(place), 1.0)
    index = np.searchsorted(upto, [low, min(low + 1, upto[-1])])
    below, above = levels[np.minimum(index, levels.size - 1)]
    return float(below + (place % 1) * (above - below))
