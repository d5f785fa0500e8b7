"""EARS C1, C2 and C3: is today far above the last few steps?

Hutwagner, Thompson, Seeman and Treadwell (2003), Journal of Urban Health 80(2 Suppl 1), doi:10.1007/PL00022319, in the
form of R surveillance ``earsC``. Short memory, no season: kept beside better methods for comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LAG = {"C1": 0, "C2": 2, "C3": 2}
"""Steps left out between the baseline and the step judged."""

ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


@dataclass(frozen=True)
class Ears:
    """Upper bound and alarm of each step, both of the shape of the counts.

    ``upper`` is NaN where there is not enough past, or where it is undefined (C3 with a baseline that did
    not move); there is no alarm there, and ``judged`` is False.
    """

    upper: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    judged: NDArray[np.bool_]


def ears(
    counts: ArrayLike,
    method: Literal["C1", "C2", "C3"],
    *,
    baseline: int = 7,
    alpha: float | None = None,
    least_deviation: float = 0.0,
) -> Ears:
    """Judge every step of each series by the ``baseline`` steps before it.

    Parameters
    ----------
    counts
        Counts, oldest first, shape ``(steps,)`` or ``(n, steps)``.
    method
        C1 takes the steps just before, C2 leaves out two. C3 adds up what the two steps before were above
        their own means; as in the reference, the step that is judged does not itself count.
    alpha
        One-sided level; by default .001 for C1 and C2 and .025 for C3.
    least_deviation
        Standard deviations below this count as this. With 0, any case after a baseline without one is an
        alarm.

    Raises
    ------
    MethodError
        If a count is not finite, the baseline is shorter than 3, or a level is not between 0 and 1.
    """
    x = np.asarray(counts, dtype=np.float64)
    level = ALPHA[method] if alpha is None else alpha
    if x.ndim not in {1, 2} or not np.isfinite(x).all() or baseline < 3 or not 0 < level < 1 or least_deviation < 0:
        message = "EARS needs finite counts, a baseline of 3 steps or more and a level between 0 and 1."
        raise MethodError(message, remedy="Pass counts of shape (n, steps).")
    z = float(special.ndtri(1.0 - level))
    mean, deviation = _past(x, baseline, LAG[method], least_deviation)
    upper = mean + z * deviation
    if method == "C3":
        with np.errstate(invalid="ignore"):
            upper = np.maximum(x + deviation * (z - _carried(x, mean, deviation)), 0.0)
    judged = ~np.isnan(upper)
    return Ears(upper, judged & (x > upper), judged)


@dataclass(frozen=True)
class EarsTail:
    """Expected count and one-sided ``p`` of each step, of the shape of the counts; NaN where there is not enough past.

    ``upper`` is the limit at a level, where one was asked for, else NaN.
    """

    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    upper: NDArray[np.float64]


def ears_tail(
    counts: ArrayLike,
    method: Literal["C1", "C2", "C3"],
    *,
    baseline: int = 7,
    level: float | None = None,
    least_deviation: float = 0.0,
) -> EarsTail:
    """How rarely a step is so far above the ``baseline`` before it.

    Parameters and errors are those of ``ears``; ``level`` is that of the limit.

    Notes
    -----
    Mean and deviation of a few steps are estimates, so the distance of C1 and C2 is held against Student's t with
    baseline − 1 degrees of freedom, and the deviation has the error of the mean in it: a normal tail would be too short. That of
    C3 is normal, as its limit is.
    """
    first = ears(counts, method, baseline=baseline, alpha=level, least_deviation=least_deviation)
    x = np.asarray(counts, dtype=np.float64)
    mean, deviation = _past(x, baseline, LAG[method], least_deviation)
    if method == "C3":
        carried = _carried(x, mean, deviation)
        upper = np.full(x.shape, np.nan) if level is None else first.upper
        return EarsTail(np.where(np.isnan(carried), np.nan, mean), special.ndtr(-carried), upper)
    error = deviation * np.sqrt(1.0 + 1.0 / baseline)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.asarray(special.stdtr(baseline - 1, -(x - mean) / error))
    far = np.nan if level is None else float(special.stdtrit(baseline - 1, 1.0 - level))
    return EarsTail(mean, p, mean + far * error)


def _past(
    x: NDArray[np.float64], baseline: int, lag: int, least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (n − 1) of the steps t − lag − baseline … t − lag − 1; NaN at the start."""
    mean, deviation = np.full((2, *x.shape), np.nan)
    first = baseline + lag
    if x.shape[-1] > first:
        windows = np.lib.stride_tricks.sliding_window_view(x[..., : x.shape[-1] - lag - 1], baseline, axis=-1)
        mean[..., first:] = windows.mean(axis=-1)
        deviation[..., first:] = np.maximum(windows.std(axis=-1, ddof=1), least)
    return mean, deviation


def _carried(x: NDArray[np.float64], mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of max(0, C2 − 1) over the two steps before; NaN where one of them is 0/0, ∞ where it is x/0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.maximum((x - mean) / deviation - 1.0, 0.0)
    carried = np.full(x.shape, np.nan)
    carried[..., 2:] = above[..., 1:-1] + above[..., :-2]
    return carried
