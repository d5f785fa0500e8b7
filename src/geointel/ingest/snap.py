"""Points to the stretch of road that they lie on: the second use of a coordinate, and the last.

A row that names its road goes to the nearest stretch of that road, if there is one within ``NAMED_METRES``; any other, and one whose road is not there, to
the nearest stretch within ``METRES``. Positions written by hand or by GPS are tens of metres out, and a road has a width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from geointel.ingest.points import BRITISH_GRID, to_degrees

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

METRES, NAMED_METRES = 50.0, 150.0
NOWHERE = -1


def stretch_of_points(points: pa.Table, stretches: pa.Table) -> NDArray[np.int64]:
    """Number of the stretch of each row of ``x, y, osgb, road``, −1 where none is near; shape ``(n,)``.

    ``road`` is the road's number or name as a row has it, blank where it has none. Of stretches that are equally near the first stands.
    """
    found = np.full(points.num_rows, NOWHERE, dtype=np.int64)
    if not stretches.num_rows or not points.num_rows:
        return found
    spots, lines = _in_metres(points, stretches)
    ours = np.array([_plain(name) for name in points["road"].to_pylist()], dtype=object)
    theirs = np.array([_plain(name) for name in stretches["road"].to_pylist()], dtype=object)
    for name in sorted({*ours} & {*theirs} - {""}):
        here, there = np.flatnonzero(ours == name), np.flatnonzero(theirs == name)
        found[here] = _nearest(spots[here], lines[there], there, NAMED_METRES)
    left = np.flatnonzero(found == NOWHERE)
    found[left] = _nearest(spots[left], lines, np.arange(len(lines)), METRES)
    return found


def _nearest(
    spots: NDArray[np.object_], lines: NDArray[np.object_], number: NDArray[np.int64], within: float
) -> NDArray[np.int64]:
    found = np.full(len(spots), NOWHERE, dtype=np.int64)
    spot, line = shapely.STRtree(lines).query_nearest(spots, max_distance=within, all_matches=True)
    first = np.lexsort((number[line], spot))
    one, at = np.unique(spot[first], return_index=True)
    found[one] = number[line[first][at]]
    return found


def _in_metres(points: pa.Table, stretches: pa.Table) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    move = Transformer.from_crs("EPSG:4326", BRITISH_GRID, always_xy=True)
    lng, lat = to_degrees(points)
    spots = shapely.points(*move.transform(lng, lat))
    lines = shapely.from_wkb(stretches["geometry"].to_numpy(zero_copy_only=False))
    corners = shapely.get_coordinates(lines)
    moved = np.column_stack(move.transform(corners[:, 0], corners[:, 1]))
    return spots, np.asarray(shapely.set_coordinates(lines, moved), dtype=object)


def _plain(name: str | None) -> str:
    """A road's number or name without spaces and case: ``A1 (M)`` is ``A1(M)``."""
    return "".join((name or "").split()).casefold()
