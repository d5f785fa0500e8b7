"""Edges of a road network as a graph of minutes, for one way of travelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

WALK_KMH, CYCLE_KMH = 3.6, 12.0
"""R5's defaults."""
MILE_KM = 1.609344
USUAL_MPH: Mapping[str, float] = {
    "motorway": 70, "trunk": 60, "primary": 40, "secondary": 40, "tertiary": 30, "unclassified": 30, "residential": 30,
    "road": 30, "service": 15, "living-street": 10,
}  # fmt: skip
"""Limit that is taken for a road without a tagged one: an assumption for Great Britain, by class."""
OF_LIMIT = 0.75
"""Speed driven over the limit. On local A roads in England it is about two thirds (Department for Transport, CGN05); on motorways more."""
LEAST_MINUTES = 1e-9
"""Of an edge without length: a graph of scipy has no edges of 0."""


@dataclass(frozen=True)
class Network:
    """A network for one way of travelling.

    ``lat`` and ``lng`` of its n nodes in degrees; ``minutes`` from node to node, shape ``(n, n)``; ``main`` marks the nodes from which every
    other one of them can be reached and back again: all others are islands.
    """

    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    minutes: csr_array
    main: NDArray[np.bool_]


def road_network(edges: Mapping[str, Any], *, mode: str, of_limit: float = OF_LIMIT) -> Network:
    """The graph of those edges that a mode may use.

    Parameters
    ----------
    edges
        Columns by name, one entry an edge: ``start, end`` (ids of nodes), ``metres``, ``road_class``, ``forward, backward, walk, cycle`` (who
        may go), ``speed`` (tagged limit in km/h, NaN for none), ``start_lat, start_lng, end_lat, end_lng``.
    mode
        ``drive``, ``walk`` or ``cycle``. On foot and by bicycle every edge goes both ways.

    Raises
    ------
    MethodError
        If nothing can be travelled in this way. Junctions and traffic cost no time: no open source gives it.
    """
    start, end = (np.asarray(edges[name], dtype=np.int64) for name in ("start", "end"))
    forward, backward = _ways(edges, mode)
    minutes = np.asarray(edges["metres"], dtype=np.float64) / 1000 / _speed(edges, mode, of_limit) * 60
    used = (forward | backward) & (start != end)
    if not used.any():
        message = f"The road network has no edge for {mode!r}."
        raise MethodError(message, remedy="Choose another mode, or a source of roads that covers the area.")
    nodes, place = np.unique(np.concatenate([start[used], end[used]]), return_inverse=True)
    here, there = np.split(place, 2)
    both = [(here[forward[used]], there[forward[used]], minutes[used][forward[used]])]
    both.append((there[backward[used]], here[backward[used]], minutes[used][backward[used]]))
    row, column, cost = (np.concatenate(parts) for parts in zip(*both, strict=True))
    graph = _quickest(row, column, np.maximum(cost, LEAST_MINUTES), size=len(nodes))
    lat, lng = (_of_nodes(edges, name, used, place, size=len(nodes)) for name in ("lat", "lng"))
    return Network(lat, lng, graph, main_part(graph))


def main_part(minutes: csr_array) -> NDArray[np.bool_]:
    """Nodes of the largest part of a graph in which every node can be reached from every other one."""
    _, part = connected_components(minutes, directed=True, connection="strong")
    largest: NDArray[np.bool_] = part == np.bincount(part).argmax()
    return largest


def _ways(edges: Mapping[str, Any], mode: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if mode == "drive":
        return np.asarray(edges["forward"], dtype=bool), np.asarray(edges["backward"], dtype=bool)
    if mode in {"walk", "cycle"}:
        both = np.asarray(edges[mode], dtype=bool)
        return both, both
    message = f"Nobody travels by {mode!r} on a road network."
    raise MethodError(
        message, remedy="Choose drive, walk or cycle; public transport needs a matrix made from timetables."
    )


def _speed(edges: Mapping[str, Any], mode: str, of_limit: float) -> NDArray[np.float64]:
    """Kilometres an hour on each edge."""
    if mode != "drive":
        return np.full(len(edges["metres"]), WALK_KMH if mode == "walk" else CYCLE_KMH)
    usual = np.array([USUAL_MPH.get(str(word), USUAL_MPH["road"]) * MILE_KM for word in edges["road_class"]])
    tagged = np.array([np.nan if value is None else value for value in edges["speed"]], dtype=np.float64)
    found: NDArray[np.float64] = np.where(np.isnan(tagged), usual, tagged) * of_limit
    return found


def _quickest(
    row: NDArray[np.int64], column: NDArray[np.int64], minutes: NDArray[np.float64], *, size: int
) -> csr_array:
    """The quickest of parallel edges: a sparse matrix would add them up."""
    order = np.lexsort((minutes, column, row))
    row, column, minutes = row[order], column[order], minutes[order]
    first = np.append(True, (row[1:] != row[:-1]) | (column[1:] != column[:-1]))
    return csr_array((minutes[first], (row[first], column[first])), shape=(size, size))


def _of_nodes(
    edges: Mapping[str, Any], name: str, used: NDArray[np.bool_], place: NDArray[np.int64], *, size: int
) -> NDArray[np.float64]:
    """Latitude or longitude of the nodes, from the ends of their edges."""
    ends = [np.asarray(edges[f"{end}_{name}"], dtype=np.float64)[used] for end in ("start", "end")]
    found = np.empty(size)
    found[place] = np.concatenate(ends)
    return found
