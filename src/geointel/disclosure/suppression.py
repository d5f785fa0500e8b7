"""Which cells of a table that adds must be hidden, so that small ones cannot be worked out from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geointel.disclosure.linear_attack import Published, end_of
from geointel.disclosure.span import PRIME, Row, Span, rows_of, subtract
from geointel.disclosure.whole_counts import whole_counts
from geointel.errors import DisclosureError, MethodError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

MOST_SMALL = 4
_CLOSE = 1e-6

Shape = tuple[tuple[int, int], ...]
"""A row up to a factor: its columns and coefficients in order, the first coefficient 1."""


@dataclass(frozen=True)
class Suppression:
    """Cells that are small, and cells that are hidden (the small ones among them), shape ``(m,)`` each."""

    primary: NDArray[np.bool_]
    hidden: NDArray[np.bool_]


def suppress(
    cells: csr_array,
    counts: ArrayLike,
    *,
    most: int = MOST_SMALL,
    least_width: float | None = None,
    worth: ArrayLike | None = None,
) -> Suppression:
    """Hide every cell from 1 to ``most``, and as many others as it takes.

    First by Gaussian elimination (Langsrud 2024, "Secondary cell suppression by Gaussian elimination: an algorithm suitable for handling
    issues with zeros and singletons", Privacy in Statistical Databases): cells are published in order of their worth, but one from which
    a small cell would follow, by adding and subtracting, is hidden. Then, with ``least_width``, by intervals: where a small cell can only be within a narrower
    range (``linear_attack``; a hidden cell is at least 1), the cell of least worth among those that hold its range is hidden too, with all from which it would follow, until the range is wide enough. Hiding only ever widens the others.

    Zeros are published, and the numbers that they add are taken as known. This is no protection of one table against another: all that is ever published must be in ``cells`` together.

    Parameters
    ----------
    cells
        Which of the n numbers each of the m cells adds, zeros and ones, shape ``(m, n)``.
    counts
        The n numbers, whole and not negative.
    most
        The largest count that is small.
    least_width
        Least width of the range of every small cell, in counts.
    worth
        How much each cell should rather be published than hidden, shape ``(m,)``; its count if not given.

    Raises
    ------
    MethodError
        If shapes differ, or a count is negative or not whole.
    DisclosureError
        If a small cell cannot be protected.
    """
    numbers = whole_counts(counts)
    if cells.shape[1] != numbers.size:
        raise MethodError(
            f"Cells of {cells.shape[1]} numbers do not fit {numbers.size} counts.", remedy="Give a column for each."
        )
    values = np.asarray(cells @ numbers)
    primary = (values >= 1) & (values <= most)
    return Suppression(primary, hide(cells, values, secret=primary, least_width=least_width, worth=worth))


def hide(
    cells: csr_array,
    values: ArrayLike,
    *,
    secret: NDArray[np.bool_],
    least_width: ArrayLike | None = None,
    worth: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Hide the secret cells, and as many others as it takes, where the numbers that cells add are not known but the sums are.

    As ``suppress``, with any cells that are secret and, if need be, a least width for each; ``values`` are what the cells add up to, shape
    ``(m,)``. The result are the cells that are hidden.
    """
    sums = whole_counts(values)
    if sums.shape != (cells.shape[0],) or secret.shape != sums.shape:
        raise MethodError(
            f"{cells.shape[0]} cells do not fit {sums.size} sums and {secret.size} secrets.",
            remedy="Give one for each.",
        )
    order = sums if worth is None else np.asarray(worth, dtype=np.float64)
    if order.shape != sums.shape:
        raise MethodError(
            f"{sums.size} cells do not fit {order.size} values of worth.", remedy="Give one for each cell."
        )
    ranked = np.lexsort((np.arange(sums.size), -order)).tolist()
    rows = _without_known_zeros(csr_array(cells), sums)
    hidden = _eliminate(rows, secret, ranked)
    if least_width is None:
        return hidden
    widths = np.broadcast_to(np.asarray(least_width, dtype=np.float64), sums.shape)
    for at in np.flatnonzero(secret).tolist():
        while (narrow := _held_by(cells, sums, at=at, hidden=hidden, least_width=float(widths[at]))) is not None:
            if not narrow.size:
                raise DisclosureError(
                    f"The small cell in row {at} has a range below {widths[at]:g}, and nothing that is published holds it.",
                    remedy="Ask for a smaller width.",
                )
            hidden[narrow[np.argmin(order[narrow])]] = True
            hidden = _eliminate(rows, hidden, ranked)
    return hidden


def _without_known_zeros(cells: csr_array, values: NDArray[np.int64]) -> list[Row]:
    """The rows without the numbers that a cell of 0 adds: everybody knows those."""
    known = np.asarray(cells[values == 0].sum(axis=0)).ravel() > 0
    zeros = set(np.flatnonzero(known).tolist())
    return [{column: value for column, value in row.items() if column not in zeros} for row in rows_of(cells)]


def _eliminate(rows: list[Row], secret: NDArray[np.bool_], ranked: list[int]) -> NDArray[np.bool_]:
    """Hide the secret cells, and each cell, in rank order, that would let a secret one follow from what is published before it.

    A secret cell follows as soon as what is left of a candidate is a multiple of what is left of it, so only their shapes are compared.
    """
    span, kept = Span(), _Secret(rows[at] for at in np.flatnonzero(secret))
    hidden = secret.copy()
    for at in ranked:
        if secret[at]:
            continue
        rest = span.rest(rows[at])
        if not rest:
            continue
        if kept.would_follow(rest):
            hidden[at] = True
            continue
        pivot = span.add(rest)
        kept.reduce(pivot, span.last())
    return hidden


class _Secret:
    """What is left of every secret cell after what is published: where each stands, by column and by shape."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = [dict(row) for row in rows]
        self._by_column: dict[int, set[int]] = {}
        self._by_shape: dict[Shape, int] = {}
        for at, row in enumerate(self._rows):
            self._count(_shape(row), 1)
            for column in row:
                self._by_column.setdefault(column, set()).add(at)

    def would_follow(self, rest: Row) -> bool:
        """Whether a secret cell would follow from a candidate of which this is left."""
        return self._by_shape.get(_shape(rest), 0) > 0

    def reduce(self, pivot: int, published: Row) -> None:
        """Take a newly published row out of every secret cell that has its pivot."""
        for at in sorted(self._by_column.get(pivot, ())):
            row = self._rows[at]
            before = set(row)
            self._count(_shape(row), -1)
            subtract(row, published, row[pivot])
            self._count(_shape(row), 1)
            for column in before - row.keys():
                self._by_column[column].discard(at)
            for column in row.keys() - before:
                self._by_column.setdefault(column, set()).add(at)

    def _count(self, shape: Shape, change: int) -> None:
        self._by_shape[shape] = self._by_shape.get(shape, 0) + change


def _shape(row: Row) -> Shape:
    columns = sorted(row)
    inverse = pow(row[columns[0]], -1, PRIME)
    return tuple((column, row[column] * inverse % PRIME) for column in columns)


def _held_by(
    cells: csr_array, values: NDArray[np.int64], *, at: int, hidden: NDArray[np.bool_], least_width: float
) -> NDArray[np.int64] | None:
    """The published cells, none of them 0, that keep the range of one small cell below the least width; None if it is wide enough.

    Where zeros are published, everybody knows that a hidden cell is at least 1: seven hidden parts of a 7 are seven ones.
    """
    target = csr_array(cells[[at]])
    least = 1.0 if (values[hidden] > 0).all() else 0.0
    seen = Published(cells, np.where(hidden, least, values), np.where(hidden, np.inf, values))
    low, high = end_of(seen, target), end_of(seen, -target)
    if -high.value - low.value >= least_width - _CLOSE:
        return None
    holding = np.flatnonzero((low.holds | high.holds) & ~hidden)
    return holding[values[holding] > 0]
