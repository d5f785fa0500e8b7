"""The residents on a grid of one kilometre: whole people, whose sum is that of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo.geography import BRITISH_NATIONAL_GRID
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.scene import Scene

PATHS = ("raster/demo-residents.tif",)
SIDE = 1_000
"""Width of a grid square, metres."""
NO_DATA = -9999.0
"""Where nobody can live: squares without a map point."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the grid as a GeoTIFF."""
    import rasterio  # noqa: PLC0415 - takes a while, and only this needs it

    grid, (west, north) = _grid(scene)
    path = scene.directory / PATHS[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {
        "driver": "GTiff",
        "height": grid.shape[0],
        "width": grid.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": f"EPSG:{BRITISH_NATIONAL_GRID}",
        "transform": rasterio.Affine(SIDE, 0, west, 0, -SIDE, north),
        "nodata": NO_DATA,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(grid, 1)
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION="Synthetic residents of a demonstration")
    what = "the same residents on a grid of 1 km (EPSG:27700, people in each square, no data −9999)"
    return (Written(PATHS[0], what, grid.size, {"residents": int(grid[grid != NO_DATA].sum())}),)


def _grid(scene: Scene) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Residents in each square, from the north, and the west and north edge of the grid."""
    people = _people_at_points(scene)
    square = np.floor(scene.metres / SIDE).astype(np.int64)
    (west, south), (east, north) = square.min(axis=0), square.max(axis=0)
    grid = np.zeros((north - south + 1, east - west + 1))
    where = (north - square[:, 1], square[:, 0] - west)
    np.add.at(grid, where, people)
    settled = np.zeros(grid.shape, dtype=bool)
    settled[where] = True
    grid[~settled] = NO_DATA
    return grid.astype(np.float32), (int(west) * SIDE, (int(north) + 1) * SIDE)


def _people_at_points(scene: Scene) -> NDArray[np.int64]:
    """The residents of each area, spread over its map points: as even as whole people can be."""
    owner, people = scene.areas.owner, scene.areas.residents.sum(axis=1)
    points = np.bincount(owner, minlength=len(people))
    order = np.argsort(owner, kind="stable")
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - np.repeat(np.cumsum(points) - points, points)
    shared: NDArray[np.int64] = people[owner] // points[owner] + (rank < people[owner] % points[owner])
    return shared
