"""Travel times on a real road network, against an independent library of shortest paths."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest

from geointel.gaps import road_network, travel_minutes
from geointel.ingest import road_edges
from geointel.sources import roads
from geointel.sources.base import Road

DATA = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
EXTRACT = DATA / "osm" / "rutland-2018-02.osm.pbf"
PAIRS = 500

pytestmark = pytest.mark.skipif(not EXTRACT.is_file(), reason="the real extract of Rutland is not here")


@pytest.fixture(scope="module")
def rutland() -> dict[str, Any]:
    """Edges of the extract as the canonical table has them, with the places of their ends."""
    import osmium

    ways = []
    for thing in osmium.FileProcessor(str(EXTRACT)).with_locations():
        if thing.is_way() and "highway" in thing.tags:
            means = roads.read({tag.k: tag.v for tag in thing.tags})
            known = [node for node in thing.nodes if node.location.valid()]
            if isinstance(means, Road) and len(known) > 1:
                nodes = np.array([node.ref for node in known], dtype=np.int64)
                ways.append(
                    SimpleNamespace(
                        id=thing.id, nodes=nodes, means=means, lnglat=np.array([(n.lon, n.lat) for n in known])
                    )
                )
    found = road_edges.split(ways)
    own = [ways[number].means for number in found.way.tolist()]
    first, last = found.lnglat[found.first], found.lnglat[found.last]
    columns = {
        name: [getattr(means, name) for means in own]
        for name in ("road_class", "forward", "backward", "walk", "cycle", "speed")
    }
    ends = {"start_lat": first[:, 1], "start_lng": first[:, 0], "end_lat": last[:, 1], "end_lng": last[:, 0]}
    return {"start": found.start, "end": found.end, "metres": found.metres, **columns, **ends}


def graph_of(network: Any) -> nx.DiGraph:
    graph = nx.DiGraph()
    row = np.repeat(np.arange(len(network.lat)), np.diff(network.minutes.indptr))
    graph.add_weighted_edges_from(
        zip(row.tolist(), network.minutes.indices.tolist(), network.minutes.data.tolist(), strict=True)
    )
    return graph


@pytest.mark.parametrize("mode", ["drive", "walk", "cycle"])
def test_500_random_pairs_take_as_long_as_networkx_says(rutland: dict[str, Any], mode: str) -> None:
    network = road_network(rutland, mode=mode)
    main = np.flatnonzero(network.main)
    random = np.random.default_rng(7)
    services = random.choice(main, 20, replace=False)
    origins = random.choice(main, PAIRS // 20, replace=False)
    place = [(network.lat[nodes], network.lng[nodes]) for nodes in (origins, services)]
    found = travel_minutes(network, *place, limit=1e6).minutes.toarray()
    assert found.size == PAIRS
    graph = graph_of(network)
    for column, service in enumerate(services.tolist()):
        lengths = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), service)
        expected = np.array([lengths[origin] for origin in origins.tolist()])
        assert found[:, column] == pytest.approx(expected, rel=1e-9, abs=1e-4)


def test_the_network_is_built_from_the_edges_as_another_library_would(rutland: dict[str, Any]) -> None:
    """Minutes of every edge by hand: the quickest of parallel ones, one-way streets one way."""
    graph: dict[tuple[int, int], float] = {}
    names = ("start", "end", "metres", "road_class", "forward", "backward", "speed")
    from geointel.gaps.road_network import MILE_KM, OF_LIMIT, USUAL_MPH

    for start, end, metres, word, forward, backward, speed in zip(*(rutland[name] for name in names), strict=True):
        kmh = (speed if speed is not None else USUAL_MPH.get(word, 30) * MILE_KM) * OF_LIMIT
        for allowed, key in ((forward, (start, end)), (backward, (end, start))):
            if allowed and start != end:
                graph[key] = min(graph.get(key, np.inf), metres / 1000 / kmh * 60)
    network = road_network(rutland, mode="drive")
    assert network.minutes.nnz == len(graph)
    assert network.minutes.data.sum() == pytest.approx(sum(graph.values()), rel=1e-6)
    assert network.main.mean() > 0.9


def test_a_drive_through_the_county_takes_what_it_takes(rutland: dict[str, Any]) -> None:
    """Oakham to Uppingham is about 10 km of A road: some 10 to 20 minutes."""
    network = road_network(rutland, mode="drive")
    oakham, uppingham = (np.array([52.6705]), np.array([-0.7285])), (np.array([52.5885]), np.array([-0.7220]))
    assert 8 < travel_minutes(network, oakham, uppingham, limit=60).minutes.toarray()[0, 0] < 20
