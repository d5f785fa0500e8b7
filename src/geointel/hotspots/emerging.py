"""Seventeen ways in which a hotspot comes and goes.

The categories are those of Esri's Emerging Hot Spot Analysis (ArcGIS Pro 3.x). Where its wording leaves a choice,
the family is that of the final step, nine tenths of the steps come before an unbroken run, and any
earlier step of the other sign makes a new or consecutive one oscillating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.mann_kendall import MannKendall, hamed_rao, mann_kendall, overlap_factor
from geointel.hotspots.multiple_testing import signed_bins

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

KINDS = ("new", "consecutive", "intensifying", "persistent", "diminishing", "sporadic", "oscillating", "historical")
EMERGING_CLASSES = ("no-pattern", *(f"{kind}-{sign}" for sign in ("hot", "cold") for kind in KINDS))
"""Slugs of the 17 categories, in the order of their codes."""

LEAST_STEPS = 10
"""With fewer steps a trend cannot be told from ups and downs."""

TENTHS = 9
"""Tenths of the steps that must be significant for the lasting categories, this many included."""


@dataclass(frozen=True)
class Emerging:
    """Category of each cell, each array of shape ``(n,)``.

    ``code`` numbers ``EMERGING_CLASSES``; ``share_hot`` is the share of hot steps; ``trend_z`` and
    ``trend_p`` are those of the z series, and ``last_z`` is its last value.
    """

    code: NDArray[np.int8]
    share_hot: NDArray[np.float64]
    trend_z: NDArray[np.float64]
    trend_p: NDArray[np.float64]
    last_z: NDArray[np.float64]


def emerging(
    z: ArrayLike,
    q: ArrayLike,
    *,
    side: ArrayLike | None = None,
    level: float = 0.05,
    corrected: bool = True,
    steps_back: int = 0,
) -> Emerging:
    """Category of each cell from its space-time Gi*.

    Parameters
    ----------
    z, q
        Statistic of each cell in each step and its p adjusted over the whole cube, shape ``(n, steps)``.
        NaN is a step without a test.
    side
        Sign of what each q speaks of, as ``space_time_tail`` gives it; that of z when left out.
    level
        Of the trend test.
    corrected
        Correct the trend test for serial correlation (Hamed and Rao). Neighbouring z share counts, so
        without it too many cells have a trend.
    steps_back
        How many earlier steps each z looks back over, which the correction then knows of. The first ones look back
        over fewer, so that the z of a lasting hotspot starts low: they are left out of the trend.

    Raises
    ------
    MethodError
        If there are fewer than ten steps, or fewer than two that look back over as many.
    """
    bins = signed_bins(z if side is None else side, q)
    values = np.asarray(z, dtype=np.float64)
    _check(bins)
    trend = _trend(values[:, steps_back:], corrected=corrected, steps_back=steps_back)
    direction = np.where(trend.p <= level, np.sign(trend.z), 0.0)
    return Emerging(
        code=emerging_codes(bins, direction),
        share_hot=(bins > 0).mean(axis=1),
        trend_z=trend.z,
        trend_p=trend.p,
        last_z=values[:, -1],
    )


def _trend(values: NDArray[np.float64], *, corrected: bool, steps_back: int) -> MannKendall:
    steps = values.shape[1]
    if steps < 2:
        message = f"No trend can be seen in {steps} steps that look back over as many."
        raise MethodError(message, remedy="Look back over fewer steps, or use a longer period.")
    if not corrected:
        return mann_kendall(values)
    return hamed_rao(values, least=overlap_factor(steps, steps_back))


def emerging_codes(bins: ArrayLike, trend: ArrayLike) -> NDArray[np.int8]:
    """Code of each cell's category, shape ``(n,)``.

    Parameters
    ----------
    bins
        Signed significance of each step, oldest first, shape ``(n, steps)``: above 0 hot, below 0 cold.
    trend
        Sign of the significant trend of z, 0 without one, shape ``(n,)``.

    Raises
    ------
    MethodError
        If there are fewer than ten steps, or the shapes differ.
    """
    signs, direction = np.sign(np.asarray(bins)), np.sign(np.nan_to_num(np.asarray(trend, dtype=np.float64)))
    _check(signs)
    if direction.shape != signs.shape[:1]:
        message = f"{direction.shape} trends do not fit {len(signs)} cells."
        raise MethodError(message, remedy="Pass one trend for each cell.")
    hot = _codes(signs > 0, signs < 0, direction)
    cold = _codes(signs < 0, signs > 0, -direction)
    return np.where(hot > 0, hot, np.where(cold > 0, cold + len(KINDS), 0)).astype(np.int8)


def emerging_names(codes: NDArray[np.int8]) -> NDArray[np.str_]:
    """Slug of each code."""
    return np.array(EMERGING_CLASSES)[codes]


def _codes(ours: NDArray[np.bool_], other: NDArray[np.bool_], trend: NDArray[np.float64]) -> NDArray[np.int8]:
    """Place in ``KINDS``, from 1, of one sign's category; 0 without one. The first rule that holds wins."""
    steps = ours.shape[1]
    number, last = np.count_nonzero(ours, axis=1), ours[:, -1]
    lasting = 10 * number >= TENTHS * steps
    # Length of the unbroken run of our sign at the end.
    run = np.where(ours.all(axis=1), steps, np.argmax(~ours[:, ::-1], axis=1))
    rules = {
        "historical": lasting & ~last & ~other[:, -1],
        "": ~last,
        "intensifying": lasting & (trend > 0),
        "diminishing": lasting & (trend < 0),
        "persistent": lasting,
        "oscillating": other.any(axis=1),
        "new": number == 1,
        "consecutive": run == number,
    }
    names = ("", *KINDS)
    return np.select(list(rules.values()), [names.index(kind) for kind in rules], names.index("sporadic")).astype(
        np.int8
    )


def _check(bins: NDArray[np.int8]) -> None:
    if bins.ndim != 2 or bins.shape[1] < LEAST_STEPS:
        message = f"Emerging categories need a table of at least {LEAST_STEPS} steps; this has shape {bins.shape}."
        raise MethodError(message, remedy="Use a longer period or shorter steps.")
