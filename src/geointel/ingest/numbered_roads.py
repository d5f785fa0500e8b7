"""Roads drawn through the places of their own events, where no network was supplied.

The police write the number of a classified road (A647) with each collision. The places of one number, joined by the shortest tree, follow the
road as far as events lie along it: no road without an event is there, and no road without a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from geointel.ingest import stretches
from geointel.ingest.points import BRITISH_GRID, to_degrees
from geointel.model import STRETCHES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

SAME = 250.0
"""Metres: places in a square of this size are one, so that the line follows the road and not the scatter of events along it."""
FURTHEST = 2_000.0
"""Metres: what lies further apart is not joined. A road may end, or lose its number, in between."""
CLASSES = {"M": "motorway", "A": "a-road", "B": "b-road", "C": "c-road"}


def drawn(points: pa.Table, *, source: str, leaf: int) -> pa.Table:
    """``STRETCHES`` through the rows of ``x, y, osgb, road``; rows without a road are on none."""
    move = Transformer.from_crs(BRITISH_GRID, "EPSG:4326", always_xy=True)
    names = np.array([name or "" for name in points["road"].to_pylist()], dtype=object)
    places = np.column_stack(
        Transformer.from_crs("EPSG:4326", BRITISH_GRID, always_xy=True).transform(*to_degrees(points))
    )
    node, road, ends, apart = 0, [], [np.empty((0, 2, 2))], []
    starts, stops = [], []
    for name in sorted({*names} - {""}):
        spots = _apart(places[names == name])
        one, other, metres = _tree(spots)
        ends.append(np.stack([spots[one], spots[other]], axis=1))
        starts.append(node + one)
        stops.append(node + other)
        apart.append(metres)
        road += [name] * len(one)
        node += len(spots)
    if not road:
        return STRETCHES.empty_table()
    corners = np.concatenate(ends)
    degrees = np.stack(move.transform(corners[..., 0], corners[..., 1]), axis=-1)
    roads = stretches.Roads(
        lines=np.asarray(shapely.linestrings(degrees), dtype=object),
        metres=np.concatenate(apart),
        start=np.concatenate(starts),
        end=np.concatenate(stops),
        road=road,
        road_class=[road_class(name) for name in road],
    )
    return stretches.cut(roads, source=source, leaf=leaf)


def road_class(name: str) -> str:
    """Class of a numbered road by its letter; a motorway part of an A road, A1(M), is a motorway."""
    return CLASSES["M"] if name.endswith("(M)") else CLASSES.get(name[:1], "other")


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of the places in each square of ``SAME`` metres."""
    _, square = np.unique(np.floor(places / SAME), axis=0, return_inverse=True)
    square = square.ravel()
    total = np.bincount(square)
    return np.column_stack([np.bincount(square, weights=column) / total for column in places.T])


def _tree(spots: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The shortest tree: ends and metres of its edges, without those that are too long."""
    if len(spots) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    tree = minimum_spanning_tree(squareform(pdist(spots))).tocoo()
    near = tree.data <= FURTHEST
    one, other = tree.row[near].astype(np.int64), tree.col[near].astype(np.int64)
    order = np.lexsort((other, one))
    return one[order], other[order], tree.data[near][order]
