"""Ways to edges between junctions, their length, and in which cells it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from geointel.grid.cells import latlng_to_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geointel.ingest.roads import Way

ELLIPSOID = Geod(ellps="WGS84")
STEP_METRES = 20.0
"""A line is cut into equal pieces at most this long, and each lies where its middle lies."""
BATCH = 20_000


@dataclass(frozen=True)
class Edges:
    """Edges of a network. Their points stand one edge after another, ``first`` is where each begins.

    ``way`` is the position of the edge's way; ``metres`` is measured on the ellipsoid, shape ``(n_edge,)``;
    ``lnglat`` has shape ``(n_point, 2)``; ``along`` are the metres of all edges up to each point.
    """

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]
    first: NDArray[np.int64]
    lnglat: NDArray[np.float64]
    along: NDArray[np.float64]

    def points(self, edge: int) -> NDArray[np.float64]:
        """Points of one edge."""
        return self.lnglat[self.first[edge] : self.last[edge] + 1]

    @property
    def last(self) -> NDArray[np.int64]:
        """Where each edge's last point stands."""
        return np.append(self.first[1:], len(self.lnglat))[: len(self.first)] - 1


@dataclass(frozen=True)
class Pieces:
    """Short pieces of edges: which edge, in which leaf, how long."""

    edge: NDArray[np.int64]
    cell: NDArray[np.int64]
    metres: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_]) -> Pieces:
        """Some of the pieces."""
        return Pieces(self.edge[chosen], self.cell[chosen], self.metres[chosen])


def split(ways: Sequence[Way]) -> Edges:
    """Cut ways at junctions: nodes of two ways, or to which one way comes twice. Every way has an edge at least."""
    every = np.concatenate([way.nodes for way in ways]) if ways else np.empty(0, np.int64)
    _, place, times = np.unique(every, return_inverse=True, return_counts=True)
    shared = times[place] > 1
    way_of, start, end, points = [], [], [], []
    offset = 0
    for number, way in enumerate(ways):
        size = len(way.nodes)
        inner = np.flatnonzero(shared[offset + 1 : offset + size - 1]) + 1
        cuts = [0, *inner.tolist(), size - 1]
        offset += size
        for begin, stop in pairwise(cuts):
            way_of.append(number)
            start.append(way.nodes[begin])
            end.append(way.nodes[stop])
            points.append(way.lnglat[begin : stop + 1])
    sizes = np.array([len(line) for line in points], dtype=np.int64)
    return _measured(way_of, start, end, np.cumsum(sizes) - sizes, np.concatenate(points or [np.empty((0, 2))]))


def _measured(
    way: list[int], start: list[int], end: list[int], first: NDArray[np.int64], lnglat: NDArray[np.float64]
) -> Edges:
    along = _along(lnglat, first)
    edges = Edges(
        way=np.array(way, np.int64),
        start=np.array(start, np.int64),
        end=np.array(end, np.int64),
        metres=np.empty(0),
        first=first,
        lnglat=lnglat,
        along=along,
    )
    return replace(edges, metres=along[edges.last] - along[first])


def pieces(edges: Edges, leaf: int) -> Pieces:
    """Share the metres of each edge among the leaves that it runs through, to ``STEP_METRES``. Sums are kept."""
    parts = list(_batches(edges, leaf))
    if not parts:
        return Pieces(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    edge, cell, metres = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pieces(edge, cell, metres)


def middles(edges: Edges, leaf: int) -> NDArray[np.int64]:
    """Leaf of the middle of each edge, shape ``(n_edge,)``."""
    return _locate(edges, np.arange(len(edges.way)), edges.metres / 2, leaf)


def _batches(edges: Edges, leaf: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    number = np.maximum(np.ceil(edges.metres / STEP_METRES), 1).astype(np.int64)
    for low in range(0, len(number), BATCH):
        some = number[low : low + BATCH]
        edge = np.repeat(np.arange(low, low + len(some)), some)
        length = edges.metres[edge] / number[edge]
        turn = np.arange(len(edge)) - np.repeat(np.cumsum(some) - some, some)
        cell = _locate(edges, edge, (turn + 0.5) * length, leaf)
        yield _together(edge, cell, length)


def _together(
    edge: NDArray[np.int64], cell: NDArray[np.int64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Neighbouring pieces of one edge in one leaf as one piece."""
    new = np.append(True, (edge[1:] != edge[:-1]) | (cell[1:] != cell[:-1]))
    first = np.flatnonzero(new)
    return edge[first], cell[first], np.add.reduceat(metres, first)


def _locate(edges: Edges, edge: NDArray[np.int64], metres: NDArray[np.float64], leaf: int) -> NDArray[np.int64]:
    """Leaf of the point that lies ``metres`` along each ``edge``."""
    wanted = edges.along[edges.first[edge]] + metres
    behind = np.searchsorted(edges.along, wanted, side="right") - 1
    segment = np.clip(behind, edges.first[edge], edges.last[edge] - 1)
    begin, length = edges.along[segment], edges.along[segment + 1] - edges.along[segment]
    share = np.clip((wanted - begin) / np.where(length > 0, length, 1.0), 0.0, 1.0)[:, None]
    points = edges.lnglat[segment] * (1 - share) + edges.lnglat[segment + 1] * share
    return latlng_to_cell(points[:, 1], points[:, 0], leaf)


def _along(lnglat: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Metres up to each point, shape ``(n_point,)``; there are none from one edge to the next."""
    lng, lat = lnglat[:, 0], lnglat[:, 1]
    _, _, metres = ELLIPSOID.inv(lng[:-1], lat[:-1], lng[1:], lat[1:])
    steps = np.append(0.0, np.asarray(metres, dtype=np.float64))[: len(lnglat)]
    steps[first] = 0.0
    found: NDArray[np.float64] = np.cumsum(steps)
    return found
