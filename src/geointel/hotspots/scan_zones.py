"""Circles around each cell, up to half of all people or events: where a cluster is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import distance

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

LARGEST = 40_000_000
"""Most pairs of centre and cell (5 bytes each)."""

BLOCK = 1 << 21
"""Distances worked on at a time."""

TIE = 1e-9
"""Relative difference of distances below which two cells are equally far."""


@dataclass(frozen=True)
class Search:
    """How far and how hard is searched.

    ``share`` is the most of all people, or events, that a circle may hold; ``most`` the number of clusters
    asked for; ``replicas`` the number of simulated maps, 0 for none.
    """

    share: float = 0.5
    most: int = 1
    replicas: int = 999


@dataclass(frozen=True)
class Zones:
    """Circles by centre: ``order[i]`` holds the cells from the nearest to centre i on, shape ``(n, m)``.

    The first j + 1 of them are a zone where ``allowed[i, j]``: within the limit, and no cell equally far is
    left out.
    """

    order: NDArray[np.int32]
    allowed: NDArray[np.bool_]

    def cells(self, centre: int, last: int) -> NDArray[np.int32]:
        """Cells of one zone, sorted."""
        return np.sort(self.order[centre, : last + 1])

    def parts(self, size: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.bool_]]]:
        """Yield ``order`` and ``allowed`` of some centres at a time, with the columns that they need."""
        for start in range(0, len(self.order), size):
            allowed = self.allowed[start : start + size]
            width = int(np.flatnonzero(allowed.any(axis=0)).max(initial=0)) + 1
            yield self.order[start : start + size, :width], allowed[:, :width]


def circles(latitude: ArrayLike, longitude: ArrayLike, sizes: ArrayLike, *, share: float = 0.5) -> Zones:
    """Circles around each place with at most ``share`` of all ``sizes``.

    Parameters
    ----------
    latitude, longitude
        Degrees, shape ``(n,)``; distances are those of the sphere.
    sizes
        People or events of each cell, from 0, that limit the circles; shape ``(n,)``.

    Raises
    ------
    MethodError
        If the shapes differ, nothing is above 0, or the circles do not fit into memory.
    """
    places = _on_sphere(latitude, longitude)
    mass = np.asarray(sizes, dtype=np.float64)
    if mass.shape != (len(places),) or not np.isfinite(mass).all() or mass.min(initial=0) < 0 or mass.sum() <= 0:
        message = "The sizes of the cells are not numbers from 0 with a total above 0, one for each place."
        raise MethodError(message, remedy="Pass people or events of each cell.")
    if len(places) ** 2 > LARGEST:
        message = f"The circles of {len(places):,} cells do not fit into memory."
        raise MethodError(message, remedy="Use a coarser resolution or a smaller area.")
    limit = share * mass.sum() * (1 + 1e-12)
    size = max(1, BLOCK // len(places))
    parts = [_nearest(places, mass, slice(start, start + size), limit) for start in range(0, len(places), size)]
    width = max(order.shape[1] for order, _ in parts)
    order, allowed = (
        np.concatenate([np.pad(part[which], ((0, 0), (0, width - part[which].shape[1]))) for part in parts])
        for which in (0, 1)
    )
    return Zones(order, allowed.astype(bool))


def _nearest(
    places: NDArray[np.float64], mass: NDArray[np.float64], rows: slice, limit: float
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Order and allowed zones of some centres, as wide as they need."""
    square = distance.cdist(places[rows], places, "sqeuclidean")
    # The cell itself is the nearest, whatever the rounding.
    square[np.arange(len(square)), np.arange(len(places))[rows]] = -1.0
    order = np.argsort(square, axis=1, kind="stable").astype(np.int32)
    away = np.take_along_axis(square, order, axis=1)
    allowed = np.cumsum(mass[order], axis=1) <= limit
    allowed[:, :-1] &= np.diff(away, axis=1) > TIE * np.abs(away[:, 1:])
    width = int(np.flatnonzero(allowed.any(axis=0)).max(initial=0)) + 1
    return order[:, :width], allowed[:, :width]


def _on_sphere(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.float64]:
    """Unit vectors: the chord between two of them rises with the great-circle distance."""
    lat, lng = (np.radians(np.asarray(values, dtype=np.float64)) for values in (latitude, longitude))
    if lat.shape != lng.shape or lat.ndim != 1 or not (np.isfinite(lat) & np.isfinite(lng)).all():
        message = "Latitudes and longitudes are not finite numbers, one of each for every cell."
        raise MethodError(message, remedy="Pass the centre of every cell.")
    return np.column_stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)])
