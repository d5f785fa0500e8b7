"""Points to the stretch of road that they lie on: the second use of a coordinate, and the last.

A row that names its road goes to the nearest stretch of that road, if there is one within ``NAMED_METRES``; any other, and one whose road is not there, to
the nearest stretch within ``METRES``. Positions written by hand or by GPS are tens of metres out, and a road has a width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import Transformer

from geointel.ingest.points import BRITISH_GRID, to_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

METRES, NAMED_METRES = 50.0, 150.0
NOWHERE = -1
BATCH = 100_000
"""Points that are geometries at a time."""


def stretch_of_points(points: pa.Table, stretches: pa.Table) -> NDArray[np.int64]:
    """Number of the stretch of each row of ``x, y, osgb, road``, −1 where none is near; shape ``(n,)``.

    ``road`` is the road's number or name as a row has it, blank where it has none. Of stretches that are equally near the first stands.
    """
    found = np.full(points.num_rows, NOWHERE, dtype=np.int64)
    if not stretches.num_rows:
        return found
    roads = _Roads.of(stretches)
    for first in range(0, points.num_rows, BATCH):
        part = points.slice(first, BATCH)
        found[first : first + BATCH] = roads.nearest(part)
    return found


@dataclass(frozen=True)
class _Roads:
    """Stretches in metres of the British grid: all of them, and those of each road by its plain name."""

    lines: NDArray[np.object_]
    tree: shapely.STRtree
    by_name: Mapping[str, tuple[NDArray[np.int64], shapely.STRtree]]

    @classmethod
    def of(cls, stretches: pa.Table) -> _Roads:
        lines = shapely.from_wkb(stretches["geometry"].to_numpy(zero_copy_only=False))
        corners = shapely.get_coordinates(lines)
        moved = np.column_stack(_to_metres(corners[:, 0], corners[:, 1]))
        lines = np.asarray(shapely.set_coordinates(lines, moved), dtype=object)
        names, road = _plain(stretches["road"])
        own = {name: np.flatnonzero(road == number) for number, name in enumerate(names) if name}
        return cls(
            lines,
            shapely.STRtree(lines),
            {name: (places, shapely.STRtree(lines[places])) for name, places in own.items()},
        )

    def nearest(self, points: pa.Table) -> NDArray[np.int64]:
        found = np.full(points.num_rows, NOWHERE, dtype=np.int64)
        spots = np.asarray(shapely.points(*_to_metres(*to_degrees(points))), dtype=object)
        names, road = _plain(points["road"])
        for number, name in enumerate(names):
            if name in self.by_name:
                places, tree = self.by_name[name]
                here = np.flatnonzero(road == number)
                found[here] = _nearest(spots[here], tree, places, NAMED_METRES)
        left = np.flatnonzero(found == NOWHERE)
        found[left] = _nearest(spots[left], self.tree, np.arange(len(self.lines)), METRES)
        return found


def _nearest(
    spots: NDArray[np.object_], tree: shapely.STRtree, number: NDArray[np.int64], within: float
) -> NDArray[np.int64]:
    found = np.full(len(spots), NOWHERE, dtype=np.int64)
    spot, line = tree.query_nearest(spots, max_distance=within, all_matches=True)
    first = np.lexsort((number[line], spot))
    one, at = np.unique(spot[first], return_index=True)
    found[one] = number[line[first][at]]
    return found


def _to_metres(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east, north = Transformer.from_crs("EPSG:4326", BRITISH_GRID, always_xy=True).transform(lng, lat)
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)


def _plain(names: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Numbers or names of roads without spaces and case, and which of them each row has: ``A1 (M)`` is ``A1(M)``."""
    text = pc.utf8_lower(pc.replace_substring_regex(names.cast(pa.string()).fill_null(""), r"\s+", ""))
    coded = pc.dictionary_encode(text).combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
