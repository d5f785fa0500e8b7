"""What is a count, and what is a key."""

import numpy as np
import pytest

from geointel.disclosure.whole_counts import keys_of, whole_counts
from geointel.errors import MethodError


@pytest.mark.parametrize("counts", [[0, 3], np.array([0.0, 3.0]), np.array([0, 3], dtype=np.uint16)])
def test_whole_numbers_of_any_type_are_counts(counts):
    found = whole_counts(counts)
    assert found.dtype == np.int64
    assert found.tolist() == [0, 3]


@pytest.mark.parametrize("counts", [[-1], [0.5], [np.nan], [np.inf], ["1"], [True]])
def test_anything_else_is_not(counts):
    with pytest.raises(MethodError, match="A row is negative or not a whole number"):
        whole_counts(counts, "row")


def test_no_counts():
    assert whole_counts([]).dtype == np.int64


@pytest.mark.parametrize("keys", [np.array([1]), np.array([1.0]), np.array([1, 2], dtype=np.uint64)])
def test_keys_are_unsigned_and_one_for_each_count(keys):
    with pytest.raises(MethodError, match="do not belong to counts"):
        keys_of(keys, (1,))
