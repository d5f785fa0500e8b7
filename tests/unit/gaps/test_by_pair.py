"""Numbers by pair keep their pattern, and shares add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.gaps import by_pair

from .trips import dense, hand, made, over


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_shares_of_rows_and_columns(seed: int) -> None:
    _, _, pairs = made(seed)
    full = dense(pairs)
    np.testing.assert_allclose(
        dense(by_pair.row_shares(pairs)), over(full, full.sum(axis=1, keepdims=True)), rtol=1e-12
    )
    np.testing.assert_allclose(dense(by_pair.column_shares(pairs)), over(full, full.sum(axis=0)), rtol=1e-12)
    assert by_pair.row_shares(pairs).nnz == pairs.nnz
    np.testing.assert_array_equal(by_pair.reached(pairs), full.max(axis=1, initial=0) > 0)


def test_some_pairs_keep_their_places_and_their_zeros() -> None:
    _, _, times = hand()
    found = by_pair.only(times, np.array([False, True, True]))
    np.testing.assert_array_equal(dense(found, missing=-1), [[-1, 0], [-1, 25], [-1, -1]])
    np.testing.assert_array_equal(by_pair.origins(times), [0, 0, 1])
    np.testing.assert_array_equal(by_pair.from_origins(times, np.array([7.0, 8, 9])), [7, 7, 8])


@pytest.mark.parametrize(
    ("demand", "supply", "message"),
    [
        ([1, 2], [1, 1], "demand has shape"),
        ([1, 2, 3], [1], "supply has shape"),
        ([1, np.nan, 3], [1, 1], "demand is not a number"),
        ([1, 2, 3], [1, -1], "supply is negative"),
        ([[1, 2, 3]], [1, 1], "not one number"),
    ],
)
def test_what_does_not_fit_is_named(demand: list, supply: list, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        by_pair.given(demand, supply, hand()[2])


def test_a_weight_that_is_infinite_is_named() -> None:
    demand, supply, times = hand()
    with pytest.raises(MethodError, match="weight of a pair is infinite at 1 of 3 places"):
        by_pair.given(demand, supply, by_pair.like(times, np.array([1, np.inf, 1])))
