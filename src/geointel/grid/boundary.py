"""Outlines and centres of cells, in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

import h3.api.basic_int as h3
import numpy as np
from h3 import H3BaseException

from geointel.errors import GridError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T")


@dataclass(frozen=True)
class Rings:
    """Closed outlines of n cells, end to end; the first point of a ring is not repeated.

    Attributes
    ----------
    offsets
        int64 (n + 1,): ring ``i`` is ``lnglat[offsets[i]:offsets[i + 1]]``.
    lnglat
        float64 (m, 2): longitude and latitude in degrees, counter-clockwise as H3 gives them.
    """

    offsets: NDArray[np.int64]
    lnglat: NDArray[np.float64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Points of each ring, int64 (n,)."""
        return np.diff(self.offsets)


def boundaries(cells: NDArray[np.int64]) -> Rings:
    """Outline of every cell.

    A hexagon has six points, a pentagon five, and a cell over an edge of the icosahedron up to
    ten: ring lengths vary. Longitudes are in [-180, 180], so the ring of a cell over the
    antimeridian jumps. Raises ``GridError`` for an index that is not a cell.
    """
    rings = _each(h3.cell_to_boundary, cells)
    offsets = np.zeros(len(rings) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, rings), np.int64, len(rings)), out=offsets[1:])
    latlng = np.fromiter(chain.from_iterable(chain.from_iterable(rings)), np.float64, 2 * int(offsets[-1])).reshape(
        -1, 2
    )
    return Rings(offsets, np.ascontiguousarray(latlng[:, ::-1]))


def centres(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Centre of every cell, float64 (n, 2): longitude, latitude in degrees.

    Raises ``GridError`` for an index that is not a cell.
    """
    points = _each(h3.cell_to_latlng, cells)
    latlng = np.fromiter(chain.from_iterable(points), np.float64, 2 * len(points)).reshape(-1, 2)
    return np.ascontiguousarray(latlng[:, ::-1])


def _each(function: Callable[[int], T], cells: NDArray[np.int64]) -> list[T]:
    try:
        return [function(cell) for cell in cells.tolist()]
    except H3BaseException as error:
        message = f"Not every index is an H3 cell: {error}."
        raise GridError(message, remedy="Pass cell indexes of resolution 0 to 15.") from error
