"""Weights of travel times: bounds, shapes, and what has no weight."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.impedance import (
    E2SFCA_STEPS,
    SHARP_STEPS,
    THREE_STEP_STEPS,
    binary,
    bounded_gaussian,
    exponential,
    gaussian,
    gravity,
    steps,
    up_to,
    weighted,
)

MINUTES = np.array([0, 10, np.nextafter(10, 11), 20, 30, np.nextafter(30, 31), 60])


def test_bounds_of_steps_are_inclusive() -> None:
    np.testing.assert_array_equal(steps(E2SFCA_STEPS)(MINUTES), [1, 1, 0.68, 0.68, 0.22, 0, 0])
    np.testing.assert_array_equal(steps({30: 0.22, 10: 1, 20: 0.68})(MINUTES), steps(E2SFCA_STEPS)(MINUTES))
    np.testing.assert_array_equal(steps(SHARP_STEPS)(MINUTES), [1, 1, 0.42, 0.42, 0.09, 0, 0])
    np.testing.assert_array_equal(binary(30)(MINUTES), [1, 1, 1, 1, 1, 0, 0])
    np.testing.assert_array_equal(binary(0)(MINUTES), [1, 0, 0, 0, 0, 0, 0])


def test_more_steps_than_a_byte_counts() -> None:
    many = {float(bound): 1000.0 - bound for bound in range(600)}
    np.testing.assert_array_equal(
        steps(many)(np.array([0.0, 254.5, 255, 256, 599, 600])), [1000, 745, 745, 744, 401, 0]
    )


def test_the_steps_of_three_step_catchments_are_a_gaussian() -> None:
    middles = np.array([5, 15, 25, 45.0])
    np.testing.assert_allclose(list(THREE_STEP_STEPS.values()), np.exp(-(middles**2) / 640), atol=6e-4)


def test_smooth_weights() -> None:
    np.testing.assert_allclose(gaussian(20)(np.array([0, 20.0])), [1, np.exp(-0.5)], rtol=1e-15)
    np.testing.assert_allclose(bounded_gaussian(30)(np.array([0, 15, 30.0])), [1, 0.01**0.25, 0.01], rtol=1e-14)
    np.testing.assert_allclose(bounded_gaussian(30, ends_at=0.5)(np.array([30.0])), [0.5], rtol=1e-14)
    np.testing.assert_allclose(gravity(20, -2, least=1)(np.array([0, 1, 2, 40.0])), [400, 400, 100, 0.25], rtol=1e-15)
    np.testing.assert_allclose(exponential(0.1)(np.array([0, 10.0])), [1, np.exp(-1)], rtol=1e-15)
    np.testing.assert_allclose(up_to(20, exponential(0.1))(np.array([20, 20.1])), [np.exp(-2), 0], rtol=1e-15)


def test_weights_keep_every_pair() -> None:
    minutes = csr_array((np.array([0.0, 40, 15]), np.array([1, 0, 2]), np.array([0, 1, 1, 3])), shape=(3, 3))
    found = weighted(minutes, steps(E2SFCA_STEPS))
    np.testing.assert_array_equal(found.data, [1, 0, 0.68])
    np.testing.assert_array_equal(found.indices, minutes.indices)
    np.testing.assert_array_equal(found.indptr, minutes.indptr)
    assert weighted(csr_array((0, 4)), binary(30)).shape == (0, 4)


@pytest.mark.parametrize("time", [-1.0, np.nan, np.inf])
def test_a_time_that_is_none_is_refused(time: float) -> None:
    with pytest.raises(MethodError, match="travel time is"):
        weighted(csr_array((np.array([time]), ([0], [0])), shape=(1, 1)), binary(30))


def test_weights_that_are_none_are_refused() -> None:
    for wrong in ({}, {10: -1}, {-10: 1}, {np.inf: 1}, {10: np.nan}):
        with pytest.raises(MethodError, match="Steps"):
            steps(wrong)
    for make in (gaussian, exponential, bounded_gaussian, lambda scale: gravity(scale, -2)):
        for wrong in (0, -1, np.nan, np.inf):
            with pytest.raises(MethodError, match="of a weight is"):
                make(wrong)
    with pytest.raises(MethodError, match="alpha"):
        gravity(10, np.nan)
    with pytest.raises(MethodError, match="cannot end"):
        bounded_gaussian(30, ends_at=1)
