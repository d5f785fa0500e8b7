"""Column updates: the same as computing everything again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.availability import availability
from geointel.gaps.catchment import modified, two_step
from geointel.gaps.impedance import E2SFCA_STEPS, exponential, steps, weighted
from geointel.gaps.what_if import Column, column_of, contribution, score_all, with_change

from .trips import dense, hand, made

EXACT = 1e-12
METHODS = st.sampled_from(["two-step", "modified", "availability"])
SIZES = st.lists(st.sampled_from([0.0, 1.0, 7.5, 1e6]), min_size=6, max_size=6)


def anew(method: str, demand: np.ndarray, supply: np.ndarray, weights: csr_array) -> np.ndarray:
    if method == "availability":
        return availability(demand, supply, weights, alpha=0.5)
    return (modified if method == "modified" else two_step)(demand, supply, weights).access


def column(method: str, demand: np.ndarray, weights: csr_array, *, service: int, supply: float) -> Column:
    own = column_of(weights.tocsc(), service)
    if method == "availability":
        claim = np.sqrt(demand)
        found = contribution(own, claim, supply)
        return Column(own.origins, found.values * claim[own.origins])
    return contribution(own, demand, supply, second=own.values**2 if method == "modified" else None)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), METHODS, SIZES)
def test_several_changes_at_once_are_a_full_recomputation(seed: int, other: int, method: str, sizes: list) -> None:
    """Services of 1 and 4 move, all that differ in size open, close or are resized."""
    demand, supply, times = made(seed)
    supply_after = np.where(np.arange(6) % 2, np.array(sizes), supply)
    there, elsewhere = dense(times, missing=-1), dense(made(other)[2], missing=-1)
    there_after = np.where(np.isin(np.arange(6), [1, 4]), elsewhere, there)
    before, after = (_weights(minutes) for minutes in (there, there_after))
    services = (1, 3, 4, 5)
    access = anew(method, demand, supply, before)
    found = with_change(
        access,
        before=[column(method, demand, before, service=j, supply=supply[j]) for j in services],
        after=[column(method, demand, after, service=j, supply=supply_after[j]) for j in services],
    )
    expected = anew(method, demand, supply_after, after)
    most = np.maximum(expected, access)
    assert (np.abs(found - expected) <= EXACT * most).all()
    assert (found >= 0).all()


def _weights(minutes: np.ndarray) -> csr_array:
    row, to = np.nonzero(minutes >= 0)
    return weighted(csr_array((minutes[row, to], (row, to)), shape=minutes.shape), steps(E2SFCA_STEPS))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_closing_everything_leaves_exactly_nothing(seed: int) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, exponential(0.08))
    every = [contribution(column_of(weights.tocsc(), j), demand, supply[j]) for j in range(6)]
    left = with_change(two_step(demand, supply, weights).access, before=every)
    np.testing.assert_array_equal(left, np.zeros(len(demand)))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_candidates_scored_at_once_are_those_opened_one_by_one(seed: int) -> None:
    demand, supply, times = made(seed)
    candidates = weighted(times, steps(E2SFCA_STEPS))
    found = dense(score_all(candidates, demand, supply))
    for j in range(6):
        alone = two_step(demand, np.where(np.arange(6) == j, supply, 0), candidates).access
        np.testing.assert_allclose(found[:, j], alone, rtol=1e-12)


def test_by_hand_and_the_rest_untouched() -> None:
    demand, supply, times = hand()
    weights = weighted(times, steps(E2SFCA_STEPS))
    own = contribution(column_of(weights.tocsc(), 1), demand, supply[1])
    np.testing.assert_allclose(own.values, [0.2, 0.044])
    access = two_step(demand, supply, weights).access
    np.testing.assert_allclose(with_change(access, before=[own]), [0.1, 0, 0])
    np.testing.assert_allclose(access, [0.3, 0.044, 0])
    np.testing.assert_array_equal(with_change(access), access)


def test_a_service_that_reaches_nobody_adds_nothing() -> None:
    nobody = Column(np.array([1]), np.array([1.0]))
    np.testing.assert_array_equal(contribution(nobody, np.array([5.0, 0]), 3).values, [0])
    nowhere = Column(np.array([], dtype=int), np.array([]))
    assert not contribution(nowhere, np.array([5.0, 0]), 3).values.size
    np.testing.assert_array_equal(with_change(np.array([1.0]), before=[nowhere], after=[nowhere]), [1])


def test_what_is_not_there_is_refused() -> None:
    weights = csr_array(np.ones((2, 1))).tocsc()
    for service in (-1, 1):
        with pytest.raises(MethodError, match="no service"):
            column_of(weights, service)
    for origin in (-1, 2):
        away = Column(np.array([origin]), np.array([1.0]))
        with pytest.raises(MethodError, match="an origin that is not"):
            with_change(np.zeros(2), after=[away])
        with pytest.raises(MethodError, match="an origin that is not"):
            contribution(away, np.zeros(2), 1)
    with pytest.raises(MethodError, match="supply is negative"):
        contribution(column_of(weights, 0), np.ones(2), -1)
    with pytest.raises(MethodError, match="demand is not a number"):
        contribution(column_of(weights, 0), np.array([1, np.nan]), 1)
