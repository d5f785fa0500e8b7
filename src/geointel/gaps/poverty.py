"""Who is below a standard of access, and how far?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import of_units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Poverty:
    """Poverty of access, each 0 to 1 and of shape ``()`` or ``(d,)``.

    ``share`` of people below the line (FGT0), ``gap``: how far below it the average person is, as a share of the line and 0 for those
    who are not (FGT1), ``severity``: the same with shortfalls squared, so that great ones count for more (FGT2).
    """

    share: NDArray[np.float64]
    gap: NDArray[np.float64]
    severity: NDArray[np.float64]


def poverty(access: ArrayLike, people: ArrayLike, *, line: float) -> Poverty:
    """Measures of Foster, Greer and Thorbecke (1984, Econometrica 52); who is at the line is not below it.

    Parameters
    ----------
    access, people
        Of each unit, shape ``(n,)`` or ``(d, n)``.
    line
        The standard, in the unit of access.

    Raises
    ------
    MethodError
        If a value is negative or not finite, the shapes do not agree, or the line is not above 0.
    """
    x, p = of_units(access, people)
    everybody = p.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return Poverty(*(np.asarray((p * part).sum(axis=-1) / everybody) for part in shortfall(x, line=line)))


def shortfall(x: NDArray[np.float64], *, line: float) -> NDArray[np.float64]:
    """Shortfall below a line as a share of it, to the power of 0 (who has one), 1 and 2, shape ``(3, ...)``."""
    if not (np.isfinite(line) and line > 0):
        raise MethodError(f"A standard of access of {line} is no line.", remedy="Choose a finite standard above 0.")
    short = np.maximum(0.0, (line - x) / line)
    return np.stack([(x < line).astype(np.float64), short, short**2])
