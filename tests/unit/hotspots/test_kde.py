"""Kernel density: a density integrates to its records, and is never finer than the map points."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.kde import dual_density, kernel_density, kernel_weights

KERNELS = ("quartic", "epanechnikov", "gaussian")
SIDE = np.linspace(-3000, 3000, 241)
PLANE = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)
POINTS = np.array([[0.0, 0], [300, 100], [-500, 250]])


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_density_of_the_plane_adds_up_to_the_records(kernel: str) -> None:
    density = kernel_density(PLANE, POINTS, [4, 1, 2], bandwidth=400, spacing=100, kernel=kernel)
    assert density.sum() * 25**2 == pytest.approx(7, rel=1e-3)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_point_of_weight_three_is_three_points(kernel: str) -> None:
    once = kernel_density(PLANE[::97], POINTS, [3, 1, 1], bandwidth=400, spacing=0, kernel=kernel)
    thrice = kernel_density(PLANE[::97], POINTS[[0, 0, 0, 1, 2]], bandwidth=400, spacing=0, kernel=kernel)
    np.testing.assert_allclose(once, thrice, rtol=1e-12, atol=1e-20)


def test_beyond_the_bandwidth_there_is_nothing() -> None:
    found = kernel_density([[0, 0], [399, 0], [401, 0]], [[0, 0]], bandwidth=400, spacing=0)
    assert found[0] == pytest.approx(3 / (np.pi * 400**2))
    assert found[1] > 0
    assert found[2] == 0


def test_many_centres_are_worked_on_in_parts() -> None:
    many = np.random.default_rng(1).uniform(-800, 800, (3000, 2))
    whole = kernel_density(PLANE[:900], many, bandwidth=300, spacing=0, kernel="gaussian")
    parts = [
        kernel_density(PLANE[i : i + 300], many, bandwidth=300, spacing=0, kernel="gaussian") for i in (0, 300, 600)
    ]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-12)


def test_two_densities_make_one() -> None:
    a, b = [2.0, 0.0, 3.0], [1.0, 4.0, 0.0]
    np.testing.assert_array_equal(dual_density(a, b, "difference"), [1, -4, 3])
    np.testing.assert_array_equal(dual_density(a, b, "sum"), [3, 4, 3])
    np.testing.assert_array_equal(dual_density(a, b, "ratio"), [2, 0, np.nan])
    np.testing.assert_array_equal(dual_density(a, b, "log-ratio"), [np.log(2), np.nan, np.nan])


def test_nothing_recorded_is_no_density() -> None:
    np.testing.assert_array_equal(kernel_density([[0, 0]], [], bandwidth=1, spacing=0), [0])
    assert kernel_density([], [[0, 0]], bandwidth=1, spacing=0).shape == (0,)


def test_a_bandwidth_below_the_spacing_is_refused() -> None:
    with pytest.raises(MethodError, match="below the spacing of 150"):
        kernel_density([[0, 0]], [[0, 0]], bandwidth=149, spacing=150)
    with pytest.raises(MethodError, match="not above 0"):
        kernel_density([[0, 0]], [[0, 0]], bandwidth=0, spacing=0)
    with pytest.raises(MethodError, match="points of a plane"):
        kernel_density([1, 2], [[0, 0]], bandwidth=1, spacing=0)
    with pytest.raises(MethodError, match="do not fit"):
        kernel_density([[1, 2]], [[0, 0]], [1, 2], bandwidth=1, spacing=0)


def test_weights_times_records_are_the_density_and_hold_the_pairs_that_count() -> None:
    weights = kernel_weights(PLANE[::97], POINTS, bandwidth=400, spacing=100)
    density = kernel_density(PLANE[::97], POINTS, [4, 1, 2], bandwidth=400, spacing=100)
    np.testing.assert_allclose(weights @ [4, 1, 2], density, rtol=1e-14)
    distance = np.hypot(*(PLANE[::97, None] - POINTS).transpose(2, 0, 1))
    assert weights.nnz == (distance < 400).sum()
    assert kernel_weights(PLANE[:3], np.empty((0, 2)), bandwidth=1, spacing=0).shape == (3, 0)
