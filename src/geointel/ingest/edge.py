"""Land around the study area: what lies there is not ours, but may serve us, and cells on the border have it next door."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from geointel.grid import around, boundaries, centres
from geointel.ingest.points import BRITISH_GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geointel.ingest.areas import StudyArea

METRES = 1000
COARSE = 100
"""Corners of the outline that move it by less than so many metres are left out first."""
RINGS = 2
"""Neighbour sums reach no further."""


def with_edge(study: StudyArea, resolutions: Sequence[int], *, km: float) -> StudyArea:
    """The study area with the cells beyond its border whose records count in neighbour sums.

    Those within ``RINGS`` of a study cell all of whose corners lie within ``km`` of the outline: a cell of which only a
    part counted would be a neighbour that looks quieter than it is.
    """
    return replace(study, beyond={level: _whole_cells(study, level, km) for level in resolutions})


def _whole_cells(study: StudyArea, resolution: int, km: float) -> NDArray[np.int64]:
    found = around(study.cells(resolution), RINGS)
    if km == 0 or not len(found):
        return found[:0]
    corners = boundaries(found)
    return found[np.logical_and.reduceat(_within(study, corners.lnglat, km), corners.offsets[:-1])]


def covered(cells: NDArray[np.int64], land: BaseGeometry) -> NDArray[np.bool_]:
    """Which cells have all their corners in ``land`` (WGS 84 polygons): of the others a source knows a part at most."""
    corners = boundaries(cells)
    inside = shapely.covers(land, shapely.points(corners.lnglat))
    return np.logical_and.reduceat(inside, corners.offsets[:-1]) if len(cells) else np.empty(0, dtype=bool)


def near_cells(study: StudyArea, cells: NDArray[np.int64], km: float) -> NDArray[np.int64]:
    """Those of some cells outside the study area whose centre lies within ``km`` of its outline."""
    if km == 0 or not len(cells):
        return np.empty(0, dtype=np.int64)
    return cells[_within(study, centres(cells), km)]


def _within(study: StudyArea, lnglat: NDArray[np.float64], km: float) -> NDArray[np.bool_]:
    """Which points, in degrees, lie within ``km`` of the outline."""
    transformer = Transformer.from_crs("EPSG:4326", BRITISH_GRID, always_xy=True)

    def to_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(*degrees.T))

    whole = shapely.transform(shapely.union_all(study.levels[0].outlines), to_metres)
    outline = shapely.simplify(whole, COARSE)
    shapely.prepare(outline)
    return np.asarray(shapely.dwithin(shapely.points(to_metres(lnglat)), outline, km * METRES))
