"""Displacement difference and moving window, against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.displacement import displacement_difference
from geointel.hotspots.moving_window import moving_window_p


def test_a_fall_that_the_control_shares_is_no_effect() -> None:
    found = displacement_difference((40, 30), (50, 40))
    assert found.local == found.total == found.z == 0


def test_what_moved_next_door_is_added_back() -> None:
    found = displacement_difference((40, 20), (50, 50), treated_buffer=(10, 30), control_buffer=(10, 10))
    assert (found.local, found.displaced, found.total) == (-20, 20, 0)
    assert found.total_error == pytest.approx(np.hypot(found.local_error, found.displaced_error))


def test_null_interventions_fall_outside_the_interval_one_time_in_ten() -> None:
    random = np.random.default_rng(9)
    treated, control = random.poisson(20, (2, 4000)), random.poisson(30, (2, 4000))
    treated[1], control[1] = random.poisson(10, 4000), random.poisson(15, 4000)
    # A fall of the same number, as the test supposes, not of the same share.
    control[1] = random.poisson(20, 4000)
    found = displacement_difference(treated, control)
    outside = (found.lower > 0) | (found.upper < 0)
    assert outside.mean() == pytest.approx(0.10, abs=0.02)


def test_counts_of_a_longer_time_weigh_less() -> None:
    once, twice = displacement_difference((10, 8), (9, 7)), displacement_difference((20, 8), (18, 7), spans=(2, 1))
    assert once.local == twice.local
    assert twice.local_error < once.local_error


def test_nothing_at_all_has_no_z() -> None:
    assert np.isnan(displacement_difference((0, 0), (0, 0)).z)


@pytest.mark.parametrize("treated", [(1, 2, 3), (-1, 2), (np.nan, 2)])
def test_what_is_no_before_and_after_is_refused(treated: tuple[float, ...]) -> None:
    with pytest.raises(MethodError):
        displacement_difference(treated, treated)
    with pytest.raises(MethodError):
        displacement_difference((1, 2), (1, 2), spans=(0, 1))


def test_the_chance_of_a_burst_is_that_of_simulated_years() -> None:
    random = np.random.default_rng(10)
    bursts = 0
    for _ in range(3000):
        times = np.sort(random.random(random.poisson(26.0)) * 26.0)
        bursts += bool((times[4:] - times[:-4] <= 1.0).any()) if len(times) > 4 else 0
    assert moving_window_p(5, mean=1.0, windows=26.0) == pytest.approx(bursts / 3000, abs=0.03)


def test_a_burst_of_one_is_refused() -> None:
    with pytest.raises(MethodError, match="2 or more"):
        moving_window_p(1, mean=1.0, windows=10)
