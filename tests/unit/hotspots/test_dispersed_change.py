"""Change on counts that come in bursts: no false rises on noise, and what is planted is found."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg, change, emerging, randomisation_tail, space_time_gi_star
from geointel.hotspots.dispersed_change import dispersed_change
from geointel.hotspots.emerging import emerging_names

from .test_noise import adjacency

N = 500


def bursts(random: np.random.Generator, mean: np.ndarray, k: float) -> np.ndarray:
    """Negative binomial counts: a cell's rate moves by itself."""
    drawn: np.ndarray = random.poisson(mean * random.gamma(k, 1 / k, mean.shape))
    return drawn


def found(p: np.ndarray, insufficient: np.ndarray | bool = False) -> np.ndarray:
    changed: np.ndarray = benjamini_hochberg(np.where(insufficient, np.nan, p)) <= 0.05
    return changed


@pytest.mark.parametrize("k", [0.5, 2.0, 1e6])
def test_bursts_are_no_change(k: float) -> None:
    random = np.random.default_rng(1)
    mean = np.tile(random.gamma(0.4, 12.0, N), (2, 1))
    false_maps, exact_maps = 0, 0
    for _ in range(60):
        before, after = bursts(random, mean, k)
        dispersed = dispersed_change(before, after)
        false_maps += found(dispersed.p, dispersed.insufficient).any()
        exact_maps += found(change(before, after).p).any()
    assert false_maps <= 6
    assert exact_maps > 50 or k > 10


def test_a_planted_rise_is_found_among_bursts() -> None:
    random = np.random.default_rng(2)
    before, after = bursts(random, np.full((2, N), 40.0), 60.0)
    after[:3] += 160
    dispersed = dispersed_change(before, after)
    rising = found(dispersed.p, dispersed.insufficient)
    assert rising[:3].all()
    assert rising[3:].mean() < 0.02
    assert dispersed.rho > 0


def test_one_great_rise_does_not_hide_itself() -> None:
    """The greater the rise of one cell is, the clearer: its own part of the map's dispersion is left out."""
    before, after = bursts(np.random.default_rng(5), np.full((2, 60), 20.0), 20.0)
    p = []
    for rise in (40, 160, 640):
        raised = after.copy()
        raised[7] += rise
        p.append(dispersed_change(before, raised).p[7])
    assert p[0] > p[1] > p[2]
    assert p[2] < 1e-4


def test_dispersion_of_a_cell_is_that_of_the_others() -> None:
    before, after = bursts(np.random.default_rng(6), np.full((2, 40), 15.0), 4.0)
    whole = dispersed_change(before, after)
    share, changed = after.sum() / (before + after).sum(), before.copy()
    t = np.delete(before + after, 3).astype(float)
    x = np.delete(after, 3)
    rho = ((np.square(x - t * share) / (t * share * (1 - share))).sum() - len(t)) / (t - 1).sum()
    floor = dispersed_change(changed, after, rho_floor=rho)
    assert whole.p[3] == pytest.approx(floor.p[3], rel=1e-9)


def test_without_bursts_it_is_the_binomial() -> None:
    before, after = np.array([5, 3, 9, 4]), np.array([5, 4, 8, 4])
    dispersed = dispersed_change(before, after)
    assert dispersed.rho == 0
    np.testing.assert_allclose(dispersed.p, change(before, after).p)


def test_longer_windows_set_a_floor_and_caution_a_factor() -> None:
    before, after = bursts(np.random.default_rng(3), np.full((2, N), 10.0), 1.0)
    plain = dispersed_change(before, after)
    assert dispersed_change(before, after, caution=2.0).rho == pytest.approx(2 * plain.rho)
    assert dispersed_change(before, after, rho_floor=0.9).rho == 0.9
    assert np.nanmin(dispersed_change(before, after, rho_floor=0.9).p) > np.nanmin(plain.p)


def test_nothing_and_next_to_nothing_are_insufficient() -> None:
    dispersed = dispersed_change([0, 1, 30], [0, 0, 10])
    np.testing.assert_array_equal(np.isnan(dispersed.p), [True, False, False])
    np.testing.assert_array_equal(dispersed.insufficient, [True, True, False])
    assert dispersed_change([], []).p.shape == (0,)
    assert dispersed_change([0, 0], [0, 0]).insufficient.all()


def test_an_exposure_of_nothing_is_refused() -> None:
    with pytest.raises(MethodError, match="above 0"):
        dispersed_change([1], [1], exposure_before=0.0)


def test_a_cube_of_bursts_has_no_pattern_by_the_randomisation_tail() -> None:
    """The normal tail finds a class in nearly every one of these cubes."""
    random, false_cubes, normal = np.random.default_rng(4), 0, 0
    for _ in range(20):
        counts = bursts(random, np.ones((adjacency().shape[0], 12)), 0.3)
        gi = space_time_gi_star(counts, adjacency())
        tail = randomisation_tail(counts.ravel(), total=gi.total.ravel(), weight=gi.weight.ravel())
        q = benjamini_hochberg(tail.p).reshape(counts.shape)
        false_cubes += (q <= 0.05).any()
        normal += (benjamini_hochberg(gi.p_normal) <= 0.05).any()
        assert (emerging_names(emerging(gi.z, q).code) == "no-pattern").mean() > 0.99
    assert false_cubes <= 3
    assert normal > 15
