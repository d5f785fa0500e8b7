"""Which sums follow from other sums: elimination on sparse rows of whole numbers."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

PRIME = 2**61 - 1
"""Elimination is exact arithmetic modulo this prime. A sum can be called known, or not known, wrongly only where a determinant of the
table's zeros and ones is a multiple of it: about once in 10¹⁸."""

Row = dict[int, int]
"""Column → coefficient modulo ``PRIME``, none of them 0."""


class Span:
    """All sums that follow from the rows that were added.

    Every row that is kept has coefficient 1 at a column of its own, its pivot, and 0 at the pivots of earlier rows.
    """

    def __init__(self) -> None:
        self._order: dict[int, int] = {}
        self._rows: list[Row] = []
        self._pivots: list[int] = []

    def rest(self, row: Mapping[int, int]) -> Row:
        """What is left of a row after all that follows from the span: empty if it follows whole.

        Two rows that differ by what follows have the same rest.
        """
        left = {column: value % PRIME for column, value in row.items() if value % PRIME}
        waiting = [self._order[column] for column in left if column in self._order]
        heapq.heapify(waiting)
        while waiting:
            at = heapq.heappop(waiting)
            factor = left.get(self._pivots[at], 0)
            if not factor:
                continue
            for column in subtract(left, self._rows[at], factor):
                if column in self._order:
                    heapq.heappush(waiting, self._order[column])
        return left

    def add(self, rest: Row) -> int:
        """Add a row that is its own rest, and return its pivot."""
        pivot = min(rest)
        inverse = pow(rest[pivot], -1, PRIME)
        self._order[pivot] = len(self._rows)
        self._pivots.append(pivot)
        self._rows.append({column: value * inverse % PRIME for column, value in rest.items()})
        return pivot

    def last(self) -> Row:
        """The row that was added last, with coefficient 1 at its pivot."""
        return self._rows[-1]


def subtract(row: Row, other: Row, factor: int) -> list[int]:
    """Take ``factor`` times another row from a row in place; return the columns that are new in it."""
    new = []
    for column, value in other.items():
        before = row.get(column, 0)
        after = (before - factor * value) % PRIME
        if after:
            row[column] = after
            if not before:
                new.append(column)
        elif before:
            del row[column]
    return new


def rows_of(matrix: csr_array) -> Iterable[Row]:
    """The rows of a sparse matrix of whole numbers, as columns and coefficients."""
    for start, end in zip(matrix.indptr[:-1].tolist(), matrix.indptr[1:].tolist(), strict=True):
        columns, values = matrix.indices[start:end].tolist(), matrix.data[start:end].tolist()
        yield dict(zip(columns, (int(value) for value in values), strict=True))


def follows(published: csr_array, targets: csr_array) -> NDArray[np.bool_]:
    """Whether each target is a sum of multiples of published rows, shape ``(t,)``."""
    span = Span()
    # Short rows first keep what is eliminated short.
    for row in sorted(rows_of(published), key=len):
        rest = span.rest(row)
        if rest:
            span.add(rest)
    return np.array([not span.rest(row) for row in rows_of(targets)], dtype=np.bool_)
