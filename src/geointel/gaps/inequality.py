"""How unequally is access shared out, and does it go with deprivation?

Both are 0 where everybody has the same access. Units are cells, or parts of cells, weighted by their people; a unit of nobody changes
nothing. Draws stand in front: access, people or both may be ``(d, n)``, and the answer is then ``(d,)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import of_units
from geointel.gaps.by_group import groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def gini(access: ArrayLike, people: ArrayLike) -> NDArray[np.float64]:
    """Gini coefficient: 1 − 2 × the area under the Lorenz curve, by trapezoids.

    Parameters
    ----------
    access, people
        Of each unit, shape ``(n,)`` or ``(d, n)``.

    Returns
    -------
    0 (equal) to 1 (one has all), shape ``()`` or ``(d,)``; NaN where there is nobody or nobody has access.

    Raises
    ------
    MethodError
        If a value is negative or not finite, or the shapes do not agree.
    """
    x, p = of_units(access, people)
    order = np.argsort(x, axis=-1)
    x = np.take_along_axis(x, order, axis=-1)
    p = (
        np.take(p, order, axis=-1)
        if order.ndim == 1
        else np.take_along_axis(np.broadcast_to(p, x.shape), order, axis=-1)
    )
    held = p * x
    reached = np.cumsum(held, axis=-1)
    area = (p * (reached - held / 2)).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - 2 * area / (p.sum(axis=-1) * held.sum(axis=-1)))


def concentration_index(
    access: ArrayLike, people: ArrayLike, *, rank: ArrayLike, kind: Literal["standard", "corrected"] = "standard"
) -> NDArray[np.float64]:
    """Concentration index: is access with the least deprived (above 0) or with the most deprived (below 0)?

    2·Σ (r − ½)(x − μ)p / μ, where p is a unit's share of the people and r the middle of its place among them, the most deprived first.

    Parameters
    ----------
    access, people
        Of each unit, shape ``(n,)`` or ``(d, n)``.
    rank
        Of each unit, low for the most deprived (a decile of deprivation, or an income), shape ``(n,)``. Units of the same rank stand
        at the same place, the middle of them all: the order in which they come must not matter.
    kind
        ``corrected`` is the standard one times 4μ / (highest − lowest access) of Erreygers (2009, J Health Econ 28), which does not change
        with the sign of what is measured. Highest and lowest are of the units that have people, over all draws of people: a limit of
        the scale must not move with the resample.

    Returns
    -------
    −1 to 1, shape ``()`` or ``(d,)``; NaN where there is nobody or nobody has access, and, if corrected, where all have the same.

    Raises
    ------
    MethodError
        If a value is negative or not finite, the shapes do not agree, or the kind is unknown.
    """
    if kind not in {"standard", "corrected"}:
        raise MethodError(f"There is no concentration index {kind!r}.", remedy="Choose standard or corrected.")
    x, p = of_units(access, people)
    by_rank = groups(rank, units=x.shape[-1])
    persons, held = by_rank.sums(p), by_rank.sums(p * x)
    standard = concentration_of_sums(persons, held)
    return standard if kind == "standard" else erreygers(standard, persons, held, width=width_of_scale(x, p))


def concentration_of_sums(persons: NDArray[np.float64], held: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard index from people, and people × access, of each rank in rising order, shape ``(..., g)``: nothing else enters."""
    everybody, everything = (part.sum(axis=-1, keepdims=True) for part in (persons, held))
    with np.errstate(invalid="ignore", divide="ignore"):
        place = (np.cumsum(persons, axis=-1) - persons / 2) / everybody - 0.5
        return np.asarray(2 * (place * (held / everything - persons / everybody)).sum(axis=-1))


def erreygers(
    standard: NDArray[np.float64],
    persons: NDArray[np.float64],
    held: NDArray[np.float64],
    *,
    width: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The corrected index: the standard one × 4μ / width of the scale."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(standard * 4 * held.sum(axis=-1) / persons.sum(axis=-1) / width)


def width_of_scale(x: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Highest − lowest access of units that have people in any draw, ``()`` or ``(d,)``; NaN where all have the same."""
    inhabited = p > 0 if p.ndim == 1 else (p > 0).any(axis=0)
    seen = x[..., inhabited]
    if not seen.size:
        return np.full(x.shape[:-1], np.nan)
    width = seen.max(axis=-1) - seen.min(axis=-1)
    return np.asarray(np.where(width > 0, width, np.nan))
