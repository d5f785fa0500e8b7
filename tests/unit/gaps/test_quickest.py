"""Of several times for a pair the least counts, and a time of 0 is a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.quickest import quickest


def test_scipy_would_add_what_we_take_the_least_of() -> None:
    row, column, minutes = [1, 1, 0], [2, 2, 0], [5.0, 3.0, 7.0]
    assert csr_array((minutes, (row, column)), shape=(2, 3))[1, 2] == 8.0
    found = quickest(row, column, minutes, shape=(2, 3))
    assert found.toarray().tolist() == [[7.0, 0.0, 0.0], [0.0, 0.0, 3.0]]
    assert found.nnz == 2


def test_a_time_of_nothing_is_stored() -> None:
    found = quickest([0, 0], [1, 1], [0.0, 4.0], shape=(1, 2))
    assert found.nnz == 1
    assert found.data.tolist() == [0.0]


def test_no_pairs_give_an_empty_matrix_of_the_shape() -> None:
    found = quickest([], [], [], shape=(3, 2))
    assert found.shape == (3, 2)
    assert found.nnz == 0


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_times_are_refused(bad: float) -> None:
    with pytest.raises(MethodError, match=r"minutes have .* at position 1") as refused:
        quickest([0, 0], [0, 1], [1.0, bad], shape=(1, 2))
    assert refused.value.remedy
