"""Small tables that add, for tests: which numbers each cell of a two-way table with totals adds."""

import numpy as np
from scipy.sparse import csr_array


def two_way(rows, columns):
    """Cells of a table with totals in reading order, totals last, over its inner numbers in reading order."""
    inner = np.eye(rows * columns, dtype=np.int64).reshape(rows, columns, rows * columns)
    wide = np.concatenate([inner, inner.sum(axis=1, keepdims=True)], axis=1)
    full = np.concatenate([wide, wide.sum(axis=0, keepdims=True)], axis=0)
    return csr_array(full.reshape(-1, rows * columns))
