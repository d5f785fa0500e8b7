"""Did counts fall where something was done, and did they move next door?

The weighted displacement difference of Wheeler and Ratcliffe (2018), A simple weighted displacement difference
test to evaluate place based crime interventions, Crime Science 7:11, doi:10.1186/s40163-018-0085-5.

Its plain form calls far too many interventions that did nothing a success. Use it with the controls, weight, dispersion and
freedom that ``comparison`` finds (``docs/validation/null-interventions.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NOTHING = (0.0, 0.0)


@dataclass(frozen=True)
class Adjustment:
    """How controls are brought to the size of treated places, and how far the two drift apart by themselves.

    ``weight`` is a factor on the counts of the control and its buffer; ``dispersion`` the variance of the difference over
    that of Poisson counts, at least 1; ``freedom`` the differences that it rests on: the interval is then Student's. Raises
    ``MethodError`` for values that these cannot have.
    """

    weight: float = 1.0
    dispersion: float = 1.0
    freedom: float = np.inf

    def __post_init__(self) -> None:
        if not (self.weight > 0 and self.freedom > 0 and self.dispersion >= 1):
            message = "A displacement difference needs a weight and a freedom above 0, and a dispersion of at least 1."
            raise MethodError(message, remedy="Take all three from one comparison.")


PLAIN = Adjustment()
"""The form of the paper."""


@dataclass(frozen=True)
class Displacement:
    """Change against the control areas, in events; every array has the shape of the counts.

    ``local`` is the treated area's change less its control's, ``displaced`` the same of the areas next to
    them, ``total`` their sum; each with its standard error. ``lower`` and ``upper`` are the interval of
    ``total``, and ``z`` is ``total`` over its error (NaN where nothing was counted). Places chosen because
    they were high fall by themselves: only controls that were as high allow for that.
    """

    local: NDArray[np.float64]
    local_error: NDArray[np.float64]
    displaced: NDArray[np.float64]
    displaced_error: NDArray[np.float64]
    total: NDArray[np.float64]
    total_error: NDArray[np.float64]
    z: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def displacement_difference(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    treated_buffer: ArrayLike = NOTHING,
    control_buffer: ArrayLike = NOTHING,
    spans: tuple[float, float] = (1.0, 1.0),
    level: float = 0.9,
    adjustment: Adjustment | None = None,
) -> Displacement:
    """Weighted displacement difference of one intervention, or of many.

    Parameters
    ----------
    treated, control, treated_buffer, control_buffer
        Events before and after, shape ``(2,)`` or ``(2, n)``.
    spans
        Length of the time before and after, in any unit: counts are put on one unit of time.
    level
        Of the interval; 0.9 is usual for this test.
    adjustment
        Weight of the control and spread of the difference, as ``comparison`` finds them; none is the plain form.

    Raises
    ------
    MethodError
        If a count is negative or not finite, or a length of time is not above 0.
    """
    by = PLAIN if adjustment is None else adjustment
    local, local_variance = _difference(treated, control, spans, by.weight)
    displaced, displaced_variance = _difference(treated_buffer, control_buffer, spans, by.weight)
    local_variance, displaced_variance = by.dispersion * local_variance, by.dispersion * displaced_variance
    total, error = local + displaced, np.sqrt(local_variance + displaced_variance)
    share = (1.0 + level) / 2.0
    reach = float(special.ndtri(share) if np.isinf(by.freedom) else special.stdtrit(by.freedom, share)) * error
    return Displacement(
        local=local,
        local_error=np.sqrt(local_variance),
        displaced=displaced,
        displaced_error=np.sqrt(displaced_variance),
        total=total,
        total_error=error,
        z=total / np.where(error > 0, error, np.nan),
        lower=total - reach,
        upper=total + reach,
    )


def _difference(
    treated: ArrayLike, control: ArrayLike, spans: tuple[float, float], weight: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Change of the one less change of the other, and its variance if counts are Poisson."""
    counts = np.stack([np.asarray(treated, dtype=np.float64), np.asarray(control, dtype=np.float64)])
    if counts.shape[1] != 2 or not np.isfinite(counts).all() or counts.min(initial=0) < 0 or min(spans) <= 0:
        message = "An intervention needs counts from 0, before and after, and lengths of time above 0."
        raise MethodError(message, remedy="Pass (before, after) for the treated and the control area.")
    rates = np.stack([counts[:, 0] / spans[0], counts[:, 1] / spans[1]])
    before, after = counts[0] + weight**2 * counts[1]
    changes = rates[1] - rates[0]
    return changes[0] - weight * changes[1], before / spans[0] ** 2 + after / spans[1] ** 2
