"""Controlled rounding against every rounding that there is."""

from itertools import product

import numpy as np
import pytest

from geointel.disclosure.controlled_rounding import controlled_rounding, with_totals
from geointel.errors import MethodError


def assert_keeps_the_rules(found, table, base):
    true = with_totals(table)
    assert (found % base == 0).all()
    assert (np.abs(found - true) < base).all()
    np.testing.assert_array_equal(found, with_totals(found[:-1, :-1]))


def least_change(table, base):
    """The least sum of absolute changes, by trying all."""
    true = with_totals(table)
    choices = [
        (n // base * base,) if n % base == 0 else (n // base * base, n // base * base + base)
        for n in table.ravel().tolist()
    ]
    best = np.inf
    for cells in product(*choices):
        full = with_totals(np.array(cells).reshape(table.shape))
        if (np.abs(full - true) < base).all():
            best = min(best, np.abs(full - true).sum())
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("base", [3, 5])
def test_no_other_rounding_is_closer(seed, base):
    table = np.random.default_rng(seed).poisson(3, (3, 3))
    found = controlled_rounding(table, base)
    assert_keeps_the_rules(found, table, base)
    assert np.abs(found - with_totals(table)).sum() == least_change(table, base)


def test_a_larger_table_keeps_the_rules():
    table = np.random.default_rng(1).poisson(4, (40, 9))
    assert_keeps_the_rules(controlled_rounding(table), table, 5)


@pytest.mark.parametrize("table", [np.zeros((2, 0), dtype=int), [1, 2]])
def test_what_is_no_table_is_named(table):
    with pytest.raises(MethodError, match="no rows and columns"):
        controlled_rounding(table)
