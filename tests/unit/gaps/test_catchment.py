"""Two-step catchments: against their definition, what is conserved, and what has no ratio."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.catchment import modified, two_step
from geointel.gaps.impedance import E2SFCA_STEPS, Weight, binary, exponential, steps, weighted

from .trips import dense, hand, made, over

WEIGHTS = st.sampled_from([binary(30), steps(E2SFCA_STEPS), exponential(0.08)])


def test_two_services_by_hand() -> None:
    demand, supply, times = hand()
    found = two_step(demand, supply, weighted(times, steps(E2SFCA_STEPS)))
    np.testing.assert_allclose(found.demand, [100, 111])
    np.testing.assert_allclose(found.ratio, [0.1, 0.2])
    np.testing.assert_allclose(found.access, [0.3, 0.044, 0])
    np.testing.assert_array_equal(found.reached, [True, True, False])
    lost = modified(demand, supply, weighted(times, steps(E2SFCA_STEPS)))
    np.testing.assert_allclose(lost.access, [0.3, 0.22 * 0.22 * 0.2, 0])


@settings(deadline=None)
@given(st.integers(0, 10_000), WEIGHTS)
def test_access_is_its_definition_and_conserves_places(seed: int, weight: Weight) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, weight)
    w = dense(weights)
    ratio = over(supply, (w * demand[:, None]).sum(axis=0))
    found = two_step(demand, supply, weights)
    np.testing.assert_allclose(found.access, (w * ratio).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(modified(demand, supply, weights).access, (w**2 * ratio).sum(axis=1), rtol=1e-12)
    used = supply[(w * demand[:, None]).sum(axis=0) > 0].sum()
    assert demand @ found.access == pytest.approx(used, rel=1e-12)
    assert demand @ modified(demand, supply, weights).access <= used * (1 + 1e-12)
    np.testing.assert_array_equal(found.reached, (w > 0).any(axis=1))


def test_a_service_without_demand_has_no_ratio_and_adds_nothing() -> None:
    weights = csr_array(np.array([[1.0, 1.0], [1.0, 0.0]]))
    found = two_step([0, 10], [5, 7], weights)
    np.testing.assert_array_equal(found.ratio, [0.5, np.nan])
    np.testing.assert_array_equal(found.access, [0.5, 0.5])


def test_a_service_without_places_gives_none_but_is_in_range() -> None:
    found = two_step([4, 4], [0], csr_array(np.array([[1.0], [0.0]])))
    np.testing.assert_array_equal(found.ratio, [0])
    np.testing.assert_array_equal(found.access, [0, 0])
    np.testing.assert_array_equal(found.reached, [True, False])


def test_demand_too_small_for_a_ratio_is_none() -> None:
    found = two_step([1.0], [1e300], csr_array(np.array([[1e-300]])))
    np.testing.assert_array_equal(found.ratio, [np.nan])
    np.testing.assert_array_equal(found.access, [0])


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (3, 0), (3, 2)])
def test_nothing_in_reach(shape: tuple[int, int]) -> None:
    found = two_step(np.ones(shape[0]), np.ones(shape[1]), csr_array(shape))
    np.testing.assert_array_equal(found.access, np.zeros(shape[0]))
    assert np.isnan(found.ratio).all()
    assert not found.reached.any()


def test_negative_weights_are_refused() -> None:
    with pytest.raises(MethodError, match="weight of a pair is negative"):
        two_step([1], [1], csr_array(np.array([[-1.0]])))
