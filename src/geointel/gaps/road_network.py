"""A road network as a graph of minutes, for one mode.

Without traffic: no junction, signal, hill, queue or parking costs time, and no turn is forbidden. Journeys are therefore
quicker than real ones, above all by car in a town.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse.csgraph import connected_components

from geointel.errors import MethodError
from geointel.gaps.quickest import quickest, require_times
from geointel.gaps.straight_line import METRES_A_MINUTE, require_positive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

Mode = Literal["walk", "cycle", "drive"]

USUAL_KMH: Mapping[str, float] = {"walk": 3.6, "cycle": 12.0}
"""R5's speeds."""
MILE_KM = 1.609344
ISLAND_NODES = 40
NO_COMPONENT = -1

USUAL_MPH: Mapping[str, float] = {
    "motorway": 70, "trunk": 60, "primary": 40, "secondary": 40, "tertiary": 30, "unclassified": 30, "residential": 30,
    "road": 30, "living-street": 20, "service": 10,
}  # fmt: skip


@dataclass(frozen=True)
class Driving:
    """How fast cars go: assumptions, for Great Britain, none of them measured.

    Attributes
    ----------
    usual_mph
        The limit of a class of road, in miles an hour, where no tag says it; ``other_mph`` of any other class.
    of_limit
        What of the limit is driven on average: OSRM's car profile takes 0.8.
    most
        How many times the usual limit of its class a tagged limit may count for: a lane with the national limit of
        60 mph is not driven at that.
    """

    usual_mph: Mapping[str, float] = field(default_factory=lambda: dict(USUAL_MPH))
    other_mph: float = 10.0
    of_limit: float = 0.8
    most: float = 1.5


DRIVING = Driving()


@dataclass(frozen=True)
class Network:
    """Nodes of roads that a mode may use, and minutes from node to node.

    Attributes
    ----------
    lat, lng
        Where the nodes lie, in degrees, shape ``(n,)``.
    minutes
        Minutes along each edge in its direction, shape ``(n, n)``: the quickest where several join two nodes; a stored
        0 is an edge.
    component
        Nodes of one number can reach each other, shape ``(n,)``; 0 is the largest group, and −1 any node of an island.
    """

    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    minutes: csr_array
    component: NDArray[np.int64]


def road_network(
    edges: Mapping[str, ArrayLike],
    *,
    mode: Mode,
    kmh: float | None = None,
    driving: Driving = DRIVING,
    island: int = ISLAND_NODES,
) -> Network:
    """The network of a mode, from columns of edges as ``road_pieces`` makes them.

    ``start`` and ``end`` are ids of nodes, at ``start_lat`` … ``end_lng`` in degrees; ``metres`` is the length; ``walk``,
    ``cycle`` and ``drive`` say who may use an edge, ``forward`` and ``backward`` which way it may be driven. On foot every
    edge goes both ways; a bicycle keeps to the direction of a street that cars use, as contraflow lanes are not known.

    ``kmh`` is the speed on foot or by bicycle (``USUAL_KMH``); for cars it follows from ``road_class``, ``speed`` (limit in
    km/h, NaN where not known) and ``driving``. A group of fewer than ``island`` nodes that cannot all reach and be reached
    from the rest is an island, except the largest: a gated yard, or a road cut off at the border of the extract.

    Raises ``MethodError`` for a mode that there is not, and for lengths and speeds that are negative or no number.
    """
    if mode not in ("walk", "cycle", "drive"):
        message = f"There are no roads for the mode {mode!r}."
        raise MethodError(message, remedy="Choose walk, cycle or drive; for buses bring a matrix of travel times.")
    column = {name: np.asarray(values) for name, values in edges.items()}
    minutes = require_times(column["metres"], what="metres of roads") / (
        _speed(column, mode, kmh, driving) * METRES_A_MINUTE
    )
    used = column[mode].astype(bool) & (column["start"] != column["end"])
    onwards, back = _directions(column, mode)
    onwards, back = onwards & used, back & used
    nodes, node = np.unique(
        np.concatenate([column[side][onwards | back] for side in ("start", "end")]), return_inverse=True
    )
    start, end = np.full((2, len(used)), -1)
    start[onwards | back], end[onwards | back] = np.split(node, 2)
    graph = quickest(
        np.concatenate([start[onwards], end[back]]),
        np.concatenate([end[onwards], start[back]]),
        np.concatenate([minutes[onwards], minutes[back]]),
        shape=(len(nodes), len(nodes)),
    )
    lat, lng = np.empty((2, len(nodes)))
    for side, place in (("end", end), ("start", start)):
        lat[place[place >= 0]] = column[f"{side}_lat"][place >= 0]
        lng[place[place >= 0]] = column[f"{side}_lng"][place >= 0]
    return Network(lat, lng, graph, components(graph, island=island))


def components(minutes: csr_array, *, island: int = ISLAND_NODES) -> NDArray[np.int64]:
    """Groups of nodes that can all reach each other, as in ``Network.component``, largest first, shape ``(n,)``."""
    if not minutes.shape[0]:
        return np.empty(0, dtype=np.int64)
    _, label = connected_components(minutes, directed=True, connection="strong")
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(len(size))
    rank[(size < island) & (rank > 0)] = NO_COMPONENT
    return rank[label]


def _directions(column: Mapping[str, NDArray[Any]], mode: Mode) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    forward, backward = column["forward"].astype(bool), column["backward"].astype(bool)
    if mode == "drive":
        return forward, backward
    free = ~column["drive"].astype(bool) if mode == "cycle" else np.ones(len(forward), dtype=bool)
    return free | forward, free | backward


def _speed(column: Mapping[str, NDArray[Any]], mode: Mode, kmh: float | None, driving: Driving) -> NDArray[np.float64]:
    """Kilometres an hour along each edge."""
    if mode != "drive":
        pace = USUAL_KMH[mode] if kmh is None else kmh
        require_positive(pace, what="speed")
        return np.full(len(column["metres"]), pace)
    words, word = np.unique(np.asarray(column["road_class"], dtype=np.str_), return_inverse=True)
    usual = np.array([driving.usual_mph.get(name, driving.other_mph) for name in words.tolist()])[word] * MILE_KM
    tagged = np.asarray(column["speed"], dtype=np.float64)
    limit = np.where(np.isnan(tagged), usual, np.minimum(tagged, driving.most * usual))
    if not (limit * driving.of_limit > 0).all():
        raise MethodError("A road has a speed that is not above 0.", remedy="Give limits above 0, or none.")
    return limit * driving.of_limit
