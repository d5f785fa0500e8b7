"""Quickest ways on a network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.gaps.road_network import WALK_KMH, road_network
from geointel.gaps.routing import network_of, travel_minutes

from .roads import edges, node

KM = 60 / WALK_KMH


def test_times_go_from_origin_to_service_and_a_one_way_street_is_driven_the_right_way() -> None:
    ring = edges((0, 1, 1000.0), (1, 2, 1000.0), (2, 0, 1000.0), backward=np.zeros(3, bool))
    found = travel_minutes(road_network(ring, mode="drive"), node(0, 1, 2), node(2), limit=60).minutes.toarray()[:, 0]
    assert found == pytest.approx([2, 1, 0], abs=1e-6) or found == pytest.approx(
        found[1] * np.array([2, 1, 0]), abs=1e-6
    )
    assert found[0] == pytest.approx(2 * found[1])


def test_a_service_at_the_origin_is_a_stored_zero() -> None:
    found = travel_minutes(road_network(edges((0, 1, 1000.0)), mode="walk"), node(0), node(0), limit=5).minutes
    assert found.nnz == 1
    assert found.data[0] == pytest.approx(0, abs=1e-6)


def test_beyond_the_limit_there_is_no_way() -> None:
    network = road_network(edges((0, 1, 1000.0), (1, 2, 1000.0)), mode="walk")
    found = travel_minutes(network, node(0, 1, 2), node(0), limit=1.5 * KM).minutes
    assert found.toarray()[:, 0] == pytest.approx([0, KM, 0], abs=1e-6)
    assert found.nnz == 2


def test_places_far_from_every_road_are_off_the_network_and_are_said_to_be() -> None:
    network = road_network(edges((0, 1, 1000.0)), mode="walk")
    found = travel_minutes(network, node(0, 50), node(1, 90), limit=600)
    assert found.origins_off.tolist() == [False, True]
    assert found.services_off.tolist() == [False, True]
    assert found.minutes.nnz == 1


def test_an_island_is_not_where_anybody_is_put() -> None:
    """The origin lies on an island: it is put on the nearest junction of the main part, or is off."""
    given_edges = edges((0, 1, 1000.0), (1, 2, 1000.0), (40, 41, 1000.0))
    network = road_network(given_edges, mode="walk")
    assert travel_minutes(network, node(40), node(0), limit=600).origins_off.tolist() == [True]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_ways_are_the_shortest_by_floyd_and_warshall(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = 8
    ring = [(k, (k + 1) % size, float(random.uniform(100, 2000))) for k in range(size)]
    more = [(int(a), int(b), float(random.uniform(100, 4000))) for a, b in random.integers(0, size, (6, 2)) if a != b]
    both = np.array([True] * size + [bool(random.random() < 0.5) for _ in more])
    network = road_network(edges(*ring, *more, backward=both), mode="drive")
    dense = np.full((size, size), np.inf)
    row = np.repeat(np.arange(size), np.diff(network.minutes.indptr))
    dense[row, network.minutes.indices] = network.minutes.data
    np.fill_diagonal(dense, 0)
    for middle in range(size):
        dense = np.minimum(dense, dense[:, [middle]] + dense[[middle], :])
    found = travel_minutes(network, node(*range(size)), node(*range(size)), limit=1e4).minutes.toarray()
    assert found == pytest.approx(dense, abs=1e-6)


def test_a_network_that_was_kept_gives_the_same_times() -> None:
    network = road_network(edges((0, 1, 700.0), (1, 2, 900.0), (2, 0, 3000.0)), mode="cycle")
    row = np.repeat(np.arange(3), np.diff(network.minutes.indptr))
    again = network_of(network.lat, network.lng, (row, network.minutes.indices, network.minutes.data))
    first, second = (
        travel_minutes(one, node(0, 1, 2), node(2), limit=90).minutes.toarray() for one in (network, again)
    )
    assert (first == second).all()
