"""Graphs of small networks: directions, parallel roads, speeds, islands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.road_network import Driving, components, road_network

from .hand_roads import place, roads

NO, YES = np.array([False]), np.array([True])


def stored(network: Any) -> dict[tuple[int, int], float]:
    rows = np.repeat(np.arange(network.minutes.shape[0]), np.diff(network.minutes.indptr))
    return dict(
        zip(zip(rows.tolist(), network.minutes.indices.tolist(), strict=True), network.minutes.data, strict=True)
    )


def test_on_foot_a_street_goes_both_ways_and_a_car_keeps_to_its_direction() -> None:
    one_way = roads([(1, 2, 600.0)], backward=NO)
    assert set(stored(road_network(one_way, mode="walk"))) == {(0, 1), (1, 0)}
    assert set(stored(road_network(one_way, mode="drive"))) == {(0, 1)}
    against = roads([(1, 2, 600.0)], forward=NO)
    assert set(stored(road_network(against, mode="drive"))) == {(1, 0)}


def test_a_bicycle_keeps_to_the_direction_of_cars_but_not_where_there_are_none() -> None:
    assert set(stored(road_network(roads([(1, 2, 9.0)], backward=NO), mode="cycle"))) == {(0, 1)}
    path = roads([(1, 2, 9.0)], backward=NO, forward=NO, drive=NO)
    assert set(stored(road_network(path, mode="cycle"))) == {(0, 1), (1, 0)}
    assert not stored(road_network(path, mode="drive"))


def test_minutes_are_metres_at_the_speed_of_the_mode() -> None:
    edges = roads([(1, 2, 600.0)])
    assert stored(road_network(edges, mode="walk"))[0, 1] == pytest.approx(10.0)
    assert stored(road_network(edges, mode="cycle"))[0, 1] == pytest.approx(3.0)
    assert stored(road_network(edges, mode="walk", kmh=4.5))[0, 1] == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("road_class", "speed", "kmh"),
    [
        ("residential", np.nan, 0.8 * 30 * 1.609344),
        ("residential", 20 * 1.609344, 0.8 * 20 * 1.609344),
        ("motorway", np.nan, 0.8 * 70 * 1.609344),
        # the national limit of a lane
        ("unclassified", 60 * 1.609344, 0.8 * 45 * 1.609344),
        ("track", np.nan, 0.8 * 10 * 1.609344),
    ],
)
def test_cars_go_at_a_share_of_the_limit(road_class: str, speed: float, kmh: float) -> None:
    edges = roads([(1, 2, 1000.0)], road_class=[road_class], speed=[speed])
    assert stored(road_network(edges, mode="drive"))[0, 1] == pytest.approx(60 / kmh)


def test_speeds_are_arguments() -> None:
    edges = roads([(1, 2, 1000.0)])
    slow = Driving(usual_mph={"residential": 20}, of_limit=1.0)
    assert stored(road_network(edges, mode="drive", driving=slow))[0, 1] == pytest.approx(60 / (20 * 1.609344))


def test_of_parallel_roads_the_quickest_counts_also_the_other_way_round() -> None:
    found = stored(road_network(roads([(1, 2, 900.0), (2, 1, 600.0), (1, 2, 1200.0)]), mode="walk"))
    assert found == {(0, 1): pytest.approx(10.0), (1, 0): pytest.approx(10.0)}


def test_a_road_of_no_length_is_an_edge_and_a_road_to_itself_is_none() -> None:
    network = road_network(roads([(1, 2, 0.0), (2, 2, 50.0)]), mode="walk")
    assert stored(network) == {(0, 1): 0.0, (1, 0): 0.0}


def test_nodes_lie_where_the_ends_of_roads_do() -> None:
    network = road_network(roads([(7, 3, 5.0), (3, 12, 5.0)]), mode="walk")
    assert list(zip(network.lat, network.lng, strict=True)) == [place(3), place(7), place(12)]


def test_what_the_mode_may_not_use_leaves_no_node() -> None:
    edges = roads([(1, 2, 5.0), (2, 3, 5.0)], walk=np.array([True, False]))
    assert len(road_network(edges, mode="walk").lat) == 2


def test_small_groups_are_islands_and_the_largest_never_is() -> None:
    edges = roads([(1, 2, 5.0), (2, 3, 5.0), (5, 6, 5.0)])
    assert road_network(edges, mode="walk", island=3).component.tolist() == [0, 0, 0, -1, -1]
    assert road_network(edges, mode="walk", island=99).component.tolist() == [0, 0, 0, -1, -1]
    assert road_network(edges, mode="walk", island=2).component.tolist() == [0, 0, 0, 1, 1]


def test_a_road_that_only_leads_away_is_an_island_for_cars() -> None:
    edges = roads([(1, 2, 5.0), (2, 3, 5.0)], backward=np.array([True, False]))
    assert road_network(edges, mode="drive", island=2).component.tolist() == [0, 0, -1]
    assert road_network(edges, mode="walk", island=2).component.tolist() == [0, 0, 0]


def test_edges_of_no_length_join_their_ends() -> None:
    network = road_network(roads([(1, 2, 0.0), (2, 3, 0.0)]), mode="walk")
    assert components(network.minutes).tolist() == [0, 0, 0]


def test_no_roads_are_an_empty_network() -> None:
    network = road_network(roads([]), mode="drive")
    assert network.minutes.shape == (0, 0)
    assert len(network.component) == len(network.lat) == 0


@pytest.mark.parametrize(
    ("wrong", "options", "named"),
    [
        ({"metres": [np.nan]}, {"mode": "walk"}, "metres of roads"),
        ({"metres": [-1.0]}, {"mode": "walk"}, "metres of roads"),
        ({"speed": [0.0]}, {"mode": "drive"}, "speed"),
        ({"speed": [-30.0]}, {"mode": "drive"}, "speed"),
        ({}, {"mode": "walk", "kmh": 0.0}, "speed"),
        ({}, {"mode": "public-transport"}, "public-transport"),
    ],
)
def test_bad_input_is_named(wrong: dict[str, Any], options: dict[str, Any], named: str) -> None:
    with pytest.raises(MethodError, match=named) as refused:
        road_network(roads([(1, 2, 5.0)], **wrong), **options)
    assert refused.value.remedy
