"""Spatial availability: all places fall to somebody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.availability import availability
from geointel.gaps.catchment import two_step
from geointel.gaps.impedance import exponential, weighted

from .trips import dense, made, over


def test_by_hand() -> None:
    weights = csr_array(np.array([[1.0], [0.5]]))
    np.testing.assert_allclose(availability([9, 16], [17], weights), [9, 8])
    np.testing.assert_allclose(availability([9, 16], [5], weights, alpha=0.5), [3, 2])


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 1.0, 2.0]))
def test_it_is_its_definition_and_gives_all_places_away(seed: int, alpha: float) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, exponential(0.08))
    claim = dense(weights) * (demand**alpha)[:, None]
    found = availability(demand, supply, weights, alpha=alpha)
    np.testing.assert_allclose(found, (over(claim, claim.sum(axis=0)) * supply).sum(axis=1), rtol=1e-12)
    assert found.sum() == pytest.approx(supply[claim.sum(axis=0) > 0].sum(), rel=1e-12)
    np.testing.assert_allclose(
        availability(demand, supply, weights), demand * two_step(demand, supply, weights).access, rtol=1e-12
    )


def test_nobody_has_no_claim() -> None:
    np.testing.assert_array_equal(availability([0, 0], [5], csr_array(np.ones((2, 1)))), [0, 0])
    for alpha in (0, -1, np.nan):
        with pytest.raises(MethodError, match="alpha"):
            availability([1], [1], csr_array(np.ones((1, 1))), alpha=alpha)
