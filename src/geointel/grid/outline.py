"""The outline of several cells together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
from h3 import H3BaseException

from geointel.errors import GridError

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray


def outline(cells: NDArray[np.int64]) -> shapely.MultiPolygon:
    """Outline of the union of cells of one resolution, in degrees (longitude, latitude); holes stay holes.

    Raises ``GridError`` for an index that is not a cell, or for cells of several resolutions.
    """
    from shapely import MultiPolygon  # noqa: PLC0415 - whoever only needs cells loads no geometry

    try:
        shape = h3.cells_to_h3shape(cells.tolist(), tight=False)
    except H3BaseException as error:
        message = f"These cells have no common outline: {error}."
        raise GridError(message, remedy="Pass cells of one resolution, each once.") from error
    return MultiPolygon([(_lnglat(part.outer), [_lnglat(hole) for hole in part.holes]) for part in shape])


def _lnglat(ring: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    return [(lng, lat) for lat, lng in ring]
