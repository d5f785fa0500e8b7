"""Minutes from origins to services along a road network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from geointel.gaps.road_network import USUAL_KMH
from geointel.gaps.sphere import chord, on_sphere, over_ground
from geointel.gaps.straight_line import DETOUR, METRES_A_MINUTE, SLACK, require_positive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geointel.gaps.road_network import Network
    from geointel.gaps.sphere import Places

FURTHEST_METRES = 1600.0
"""R5's: further from a road than this nobody is said to be on it."""
HELD = 1 << 23
"""Minutes held at a time: 64 MB."""


@dataclass(frozen=True)
class Travel:
    """Minutes along roads, shape ``(n_origin, n_service)``; pairs not stored are out of reach.

    ``origins_off`` and ``services_off`` are those that no road reaches: they have no times, shape ``(n,)`` each.
    """

    minutes: csr_array
    origins_off: NDArray[np.bool_]
    services_off: NDArray[np.bool_]


@dataclass(frozen=True)
class _Joined:
    """Places as points of a sphere, the node where each joins the network (−1 for none), and minutes to it."""

    points: NDArray[np.float64]
    node: NDArray[np.int64]
    minutes: NDArray[np.float64]

    def only(self, chosen: NDArray[np.intp]) -> _Joined:
        return _Joined(self.points[chosen], self.node[chosen], self.minutes[chosen])


def travel_minutes(
    network: Network,
    origins: Places,
    services: Places,
    *,
    limit: float,
    furthest_metres: float = FURTHEST_METRES,
    walk_kmh: float = USUAL_KMH["walk"],
    detour: float = DETOUR,
) -> Travel:
    """Minutes of the quickest way from each origin to each service, of the pairs within ``limit`` minutes.

    A place joins the network at its nearest node that is on no island, along a straight line × ``detour`` at
    ``walk_kmh``, in every mode; none joins that is further than ``furthest_metres``. Where origin and service join at one
    node the way between them is a straight line too, so that a service's own place is 0 minutes away.

    Bounded searches run back from the services, some at a time. Raises ``MethodError`` for a place that is none, and
    for numbers that are not above 0.
    """
    checked = {"limit": limit, "furthest distance": furthest_metres, "walking speed": walk_kmh, "detour": detour}
    for name, value in checked.items():
        require_positive(value, what=name)
    pace = detour / (walk_kmh * METRES_A_MINUTE)
    start = _join(network, on_sphere(origins, what="origins"), furthest_metres, pace)
    end = _join(network, on_sphere(services, what="services"), furthest_metres, pace)
    here, there = np.flatnonzero(start.node >= 0), np.flatnonzero(end.node >= 0)
    parts = list(_found(network, start.only(here), end.only(there), limit=limit, pace=pace))
    found = vstack(parts, format="csr") if parts else csr_array((0, len(here)))
    return Travel(
        minutes=_placed(csr_array(found), here, there, shape=(len(start.node), len(end.node))),
        origins_off=start.node < 0,
        services_off=end.node < 0,
    )


def _join(network: Network, points: NDArray[np.float64], furthest: float, pace: float) -> _Joined:
    open_to = np.flatnonzero(network.component >= 0)
    if not len(open_to) or not len(points):
        return _Joined(points, np.full(len(points), -1), np.full(len(points), np.inf))
    nodes = on_sphere((network.lat[open_to], network.lng[open_to]), what="nodes")
    distance, nearest = KDTree(nodes).query(points, distance_upper_bound=chord(furthest) * SLACK)
    metres = over_ground(np.where(np.isinf(distance), 2.0, distance))
    near = metres <= furthest
    node = np.where(near, np.append(open_to, -1)[nearest], -1)
    return _Joined(points, node, np.where(near, metres * pace, np.inf))


def _found(network: Network, start: _Joined, end: _Joined, *, limit: float, pace: float) -> Iterator[csr_array]:
    """Minutes from services (rows, in order) to origins (columns), some services at a time."""
    backwards = csr_array(network.minutes.T.tocsr())
    step = max(1, HELD // max(1, *network.minutes.shape, len(start.node)))
    for low in range(0, len(end.node), step):
        some = end.only(np.arange(low, min(low + step, len(end.node))))
        nodes, place = np.unique(some.node, return_inverse=True)
        along = dijkstra(backwards, directed=True, indices=nodes, limit=limit)
        minutes = along[:, start.node][place] + start.minutes + some.minutes[:, None]
        service, origin = np.nonzero(some.node[:, None] == start.node)
        apart = np.linalg.norm(some.points[service] - start.points[origin], axis=1)
        minutes[service, origin] = np.minimum(minutes[service, origin], over_ground(apart) * pace)
        service, origin = np.nonzero(minutes <= limit)
        ends = np.append(0, np.cumsum(np.bincount(service, minlength=len(minutes))))
        yield csr_array((minutes[service, origin], origin, ends), shape=minutes.shape)


def _placed(
    found: csr_array, origins: NDArray[np.intp], services: NDArray[np.intp], *, shape: tuple[int, int]
) -> csr_array:
    """Times from joined services to joined origins → from all origins to all services."""
    turned = found.T.tocsr()
    turned.sort_indices()
    size = np.zeros(shape[0], dtype=np.int64)
    size[origins] = np.diff(turned.indptr)
    return csr_array((turned.data, services[turned.indices], np.append(0, np.cumsum(size))), shape=shape)
