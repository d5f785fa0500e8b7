"""The nearest services, against a search of every row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.nearest import nearest, within

from .trips import dense, hand, made


def test_a_stored_zero_is_the_nearest() -> None:
    found = nearest(hand()[2])
    np.testing.assert_array_equal(found.first, [0, 25, np.nan])
    np.testing.assert_array_equal(found.second, [5, np.nan, np.nan])
    np.testing.assert_array_equal(found.service, [1, 1, -1])


def test_of_equal_times_the_lower_position_in_whatever_order_they_are_stored() -> None:
    times = csr_array((np.array([7.0, 9, 7]), np.array([2, 1, 0]), np.array([0, 3])), shape=(1, 3))
    found = nearest(times)
    assert (found.service[0], found.first[0], found.second[0]) == (0, 7, 7)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_it_is_the_least_of_every_row(seed: int, some: bool) -> None:
    _, supply, times = made(seed)
    services = supply > 4 if some else None
    full = dense(times, missing=np.inf)
    if some:
        full[:, supply <= 4] = np.inf
    ordered = np.sort(full, axis=1)
    found = nearest(times, services)
    np.testing.assert_array_equal(found.first, np.where(np.isinf(ordered[:, 0]), np.nan, ordered[:, 0]))
    np.testing.assert_array_equal(found.second, np.where(np.isinf(ordered[:, 1]), np.nan, ordered[:, 1]))
    np.testing.assert_array_equal(found.service, np.where(np.isinf(ordered[:, 0]), -1, full.argmin(axis=1)))
    np.testing.assert_array_equal(within(times, 20, services=services), (full <= 20).sum(axis=1))


@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (0, 2), (2, 2)])
def test_without_pairs_there_is_none(shape: tuple[int, int]) -> None:
    found = nearest(csr_array(shape))
    np.testing.assert_array_equal(found.service, np.full(shape[0], -1))
    assert np.isnan(found.first).all()
    np.testing.assert_array_equal(within(csr_array(shape), 30), np.zeros(shape[0]))


def test_services_that_do_not_fit_and_times_that_are_none_are_refused() -> None:
    for wrong in (np.array([True]), np.array([1, 0])):
        with pytest.raises(MethodError, match="do not fit"):
            nearest(hand()[2], wrong)
    with pytest.raises(MethodError, match="travel time is negative"):
        within(csr_array(np.array([[-1.0]])), 30)
