"""Journeys on small networks, against every way tried (Floyd and Warshall) and worked out by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.road_network import road_network
from geointel.gaps.routing import travel_minutes

from .hand_roads import place, places, roads


def random_roads(seed: int, *, nodes: int, edges: int) -> dict[str, Any]:
    """Roads between random nodes: some one way, some twice, some of no length."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, nodes, (edges, 2))
    metres = np.round(rng.uniform(0, 3000, edges)) * (rng.random(edges) > 0.15)
    drawn = [(int(a), int(b), float(m)) for (a, b), m in zip(ends, metres, strict=True)]
    return roads(drawn, backward=rng.random(edges) > 0.4, speed=rng.choice([np.nan, 32.0, 48.0], edges))


def floyd(network: Any) -> np.ndarray:
    size = len(network.lat)
    best = np.full((size, size), np.inf)
    np.fill_diagonal(best, 0.0)
    for row in range(size):
        for at in range(network.minutes.indptr[row], network.minutes.indptr[row + 1]):
            best[row, network.minutes.indices[at]] = min(
                best[row, network.minutes.indices[at]], network.minutes.data[at]
            )
    for k, i, j in product(range(size), repeat=3):
        best[i, j] = min(best[i, j], best[i, k] + best[k, j])
    return best


@pytest.mark.parametrize("mode", ["walk", "cycle", "drive"])
@pytest.mark.parametrize("seed", range(4))
def test_every_pair_is_the_best_of_all_ways(mode: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geointel.gaps.routing.HELD", 40)  # a few services at a time
    network = road_network(random_roads(seed, nodes=25, edges=45), mode=mode, island=1)
    at = network.lat, network.lng
    found = travel_minutes(network, at, at, limit=20.0).minutes
    best = floyd(network)
    stored = np.zeros(found.shape, dtype=bool)
    stored[np.repeat(np.arange(len(best)), np.diff(found.indptr)), found.indices] = True
    assert (stored == (best <= 20.0)).all()
    assert found.toarray()[stored] == pytest.approx(best[stored], rel=1e-12, abs=1e-12)
    assert (best == 0).sum() > len(best), "no road of no length is tried"


def test_on_foot_it_takes_as_long_back_as_there() -> None:
    network = road_network(random_roads(9, nodes=25, edges=60), mode="walk", island=1)
    at = network.lat, network.lng
    found = travel_minutes(network, at, at, limit=60.0).minutes.toarray()
    assert found == pytest.approx(found.T, rel=1e-12)


def test_a_service_up_a_one_way_street_is_reached_and_cannot_be_left() -> None:
    network = road_network(roads([(1, 2, 1000.0)], backward=np.array([False])), mode="drive", island=1)
    found = travel_minutes(network, places([1, 2]), places([2, 1]), limit=60.0).minutes
    assert found.nnz == 3
    assert found[0, 0] == pytest.approx(60 / (0.8 * 30 * 1.609344))
    assert found[0, 1] == found[1, 0] == 0.0


def test_the_way_to_the_road_is_walked_and_makes_a_detour() -> None:
    network = road_network(roads([(1, 2, 1200.0)]), mode="cycle")
    lat, lng = place(1)
    metres = 360.0
    off = lat - np.degrees(metres / 6_371_008.8)
    found = travel_minutes(network, ([off], [lng]), places([2]), limit=60.0, walk_kmh=3.6, detour=1.3)
    assert found.minutes[0, 0] == pytest.approx(metres * 1.3 / 60 + 1200 / 200, rel=1e-9)
    assert not found.origins_off.any()


def test_places_that_join_at_one_node_are_a_straight_line_apart() -> None:
    network = road_network(roads([(1, 2, 1200.0)]), mode="drive")
    lat, lng = place(1)
    step = np.degrees(300.0 / 6_371_008.8)
    at = [lat - step, lat - 2 * step], [lng, lng]
    found = travel_minutes(network, at, at, limit=60.0).minutes
    assert found.nnz == 4
    assert found[0, 0] == found[1, 1] == 0.0
    assert found[0, 1] == found[1, 0] == pytest.approx(300 * 1.3 / 60, rel=1e-9)


def test_what_no_road_reaches_is_said_and_has_no_time() -> None:
    network = road_network(roads([(1, 2, 1200.0)]), mode="walk")
    far = [place(1)[0], 50.0], [place(1)[1], 1.0]
    found = travel_minutes(network, far, ([52.0, place(2)[0]], [2.0, place(2)[1]]), limit=240.0)
    assert found.origins_off.tolist() == [False, True]
    assert found.services_off.tolist() == [True, False]
    assert found.minutes.nnz == 1
    assert found.minutes.shape == (2, 2)
    assert found.minutes[0, 1] == pytest.approx(20.0)


def test_nobody_joins_an_island_but_the_next_road_where_it_is_near() -> None:
    edges = roads([(1, 2, 100.0), (2, 3, 100.0), (5, 6, 100.0)])
    network = road_network(edges, mode="walk", island=3)
    away = travel_minutes(network, places([5]), places([1]), limit=999.0)
    assert away.origins_off.tolist() == [True]
    near = travel_minutes(network, places([5]), places([1]), limit=999.0, furthest_metres=20_000.0)
    assert near.origins_off.tolist() == [False]
    assert near.minutes.nnz == 1


def test_large_islands_have_their_own_journeys_only() -> None:
    network = road_network(roads([(1, 2, 100.0), (5, 6, 100.0)]), mode="walk", island=2)
    found = travel_minutes(network, places([1, 5]), places([2, 6]), limit=60.0)
    assert not found.origins_off.any()
    assert sorted(zip(*found.minutes.nonzero(), strict=True)) == [(0, 0), (1, 1)]


def test_a_journey_of_exactly_the_limit_is_within_it() -> None:
    network = road_network(roads([(1, 2, 600.0), (2, 3, 600.0)]), mode="walk")
    assert travel_minutes(network, places([1]), places([3]), limit=20.0).minutes.nnz == 1
    assert travel_minutes(network, places([1]), places([3]), limit=19.999).minutes.nnz == 0


def test_without_roads_everything_is_off_the_network() -> None:
    found = travel_minutes(road_network(roads([]), mode="walk"), places([1, 2]), places([1]), limit=60.0)
    assert found.origins_off.all()
    assert found.services_off.all()
    assert (found.minutes.shape, found.minutes.nnz) == ((2, 1), 0)


def test_without_services_or_origins_there_is_no_time() -> None:
    network = road_network(roads([(1, 2, 5.0)]), mode="walk")
    assert travel_minutes(network, places([1]), ([], []), limit=60.0).minutes.shape == (1, 0)
    assert travel_minutes(network, ([], []), places([1]), limit=60.0).minutes.shape == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"limit": np.nan}, "limit"), ({"walk_kmh": 0.0}, "walking speed"), ({"furthest_metres": -1.0}, "furthest"),
     ({"detour": 0.0}, "detour")],
)  # fmt: skip
def test_numbers_must_be_above_nothing(wrong: dict[str, float], named: str) -> None:
    network = road_network(roads([(1, 2, 5.0)]), mode="walk")
    with pytest.raises(MethodError, match=named):
        travel_minutes(network, places([1]), places([2]), **{"limit": 60.0, **wrong})
    with pytest.raises(MethodError, match="origins"):
        travel_minutes(network, ([np.nan], [0.0]), places([2]), limit=60.0)
