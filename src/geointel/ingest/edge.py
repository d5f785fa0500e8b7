"""Land around the study area: what lies there is not ours, but may serve us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from geointel.grid import centres
from geointel.ingest.points import BRITISH_GRID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.ingest.areas import StudyArea

METRES = 1000
COARSE = 100
"""Corners of the outline that move it by less than so many metres are left out first."""


def near_cells(study: StudyArea, cells: NDArray[np.int64], km: float) -> NDArray[np.int64]:
    """Those of some cells outside the study area whose centre lies within ``km`` of its outline."""
    if km == 0 or not len(cells):
        return np.empty(0, dtype=np.int64)
    transformer = Transformer.from_crs("EPSG:4326", BRITISH_GRID, always_xy=True)

    def to_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(*degrees.T))

    whole = shapely.transform(shapely.union_all(study.levels[0].outlines), to_metres)
    outline = shapely.simplify(whole, COARSE)
    shapely.prepare(outline)
    points = shapely.points(to_metres(centres(cells)))
    return cells[shapely.dwithin(points, outline, km * METRES)]
