"""A sparse road network between the settlements: straight roads, made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
import shapely
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from geointel.demo.plant import LNG_PER_LAT
from geointel.grid import centres, neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.geography import Geography

TOWN_POSTCODES = 60
"""A town's middle cell has at least this many."""
TOWNS_APART = 0.06
"""Between towns at least, degrees of latitude."""
STREET_POSTCODES = 15
"""Two neighbouring cells with this many each are joined by a street."""
STEPS = 6
"""Straight pieces of a road between towns."""
ONE_WAY_SHARE = 0.03
FIRST_NUMBER = 9901
"""Numbers of roads begin here, where no real A or B road is known to be."""
SPEED = {"motorway": 70, "primary": 60, "secondary": 50, "unclassified": 40, "residential": 30}
"""Speed limit by class, miles per hour."""


@dataclass(frozen=True)
class Way:
    """A road: numbers of its nodes in order, its class, name, and A or B number (0 for none)."""

    nodes: tuple[int, ...]
    kind: str
    name: str
    number: int
    one_way: bool

    @property
    def speed(self) -> int:
        """Speed limit, miles per hour."""
        return SPEED[self.kind]


@dataclass(frozen=True)
class Roads:
    """Nodes (n, 2) in degrees rounded to 6 decimals, and the ways between them."""

    nodes: NDArray[np.float64]
    ways: tuple[Way, ...]

    def line(self, way: Way) -> NDArray[np.float64]:
        """Degrees (m, 2) of a way's nodes."""
        points: NDArray[np.float64] = self.nodes[list(way.nodes)]
        return points


def draw(geography: Geography, rng: np.random.Generator) -> Roads:
    """Main roads between towns, a road to every settlement, and streets where settlement is dense."""
    land = shapely.union_all(geography.outlines)
    shapely.prepare(land)
    middle = centres(geography.cells)
    inside = np.flatnonzero(shapely.contains_xy(land, middle[:, 0], middle[:, 1]))
    nodes, postcodes = middle[inside], geography.postcodes[inside]
    flat = nodes * [LNG_PER_LAT, 1.0]
    towns = _towns(flat, postcodes)
    ways, extra = _main_roads(nodes, towns, land)
    tree = _spanning(flat)
    ways += [_way(pair, _local_class(pair, postcodes), i, one_way=False) for i, pair in enumerate(tree)]
    known = set(tree)
    streets = [pair for pair in _touching(geography.cells[inside], postcodes) if pair not in known]
    loose = rng.random(len(streets)) < ONE_WAY_SHARE
    start = len(tree)
    ways += [
        _way(pair, "residential", start + i, one_way=bool(one))
        for i, (pair, one) in enumerate(zip(streets, loose, strict=True))
    ]
    return Roads(np.vstack([nodes, *extra]).astype(np.float64).round(6), tuple(ways))


def _towns(flat: NDArray[np.float64], postcodes: NDArray[np.int64]) -> list[int]:
    """The busiest cells that stand apart, at least two."""
    taken: list[int] = []
    for i in np.argsort(-postcodes, kind="stable").tolist():
        if postcodes[i] < TOWN_POSTCODES and len(taken) > 1:
            break
        if all(np.hypot(*(flat[i] - flat[j])) >= TOWNS_APART for j in taken):
            taken.append(i)
    return taken


def _main_roads(
    nodes: NDArray[np.float64], towns: list[int], land: shapely.Geometry
) -> tuple[list[Way], list[NDArray[np.float64]]]:
    """Straight roads between neighbouring towns, with nodes along them; the longest of the tree is a motorway."""
    flat = nodes[towns] * [LNG_PER_LAT, 1.0]
    tree = _spanning(flat)
    far = max(tree, key=lambda pair: float(np.hypot(*(flat[pair[0]] - flat[pair[1]]))))
    others = [pair for pair in _gabriel(flat) if pair not in tree]
    wet = [not shapely.covers(land, shapely.LineString(nodes[[towns[a], towns[b]]])) for a, b in others]
    pairs = [*tree, *(pair for pair, is_wet in zip(others, wet, strict=True) if not is_wet)]
    ways: list[Way] = []
    extra: list[NDArray[np.float64]] = []
    count = len(nodes)
    for i, (a, b) in enumerate(pairs):
        ends = nodes[[towns[a], towns[b]]]
        share = np.linspace(0, 1, STEPS + 1)[1:-1, np.newaxis]
        extra.append(ends[0] + share * (ends[1] - ends[0]))
        along = (towns[a], *range(count, count + STEPS - 1), towns[b])
        count += STEPS - 1
        name, number = f"Demonstration Main Road {i + 1}", FIRST_NUMBER + i
        if (a, b) == far:  # one carriageway each way
            ways.append(Way(along, "motorway", name, number, one_way=True))
            ways.append(Way(along[::-1], "motorway", name, number, one_way=True))
        else:
            ways.append(Way(along, "primary", name, number, one_way=False))
    return ways, extra


def _way(pair: tuple[int, int], kind: str, i: int, *, one_way: bool) -> Way:
    number = FIRST_NUMBER + 1 + i % 90 if kind == "secondary" else 0
    word = {"secondary": "Link Road", "unclassified": "Lane", "residential": "Street"}[kind]
    return Way(pair, kind, f"Demonstration {word} {i + 1}", number, one_way)


def _local_class(pair: tuple[int, int], postcodes: NDArray[np.int64]) -> str:
    both = postcodes[list(pair)]
    if both.min() >= STREET_POSTCODES:
        return "residential"
    return "secondary" if both.max() >= STREET_POSTCODES else "unclassified"


def _triangles(flat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Edges (m, 2) of the Delaunay triangles, each once and ascending."""
    if len(flat) < 4:
        return np.array([(a, b) for a in range(len(flat)) for b in range(a + 1, len(flat))], dtype=np.int64)
    corners = Delaunay(flat).simplices
    edges = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    unique: NDArray[np.int64] = np.unique(np.sort(edges, axis=1), axis=0).astype(np.int64)
    return unique


def _spanning(flat: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The shortest edges that join all points."""
    edges = _triangles(flat)
    length = np.hypot(*(flat[edges[:, 0]] - flat[edges[:, 1]]).T)
    graph = scipy.sparse.csr_array((length, (edges[:, 0], edges[:, 1])), shape=(len(flat), len(flat)))
    a, b = minimum_spanning_tree(graph).nonzero()
    return sorted((min(i, j), max(i, j)) for i, j in zip(a.tolist(), b.tolist(), strict=True))


def _gabriel(flat: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs with no third point in the circle between them."""
    edges = _triangles(flat)
    middle = (flat[edges[:, 0]] + flat[edges[:, 1]]) / 2
    radius = np.hypot(*(flat[edges[:, 0]] - flat[edges[:, 1]]).T) / 2
    distance = np.hypot(*(flat[np.newaxis] - middle[:, np.newaxis]).transpose(2, 0, 1))
    empty = distance.min(axis=1) >= radius * (1 - 1e-9)
    return [(a, b) for a, b in edges[empty].tolist()]


def _touching(cells: NDArray[np.int64], postcodes: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of neighbouring cells that are both densely settled; cells need not be sorted."""
    order = np.argsort(cells)
    a, b = neighbours(cells[order]).nonzero()
    one, other = order[a], order[b]
    dense = (postcodes[one] >= STREET_POSTCODES) & (postcodes[other] >= STREET_POSTCODES) & (one < other)
    return sorted(zip(one[dense].tolist(), other[dense].tolist(), strict=True))
