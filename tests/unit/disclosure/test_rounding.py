"""Rounding against fractions, and its mean over many keys."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geointel.disclosure.rounding import by_key, nearest
from geointel.errors import MethodError


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_nearest_is_the_closest_multiple(n, base):
    found = int(nearest([n], base)[0])
    assert found % base == 0
    assert 2 * abs(found - n) <= base
    assert found >= n or 2 * (n - found) < base


@given(st.integers(0, 10**6), st.integers(0, 2**64 - 1), st.integers(1, 12))
def test_by_key_is_the_rule_in_fractions(n, key, base):
    found = int(by_key([n], np.array([key], dtype=np.uint64), base)[0])
    up = Fraction(key, 2**64) < Fraction(n % base, base)
    assert found == (n // base + up) * base


def test_by_key_is_unbiased():
    rng = np.random.default_rng(11)
    size = 100_000
    for n in range(1, 10):
        found = by_key(np.full(size, n), rng.integers(0, 2**64, size, dtype=np.uint64))
        assert set(np.unique(found)) <= {n // 5 * 5, -(-n // 5) * 5}
        assert abs(found.mean() - n) < 5 * 2.5 / np.sqrt(size)


def test_the_same_key_gives_the_same_number():
    keys = np.random.default_rng(2).integers(0, 2**64, 50, dtype=np.uint64)
    counts = np.arange(50)
    order = np.random.default_rng(3).permutation(50)
    np.testing.assert_array_equal(by_key(counts, keys)[order], by_key(counts[order], keys[order]))


def test_a_base_below_one_is_named():
    with pytest.raises(MethodError, match="multiples of 0"):
        nearest([1], 0)


def test_every_count_needs_a_key():
    with pytest.raises(MethodError, match="one unsigned 64-bit key"):
        by_key([1, 2], np.array([1], dtype=np.uint64))
