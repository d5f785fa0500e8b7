"""Cells on the web map's square, and which tiles they reach.

World coordinates: Web Mercator, x from 0 (180° W) to 1 (180° E), y from 0 (85.0511° N) down to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.grid.boundary import Rings, boundaries

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF_TURN = 180.0
_TURN = 360.0
_CAP = 89.9
"""Latitude at which a cell round a pole is closed: beyond the map's edge, yet finite."""


@dataclass(frozen=True)
class TileGeometry:
    """Outlines of n cells in world coordinates, ready to be cut into tiles again and again.

    Attributes
    ----------
    cells
        int64 (n,), in the order given.
    offsets, xy
        int64 (n + 1,) and float64 (m, 2): ring i is ``xy[offsets[i]:offsets[i + 1]]``. Rings are
        exterior with y down (positive area), and whole: x passes 0 or 1 at the antimeridian.
    low, high
        float64 (n, 2): corners of each ring's box.
    """

    cells: NDArray[np.int64]
    offsets: NDArray[np.int64]
    xy: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, cells: NDArray[np.int64]) -> TileGeometry:
        """Project the outlines of cells. Raises ``GridError`` for an index that is not a cell."""
        cells = np.ascontiguousarray(cells, dtype=np.int64)
        rings = unwrapped(boundaries(cells))
        xy = positive(rings.offsets, project(rings.lnglat))
        if not cells.size:
            return cls(cells, rings.offsets, xy, xy, xy)
        low, high = (op.reduceat(xy, rings.offsets[:-1], axis=0) for op in (np.minimum, np.maximum))
        return cls(cells, rings.offsets, xy, low, high)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Points of each ring, int64 (n,)."""
        return np.diff(self.offsets)


def project(lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees to world coordinates; latitudes beyond ±89.9° are moved there."""
    latitude = np.radians(np.clip(lnglat[:, 1], -_CAP, _CAP))
    x = lnglat[:, 0] / _TURN + 0.5
    y = 0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)
    return np.column_stack((x, y))


def unwrapped(rings: Rings) -> Rings:
    """Take the jumps of longitude out of rings; close a ring round a pole along the pole's side.

    Only rings that span more than 180° are touched: there are none away from the antimeridian.
    """
    lengths = rings.lengths
    if not lengths.size:
        return rings
    lng = rings.lnglat[:, 0]
    starts = rings.offsets[:-1]
    wide = np.maximum.reduceat(lng, starts) - np.minimum.reduceat(lng, starts) > _HALF_TURN
    if not wide.any():
        return rings
    parts = np.split(rings.lnglat, rings.offsets[1:-1])
    for index in np.flatnonzero(wide).tolist():
        parts[index] = _unwrap(parts[index])
    offsets = np.concatenate(([0], np.cumsum([len(part) for part in parts])))
    return Rings(offsets, np.concatenate(parts))


def _unwrap(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    closed = np.concatenate((ring, ring[:1]))
    lng = np.unwrap(closed[:, 0], period=_TURN)
    turned = lng[-1] - lng[0]
    if abs(turned) < _HALF_TURN:
        return np.column_stack((lng[:-1], ring[:, 1]))
    pole = np.copysign(_CAP, ring[:, 1].mean())
    cap = np.array([[lng[-1], pole], [lng[0], pole]])
    return np.concatenate((np.column_stack((lng, closed[:, 1])), cap))


def positive(offsets: NDArray[np.int64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the rings of negative area (with y down) round, so that all are exterior rings of MVT."""
    lengths = np.diff(offsets)
    negative = areas(offsets, xy) < 0
    starts = np.repeat(offsets[:-1], lengths)
    place = np.arange(len(xy)) - starts
    backwards = np.repeat(lengths, lengths) - 1 - place
    return xy[starts + np.where(np.repeat(negative, lengths), backwards, place)]


def following(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the next point of the same ring for every point, int64 (m,)."""
    after = np.arange(1, int(offsets[-1]) + 1)
    after[offsets[1:] - 1] = offsets[:-1]
    return after


def areas(offsets: NDArray[np.int64], xy: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
    """Twice the signed area of every ring by the surveyor's formula; positive is clockwise with y down."""
    if offsets.size == 1:
        return np.zeros(0)
    starts = offsets[:-1]
    local = xy - np.repeat(xy[starts], np.diff(offsets), axis=0)  # small numbers keep the product exact
    after = local[following(offsets)]
    cross = local[:, 0] * after[:, 1] - after[:, 0] * local[:, 1]
    return np.add.reduceat(cross, starts).astype(np.float64)
