"""Cells on a plane in metres, for distances and areas within one partnership's area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from geointel.grid.boundary import centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

AXIS = 6_378_137.0
FLATTENING = 1 / 298.257_223_563
"""The ellipsoid of WGS 84: half of its long axis in metres, and how flat it is."""


def on_plane(lnglat: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points in degrees (WGS 84) on a plane that touches the earth at ``origin``, in metres east and north, shape ``(n, 2)``.

    Lambert's azimuthal equal-area projection of the sphere that curves as the ellipsoid does at ``origin`` (its Gaussian
    radius). In England distances within 100 km of the origin are within 0.2 % of those on the ellipsoid.

    Source: Snyder 1987, Map Projections: A Working Manual, USGS Professional Paper 1395, equations 24-2 to 24-4.
    """
    lng, lat = np.radians(np.asarray(lnglat, dtype=np.float64).reshape(-1, 2)).T
    lng0, lat0 = np.radians(np.asarray(origin, dtype=np.float64))
    turn = lng - lng0
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(turn)
    scale = _gaussian_radius(lat0) * np.sqrt(2.0 / (1.0 + cosine))
    east = scale * np.cos(lat) * np.sin(turn)
    north = scale * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(turn))
    return np.column_stack([east, north])


def spacing(cells: NDArray[np.int64]) -> float:
    """Metres between the middles of neighbouring cells, on average over ``cells`` of one resolution; NaN for none.

    That of a lattice of regular hexagons of the same mean area. Single pairs in England differ from it by up to a
    tenth, because cells are not regular.
    """
    if not len(cells):
        return float("nan")
    area = np.mean([h3.cell_area(cell, unit="m^2") for cell in cells.tolist()])
    return float(np.sqrt(2.0 * area / np.sqrt(3.0)))


def middle(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of the cells' centres: longitude and latitude in degrees, shape ``(2,)``."""
    mean: NDArray[np.float64] = centres(cells).mean(axis=0)
    return mean


def _gaussian_radius(lat: float) -> float:
    """Geometric mean of the two radii by which the ellipsoid curves at a latitude, in metres."""
    square = FLATTENING * (2.0 - FLATTENING)
    return float(AXIS * np.sqrt(1.0 - square) / (1.0 - square * np.sin(lat) ** 2))
