"""The perturbation table's promises, and the look-up against one written out in fractions."""

import hashlib
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geointel.disclosure.perturbation import UNITS, PerturbationTable, perturb, perturbation_table, table_of
from geointel.errors import MethodError

OPEN = {"max_noise": 5, "variance": 3.0, "never_show": 2, "stay": 0.5}
PARTNER = {"max_noise": 2, "variance": 1.0}


@cache
def open_table():
    return perturbation_table(**OPEN)


def assert_keeps_its_promises(table, *, max_noise, variance, never_show=0, stay=None):
    p, v = table.chances, table.change
    shown = np.arange(len(v))[:, None] + v
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose((p * v).sum(axis=1), 0, atol=max_noise * 1e-8 * p.shape[1])
    assert (p >= 0).all()
    assert (p[0][v[0] == 0]).sum() == 1
    assert np.abs(v).max() <= max_noise
    assert (shown >= 0).all()
    assert not ((shown >= 1) & (shown <= never_show)).any()
    assert (table.variances <= variance + 1e-6).all()
    assert table.variances[-1] == pytest.approx(variance, abs=1e-6)
    assert len(v) == 1 + max_noise + (never_show + 1 if never_show else 0)
    for row, chance in zip(v, p, strict=True):
        if 0 in row:
            up_to_none = chance[: int(np.flatnonzero(row == 0)[0]) + 1]
            assert (np.diff(up_to_none) >= -2e-8).all()


def test_open_table():
    table = perturbation_table(**OPEN)
    assert_keeps_its_promises(table, **OPEN)
    np.testing.assert_allclose(table.variances[1:], 3, atol=1e-6)
    stays = [chance[row == 0].sum() for row, chance in zip(table.change[3:], table.chances[3:], strict=True)]
    np.testing.assert_allclose(stays, 0.5, atol=1e-8)


def test_partner_table_says_where_its_variance_is_less():
    """A count of 1 can fall by one only: rising chances leave it .9319, and no table with these rules has more."""
    table = perturbation_table(**PARTNER)
    assert_keeps_its_promises(table, **PARTNER)
    np.testing.assert_allclose(table.variances, [0, 0.931884, 1], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.floats(0.2, 15), st.integers(0, 4), st.sampled_from([None, 0.2, 0.5, 0.8]))
def test_every_table_keeps_its_promises(max_noise, variance, never_show, stay):
    parameters = {"max_noise": max_noise, "variance": variance, "never_show": never_show, "stay": stay}
    try:
        table = perturbation_table(**parameters)
    except MethodError as error:
        if "at least" not in str(error) and "at most" not in str(error):
            raise
        assume(False)
    assert_keeps_its_promises(table, **parameters)


def test_stay_gives_way_to_the_variance():
    """A chance of .9 of no change leaves 5 x 5 x .1 = 2.5 at most."""
    table = perturbation_table(5, 3.0, never_show=2, stay=0.9)
    np.testing.assert_allclose(table.variances[1:], 3, atol=1e-6)
    assert (table.chances * (table.change == 0)).sum(axis=1).max(initial=0, where=np.arange(9) > 0) < 0.9


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2**64 - 1)), min_size=1, max_size=50))
def test_look_up_is_the_rule_in_fractions(cells):
    table = open_table()
    found = perturb(np.array([n for n, _ in cells]), np.array([key for _, key in cells], dtype=np.uint64), table)
    for (n, key), shown in zip(cells, found, strict=True):
        row = min(n, 8)
        place = next(
            k for k, bound in enumerate(table.bounds[row]) if Fraction(key, 2**64) < Fraction(int(bound), UNITS)
        )
        assert shown == n + table.change[row, place]


