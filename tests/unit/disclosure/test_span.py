"""Whether a sum follows, against ranks of matrices."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.disclosure.span import Span, follows


def rank(matrix):
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


@pytest.mark.parametrize("seed", range(40))
def test_a_sum_follows_where_it_adds_no_rank(seed):
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(2, 9))
    published = rng.integers(0, 2, (int(rng.integers(1, 9)), columns))
    targets = np.vstack(
        [rng.integers(0, 2, (6, columns)), published[:2].sum(axis=0, keepdims=True), np.zeros((1, columns), dtype=int)]
    )
    expected = [rank(np.vstack([published, row])) == rank(published) for row in targets]
    assert follows(csr_array(published), csr_array(targets)).tolist() == expected


def test_halves_count():
    """Twice a number follows, so the number does: (a + b) + (a + c) − (b + c) = 2a."""
    published = csr_array(np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]]))
    assert follows(published, csr_array(np.array([[1, 0, 0]]))).all()


def test_rows_that_differ_by_what_follows_have_the_same_rest():
    span = Span()
    span.add(span.rest({0: 1, 1: 1}))
    span.add(span.rest({1: 1, 2: 1, 3: 1}))
    assert span.rest({0: 1, 4: 1}) == span.rest({2: 1, 3: 1, 4: 1})


def test_nothing_published():
    assert follows(csr_array((0, 3), dtype=np.int64), csr_array(np.eye(3, dtype=np.int64))).tolist() == [False] * 3
