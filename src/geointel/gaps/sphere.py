"""Places on a sphere: points in space, whose straight distances sort as distances over the ground do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Places = tuple[ArrayLike, ArrayLike]
    """Latitudes and longitudes in degrees (WGS 84), shape ``(n,)`` each."""

EARTH_METRES = 6_371_008.8
"""Mean radius of the earth (IUGG)."""


def on_sphere(places: Places, *, what: str) -> NDArray[np.float64]:
    """Points of a sphere of radius 1, shape ``(n, 3)``. Raises ``MethodError``, which names ``what``, for no place."""
    lat, lng = (np.atleast_1d(np.asarray(side, dtype=np.float64)) for side in places)
    if lat.ndim != 1 or lat.shape != lng.shape:
        message = f"The {what} have {lat.shape} latitudes and {lng.shape} longitudes."
        raise MethodError(message, remedy="Give as many latitudes as longitudes, one for each place.")
    if not (np.isfinite(lat) & np.isfinite(lng) & (np.abs(lat) <= 90) & (np.abs(lng) <= 180)).all():
        message = f"The {what} have a place that is not on the earth."
        raise MethodError(message, remedy="Give latitudes and longitudes in degrees, and leave out what has no place.")
    phi, lam = np.radians(lat), np.radians(lng)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def chord(metres: float) -> float:
    """Straight distance between points that are so many ``metres`` apart over the ground, on a sphere of radius 1."""
    return float(2.0 * np.sin(min(metres / (2.0 * EARTH_METRES), np.pi / 2.0)))


def over_ground(chords: ArrayLike) -> NDArray[np.float64]:
    """Metres over the ground between points at straight distances on a sphere of radius 1."""
    half = np.clip(np.asarray(chords, dtype=np.float64) / 2.0, 0.0, 1.0)
    metres: NDArray[np.float64] = 2.0 * EARTH_METRES * np.arcsin(half)
    return metres
