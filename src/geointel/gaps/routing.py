"""Shortest ways on a road network, from every origin to every service.

Ways are looked for backwards from the services, of which there are fewer: on the reversed graph, so that a one-way street is driven the
right way by those who come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geointel.gaps.road_network import Network, main_part
from geointel.gaps.straight_line import arc_km, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.straight_line import Places

FURTHEST_METRES = 1600.0
"""A place further than a mile from any road of the network is off it."""
LEG_KMH, LEG_DETOUR = 15.0, 1.3
"""Speed and detour from a place to the nearest junction: on foot it would be slower, by car on a drive faster. An assumption."""
AT_ONCE = 20_000_000
"""Most numbers of one batch of ways: 160 MB."""


@dataclass(frozen=True)
class Travel:
    """Minutes from origins to services, shape ``(n, m)``, and which origins and services the network does not reach."""

    minutes: csr_array
    origins_off: NDArray[np.bool_]
    services_off: NDArray[np.bool_]


def travel_minutes(
    network: Network,
    origins: Places,
    services: Places,
    *,
    limit: float,
    furthest_metres: float = FURTHEST_METRES,
    leg_kmh: float = LEG_KMH,
) -> Travel:
    """Quickest ways of at most ``limit`` minutes, with the way to and from the nearest junction of the main part of the network.

    Parameters
    ----------
    network
        From ``road_network``.
    origins, services
        Latitude and longitude in degrees.
    furthest_metres
        A place further from every junction is off the network, and has no way.
    leg_kmh
        Speed between a place and its junction.
    """
    tree = cKDTree(unit_vectors((network.lat[network.main], network.lng[network.main])))
    numbers = np.flatnonzero(network.main)
    (of_origin, leg_out, origins_off), (of_service, leg_in, services_off) = (
        _at(tree, numbers, places, furthest_metres=furthest_metres, kmh=leg_kmh) for places in (origins, services)
    )
    reverse = csr_array(network.minutes.T)
    used, way = np.unique(of_service, return_inverse=True)
    parts = []
    size = max(1, AT_ONCE // len(network.lat))
    for start in range(0, len(used), size):
        found = dijkstra(reverse, indices=used[start : start + size], limit=limit)[:, of_origin]
        for service in np.flatnonzero((way >= start) & (way < start + size) & ~services_off):
            minutes = found[way[service] - start] + leg_out + leg_in[service]
            near = np.flatnonzero((minutes <= limit) & ~origins_off)
            parts.append((near, np.full(len(near), service), minutes[near]))
    shape = (len(of_origin), len(of_service))
    if not parts:
        return Travel(csr_array(shape), origins_off, services_off)
    row, column, minutes = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Travel(csr_array((minutes, (row, column)), shape=shape), origins_off, services_off)


def network_of(
    lat: NDArray[np.float64],
    lng: NDArray[np.float64],
    edges: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> Network:
    """A network from its nodes and edges ``(from, to, minutes)``, as a snapshot keeps them."""
    minutes = csr_array((edges[2], (edges[0], edges[1])), shape=(len(lat), len(lat)))
    return Network(lat, lng, minutes, main_part(minutes))


def _at(
    tree: cKDTree, numbers: NDArray[np.int64], places: Places, *, furthest_metres: float, kmh: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Junction of each place, minutes to it, and whether it is too far."""
    chord, nearest = tree.query(unit_vectors(places))
    km = arc_km(np.asarray(chord))
    return numbers[nearest], km * LEG_DETOUR / kmh * 60, km * 1000 > furthest_metres
