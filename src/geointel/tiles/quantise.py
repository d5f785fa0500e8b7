"""Outlines on a tile's lattice of 4096 units: rounded once per zoom, never a sliver, never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.tiles.cover import EXTENT
from geointel.tiles.geometry import areas, following
from geointel.tiles.ragged import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.tiles.cover import Cover
    from geointel.tiles.geometry import TileGeometry

SMALLEST = 4
"""Units (half a pixel): a cell narrower than that is drawn as its box, so that none is lost."""


def quantise(geometry: TileGeometry, cover: Cover) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rings of every feature of a cover in units of its tile: offsets (k + 1,) and points (m, 2).

    Points are rounded on the lattice of the whole zoom, then moved: a cell has the same shape in
    every tile. Repeated points are dropped; no ring has zero area, and all are exterior.
    """
    rows = cover.rows
    lengths = geometry.lengths[rows]
    places = positions(geometry.offsets[rows], lengths)
    world = np.rint(geometry.xy[places] * float(EXTENT << cover.zoom)).astype(np.int64)
    origin = np.repeat(cover.xy, cover.counts, axis=0) * EXTENT
    origin[:, 0] -= cover.shift * (EXTENT << cover.zoom)
    xy = world - np.repeat(origin, lengths, axis=0)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    return _sound(offsets, xy) if rows.size else (offsets, xy)


def _sound(offsets: NDArray[np.int64], xy: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Drop repeated points; put a box in place of a ring that is too small to be a ring."""
    starts, lengths = offsets[:-1], np.diff(offsets)
    low, high = (op.reduceat(xy, starts, axis=0) for op in (np.minimum, np.maximum))
    width, height = (high - low).T
    small = (width < SMALLEST) | (height < SMALLEST) | (areas(offsets, xy) <= 0)
    step = xy != xy[following(offsets)]
    keep = (step[:, 0] | step[:, 1]) & ~np.repeat(small, lengths)
    if not small.any() and keep.all():
        return offsets, xy
    kept = np.add.reduceat(keep.astype(np.int64), starts)
    counts = np.where(small, 4, kept)
    ends = np.concatenate(([0], np.cumsum(counts)))
    out = np.empty((int(ends[-1]), 2), dtype=np.int64)
    out[positions(ends[:-1], kept)] = xy[keep]
    box = np.stack((low[small], np.maximum(high, low + 1)[small]))  # (2 corners, small rings, x and y)
    for corner, (x, y) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        out[ends[:-1][small] + corner] = np.column_stack((box[x, :, 0], box[y, :, 1]))
    return ends, out
