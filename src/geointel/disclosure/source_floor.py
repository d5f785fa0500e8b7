"""What the publisher of a source never lets be shown: small numbers, and numbers that are not rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.disclosure.rounding import nearest
from geointel.disclosure.whole_counts import whole_counts
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.model import Status

Floor = Literal["nhs", "ndtms"]

NHS_HIDDEN, NHS_BASE = 7, 5
"""Sub-national counts from 1 to 7 are hidden, the rest are rounded to the nearest 5; 0 stays."""
NDTMS_LEAST = 5
"""Counts below 5 are hidden, 0 among them: which zeros are shown would tell which of the hidden are not zero."""


@dataclass(frozen=True)
class Floored:
    """What may be shown of each count, arrays of the counts' shape: the value, NaN where it is hidden, and its status."""

    value: NDArray[np.float64]
    hidden: NDArray[np.bool_]

    @property
    def status(self) -> list[Status]:
        """``shown`` or ``suppressed`` of each count, in order."""
        return ["suppressed" if hidden else "shown" for hidden in self.hidden.ravel()]


def source_floor(counts: ArrayLike, floor: Floor) -> Floored:
    """Apply a publisher's rule to counts that have passed the edition's own method.

    ``nhs``: NHS England's rule for sub-national hospital episodes and emergency care: 0 → 0, 1 to 7 → hidden, else the nearest 5.
    ``ndtms``: the National Drug Treatment Monitoring System's: below 5 → hidden.

    Parameters
    ----------
    counts
        Counts of persons or records, whole and not negative, any shape.
    floor
        The name of the rule.

    Raises
    ------
    MethodError
        If a count is negative or not whole, or the rule is unknown.
    """
    true = whole_counts(counts)
    if floor == "nhs":
        hidden = (true > 0) & (true <= NHS_HIDDEN)
        value = nearest(true, NHS_BASE)
    elif floor == "ndtms":
        hidden, value = true < NDTMS_LEAST, true
    else:
        raise MethodError(f"There is no rule of a publisher named {floor!r}.", remedy="Use 'nhs' or 'ndtms'.")
    return Floored(np.where(hidden, np.nan, value.astype(np.float64)), hidden)
