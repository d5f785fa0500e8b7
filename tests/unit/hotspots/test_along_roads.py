"""Along roads: distances against another library, windows against sums by hand, corridors where they were planted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots import (
    Along,
    corridors,
    join_stretches,
    reach_along,
    road_windows,
    variation,
)


@dataclass(frozen=True)
class Streets:
    """A square grid of streets: each row and each column of it is one road."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]
    road: NDArray[np.int64]


def streets(size: int, *, seed: int = 0) -> Streets:
    random = np.random.default_rng(seed)
    ends, road = [], []
    for line in range(size):
        for step in range(size - 1):
            ends.append((line * size + step, line * size + step + 1))
            road.append(line)
            ends.append((step * size + line, (step + 1) * size + line))
            road.append(size + line)
    start, end = np.array(ends, dtype=np.int64).T
    return Streets(start, end, random.uniform(100, 400, len(start)), np.array(road, dtype=np.int64))


@pytest.mark.parametrize("seed", range(5))
def test_distances_are_the_shortest_along_the_network(seed: int) -> None:
    made = streets(9, seed=seed)
    within = 900.0
    found = reach_along(join_stretches(made.start, made.end, made.metres), within)
    graph = nx.Graph()
    for number, (start, end, metres) in enumerate(zip(made.start, made.end, made.metres, strict=True)):
        graph.add_edge(int(start), f"middle {number}", weight=metres / 2)
        graph.add_edge(f"middle {number}", int(end), weight=metres / 2)
    for number in range(len(made.metres)):
        reached = nx.single_source_dijkstra_path_length(graph, f"middle {number}", cutoff=within, weight="weight")
        expected = {int(str(name).split()[1]): far for name, far in reached.items() if isinstance(name, str)}
        row = slice(found.indptr[number], found.indptr[number + 1])
        assert dict(zip(found.indices[row].tolist(), found.data[row].tolist(), strict=True)) == pytest.approx(expected)


def test_roads_that_cross_are_not_one_road() -> None:
    made = streets(6)
    near = reach_along(join_stretches(made.start, made.end, made.metres, made.road), 10_000.0)
    for number in range(len(made.metres)):
        own = near.indices[near.indptr[number] : near.indptr[number + 1]]
        assert set(made.road[own].tolist()) == {made.road[number]}
        assert len(own) == 5
    unknown = np.full(len(made.road), -1)
    alone = reach_along(join_stretches(made.start, made.end, made.metres, unknown), 10_000.0)
    assert alone.nnz == len(made.metres)


def test_a_large_network_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = streets(12)
    graph = join_stretches(made.start, made.end, made.metres)
    whole = reach_along(graph, 700.0)
    monkeypatch.setattr("geointel.hotspots.along_roads.BLOCK", 7)
    parts = reach_along(graph, 700.0)
    assert (whole.indices == parts.indices).all()
    assert whole.data == pytest.approx(parts.data)


def test_a_window_sums_what_is_near_and_its_p_is_exact() -> None:
    made = streets(7, seed=3)
    random = np.random.default_rng(3)
    count, expected = random.poisson(0.7, len(made.metres)).astype(float), made.metres / 400
    near = reach_along(join_stretches(made.start, made.end, made.metres, made.road), 500.0)
    found = road_windows(count, expected, near)
    dense = np.zeros(near.shape, dtype=bool)
    dense[np.repeat(np.arange(len(count)), np.diff(near.indptr)), near.indices] = True
    assert found.observed == pytest.approx(dense @ count)
    assert found.expected == pytest.approx(dense @ expected)
    assert found.p == pytest.approx(
        [stats.poisson.sf(s - 1, e) for s, e in zip(dense @ count, dense @ expected, strict=True)]
    )
    assert ((found.q >= found.p) | np.isclose(found.q, found.p)).all()
    tests = np.full(len(count), 10.0)
    shares = road_windows(count, tests * 0.07, near, trials=tests)
    assert shares.p == pytest.approx(
        [stats.binom.sf(s - 1, n, 0.07) for s, n in zip(dense @ count, dense @ tests, strict=True)]
    )


def test_where_nothing_is_expected_nothing_is_tested() -> None:
    made = streets(4)
    near = reach_along(join_stretches(made.start, made.end, made.metres, made.road), 500.0)
    nothing = np.zeros(len(made.metres))
    found = road_windows(nothing, nothing, near)
    assert np.isnan(found.p).all()
    assert np.isnan(found.q).all()
    along = Along(join_stretches(made.start, made.end, made.metres, made.road), near)
    assert corridors(nothing, nothing, along, tested=found, level=0.05) == []
    assert variation(found) == 0


def test_a_network_without_stretches_and_a_window_of_nothing() -> None:
    empty = np.empty(0, np.int64)
    none = reach_along(join_stretches(empty, empty, np.empty(0)), 500.0)
    assert none.shape == (0, 0)
    with pytest.raises(MethodError, match="window along roads of 0 metres"):
        reach_along(none, 0.0)


def test_the_planted_corridor_is_found_and_ends_where_it_ends() -> None:
    made = streets(20, seed=5)
    random = np.random.default_rng(5)
    expected = made.metres / 250
    hot = np.flatnonzero((made.road == 8) & (made.start >= 8 * 20 + 5) & (made.start < 8 * 20 + 12))
    factor = np.ones(len(expected))
    factor[hot] = 5
    count = random.poisson(expected * factor).astype(float)
    graph = join_stretches(made.start, made.end, made.metres, made.road)
    along = Along(graph, reach_along(graph, 500.0))
    tested = road_windows(count, expected, along.near)
    first, *others = corridors(count, expected, along, tested=tested, level=0.05)
    assert set(hot) <= set(first.stretches)
    assert len(first.stretches) <= len(hot) + 6
    assert set(made.road[first.stretches].tolist()) == {8}
    assert count[first.stretches[0]] > 0
    assert first.observed == count[first.stretches].sum()
    assert 1 < first.lower < first.ratio < first.upper
    assert first.ratio < first.observed / first.expected
    assert first.excess == pytest.approx(first.expected * (first.ratio - 1))
    assert all(other.excess <= first.excess for other in others)
    assert len(others) <= 1


def test_maps_of_chance_alone_rarely_have_a_corridor() -> None:
    made = streets(25, seed=1)
    graph = join_stretches(made.start, made.end, made.metres, made.road)
    along = Along(graph, reach_along(graph, 500.0))
    random = np.random.default_rng(2)
    false = 0
    for _ in range(200):
        count = random.poisson(made.metres / 600).astype(float)
        expected = made.metres * count.sum() / made.metres.sum()
        tested = road_windows(count, expected, along.near)
        false += bool(corridors(count, expected, along, tested=tested, level=0.05))
    assert false <= 16


def test_the_variation_of_rates_is_that_of_windows() -> None:
    made = streets(40, seed=4)
    random = np.random.default_rng(4)
    graph = join_stretches(made.start, made.end, made.metres, made.road)
    near = reach_along(graph, 1.0)
    expected = np.full(len(made.metres), 6.0)
    rate = random.gamma(1 / 0.4, 0.4, len(expected))
    tested = road_windows(random.poisson(expected * rate).astype(float), expected, near)
    assert variation(tested) == pytest.approx(0.4, abs=0.06)
    even = replace(tested, observed=random.poisson(expected).astype(float))
    assert variation(even) < 0.02
