"""What exact tests on counts have in common: whole numbers in, a two-sided p out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ALPHA = 0.05
"""Level that some possible outcome must reach, or the test is insufficient."""

ROUNDING = 1e-12
"""Relative slack for sums of chances that are exactly on a level."""


def two_sided(lower: NDArray[np.float64], upper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two-sided p of P(S ≤ s) and P(S ≥ s): twice the smaller, at most 1."""
    return np.minimum(1.0, 2.0 * np.minimum(lower, upper))


def out_of_reach(p: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where even this p, the smallest that could occur, is above ``ALPHA``."""
    return p > ALPHA * (1 + ROUNDING)


def whole_numbers(values: ArrayLike, name: str) -> NDArray[np.int64]:
    """``values`` as integers; raise ``MethodError`` if one is not a whole number from 0."""
    numbers = np.asarray(values)
    with np.errstate(invalid="ignore"):
        whole: NDArray[np.int64] = numbers.astype(np.int64)
    # What is not finite does not come back from an integer either.
    if (whole != numbers).any() or whole.min(initial=0) < 0:
        message = f"A {name} is not a whole number from 0."
        raise MethodError(message, remedy="The test is for counts; leave out cells without one.")
    return whole
