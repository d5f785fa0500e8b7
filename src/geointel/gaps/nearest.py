"""The nearest services, and how many there are within a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.by_pair import checked, origins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.by_pair import Pairs

NONE = -1
"""Position of a service where there is none."""


@dataclass(frozen=True)
class Nearest:
    """Of each origin, shape ``(n,)``: minutes to the nearest and the second nearest service, NaN without one, and the nearest's position.

    Of two that are equally near it is the one with the lower position; without any it is −1.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    service: NDArray[np.int64]


def nearest(minutes: Pairs, services: NDArray[np.bool_] | None = None) -> Nearest:
    """Nearest services of all origins.

    Parameters
    ----------
    minutes
        Shape ``(n, m)``. A pair that is not stored is out of reach.
    services
        Which services count, shape ``(m,)``; all if None.

    Raises
    ------
    MethodError
        If a time is negative or not finite, or the services do not fit the times.
    """
    open_to = _times(minutes, services)
    row = origins(minutes)
    first = _least_of_rows(minutes, open_to)
    ties = np.where((open_to == first[row]) & np.isfinite(open_to), minutes.indices, np.inf)
    chosen = _least_of_rows(minutes, ties)
    service = np.where(np.isfinite(chosen), chosen, NONE).astype(np.int64)
    second = _least_of_rows(minutes, np.where(minutes.indices == service[row], np.inf, open_to))
    return Nearest(_or_nan(first), _or_nan(second), service)


def within(minutes: Pairs, limit: float, *, services: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """How many services each origin reaches in at most so many minutes, shape ``(n,)``. Parameters and errors as of ``nearest``."""
    return np.bincount(origins(minutes)[_times(minutes, services) <= limit], minlength=minutes.shape[0])


def _times(minutes: Pairs, services: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Minutes of every pair, infinite to services that do not count."""
    checked(minutes, "travel time")
    if services is None:
        return minutes.data
    which = np.asarray(services)
    if which.dtype != np.bool_ or which.shape != (minutes.shape[1],):
        raise MethodError(
            f"Services of type {which.dtype} and shape {which.shape} do not fit travel times of shape {minutes.shape}.",
            remedy="Pass True or False for each service.",
        )
    return np.where(which[minutes.indices], minutes.data, np.inf)


def _least_of_rows(pairs: Pairs, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least value of each row, infinite where it has no pair."""
    least = np.full(pairs.shape[0], np.inf)
    filled = np.flatnonzero(np.diff(pairs.indptr))
    if filled.size:
        least[filled] = np.minimum.reduceat(values, pairs.indptr[filled])
    return least


def _or_nan(least: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(least), least, np.nan)
