"""Edges of roads as a graph of minutes."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.road_network import CYCLE_KMH, OF_LIMIT, WALK_KMH, road_network

from .roads import edges


def test_minutes_follow_from_length_and_speed() -> None:
    given = edges((0, 1, 1000.0))
    assert road_network(given, mode="drive").minutes[0, 1] == pytest.approx(60 / (80 * OF_LIMIT))
    assert road_network(given, mode="walk").minutes[0, 1] == pytest.approx(60 / WALK_KMH)
    assert road_network(given, mode="cycle").minutes[1, 0] == pytest.approx(60 / CYCLE_KMH)


def test_a_road_without_a_limit_has_that_of_its_class() -> None:
    fast, slow = (
        road_network(edges((0, 1, 1000.0), speed=[None], road_class=[word]), mode="drive").minutes[0, 1]
        for word in ("motorway", "residential")
    )
    assert slow / fast == pytest.approx(70 / 30)


def test_one_way_streets_are_driven_one_way_and_walked_both() -> None:
    given = edges((0, 1, 1000.0), (1, 2, 1000.0), (2, 0, 1000.0), backward=np.array([False, False, False]))
    drive, walk = (road_network(given, mode=mode) for mode in ("drive", "walk"))
    assert drive.minutes.nnz == 3
    assert walk.minutes.nnz == 6
    assert drive.main.all()


def test_the_quickest_of_parallel_edges_counts_and_they_are_not_added() -> None:
    found = road_network(edges((0, 1, 3000.0), (1, 0, 1000.0), (0, 1, 2000.0)), mode="walk")
    assert found.minutes[0, 1] == found.minutes[1, 0] == pytest.approx(60 / WALK_KMH)


def test_an_edge_without_length_is_an_edge_and_a_loop_is_none() -> None:
    found = road_network(edges((0, 1, 0.0), (1, 1, 500.0), (1, 2, 500.0)), mode="walk")
    assert found.minutes.nnz == 4
    assert (found.minutes.data > 0).all()
    assert found.main.all()


def test_islands_and_dead_ends_that_nobody_comes_back_from_are_not_the_main_part() -> None:
    given = edges(
        (0, 1, 100.0), (1, 2, 100.0), (2, 0, 100.0), (2, 3, 100.0), (5, 6, 100.0),
        backward=np.array([True, True, True, False, True]),
    )  # fmt: skip
    found = road_network(given, mode="drive")
    assert found.main.tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize("mode", ["public-transport", "swim"])
def test_other_ways_of_travelling_are_refused(mode: str) -> None:
    with pytest.raises(MethodError, match=mode):
        road_network(edges((0, 1, 1.0)), mode=mode)


def test_a_network_without_a_way_is_refused() -> None:
    with pytest.raises(MethodError, match="no edge"):
        road_network(edges((0, 1, 1.0), walk=np.array([False])), mode="walk")
