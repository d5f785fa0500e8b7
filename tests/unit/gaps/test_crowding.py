"""Crowding of services: everybody who can reach a place is counted once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.gaps.crowding import crowding
from geointel.gaps.impedance import E2SFCA_STEPS, steps, weighted

from .trips import dense, made, over


def test_by_hand() -> None:
    weights = csr_array(np.array([[1.0, 0.5], [0.0, 1.0]]))
    np.testing.assert_allclose(crowding([30, 20], [10, 10], weights), [2, 0.5 * 2 + 2])


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_its_definition_and_counts_everybody_once(seed: int) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, steps(E2SFCA_STEPS))
    w = dense(weights)
    reach = (w * supply).sum(axis=1)
    found = crowding(demand, supply, weights)
    np.testing.assert_allclose(found, (w * over(demand, reach)[:, None]).sum(axis=0), rtol=1e-12)
    assert supply @ found == pytest.approx(demand[reach > 0].sum(), rel=1e-12)


def test_demand_without_places_in_reach_crowds_nobody() -> None:
    np.testing.assert_array_equal(crowding([5, 5], [0, 4], csr_array(np.array([[1.0, 0], [0, 0]]))), [0, 0])
