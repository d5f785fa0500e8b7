"""Suppression: what must hold of it, judged by ranks and by the attack, on random tables."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.disclosure.linear_attack import exactly, exactly_known, interval_attack
from geointel.disclosure.suppression import suppress
from geointel.errors import MethodError

from .tables import two_way


def rank(matrix):
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def follow(cells, hidden):
    """Hidden cells that follow from the published ones, by ranks."""
    shown = cells.toarray()[~hidden]
    return [rank(np.vstack([shown, row])) == rank(shown) for row in cells.toarray()[hidden]]


@pytest.mark.parametrize("seed", range(20))
def test_no_hidden_cell_follows_and_every_small_one_is_hidden(seed):
    cells = two_way(5, 4)
    counts = np.random.default_rng(seed).poisson(4, 20)
    values = cells @ counts
    found = suppress(cells, counts)
    np.testing.assert_array_equal(found.primary, (values >= 1) & (values <= 4))
    assert found.hidden[found.primary].all()
    assert not any(follow(cells, found.hidden))


@pytest.mark.parametrize("seed", range(20))
def test_every_other_cell_is_hidden_for_a_reason(seed):
    """Publishing one of the other hidden cells as well gives a small one away, or would give it away to those above it in rank."""
    cells = two_way(4, 4)
    counts = np.random.default_rng(seed).poisson(5, 16)
    found = suppress(cells, counts)
    for at in np.flatnonzero(found.hidden & ~found.primary):
        hidden = found.hidden.copy()
        hidden[at] = False
        shown = cells.toarray()[~hidden]
        assert any(rank(np.vstack([shown, row])) == rank(shown) for row in cells.toarray()[found.primary])


@pytest.mark.parametrize("seed", range(6))
def test_ranges_are_as_wide_as_asked(seed):
    cells = two_way(5, 4)
    counts = np.random.default_rng(seed).poisson(4, 20)
    found = suppress(cells, counts, least_width=6)
    values = cells @ counts
    published = exactly(csr_array(cells[~found.hidden]), values[~found.hidden])
    assert interval_attack(published, csr_array(cells[found.primary])).width.min() >= 6 - 1e-6
    assert not exactly_known(published, csr_array(cells[found.hidden])).any()
    assert (found.hidden | ~suppress(cells, counts).primary).all()


def test_hiding_the_small_cells_alone_is_not_enough():
    """The reason for this module: one small cell in a row is what the total leaves."""
    cells, counts = two_way(2, 2), np.array([9, 2, 8, 7])
    small = (cells @ counts >= 1) & (cells @ counts <= 4)
    assert any(follow(cells, small))
    found = suppress(cells, counts)
    assert found.hidden.reshape(3, 3)[:2, :2].all()
    assert not found.hidden.reshape(3, 3)[2].any()


def test_cells_of_more_worth_are_published_first():
    cells, counts = two_way(1, 3), np.array([2, 9, 8])
    worth = np.ones(8)
    assert suppress(cells, counts, worth=worth * [1, 5, 1, 9, 0, 0, 0, 0]).hidden[[1, 2]].tolist() == [False, True]
    assert suppress(cells, counts, worth=worth * [1, 1, 5, 9, 0, 0, 0, 0]).hidden[[1, 2]].tolist() == [True, False]


def test_nothing_small_hides_nothing():
    assert not suppress(two_way(2, 2), [0, 9, 8, 7], least_width=5).hidden.any()


@pytest.mark.parametrize(
    ("counts", "worth", "named"),
    [
        ([1, 2, 3], None, "do not fit 3 counts"),
        ([1, 2, 3, -1], None, "negative"),
        ([1, 2, 3, 4], [1.0], "values of worth"),
    ],
)
def test_what_does_not_fit_is_named(counts, worth, named):
    with pytest.raises(MethodError, match=named):
        suppress(two_way(2, 2), counts, worth=worth)


def test_a_published_zero_is_taken_as_known():
    """The total of the second row is 0, so the column's total is the small number: both are hidden, or neither protects the other."""
    cells, counts = two_way(2, 2), np.array([3, 9, 0, 0])
    found = suppress(cells, counts)
    values = cells @ counts
    assert not found.hidden[values == 0].any()
    published = exactly(csr_array(cells[~found.hidden]), values[~found.hidden])
    assert interval_attack(published, csr_array(cells[found.hidden])).width.min() > 0


@pytest.mark.parametrize("seed", [7, 43])
def test_what_is_hidden_for_its_width_does_not_follow_either(seed):
    """Tables in which a cell that held a range would follow from others, if those were not hidden with it."""
    cells, counts = two_way(5, 4), np.random.default_rng(seed).poisson(3, 20)
    assert not any(follow(cells, suppress(cells, counts, least_width=8).hidden))


@pytest.mark.parametrize("seed", range(6))
def test_zeros_stay_published_in_sparse_tables(seed):
    cells, counts = two_way(6, 4), np.random.default_rng(seed).poisson(1.2, 24)
    found = suppress(cells, counts, least_width=5)
    values = cells @ counts
    assert not found.hidden[values == 0].any()
    published = exactly(csr_array(cells[~found.hidden]), values[~found.hidden])
    assert interval_attack(published, csr_array(cells[found.primary])).width.min() >= 5 - 1e-6


def test_that_a_hidden_cell_is_no_zero_is_known_to_everybody():
    """Seven parts of one record each: their total of 7 would leave each a range from 0 to 7, if a hidden part could be a zero."""
    cells = csr_array(np.vstack([np.eye(7), np.ones(7)]))
    found = suppress(cells, np.ones(7, dtype=int), least_width=5)
    assert found.hidden.all()
    wide = suppress(cells, [1, 1, 1, 1, 1, 1, 12], least_width=5)
    assert wide.primary[:6].all()
    assert wide.hidden.tolist() == [*[True] * 6, True, False]
