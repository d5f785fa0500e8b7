"""Scan statistics: every circle tried by brute force, planted clusters, and noise."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.scan import poisson_scan
from geointel.hotspots.scan_likelihood import bernoulli_llr, poisson_llr, relative_risk, zone_ratios
from geointel.hotspots.scan_space_time import permutation_scan
from geointel.hotspots.scan_zones import Search, circles

CELLS = sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 4))
PLACES = tuple(np.array([h3.cell_to_latlng(cell) for cell in CELLS]).T)
N = len(CELLS)
MIDDLE = [CELLS.index(cell) for cell in h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 1)]


def brute_force(events: np.ndarray, people: np.ndarray) -> tuple[float, frozenset[int]]:
    """Best circle over all centres and radii with at most half of the people."""
    best, chosen = 0.0, frozenset[int]()
    total, everyone = events.sum(), people.sum()
    for centre in CELLS:
        away = np.array([h3.great_circle_distance(h3.cell_to_latlng(centre), h3.cell_to_latlng(c)) for c in CELLS])
        for radius in away:
            inside = away <= radius * (1 + 1e-9)
            c, e = events[inside].sum(), people[inside].sum() / everyone * total
            if people[inside].sum() <= everyone / 2 and c > e and c > 1:
                llr = float(poisson_llr(c, e, total))
                if llr > best * (1 + 1e-12):
                    best, chosen = llr, frozenset(np.flatnonzero(inside).tolist())
    return best, chosen


def test_the_cluster_is_the_best_of_all_circles() -> None:
    random = np.random.default_rng(1)
    people = random.integers(20, 300, N)
    events = random.poisson(people * 0.05)
    found = poisson_scan(events, people, PLACES, search=Search(replicas=0), seed=1)[0]
    llr, cells = brute_force(events, people)
    assert found.llr == pytest.approx(llr)
    assert frozenset(found.cells.tolist()) == cells
    assert found.events == events[found.cells].sum()
    assert found.expected == pytest.approx(events.sum() * people[found.cells].sum() / people.sum())
    assert np.isnan(found.p)


def test_a_planted_cluster_is_found_and_noise_is_not() -> None:
    random = np.random.default_rng(2)
    people = np.full(N, 100.0)
    events = random.poisson(3.0, N)
    planted = events.copy()
    planted[MIDDLE] += 9
    found = poisson_scan(planted, people, PLACES, search=Search(most=3, replicas=199), seed=3)
    assert set(MIDDLE) <= set(found[0].cells.tolist())
    assert found[0].p == 1 / 200
    assert found[0].relative_risk > 2
    shared = np.concatenate([cluster.cells for cluster in found])
    assert len(shared) == len(np.unique(shared))
    assert poisson_scan(events, people, PLACES, search=Search(replicas=199), seed=3)[0].p > 0.05


def test_noise_has_a_cluster_as_often_as_the_level_says() -> None:
    random = np.random.default_rng(4)
    people = random.integers(50, 200, N)
    p = [
        poisson_scan(random.poisson(people * 0.04), people, PLACES, search=Search(replicas=99), seed=s)[0].p
        for s in range(60)
    ]
    assert np.mean(np.array(p) <= 0.1) < 0.2
    assert np.mean(p) == pytest.approx(0.5, abs=0.12)


def test_something_that_begins_is_found_with_its_start() -> None:
    random = np.random.default_rng(5)
    cell, step = random.integers(N, size=400), random.integers(60, size=400)
    cell, step = np.append(cell, np.repeat(MIDDLE, 3)), np.append(step, np.tile([57, 58, 59], 7))
    found = permutation_scan((cell, step), PLACES, steps=60, longest=14, search=Search(replicas=99), seed=6)[0]
    assert set(found.cells.tolist()) >= set(MIDDLE)
    assert found.steps == 3
    assert found.p == 0.01


def test_a_busy_place_and_a_busy_week_are_nothing_new() -> None:
    random = np.random.default_rng(7)
    cell = np.append(random.integers(N, size=300), np.repeat(MIDDLE, 30))
    step = random.integers(60, size=len(cell))
    cell, step = np.append(cell, random.choice(cell, 150)), np.append(step, random.integers(53, 60, size=150))
    assert permutation_scan((cell, step), PLACES, steps=60, longest=14, search=Search(replicas=99), seed=8)[0].p > 0.05


def test_circles_end_only_between_different_distances_and_at_half() -> None:
    zones = circles(*PLACES, np.ones(N))
    centre = CELLS.index(h3.latlng_to_cell(53.76, -2.7, 8))
    assert zones.allowed[centre, 0]
    assert zones.order[centre, 0] == centre
    assert set(zones.order[centre, :7].tolist()) == set(MIDDLE)
    assert not zones.allowed[:, N // 2 + 1 :].any()
    square = circles([0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 2.0, -2.0], np.ones(5), share=0.9)
    np.testing.assert_array_equal(square.allowed[0], [True, False, True, False])


def test_prepared_ratios_are_the_ratios() -> None:
    expected, counts = np.array([0.5, 3.0, 10.0, 19.5]), np.array([2, 3, 11, 20], dtype=np.int32)
    found = zone_ratios(expected, 20, np.array([True, True, False, True])).of(counts)
    np.testing.assert_allclose(found, poisson_llr(counts, expected, 20) * [1, 1, 0, 1], rtol=1e-10)
    assert zone_ratios(np.array([0.01]), 20, np.array([True])).of(np.array([1], dtype=np.int32)) == 0


def test_a_zone_with_a_lower_rate_has_no_ratio() -> None:
    assert poisson_llr(3, 5, 100) == 0
    assert bernoulli_llr(1, 10, 50, 500) == 0
    assert bernoulli_llr(0, 0, 5, 50) == 0
    assert np.isnan(relative_risk(100, 50, 100))


def test_what_cannot_be_scanned_is_refused() -> None:
    with pytest.raises(MethodError, match="do not fit"):
        poisson_scan([1, 2], np.ones(N), PLACES, seed=1)
    with pytest.raises(MethodError, match="total above 0"):
        circles(*PLACES, np.zeros(N))
    with pytest.raises(MethodError, match="finite numbers"):
        circles([0.0, np.nan], [1.0, 1.0], [1, 1])
    with pytest.raises(MethodError, match="memory"):
        circles(np.zeros(10_000), np.zeros(10_000), np.ones(10_000))
    for events, longest in ((([N], [0]), 3), (([0], [9]), 3), (([0], [1]), 9)):
        with pytest.raises(MethodError, match="outside the cells or steps"):
            permutation_scan(events, PLACES, steps=9, longest=longest, seed=1)
