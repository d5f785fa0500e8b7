"""RAAM: nobody would be better off elsewhere, and the order of services does not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.raam import Search, raam

from .trips import dense, made


def test_two_services_with_the_same_times_share_people_by_their_places() -> None:
    minutes = csr_array(np.array([[30.0, 30.0]]))
    # 40 people, 10 places: ρ 4, and each service is as crowded as the mean.
    np.testing.assert_allclose(raam([40], [2, 8], minutes), [0.5 + 1], atol=1e-12)


def test_a_longer_journey_is_worth_it_until_crowding_is_even() -> None:
    minutes = csr_array(np.array([[6.0, 30.0]]))
    # 6/60 + a/500 = 30/60 + (1000 − a)/500, so a = 600.
    np.testing.assert_allclose(raam([1000], [50, 50], minutes), [0.1 + 1.2], atol=3e-3)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_the_order_of_services_and_of_origins_does_not_matter(seed: int) -> None:
    demand, supply, times = made(seed)
    random = np.random.default_rng(seed)
    # Equal costs would be told apart by position; these times have none.
    times = csr_array((random.uniform(1, 45, times.nnz), times.indices, times.indptr), shape=times.shape)
    rows, services = random.permutation(len(demand)), random.permutation(len(supply))
    there = dense(times, missing=-1)[np.ix_(rows, services)]
    row, column = np.nonzero(there >= 0)
    other = csr_array((there[row, column], (row, column)), shape=times.shape)
    found = raam(demand, supply, times)
    np.testing.assert_allclose(raam(demand[rows], supply[services], other), found[rows], rtol=1e-9)
    usable = (there >= 0) & (supply[services] > 0)
    np.testing.assert_array_equal(np.isnan(found[rows]), ~(usable.any(axis=1) & (demand[rows] > 0)))


def test_nobody_gains_by_going_elsewhere() -> None:
    random = np.random.default_rng(3)
    demand, supply = random.poisson(500, 60).astype(float), random.poisson(20, 5).astype(float) + 1
    minutes = random.uniform(1, 40, (60, 5))
    found = raam(demand, supply, csr_array(minutes), search=Search(cycles=2000))
    # At rest every used service costs an origin the same, so its mean cost is its least: crowding solves one fixed point.
    crowd = np.zeros(5)
    for _ in range(20_000):
        cost = minutes / 60 + crowd
        choice = np.exp(-200 * (cost - cost.min(axis=1, keepdims=True)))
        at = (demand[:, None] * choice / choice.sum(axis=1, keepdims=True)).sum(axis=0)
        crowd += 0.01 * (at / (supply * demand.sum() / supply.sum()) - crowd)
    np.testing.assert_allclose(found, (minutes / 60 + crowd).min(axis=1), rtol=0.03)


def test_fractions_of_people_move_in_their_unit() -> None:
    minutes = csr_array(np.array([[6.0, 30.0]]))
    stuck = raam([1.0], [0.05, 0.05], minutes)
    np.testing.assert_allclose(stuck, [0.1 + 2])
    np.testing.assert_allclose(raam([1.0], [0.05, 0.05], minutes, search=Search(unit=1e-4)), [1.3], atol=0.01)


def test_without_people_places_or_ways_there_is_no_cost() -> None:
    np.testing.assert_array_equal(np.isnan(raam([0, 5], [1], csr_array(np.array([[5.0], [5.0]])))), [True, False])
    assert np.isnan(raam([5], [0], csr_array(np.array([[5.0]])))).all()
    assert np.isnan(raam([5, 6], [1], csr_array((2, 1)))).all()
    for wrong in ({"tau": 0}, {"rho": 0}, {"search": Search(unit=0)}):
        with pytest.raises(MethodError, match="undefined"):
            raam([5], [1], csr_array(np.array([[5.0]])), **wrong)
    with pytest.raises(MethodError, match="travel time is negative"):
        raam([5], [1], csr_array(np.array([[-5.0]])))