def test_keys_on_both_sides_of_each_bound():
    table = perturbation_table(**OPEN)
    for row in range(1, 9):
        for k, bound in enumerate(table.bounds[row][:-1]):
            if bound < UNITS:
                first = -(-int(bound) * 2**64 // UNITS)
                below, at = perturb(np.array([row, row]), np.array([first - 1, first], dtype=np.uint64), table)
                assert (below, at) == (row + table.change[row, k], row + table.change[row, k + 1])


def test_the_largest_key_takes_the_last_change():
    table = perturbation_table(**OPEN)
    keys = np.full(9, 2**64 - 1, dtype=np.uint64)
    np.testing.assert_array_equal(perturb(np.arange(9), keys, table), [0, 6, 7, 8, 9, 10, 11, 12, 13])


@pytest.mark.parametrize("parameters", [OPEN, PARTNER])
def test_shares_over_random_keys(parameters):
    table = perturbation_table(**parameters)
    n = 200_000
    keys = np.random.default_rng(7).integers(0, 2**64, n, dtype=np.uint64)
    for count in (1, 2, 3, 40):
        row = min(count, len(table.change) - 1)
        noise = perturb(np.full(n, count), keys, table) - count
        assert abs(noise.mean()) < 4 * np.sqrt(table.variances[row] / n)
        for change, chance in zip(table.change[row], table.chances[row], strict=True):
            if chance:
                assert abs((noise == change).mean() - chance) < 5 * np.sqrt(chance / n) + 1e-9


def test_keys_of_records_add_up_whatever_the_order():
    """A cell's key is a sum modulo 2^64: parts counted apart and together give the same number."""
    rng = np.random.default_rng(3)
    records = rng.integers(0, 2**64, 1000, dtype=np.uint64)
    part = rng.integers(0, 7, 1000)
    with np.errstate(over="ignore"):
        parts = np.array([records[part == k].sum(dtype=np.uint64) for k in range(7)], dtype=np.uint64)
        whole = records[rng.permutation(1000)].sum(dtype=np.uint64)
        assert parts.sum(dtype=np.uint64) == whole == np.uint64(sum(map(int, records)) % 2**64)


def test_a_table_cannot_be_changed():
    table = perturbation_table(**PARTNER)
    with pytest.raises(ValueError, match="read-only"):
        table.change[1, 0] = 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"max_noise": 0, "variance": 1}, "the largest change is 0"),
        ({"max_noise": 2, "variance": 0}, "the variance is 0"),
        ({"max_noise": 2, "variance": float("nan")}, "the variance is nan"),
        ({"max_noise": 2, "variance": 1, "never_show": -1}, "not 0 or more"),
        ({"max_noise": 2, "variance": 4, "never_show": 2}, "leaves the count 3 as it is"),
        ({"max_noise": 2, "variance": 1, "stay": 1.0}, "the chance of no change is 1"),
        ({"max_noise": 5, "variance": 1.5, "never_show": 2}, "count 1: .*at least 2; the bound is 1.5"),
        ({"max_noise": 2, "variance": 9}, "at most 2 have a variance of at most 2, not 9"),
    ],
)
def test_what_no_table_can_have_is_named(arguments, named):
    with pytest.raises(MethodError, match=named):
        perturbation_table(**arguments)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([([0], [UNITS]), ([-2, 2], [5, UNITS])], "makes a count negative"),
        ([([0], [UNITS]), ([-1, 2], [5, 7])], "do not end at one"),
        ([([0], [UNITS]), ([-1, 0, 2], [5, 4, UNITS])], "bounds fall"),
        ([([1], [UNITS])], "the count 0 is changed"),
    ],
)
def test_what_is_no_table_is_named(rows, named):
    with pytest.raises(MethodError, match=named):
        table_of(rows)


def test_a_table_of_nothing():
    with pytest.raises(MethodError, match="no row"):
        PerturbationTable(np.empty((0, 0), dtype=np.int64), np.empty((0, 0), dtype=np.int64))


@pytest.mark.parametrize(
    ("counts", "keys"),
    [
        (np.array([1.5]), np.array([1], dtype=np.uint64)),
        (np.array([1]), np.array([1], dtype=np.int64)),
        (np.array([1, 2]), np.array([1], dtype=np.uint64)),
        (np.array([-1]), np.array([1], dtype=np.uint64)),
    ],
)
def test_what_cannot_be_perturbed_is_named(counts, keys):
    with pytest.raises(MethodError, match=r"not a whole number|do not belong"):
        perturb(counts, keys, perturbation_table(**PARTNER))


def test_nothing_gives_nothing():
    found = perturb(np.array([], dtype=np.int64), np.array([], dtype=np.uint64), perturbation_table(**PARTNER))
    assert found.shape == (0,)


def test_a_change_without_a_share_is_never_made():
    table = table_of([([0], [UNITS]), ([-1, 1, 2], [UNITS // 2, UNITS, UNITS])])
    assert perturb([1], np.array([2**64 - 1], dtype=np.uint64), table).tolist() == [2]


@pytest.mark.parametrize(
    ("parameters", "digest"),
    [
        (OPEN, "e540427fcdc768fe6896dbee30d11098151c40451f489d1e9700db3b9dfeb53f"),
        (PARTNER, "12a35a822a5aaacca5034bb93ffe4b221a7d1be0fe2b042bcb2d066f1805fbb1"),
    ],
)
def test_the_tables_of_the_usual_policies_are_the_same_everywhere(parameters, digest):
    """A machine, or a later solver, that finds another table would show other numbers for the same records."""
    bounds = perturbation_table(**parameters).bounds
    assert hashlib.sha256(bounds.astype("<i8").tobytes()).hexdigest() == digest
