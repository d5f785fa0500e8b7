"""What an intruder learns of hidden numbers from the published ones that they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from geointel.disclosure.span import follows
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

OPTIMAL, INFEASIBLE, UNBOUNDED = 0, 2, 3
"""Status of ``scipy.optimize.linprog``."""


@dataclass(frozen=True)
class Published:
    """Sums that everybody sees: ``lower`` ≤ ``rows`` @ x ≤ ``upper`` of numbers x that are not negative.

    ``rows`` has shape ``(m, n)``, one column for each number that is counted (a leaf cell of one category, say), the ends ``(m,)``. A sum
    that is published unchanged has equal ends; one with noise of at most D is published as its value ± D.
    """

    rows: csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> Published:
        """The same without the rows that are not kept."""
        return Published(csr_array(self.rows[keep]), self.lower[keep], self.upper[keep])


@dataclass(frozen=True)
class Intervals:
    """The least and the greatest that each target can be, shape ``(t,)``; infinite where nothing bounds it."""

    least: NDArray[np.float64]
    greatest: NDArray[np.float64]

    @property
    def width(self) -> NDArray[np.float64]:
        """Greatest minus least, shape ``(t,)``."""
        return self.greatest - self.least


class End(NamedTuple):
    """One end of a target's interval, and the rows of ``Published`` that hold it there, shape ``(m,)``."""

    value: float
    holds: NDArray[np.bool_]


def exactly(rows: csr_array, values: ArrayLike) -> Published:
    """Sums that are published unchanged."""
    ends = np.asarray(values, dtype=np.float64)
    return Published(csr_array(rows), ends, ends)


def interval_attack(published: Published, targets: csr_array) -> Intervals:
    """The linear-programming attack: the range of each target over all numbers x ≥ 0 that agree with what is published.

    Source: Fischetti & Salazar (2001), "Solving the cell suppression problem on tabular data with linear constraints", Management
    Science 47. Solved by HiGHS to about 1e-7.

    Parameters
    ----------
    published
        What the intruder sees.
    targets
        The sums that the intruder wants, shape ``(t, n)``.

    Raises
    ------
    MethodError
        If shapes differ, or nothing agrees with what is published.
    """
    _check(published, targets)
    ends = [
        (end_of(published, row), end_of(published, -row)) for row in (targets[[at]] for at in range(targets.shape[0]))
    ]
    least = np.array([low.value for low, _ in ends], dtype=np.float64)
    greatest = np.array([-high.value for _, high in ends], dtype=np.float64)
    return Intervals(least, greatest)


def end_of(published: Published, target: csr_array) -> End:
    """The least value of one target, shape ``(1, n)``, and which published rows keep it from being less."""
    same = published.lower == published.upper
    bounded = published.rows[~same]
    ends = np.concatenate([published.upper[~same], -published.lower[~same]])
    finite = np.isfinite(ends)
    found = linprog(
        target.toarray().ravel(),
        A_ub=vstack([bounded, -bounded], format="csr")[finite] if finite.any() else None,
        b_ub=ends[finite] if finite.any() else None,
        A_eq=published.rows[same] if same.any() else None,
        b_eq=published.lower[same] if same.any() else None,
        bounds=(0, None),
        method="highs",
    )
    holds = np.zeros(same.size, dtype=np.bool_)
    if found.status == UNBOUNDED:
        return End(-np.inf, holds)
    if found.status != OPTIMAL:
        raise MethodError(
            f"The linear program of an attack has no solution: {found.message}",
            remedy="Check that what is published adds up; noise needs its bounds on both sides.",
        )
    holds[same] = np.abs(found.eqlin.marginals) > 1e-9 if same.any() else False
    prices = np.zeros(ends.size)
    prices[finite] = found.ineqlin.marginals if finite.any() else 0.0
    holds[~same] = np.abs(prices).reshape(2, -1).sum(axis=0) > 1e-9
    return End(float(found.fun or 0.0), holds)


def exactly_known(published: Published, targets: csr_array) -> NDArray[np.bool_]:
    """Which targets follow from the rows published unchanged by adding and subtracting alone, shape ``(t,)``.

    No use is made of x ≥ 0: a target that does not follow can still have an interval of width 0. The arithmetic is exact (``span``).

    Raises ``MethodError`` if shapes differ.
    """
    _check(published, targets)
    return follows(csr_array(published.rows[published.lower == published.upper]), targets)


def _check(published: Published, targets: csr_array) -> None:
    """Raise where shapes differ, an end is not a number, or the ends are the wrong way round."""
    rows, columns = published.rows.shape
    if published.lower.shape != (rows,) or published.upper.shape != (rows,) or targets.shape[1] != columns:
        raise MethodError(
            f"{rows} published sums of {columns} numbers do not fit {published.lower.size} and {published.upper.size} ends, or targets"
            f" of {targets.shape[1]} numbers.",
            remedy="Give two ends for each row, and targets over the same numbers.",
        )
    if not (published.lower <= published.upper).all():
        raise MethodError(
            "A published sum has no value, or a lower end above its upper one.",
            remedy="Leave hidden sums out of what is published.",
        )
