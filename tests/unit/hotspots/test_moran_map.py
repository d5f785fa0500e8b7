"""The gate of Moran's I against every order of a small map, and its level on uneven counts."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import sparse

from geointel.errors import MethodError
from geointel.hotspots import MORAN_CLASSES, global_moran, moran_gate, moran_map


def grid(rows: int, columns: int) -> sparse.csr_array:
    """Cells of a rectangle, each with its neighbours above, below and beside."""
    down, along = (np.eye(n, k=1) + np.eye(n, k=-1) for n in (rows, columns))
    return sparse.csr_array(np.kron(down, np.eye(columns)) + np.kron(np.eye(rows), along))


@pytest.mark.parametrize("values", [[9, 5, 4, 1, 0, 0, 0, 0], [0, 6, 0, 5, 7, 0, 4, 0], [1, 0, 3, 2, 0, 1, 0, 2]])
def test_p_is_that_of_every_order(values: list[int]) -> None:
    """Clustered, checkered, and neither: I of all 40,320 orders, worked out cell by cell."""
    ring = grid(2, 4)
    dense = ring.toarray()
    weights = dense / dense.sum(axis=1, keepdims=True)
    orders = np.array(list(permutations(values)), dtype=float) - np.mean(values)
    drawn = np.einsum("mi,ij,mj->m", orders, weights, orders) / np.square(orders[0]).sum()
    own = drawn[0]  # the first order is the map itself
    exact = min(1.0, 2 * min(np.mean(drawn <= own + 1e-9), np.mean(drawn >= own - 1e-9)))
    found = moran_gate(values, ring, permutations=9999, seed=1)
    assert found.i == pytest.approx(own) == pytest.approx(global_moran(values, ring).i)
    assert found.p == pytest.approx(exact, abs=4 * np.sqrt(exact / 9999) + 2e-4)
    assert found.passed == (found.p <= 0.05)


def test_the_gate_keeps_its_level_on_very_uneven_counts() -> None:
    """Noise with a variance of 21 times its mean; the exact level is 5 %, and 600 maps have a margin of 2.7 %."""
    random, ring = np.random.default_rng(8), grid(9, 9)
    passed = [
        moran_gate(random.poisson(random.gamma(0.05, 20.0, 81)), ring, permutations=199, seed=seed).passed
        for seed in range(600)
    ]
    assert 0.023 < np.mean(passed) < 0.077


def test_both_too_alike_and_too_unlike_pass() -> None:
    checkered = (np.indices((8, 8)).sum(axis=0) % 2).ravel() * 5
    halves = np.repeat([0, 5], 32)
    for counts, sign in ((checkered, -1), (halves, 1)):
        found = moran_gate(counts, grid(8, 8))
        assert np.sign(found.i) == sign
        assert (found.p, found.passed) == (0.002, True)


def test_the_same_seed_gives_the_same_p() -> None:
    counts = np.random.default_rng(2).poisson(1.0, 64)
    first, again, other = (moran_gate(counts, grid(8, 8), seed=seed).p for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert moran_gate(counts, grid(8, 8), permutations=0).p == 1.0


def test_cells_without_neighbours_are_left_out() -> None:
    counts = np.random.default_rng(3).poisson(3.0, 36)
    ring = grid(6, 6)
    alone = sparse.csr_array((ring.data, ring.indices, [*ring.indptr, *ring.indptr[-1:], *ring.indptr[-1:]]), (38, 38))
    with_them, without = moran_map([*counts, 50, 0], alone, seed=4), moran_map(counts, ring, seed=4)
    for name in ("i", "z", "lag", "p", "q"):
        np.testing.assert_array_equal(getattr(with_them, name)[:36], getattr(without, name))
        assert np.isnan(getattr(with_them, name)[36:]).all()
    assert with_them.insufficient[36:].all()
    assert with_them.gate == without.gate


def test_one_record_on_the_whole_map() -> None:
    """Nothing is divided by a variance of 0, and nothing is classed."""
    counts = np.zeros(36)
    counts[14] = 1
    found = moran_map(counts, grid(6, 6))
    assert not np.isinf(found.z).any()
    assert set(found.classes.tolist()) == {MORAN_CLASSES[0]}


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(MethodError, match="whole number"):
        moran_map(np.full(36, 0.5), grid(6, 6))
    with pytest.raises(MethodError, match="do not fit"):
        moran_map(np.ones(35), grid(6, 6))
