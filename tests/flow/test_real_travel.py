"""A real extract of OpenStreetMap is routed, and another library finds the same times."""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
import shapely

from geointel.build.roads import reconcile, table
from geointel.gaps.road_network import Driving, Network, road_network
from geointel.gaps.road_pieces import road_pieces
from geointel.gaps.routing import travel_minutes
from geointel.gaps.straight_line import DETOUR, straight_minutes
from geointel.grid.cover import touching_cells
from geointel.ingest import files, roads
from geointel.ingest.areas import Level, StudyArea
from geointel.sources.base import kinds

DATA = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
EXTRACT = "osm/rutland-2018-02.osm.pbf"
BOX = (-1.1, 52.3, -0.2, 53.0)
LEAF = 8
PAIRS = 500
USUAL_MPH = {
    "motorway": 70, "trunk": 60, "primary": 40, "secondary": 40, "tertiary": 30, "unclassified": 30, "residential": 30,
    "road": 30, "living-street": 20, "service": 10,
}  # fmt: skip

pytestmark = pytest.mark.skipif(not (DATA / EXTRACT).is_file(), reason="the real extract is not here")


@pytest.fixture(scope="module")
def rutland(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """Edges of the extract, in the canonical table."""
    pytest.importorskip("osmium", reason="the extra that reads roads is not installed")
    raw = files.find("osm", (EXTRACT,), DATA)
    network = roads.read(raw, kinds()["roads"], box=BOX, scratch=tmp_path_factory.mktemp("osm"))
    box = shapely.box(*BOX)
    leaves = np.asarray(touching_cells(box, LEAF))
    level = Level("box", "Box", ("B",), ("B",), np.array([box], dtype=object), np.zeros(len(leaves), np.int32))
    found, _ = reconcile(network, StudyArea(leaf=LEAF, leaves=leaves, levels=(level,)))
    return table(found, "osm", LEAF)


def another_graph(edges: pa.Table, mode: str) -> nx.MultiDiGraph:
    """The same roads in another library: uncut, every parallel road kept, speeds worked out again."""
    graph = nx.MultiDiGraph()
    for road in edges.to_pylist():
        if not road[mode]:
            continue
        kmh = 3.6
        if mode == "drive":
            usual = USUAL_MPH.get(road["road_class"], 10) * 1.609344
            kmh = 0.8 * (usual if road["speed"] is None else min(road["speed"], 1.5 * usual))
        minutes = road["metres"] / 1000 / kmh * 60
        line = shapely.from_wkb(road["geometry"])
        for node, (lng, lat) in ((road["start"], line.coords[0]), (road["end"], line.coords[-1])):
            graph.add_node(node, place=(lat, lng))
        if mode == "walk" or road["forward"]:
            graph.add_edge(road["start"], road["end"], minutes=minutes)
        if mode == "walk" or road["backward"]:
            graph.add_edge(road["end"], road["start"], minutes=minutes)
    return graph


def drawn(graph: nx.MultiDiGraph, network: Network) -> list[int]:
    """Random nodes on no island that share their place with no other."""
    main = network.component == 0
    joined = set(zip(network.lat[main].tolist(), network.lng[main].tolist(), strict=True))
    at = {node: graph.nodes[node]["place"] for node in sorted(graph)}
    times = Counter(at.values())
    nodes = [node for node, place in at.items() if place in joined and times[place] == 1]
    chosen = np.random.default_rng(2018).choice(len(nodes), PAIRS + 1, replace=False)
    return [nodes[number] for number in chosen]


@pytest.mark.parametrize("mode", ["drive", "walk"])
def test_another_library_finds_the_same_times(rutland: pa.Table, mode: str) -> None:
    network = road_network(road_pieces(rutland), mode=mode)
    graph = another_graph(rutland, mode)
    nodes = drawn(graph, network)
    origins, services = nodes[:-1], nodes[1:]
    lat, lng = np.array([graph.nodes[node]["place"] for node in origins]).T
    to_lat, to_lng = np.array([graph.nodes[node]["place"] for node in services]).T
    found = travel_minutes(network, (lat, lng), (to_lat, to_lng), limit=1e4)
    assert not found.origins_off.any()
    assert not found.services_off.any()
    ours = found.minutes.toarray()[np.arange(PAIRS), np.arange(PAIRS)]
    theirs = [nx.bidirectional_dijkstra(graph, a, b, weight="minutes")[0] for a, b in pairwise(nodes)]
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert min(theirs) > 0


def test_one_way_streets_make_some_journeys_longer_one_way(rutland: pa.Table) -> None:
    network = road_network(road_pieces(rutland), mode="drive")
    at = np.flatnonzero(network.component == 0)[::97]
    there = travel_minutes(network, *[(network.lat[at], network.lng[at])] * 2, limit=1e4).minutes.toarray()
    assert np.abs(there - there.T).max() > 0.1


def test_a_limit_leaves_out_what_is_beyond_it_and_changes_nothing_else(rutland: pa.Table) -> None:
    network = road_network(road_pieces(rutland), mode="drive")
    rng = np.random.default_rng(7)
    origins = rng.uniform(52.55, 52.75, 400), rng.uniform(-0.8, -0.45, 400)
    services = rng.uniform(52.55, 52.75, 20), rng.uniform(-0.8, -0.45, 20)
    whole = travel_minutes(network, origins, services, limit=1e4)
    near = travel_minutes(network, origins, services, limit=20.0)
    expected = np.where(whole.minutes.toarray() <= 20.0, whole.minutes.toarray(), 0.0)
    assert near.minutes.toarray() == pytest.approx(expected, rel=1e-12)
    assert 0 < near.minutes.nnz < whole.minutes.nnz


def test_the_usual_detour_is_that_of_drives_of_some_miles(rutland: pa.Table) -> None:
    network = road_network(road_pieces(rutland), mode="drive")
    at = np.flatnonzero(network.component == 0)[::23]
    places = network.lat[at], network.lng[at]
    even = {**road_pieces(rutland), "speed": np.full(len(road_pieces(rutland)["metres"]), np.nan)}
    even["road_class"] = np.full(len(even["metres"]), "any")
    metres = road_network(even, mode="drive", driving=Driving(other_mph=0.06 / 1.609344, of_limit=1.0))
    assert (metres.lat == network.lat).all()
    along = travel_minutes(metres, places, places, limit=1e6).minutes.toarray()
    straight = straight_minutes(places, places, kmh=0.06, detour=1.0, limit=1e6).toarray()
    miles = (straight > 5_000) & (straight < 15_000)
    assert miles.sum() > 5_000
    assert along[miles].sum() / straight[miles].sum() == pytest.approx(DETOUR, abs=0.05)
    assert (along[straight > 0] >= straight[straight > 0] * (1 - 3e-3)).all()
