"""Minutes without a road network: the great circle, made longer by a usual detour, at one speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = tuple[NDArray[np.float64], NDArray[np.float64]]
    """Latitude and longitude in degrees (WGS 84), shape ``(n,)`` each."""

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""


def straight_minutes(origins: Places, services: Places, *, kmh: float, detour: float, limit: float) -> csr_array:
    """Travel times, shape ``(n, m)``; pairs further than ``limit`` minutes are not stored.

    Distances are on a sphere: within 0.6 % of those on the ellipsoid. Raises ``MethodError`` for a speed or detour that cannot be.
    """
    if not (kmh > 0 and detour >= 1 and limit >= 0):
        message = f"A speed of {kmh} km/h with a detour of {detour} gives no travel time."
        raise MethodError(message, remedy="Give a speed above 0 and a detour of at least 1.")
    minutes_per_km = detour / kmh * 60
    furthest = min(limit / minutes_per_km / EARTH_KM, np.pi)
    found = cKDTree(unit_vectors(origins)).sparse_distance_matrix(
        cKDTree(unit_vectors(services)), 2 * np.sin(furthest / 2) * (1 + 1e-9), output_type="ndarray"
    )
    minutes = arc_km(found["v"]) * minutes_per_km
    near = minutes <= limit
    places = (found["i"][near], found["j"][near])
    return csr_array((minutes[near], places), shape=(len(origins[0]), len(services[0])))


def unit_vectors(places: Places) -> NDArray[np.float64]:
    """Places on the unit sphere, shape ``(n, 3)``."""
    lat, lng = np.radians(places[0]), np.radians(places[1])
    return np.column_stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)])


def arc_km(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres along the sphere of chords of the unit sphere."""
    found: NDArray[np.float64] = 2 * np.arcsin(np.minimum(chord / 2, 1.0)) * EARTH_KM
    return found
