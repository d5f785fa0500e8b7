"""The attack against every table that agrees with what is published. Two-way tables have whole vertices, so whole tables show the ends."""

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.disclosure.linear_attack import Published, end_of, exactly, exactly_known, interval_attack
from geointel.errors import MethodError

from .tables import two_way


def by_enumeration(published, targets, most):
    rows, goals = published.rows.toarray(), targets.toarray()
    every = np.array(list(product(range(most + 1), repeat=rows.shape[1])))
    sums = every @ rows.T
    every = every[((sums >= published.lower) & (sums <= published.upper)).all(axis=1)]
    return (every @ goals.T).min(axis=0), (every @ goals.T).max(axis=0)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("noise", [0, 1])
def test_all_tables_that_agree(seed, noise):
    rng = np.random.default_rng(seed)
    cells, counts = two_way(2, 3), rng.multinomial(5, np.full(6, 1 / 6))
    values = cells @ counts
    shown = rng.random(values.size) < 0.6
    shown[-1] = True
    seen = values + (rng.integers(-noise, noise + 1, values.size) if noise else 0)
    published = Published(cells, seen - float(noise), seen + float(noise)).only(shown)
    targets = csr_array(cells[~shown])
    found = interval_attack(published, targets)
    least, greatest = by_enumeration(published, targets, int(values[-1]) + 2 * noise)
    np.testing.assert_allclose(found.least, least, atol=1e-6)
    np.testing.assert_allclose(found.greatest, greatest, atol=1e-6)
    truth = values[~shown]
    assert (found.least <= truth + 1e-6).all()
    assert (truth <= found.greatest + 1e-6).all()


def test_margins_alone_give_the_bounds_of_frechet():
    cells, counts = two_way(3, 3), np.array([4, 0, 2, 1, 5, 3, 0, 2, 6])
    table = counts.reshape(3, 3)
    margins = np.array([3, 7, 11, 12, 13, 14, 15])
    found = interval_attack(
        exactly(csr_array(cells[margins]), (cells @ counts)[margins]), csr_array(np.eye(9, dtype=np.int64))
    )
    rows, columns = table.sum(axis=1)[:, None], table.sum(axis=0)[None, :]
    np.testing.assert_allclose(found.least.reshape(3, 3), np.maximum(0, rows + columns - table.sum()), atol=1e-6)
    np.testing.assert_allclose(found.greatest.reshape(3, 3), np.minimum(rows, columns), atol=1e-6)


def test_a_zero_total_tells_all_though_nothing_follows():
    published = exactly(csr_array(np.array([[1, 1]])), [0])
    targets = csr_array(np.eye(2, dtype=np.int64))
    assert interval_attack(published, targets).width.max() == 0
    assert not exactly_known(published, targets).any()


def test_parent_less_siblings_is_known():
    published = exactly(csr_array(np.array([[1, 1, 1], [0, 1, 0], [0, 0, 1]])), [9, 3, 4])
    target = csr_array(np.array([[1, 0, 0]]))
    assert exactly_known(published, target).all()
    found = interval_attack(published, target)
    assert (found.least[0], found.greatest[0]) == pytest.approx((2, 2))


def test_noise_is_not_known_exactly():
    rows = csr_array(np.array([[1, 1], [0, 1]]))
    noisy = Published(rows, np.array([3.0, 0.0]), np.array([7.0, 4.0]))
    target = csr_array(np.array([[1, 0]]))
    assert not exactly_known(noisy, target).any()
    found = interval_attack(noisy, target)
    assert (found.least[0], found.greatest[0]) == pytest.approx((0, 7))


def test_what_nothing_bounds_is_infinite():
    found = interval_attack(exactly(csr_array(np.array([[1, 0]])), [3]), csr_array(np.array([[0, 1]])))
    assert found.least[0] == 0
    assert found.greatest[0] == np.inf


def test_an_open_end_is_no_bound():
    found = interval_attack(
        Published(csr_array(np.array([[1]])), np.array([5.0]), np.array([np.inf])), csr_array(np.array([[1]]))
    )
    assert (found.least[0], found.greatest[0]) == (5, np.inf)


def test_which_rows_hold_an_end():
    published = exactly(csr_array(np.array([[1, 1, 0], [0, 0, 1]])), [4, 9])
    assert end_of(published, csr_array(np.array([[-1, 0, 0]]))).holds.tolist() == [True, False]
    noisy = Published(published.rows, published.lower - 1, published.upper + 1)
    assert end_of(noisy, csr_array(np.array([[-1, 0, 0]]))).holds.tolist() == [True, False]


def test_what_cannot_be_is_named():
    with pytest.raises(MethodError, match="no solution"):
        interval_attack(exactly(csr_array(np.array([[1], [1]])), [1, 2]), csr_array(np.array([[1]])))


@pytest.mark.parametrize(
    ("lower", "upper", "columns", "named"),
    [([1.0], [1.0, 2.0], 1, "do not fit"), ([1.0, 1.0], [1.0, 1.0], 2, "do not fit"), ([2.0, 1.0], [1.0, 1.0], 1, "above its upper"),
     ([np.nan, 1.0], [1.0, 1.0], 1, "no value")],
)  # fmt: skip
def test_shapes_and_ends_are_checked(lower, upper, columns, named):
    published = Published(csr_array(np.array([[1], [1]])), np.array(lower), np.array(upper))
    with pytest.raises(MethodError, match=named):
        interval_attack(published, csr_array(np.ones((1, columns), dtype=np.int64)))
