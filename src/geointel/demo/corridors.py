"""Stretches of road on which more happens than elsewhere, and points along roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo.scene import to_metres
from geointel.grid import format_cells, latlng_to_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.road_grid import Way
    from geointel.demo.scene import Scene

RESOLUTION = 8
STEP = 100.0
"""Cells of a corridor are those of points this far apart, metres."""
LONG = (4_000.0, 14_000.0)
"""Length of a corridor, metres; where no road has it, any between towns will do."""


@dataclass(frozen=True)
class Network:
    """Straight pieces of road: ends in metres, (n, 2) each, their lengths, and the way of each piece."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    length: NDArray[np.float64]
    way: NDArray[np.int64]

    def points(self, pieces: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """A random point on each of the numbered pieces, metres."""
        share = rng.random((len(pieces), 1))
        found: NDArray[np.float64] = self.start[pieces] + share * (self.end[pieces] - self.start[pieces])
        return found

    def of(self, way: int) -> NDArray[np.int64]:
        """Numbers of a way's pieces."""
        return np.flatnonzero(self.way == way)


def network(scene: Scene) -> Network:
    """The pieces of all ways; of a road with two carriageways, only the first."""
    nodes = to_metres(scene.roads.nodes)
    pieces = [
        (a, b, number)
        for number, way in enumerate(scene.roads.ways)
        if not (way.kind == "motorway" and way.nodes[0] > way.nodes[-1])
        for a, b in zip(way.nodes[:-1], way.nodes[1:], strict=True)
    ]
    first, second, owner = np.array(pieces).T
    start, end = nodes[first], nodes[second]
    return Network(start, end, np.hypot(*(end - start).T), owner)


def choose(scene: Scene, roads: Network) -> list[int]:
    """Numbers of the ways that can be corridors, in a random order: no two share an end where that can be."""
    ways = scene.roads.ways
    length = np.bincount(roads.way, weights=roads.length, minlength=len(ways))
    main = [i for i, way in enumerate(ways) if way.kind == "primary"]
    able = [i for i in main if LONG[0] <= length[i] <= LONG[1]] or main
    able += [i for i in main if i not in able]
    shuffled = [able[i] for i in scene.rng("corridors").permutation(len(able)).tolist()]
    taken: list[int] = []
    ends: set[int] = set()
    for i in shuffled:
        here = {ways[i].nodes[0], ways[i].nodes[-1]}
        if not here & ends:
            taken.append(i)
            ends |= here
    return [*taken, *(i for i in shuffled if i not in taken)]


def describe(scene: Scene, number: int) -> dict[str, Any]:
    """A corridor as plain values: name, number, line in degrees, and the cells that it runs through."""
    way: Way = scene.roads.ways[number]
    line = scene.roads.line(way)
    start, end = to_metres(line[[0, -1]])
    count = int(np.hypot(*(end - start)) // STEP) + 2
    along = line[0] + np.linspace(0, 1, count)[:, np.newaxis] * (line[-1] - line[0])
    cells = dict.fromkeys(latlng_to_cell(along[:, 1], along[:, 0], RESOLUTION).tolist())
    return {
        "road": way.name,
        "number": way.number,
        "km": round(float(np.hypot(*(end - start))) / 1000, 2),
        "line": line[[0, -1]].tolist(),
        "cells": format_cells(np.array(list(cells), dtype=np.int64)),
    }
