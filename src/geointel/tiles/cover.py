"""Which cells are in which tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geointel.tiles.ragged import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.tiles.geometry import TileGeometry

EXTENT = 4096
BUFFER = 64
"""Units round a tile within which a cell still belongs to it."""


class Tile(NamedTuple):
    """A map tile in the XYZ scheme: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


@dataclass(frozen=True)
class Cover:
    """Tiles of one zoom and the cells in each.

    Attributes
    ----------
    zoom
        The zoom.
    xy
        int64 (t, 2): column and row of each tile, by column then row.
    counts
        int64 (t,): cells in each tile.
    rows
        int64 (k,): for every tile in turn, rows of the geometry, ascending.
    shift
        int64 (k,): by how many worlds the cell is moved east (-1 or 1 only at the antimeridian).
    """

    zoom: int
    xy: NDArray[np.int64]
    counts: NDArray[np.int64]
    rows: NDArray[np.int64]
    shift: NDArray[np.int64]

    @property
    def tiles(self) -> list[Tile]:
        """The tiles by name."""
        return [Tile(self.zoom, x, y) for x, y in self.xy.tolist()]


def tiles_of(geometry: TileGeometry, zoom: int) -> Cover:
    """Every tile of a zoom that a cell (its box, with a buffer of 64 units) reaches.

    A cell over the antimeridian is in the tiles at both edges; what lies beyond 85.0511° is in none.
    """
    side = 1 << zoom
    low, high = _reach(geometry, zoom)
    found = [_spread(low, high, shift, side) for shift in _shifts(low, high, side)]
    rows, x, y, shift = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((shift, rows, y, x))
    key = (x * side + y)[order]
    firsts = np.flatnonzero(np.diff(key, prepend=-1))
    counts = np.diff(firsts, append=key.size)
    xy = np.column_stack((key[firsts] // side, key[firsts] % side))
    return Cover(zoom, xy, counts, rows[order], shift[order])


def cover_of(geometry: TileGeometry, tile: Tile) -> Cover:
    """Find the cells of one tile, as ``tiles_of`` lists them; no tile at all where there are none."""
    side = 1 << tile.z
    low, high = _reach(geometry, tile.z)
    inside = (low[:, 1] <= tile.y) & (high[:, 1] >= tile.y)
    found: list[tuple[NDArray[np.int64], int]] = []
    for shift in _shifts(low, high, side):
        column = tile.x - shift * side
        found.append((np.flatnonzero(inside & (low[:, 0] <= column) & (high[:, 0] >= column)), shift))
    rows = np.concatenate([rows for rows, _ in found])
    shifts = np.repeat([shift for _, shift in found], [len(rows) for rows, _ in found])
    order = np.lexsort((shifts, rows))
    tiles = 1 if rows.size and 0 <= tile.x < side and 0 <= tile.y < side else 0
    xy = np.array([[tile.x, tile.y]] * tiles, dtype=np.int64).reshape(-1, 2)
    counts = np.full(tiles, rows.size, dtype=np.int64)
    return Cover(tile.z, xy, counts, rows[order] if tiles else rows[:0], shifts[order] if tiles else shifts[:0])


def _reach(geometry: TileGeometry, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last tile column and row of every cell, int64 (n, 2) each, not limited to the world."""
    buffer = BUFFER / EXTENT
    scale = float(1 << zoom)
    low = np.floor(geometry.low * scale - buffer).astype(np.int64)
    high = np.floor(geometry.high * scale + buffer).astype(np.int64)
    return low, high


def _shifts(low: NDArray[np.int64], high: NDArray[np.int64], side: int) -> list[int]:
    """Find by how many worlds cells must be moved: not at all, except where one reaches over an edge."""
    west = high[:, 0].max(initial=0) >= side
    east = low[:, 0].min(initial=0) < 0
    return [*([-1] if west else []), 0, *([1] if east else [])]


def _spread(
    low: NDArray[np.int64], high: NDArray[np.int64], shift: int, side: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row, column, row of tile and shift for every pair of a cell and a tile it reaches."""
    world = np.array([shift * side, 0])
    first = np.maximum(low + world, 0)
    wide, tall = (np.minimum(high + world, side - 1) - first + 1).clip(0).T
    rows = np.repeat(np.arange(len(low)), wide * tall)
    place = positions(np.zeros(len(low), dtype=np.int64), wide * tall)
    x = first[rows, 0] + place // tall[rows]
    y = first[rows, 1] + place % tall[rows]
    return rows, x, y, np.full(rows.size, shift, dtype=np.int64)
