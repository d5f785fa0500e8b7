"""Draws: cut into blocks that fit in memory, and summed up as an interval. Axis 0 is the draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

NUMBERS_AT_ONCE = 4_000_000
"""Most numbers of one block: 32 MB as float64."""


def blocks(count: int, *, width: int) -> Iterator[slice]:
    """Slices of ``count`` rows that are ``width`` numbers wide: as many rows at once as fit in a block, at least one."""
    rows = max(1, NUMBERS_AT_ONCE // max(1, width))
    return (slice(start, min(start + rows, count)) for start in range(0, count, rows))


def interval_over(draws: ArrayLike, *, level: float = 0.95) -> NDArray[np.float64]:
    """Central interval of draws of shape ``(d, ...)``: lower and upper percentile, shape ``(2, ...)``.

    Percentiles are interpolated linearly. A draw in which the value is undefined (NaN) is left out, as where a resample
    holds nobody of a group; without any other draw the interval is NaN.

    Raises
    ------
    MethodError
        If there is no draw, or the level does not lie between 0 and 1.
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim == 0 or not len(values) or not 0 < level < 1:
        raise MethodError(
            f"No interval at level {level} over draws of shape {values.shape}.",
            remedy="Pass one draw or more along axis 0, and a level between 0 and 1.",
        )
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.maximum((~np.isnan(ordered)).sum(axis=0) - 1, 0)
    return np.stack([_at(ordered, last * share) for share in ((1 - level) / 2, (1 + level) / 2)])


def _at(ordered: NDArray[np.float64], position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Value between two neighbours of an ordered column."""
    below = np.floor(position).astype(np.intp)
    above = np.ceil(position).astype(np.intp)
    low, high = (np.take_along_axis(ordered, index[None], axis=0)[0] for index in (below, above))
    between: NDArray[np.float64] = low + (position - below) * (high - low)
    return between
