"""Edges of a road network as a graph is made from them, long ones cut so that there is a node near every place on a road."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.gaps.straight_line import require_positive

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

LONGEST_METRES = 250.0
"""A road in the country runs for kilometres between junctions, and people live along it."""
KEPT = ("metres", "forward", "backward", "walk", "cycle", "drive", "speed")


def road_pieces(roads: pa.Table, *, longest: float = LONGEST_METRES) -> dict[str, NDArray[Any]]:
    """Columns that ``road_network`` needs, from a table of the schema ``geointel.model.ROADS``.

    An edge is cut into equal pieces of at most ``longest`` metres; new nodes have ids above those of all others. The ends
    of pieces are ``start_lat``, ``start_lng``, ``end_lat``, ``end_lng`` in degrees; a ``speed`` that is not known is NaN.
    Raises ``MethodError`` where ``longest`` is not a positive number.
    """
    require_positive(longest, what="longest piece")
    lines = shapely.from_wkb(roads["geometry"].to_numpy(zero_copy_only=False))
    metres = roads["metres"].to_numpy()
    pieces = np.maximum(np.ceil(metres / longest), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(metres)), pieces)
    turn = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    inner = turn > 0
    start, end = roads["start"].to_numpy()[edge], roads["end"].to_numpy()[edge]
    first_free = max(start.max(initial=0), end.max(initial=0)) + 1
    start[inner] = first_free + np.arange(inner.sum())
    lnglat = _places(lines, edge, turn / pieces[edge])
    # a piece ends where the next one of its edge begins
    more = np.append(inner[1:], False)[: len(edge)]
    last = _places(lines, edge, np.ones(len(edge)))
    end[more], last[more] = start[inner], lnglat[inner]
    found = {name: roads[name].to_numpy(zero_copy_only=False)[edge] for name in KEPT}
    found["metres"] = found["metres"] / pieces[edge]
    words = np.array(roads["road_class"].to_pylist(), dtype=np.str_)[edge]
    sides = {"start_lng": lnglat[:, 0], "start_lat": lnglat[:, 1], "end_lng": last[:, 0], "end_lat": last[:, 1]}
    return {**found, "road_class": words, "start": start, "end": end, **sides}


def _places(lines: NDArray[np.object_], edge: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points at a share of the way along lines, as longitude and latitude, shape ``(n, 2)``. Ends are those of the line."""
    narrow = np.cos(np.radians(shapely.get_y(shapely.get_point(lines, 0))))
    flat, of_line = shapely.get_coordinates(lines, return_index=True)
    flat[:, 0] *= narrow[of_line]
    even = shapely.set_coordinates(lines.copy(), flat)
    points = shapely.get_coordinates(shapely.line_interpolate_point(even[edge], share, normalized=True))
    points[:, 0] /= narrow[edge]
    for side, whole in ((0, share == 0), (-1, share == 1)):
        points[whole] = shapely.get_coordinates(shapely.get_point(lines[edge[whole]], side))
    return points
