"""Scans of counts that vary more than by chance alone: what their replicas keep, and that noise stays noise."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots import Search, burst_scan, circles, count_scan, permutation_scan, poisson_scan, share_scan
from geointel.hotspots.dispersed_scan import last_steps, most_dispersion
from geointel.hotspots.excess import CAUTION, dispersion
from geointel.hotspots.likely_dispersion import likely_dispersion
from geointel.hotspots.scan_nulls import dispersed_shares, permuted, shuffled_bundles, shuffled_within

MIDDLE = h3.latlng_to_cell(53.76, -2.7, 8)
CELLS = sorted(h3.grid_disk(MIDDLE, 5))
PLACES = tuple(np.array([h3.cell_to_latlng(cell) for cell in CELLS]).T)
N = len(CELLS)
RING = np.isin(CELLS, h3.grid_disk(MIDDLE, 1))
SEARCH = Search(share=0.25, replicas=39)


def exposures() -> np.ndarray:
    return np.random.default_rng(1).negative_binomial(1, 0.02, N) + 5


def overdispersed(random: np.random.Generator, exposure: np.ndarray, rho: float) -> np.ndarray:
    scale = 1 / rho - 1
    return random.binomial(exposure, random.beta(0.1 * scale, 0.9 * scale, N))


@pytest.mark.parametrize("rho", [0.0, 0.02, 0.3])
def test_shares_are_as_dispersed_as_asked_and_add_up(rho: float) -> None:
    exposure = exposures()
    events = overdispersed(np.random.default_rng(2), exposure, 0.05)
    draw, random = dispersed_shares(events, exposure, rho=rho), np.random.default_rng(3)
    maps = np.array([draw(random) for _ in range(400)])
    assert (maps.sum(axis=1) == events.sum()).all()
    assert ((maps >= 0) & (maps <= exposure)).all()
    shown = np.mean([dispersion(one, exposure) / CAUTION for one in maps[:100]])
    assert shown == pytest.approx(rho, abs=0.25 * rho + 0.003)
    np.testing.assert_allclose(maps.mean(axis=0).sum() / exposure.sum(), events.sum() / exposure.sum())


def test_a_cell_shuffles_its_own_steps_and_bursts_stay_together() -> None:
    table = np.random.default_rng(4).poisson(0.8, (N, 6))
    cell, step = (np.repeat(place.ravel(), table.ravel()) for place in np.indices(table.shape))
    drawn = shuffled_within(cell, step, cells=N, steps=6)(np.random.default_rng(5))
    again = np.zeros_like(table)
    np.add.at(again, (cell, drawn), 1)
    assert (np.sort(again, axis=1) == np.sort(table, axis=1)).all()
    assert (again != table).any()
    bundles = shuffled_bundles(cell, step)(np.random.default_rng(6))
    together = {(c, s): set(bundles[(cell == c) & (step == s)]) for c, s in zip(cell, step, strict=True)}
    assert all(len(steps) == 1 for steps in together.values())


def test_a_scan_uses_what_is_drawn_and_refuses_another_total() -> None:
    events = np.random.default_rng(7).poisson(4, N)
    strong = np.zeros(N, dtype=np.int64)
    strong[0] = events.sum()
    found = poisson_scan(events, np.ones(N), PLACES, seed=1, search=SEARCH, draw=lambda _: strong)
    assert found[0].p == 1.0
    with pytest.raises(MethodError, match="another number of events"):
        poisson_scan(events, np.ones(N), PLACES, seed=1, search=SEARCH, draw=lambda _: events + 1)


def test_inflation_divides_the_ratio_of_a_circle_by_its_mean_weighted_by_people() -> None:
    random = np.random.default_rng(8)
    people, inflation = random.integers(20, 90, N), random.uniform(1, 6, N)
    events = random.poisson(people * 0.1)
    best = poisson_scan(events, people, PLACES, seed=1, search=Search(replicas=0), inflation=inflation)[0]
    whole, mean = events.sum(), np.average(inflation[best.cells], weights=people[best.cells])
    c, e = events[best.cells].sum(), whole * people[best.cells].sum() / people.sum()
    plain = c * np.log(c / e) + (whole - c) * np.log((whole - c) / (whole - e))
    assert best.llr == pytest.approx(plain / mean)
    same = [poisson_scan(events, people, PLACES, seed=1, search=SEARCH, inflation=f)[0] for f in (1.0, 4.0)]
    assert same[1].llr == pytest.approx(same[0].llr / 4)
    assert same[1].p == same[0].p


def test_overdispersed_noise_is_no_cluster_though_the_usual_replicas_say_so() -> None:
    exposure, own, usual = exposures(), 0, 0
    for seed in range(40):
        events = overdispersed(np.random.default_rng(seed), exposure, 0.05)
        own += share_scan(events, exposure, PLACES, seed=seed, search=SEARCH)[0][0].p <= 0.05
        usual += poisson_scan(events, exposure, PLACES, seed=seed, search=SEARCH)[0].p <= 0.05
    assert own <= 5
    assert usual >= 30


def test_maps_that_share_their_circles_have_the_clusters_they_would_have_alone() -> None:
    exposure = exposures()
    events = overdispersed(np.random.default_rng(11), exposure, 0.05)
    zones = circles(*PLACES, exposure, share=SEARCH.share)
    (alone, rho), (shared, same) = (
        share_scan(events, exposure, places, seed=1, search=SEARCH) for places in (PLACES, zones)
    )
    assert (alone[0].cells == shared[0].cells).all()
    assert (alone[0].llr, alone[0].p, rho) == (shared[0].llr, shared[0].p, same)


def test_the_dispersion_is_the_larger_of_both_estimates() -> None:
    random = np.random.default_rng(13)
    few = np.where(np.arange(N) == 0, 400, 100)
    lone = np.where(np.arange(N) == 0, 160, random.binomial(few, 0.1))
    even = overdispersed(random, exposures(), 0.02)
    for events, exposure, by_moments in ((lone, few, True), (even, exposures(), False)):
        moments = 1.3 * dispersion(events, exposure) / CAUTION
        upper = likely_dispersion(events, exposure, confidence=0.9).upper
        assert most_dispersion(events, exposure) == max(moments, upper)
        assert (moments > upper) == by_moments


def test_cells_that_stand_out_further_than_a_beta_binomial_has_them_are_no_clusters() -> None:
    random = np.random.default_rng(14)
    exposure, false = random.negative_binomial(0.4, 0.01, N) + 1, 0
    zones = circles(*PLACES, exposure, share=SEARCH.share)
    for seed in range(80):
        shares = np.minimum(0.05 * np.exp(random.normal(-0.18, 0.6, N)), 1)
        false += (
            share_scan(random.binomial(exposure, shares), exposure, zones, seed=seed, search=SEARCH)[0][0].p <= 0.05
        )
    assert false <= 8


def test_maps_that_by_chance_show_little_dispersion_are_clusters_no_more_often_than_the_others() -> None:
    random = np.random.default_rng(12)
    exposure = random.negative_binomial(0.4, 0.01, N) + 1
    zones, found = circles(*PLACES, exposure, share=SEARCH.share), []
    for seed in range(120):
        events = overdispersed(random, exposure, 0.02)
        p = share_scan(events, exposure, zones, seed=seed, search=SEARCH)[0][0].p
        found.append((dispersion(events, exposure), p <= 0.05))
    even = sorted(found)[:60]
    assert sum(false for _, false in found) <= 10
    assert sum(false for _, false in even) <= 5


def test_a_planted_share_and_a_planted_count_are_found() -> None:
    exposure = exposures()
    events = overdispersed(np.random.default_rng(9), exposure, 0.02)
    raised = np.where(RING, np.minimum(exposure, events * 4 + 3), events)
    found, rho = share_scan(raised, exposure, PLACES, seed=1, search=SEARCH)
    assert found[0].p <= 0.05
    assert RING[found[0].cells].sum() >= 5
    assert rho > 0
    counts = np.random.default_rng(10).negative_binomial(1, 0.3, N) + 12 * RING
    assert RING[count_scan(counts, PLACES, seed=1, search=SEARCH)[0].cells].sum() >= 5


def test_bursts_are_no_beginning_though_single_events_say_so() -> None:
    own = usual = 0
    for seed in range(40):
        table = np.random.default_rng(seed).negative_binomial(0.15, 0.15, (N, 12))
        own += burst_scan(table, PLACES, longest=3, seed=seed, search=SEARCH)[0].p <= 0.05
        cell, step = (np.repeat(place.ravel(), table.ravel()) for place in np.indices(table.shape))
        usual += permutation_scan((cell, step), PLACES, steps=12, longest=3, seed=seed, search=SEARCH)[0].p <= 0.05
    assert own <= 5
    assert usual >= 30


def test_what_is_expected_of_the_last_steps_is_the_usual_part() -> None:
    table = np.array([[4, 0, 0, 1], [0, 2, 2, 1]])
    count, expected = last_steps(table, 2)
    assert count.tolist() == [1, 3]
    np.testing.assert_allclose(expected, [2.0, 2.0])
    assert count.sum() == pytest.approx(expected.sum())


def test_where_nothing_could_be_a_cluster_there_is_no_answer() -> None:
    one, flat = np.array([3]), np.full(N, 2)
    assert share_scan(one, one + 1, ([53.0], [-2.0]), seed=1) is None
    assert share_scan(flat, flat, PLACES, seed=1) is None
    assert share_scan(flat * 0, flat, PLACES, seed=1) is None
    assert count_scan(flat, PLACES, seed=1) is None
    assert count_scan(permuted(flat * 0)(np.random.default_rng(1)), PLACES, seed=1) is None
    assert burst_scan(np.zeros((N, 12), dtype=np.int64), PLACES, longest=3, seed=1) is None
