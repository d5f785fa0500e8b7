"""Coordinates as text → points that are places → cells. The last module that sees a coordinate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from geointel.grid.cells import latlng_to_cell

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

PLACEHOLDER = (-6.890259, 54.460576)
"""Longitude and latitude that police.uk writes where it has no place."""

MAX_LNG, MAX_LAT = 180.0, 90.0
MAX_EASTING, MAX_NORTHING = 700_000.0, 1_300_000.0
BRITISH_GRID = "EPSG:27700"


def is_place(x: ir.FloatingValue, y: ir.FloatingValue, osgb: ir.BooleanValue) -> ir.BooleanValue:
    """Whether two numbers are a place; false or null where they are not.

    Not a place: not a number, outside the coordinate system, 0,0, or the placeholder.
    """
    degrees = x.between(-MAX_LNG, MAX_LNG) & y.between(-MAX_LAT, MAX_LAT)
    metres = x.between(0, MAX_EASTING) & y.between(0, MAX_NORTHING)
    nowhere = ((x == 0) & (y == 0)) | ((x == PLACEHOLDER[0]) & (y == PLACEHOLDER[1]))
    return osgb.ifelse(metres, degrees) & ~nowhere


def cell_of_points(points: pa.Table, resolution: int) -> NDArray[np.int64]:
    """Cell of each row of ``x, y, osgb``, shape ``(n,)``. British grid points are moved to WGS 84 first."""
    lng, lat = to_degrees(points)
    return latlng_to_cell(lat, lng, resolution)


def to_degrees(points: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude (WGS 84) of each row of ``x, y, osgb``, shape ``(n,)`` each."""
    x = points["x"].to_numpy().astype(np.float64)
    y = points["y"].to_numpy().astype(np.float64)
    osgb = points["osgb"].to_numpy(zero_copy_only=False).astype(bool)
    if osgb.any():
        transformer = Transformer.from_crs(BRITISH_GRID, "EPSG:4326", always_xy=True)
        x, y = x.copy(), y.copy()
        x[osgb], y[osgb] = transformer.transform(x[osgb], y[osgb])
    return x, y
