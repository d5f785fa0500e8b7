"""Balanced catchments: neither people nor places count twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.gaps.balanced import balanced
from geointel.gaps.impedance import exponential, weighted

from .trips import dense, made, over


def test_by_hand() -> None:
    found = balanced([8, 4], [6, 4], csr_array(np.array([[1.0, 1.0], [0.0, 1.0]])))
    np.testing.assert_allclose(found.demand, [4, 8])
    np.testing.assert_allclose(found.ratio, [1.5, 0.5])
    np.testing.assert_allclose(found.access, [1.5 + 0.25, 0.25])


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_its_definition_and_adds_up(seed: int) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, exponential(0.08))
    w = dense(weights)
    competing = (over(w, w.sum(axis=1, keepdims=True)) * demand[:, None]).sum(axis=0)
    ratio = over(supply, competing)
    found = balanced(demand, supply, weights)
    np.testing.assert_allclose(found.access, (over(w, w.sum(axis=0)) * ratio).sum(axis=1), rtol=1e-12)
    assert found.demand.sum() == pytest.approx(demand[found.reached].sum(), rel=1e-12)
    assert found.access.sum() == pytest.approx(np.nansum(found.ratio), rel=1e-12)


def test_nothing_in_reach() -> None:
    found = balanced([1, 2], [3], csr_array((2, 1)))
    np.testing.assert_array_equal(found.access, [0, 0])
    assert np.isnan(found.ratio).all()
