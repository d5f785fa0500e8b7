"""How many of those who need treatment are not in it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class UnmetNeed:
    """Unmet need of each authority, every array of shape ``(a,)``.

    ``value``, ``lower``, ``upper`` are shares of those in need, 0 to 1; ``people``, ``people_lower``, ``people_upper`` the same in persons.
    ``above_lower`` and ``above_estimate`` mark where more are in treatment than the lower limit or the estimate allows. Such an
    authority's 0 says that the estimate is doubtful, not that all need is met: show the mark beside it.
    """

    value: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    people: NDArray[np.float64]
    people_lower: NDArray[np.float64]
    people_upper: NDArray[np.float64]
    above_lower: NDArray[np.bool_]
    above_estimate: NDArray[np.bool_]


def unmet_need(treated: ArrayLike, estimate: ArrayLike, *, lower: ArrayLike, upper: ArrayLike) -> UnmetNeed:
    """Unmet need = max(0, 1 − treated / estimate), its limits with the limits of the estimate in its place.

    Parameters
    ----------
    treated
        Persons in treatment of each authority, shape ``(a,)``.
    estimate, lower, upper
        Persons in need and the limits of their interval, shape ``(a,)``.

    Raises
    ------
    MethodError
        If a number is negative or not finite, shapes differ, or an estimate is not above 0 and between its limits.
    """
    middle, low, high = estimates_in_order(estimate, lower, upper)
    seen = amounts(treated, "number in treatment", last=middle.size)
    value, least, most = (np.maximum(0.0, 1.0 - seen / need) for need in (middle, low, high))
    people, fewest, greatest = (np.maximum(0.0, need - seen) for need in (middle, low, high))
    return UnmetNeed(value, least, most, people, fewest, greatest, seen > low, seen > middle)


def estimates_in_order(
    estimate: ArrayLike, lower: ArrayLike, upper: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Estimates and limits of authorities, shape ``(a,)`` each, if 0 < lower ≤ estimate ≤ upper."""
    middle = amounts(estimate, "estimate")
    low, high = (
        amounts(limit, f"{name} limit", last=middle.size) for limit, name in ((lower, "lower"), (upper, "upper"))
    )
    if not middle.shape == low.shape == high.shape == (middle.size,):
        raise MethodError(
            "Estimates and limits are not one for each authority.", remedy="Pass three arrays of one axis."
        )
    wrong = ~((low > 0) & (low <= middle) & (middle <= high))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise MethodError(
            f"The estimate of authority {at} is {middle[at]:g} with an interval from {low[at]:g} to {high[at]:g}.",
            remedy="An estimate must lie within its interval, above 0; leave out an authority that has none.",
        )
    return middle, low, high
