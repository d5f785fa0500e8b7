"""Catchments with choice: against their definition, and whom and what they count once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.impedance import THREE_STEP_STEPS, exponential, steps, up_to, weighted
from geointel.gaps.three_step import huff_three_step, three_step

from .trips import dense, made, over


def test_two_equal_services_share_people_by_hand() -> None:
    weights = csr_array(np.array([[1.0, 1.0], [0.0, 0.5]]))
    found = three_step([8, 4], [4, 6], weights)
    np.testing.assert_allclose(found.demand, [4, 6])
    np.testing.assert_allclose(found.access, [0.5 + 0.5, 0.5])
    huff = huff_three_step([8, 4], [4, 6], weights)
    np.testing.assert_allclose(huff.demand, [3.2, 8.8])
    np.testing.assert_allclose(huff.access, [0.4 * 4 / 3.2 + 0.6 * 6 / 8.8, 0.5 * 6 / 8.8])


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_three_step_is_its_definition_and_conserves_places(seed: int) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, steps(THREE_STEP_STEPS))
    w = dense(weights)
    both = w * over(w, w.sum(axis=1, keepdims=True))
    competing = (both * demand[:, None]).sum(axis=0)
    found = three_step(demand, supply, weights)
    np.testing.assert_allclose(found.access, (both * over(supply, competing)).sum(axis=1), rtol=1e-12)
    assert demand @ found.access == pytest.approx(supply[competing > 0].sum(), rel=1e-12)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_choice_is_made_among_all_pairs_listed(seed: int) -> None:
    demand, supply, times = made(seed)
    selection = weighted(times, exponential(0.05))
    weights = weighted(times, up_to(20, exponential(0.05)))
    w, g = dense(weights), dense(selection)
    both = w * over(g, g.sum(axis=1, keepdims=True))
    ratio = over(supply, (both * demand[:, None]).sum(axis=0))
    found = three_step(demand, supply, weights, selection=selection)
    np.testing.assert_allclose(found.access, (both * ratio).sum(axis=1), rtol=1e-12)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_huff_choice_counts_everybody_once(seed: int) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, exponential(0.05))
    w = dense(weights)
    chosen = over(supply * w, (supply * w).sum(axis=1, keepdims=True))
    ratio = over(supply, (chosen * demand[:, None]).sum(axis=0))
    found = huff_three_step(demand, supply, weights)
    np.testing.assert_allclose(found.access, (chosen * w * ratio).sum(axis=1), rtol=1e-12)
    assert found.demand.sum() == pytest.approx(demand[(supply * w).sum(axis=1) > 0].sum(), rel=1e-12)


def test_selection_of_other_pairs_is_refused() -> None:
    weights = csr_array(np.array([[1.0, 1.0]]))
    for other in (csr_array(np.array([[1.0, 0.0]])), csr_array(np.array([[1.0, 1.0, 1.0]]))):
        with pytest.raises(MethodError, match="other pairs"):
            three_step([1], [1, 1], weights, selection=other)
    with pytest.raises(MethodError, match="weight of selection is not a number"):
        three_step([1], [1, 1], weights, selection=csr_array(np.array([[1.0, np.nan]])))


def test_nothing_in_reach() -> None:
    for method in (three_step, huff_three_step):
        found = method([3, 0], [1, 0], csr_array((2, 2)))
        np.testing.assert_array_equal(found.access, [0, 0])
        assert np.isnan(found.ratio).all()
