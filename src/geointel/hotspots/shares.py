"""Interval of a share of a number of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def wilson_interval(
    part: ArrayLike, total: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper end of ``part / total`` (Wilson 1927, JASA 22), shape of the input; NaN where the total is 0."""
    x, n = np.asarray(part, dtype=np.float64), np.asarray(total, dtype=np.float64)
    z = float(special.ndtri((1.0 + level) / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, half = x + z**2 / 2, z * np.sqrt(x * (n - x) / n + z**2 / 4)
        ends = [np.where(n > 0, np.clip((centre + sign * half) / (n + z**2), 0.0, 1.0), np.nan) for sign in (-1, 1)]
    return ends[0], ends[1]
