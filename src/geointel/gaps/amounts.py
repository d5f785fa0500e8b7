"""Numbers that may be multiplied with people: real, and not negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def amounts(
    values: ArrayLike, name: str, *, last: int | None = None, unknown: bool = False, endless: bool = False
) -> NDArray[np.float64]:
    """Values as float64, their shape kept.

    Parameters
    ----------
    values, name
        What is checked, and what the error calls it.
    last
        Length that the last axis must have, if any.
    unknown, endless
        Whether NaN (nothing is known) and infinity (out of reach) are allowed.

    Raises
    ------
    MethodError
        If there is no last axis, it has another length, or a value is negative, NaN or infinite without leave.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 0 or last not in {None, found.shape[-1]}:
        wanted = "one axis or more" if last is None else f"{last} along the last axis"
        raise MethodError(f"The {name} has shape {found.shape}, not {wanted}.", remedy="Pass one value for each unit.")
    if found.size and found.min() >= 0 and found.max() < np.inf:
        return found
    faults = {
        "negative": found < 0,
        "not a number": np.isnan(found) & (not unknown),
        "infinite": np.isinf(found) & (not endless),
    }
    for fault, where in faults.items():
        if where.any():
            place = tuple(int(axis) for axis in np.argwhere(where)[0])
            raise MethodError(
                f"The {name} is {fault} at {int(where.sum())} of {found.size} places, first at {place}.",
                remedy="Leave such units out, or correct them at their source.",
            )
    return found


def of_units(access: ArrayLike, people: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Access and people of the same units, shape ``(..., n)`` each; either may have draws in front, or both the same.

    Raises
    ------
    MethodError
        If a value is negative or not finite, or the shapes do not agree.
    """
    x = amounts(access, "access")
    p = amounts(people, "number of people", last=x.shape[-1])
    if x.ndim > 2 or p.ndim > 2 or (x.ndim == p.ndim == 2 and x.shape != p.shape):
        raise MethodError(
            f"Access of shape {x.shape} and people of shape {p.shape} are not of the same draws.",
            remedy="Pass (units) or (draws, units).",
        )
    return x, p
