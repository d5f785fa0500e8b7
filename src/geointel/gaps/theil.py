"""Theil's T, and how much of it lies between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.gaps.amounts import of_units
from geointel.gaps.by_group import groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Theil:
    """Inequality of access and its parts.

    ``total`` = ``within`` + ``between``, shape ``()`` or ``(d,)``: 0 where all have the same, at most the logarithm of the number of people.
    ``within_groups`` and ``between_groups``, shape ``(..., g)``, add up to them; a group with less than its share of access counts
    negative in ``between_groups``. ``levels (g,)`` are the groups in rising order.
    """

    total: NDArray[np.float64]
    within: NDArray[np.float64]
    between: NDArray[np.float64]
    within_groups: NDArray[np.float64]
    between_groups: NDArray[np.float64]
    levels: NDArray[np.float64]


def theil(access: ArrayLike, people: ArrayLike, *, group: ArrayLike) -> Theil:
    """Theil's T = Σ s·ln(x / μ), s a unit's share of all access (Theil 1967), and its split by group.

    A unit without access adds 0, the limit of x·ln x (R ``accessibility`` has NaN).

    Parameters
    ----------
    access, people
        Of each unit, shape ``(n,)`` or ``(d, n)``.
    group
        Of each unit, such as its decile of deprivation, shape ``(n,)``.

    Raises
    ------
    MethodError
        If a value is negative or not finite, or the shapes do not agree.
    """
    x, p = of_units(access, people)
    by_group = groups(group, units=x.shape[-1])
    persons, held, weighted = (by_group.sums(part) for part in (p, p * x, p * special.xlogy(x, x)))
    return theil_of_sums(persons, held, weighted, levels=by_group.levels)


def theil_of_sums(
    persons: NDArray[np.float64],
    held: NDArray[np.float64],
    weighted: NDArray[np.float64],
    *,
    levels: NDArray[np.float64],
) -> Theil:
    """Theil's T from people, people × access and people × x·ln x of each group, shape ``(..., g)``."""
    everything = held.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = everything / persons.sum(axis=-1, keepdims=True)
        group_mean = np.where(persons > 0, held / persons, 0.0)
        within = (weighted - special.xlogy(held, group_mean)) / everything
        between = special.xlogy(held, group_mean / mean) / everything
        total = (weighted.sum(axis=-1, keepdims=True) - special.xlogy(everything, mean)) / everything
    return Theil(
        total=np.asarray(total[..., 0]),
        within=np.asarray(within.sum(axis=-1)),
        between=np.asarray(between.sum(axis=-1)),
        within_groups=within,
        between_groups=between,
        levels=levels,
    )
