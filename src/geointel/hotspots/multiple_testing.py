"""Many tests on one map: adjusted p-values and signed classes.

Benjamini and Hochberg (1995), JRSS B 57(1); Benjamini and Yekutieli (2001), Annals of Statistics
29(4). Every tested cell of the map counts, those with no incidents too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.model import SIGNED_CLASSES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

THRESHOLDS = (0.01, 0.05, 0.10)
"""Levels of the classes 99, 95 and 90, each met by ``q <= level``."""


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values: the false discovery rate at which each test would pass.

    The shape is that of ``p``. NaN is a test that was not made: it stays NaN and is not counted.
    Raises ``MethodError`` if a value is not between 0 and 1.
    """
    return _step_up(_checked(p), 1.0)


def benjamini_yekutieli(p: ArrayLike) -> NDArray[np.float64]:
    """As ``benjamini_hochberg``, valid under any dependence between tests: larger by the sum of 1/i."""
    values = _checked(p)
    tests = np.count_nonzero(~np.isnan(values))
    return _step_up(values, float(np.sum(1.0 / np.arange(1, tests + 1))))


def signed_bins(z: ArrayLike, q: ArrayLike) -> NDArray[np.int8]:
    """Signed class −3 … 3: 3, 2, 1 for q ≤ .01, .05, .10, with the sign of ``z``; otherwise 0.

    Where ``q`` is NaN nothing was tested and the bin is 0: the caller says why there is no class.
    """
    z, q = np.asarray(z, dtype=np.float64), np.asarray(q, dtype=np.float64)
    level = sum((q <= threshold).astype(np.int8) for threshold in THRESHOLDS)
    # NaN is neither above nor below 0.
    return level * ((z > 0).astype(np.int8) - (z < 0).astype(np.int8))


def class_names(bins: NDArray[np.int8]) -> NDArray[np.str_]:
    """Slug of each signed class, from ``cold-99`` for −3 to ``hot-99`` for 3."""
    return np.array(SIGNED_CLASSES)[np.asarray(bins) + len(THRESHOLDS)]


def _checked(p: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(p, dtype=np.float64)
    if ((values < 0) | (values > 1)).any():
        message = "A p-value is not between 0 and 1."
        raise MethodError(message, remedy="Pass probabilities; use NaN for a test that was not made.")
    return values


def _step_up(p: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """q_(i) = min over k ≥ i of p_(k)·n/k, times ``factor``, at most 1."""
    adjusted = np.full(p.shape, np.nan)
    tested = ~np.isnan(p)
    values = p[tested]
    order = np.argsort(values)
    n = len(values)
    scaled = values[order] * (n / np.arange(1, n + 1)) * factor
    running = np.minimum.accumulate(scaled[::-1])[::-1]
    stepped = np.empty(n)
    stepped[order] = np.minimum(running, 1.0)
    adjusted[tested] = stepped
    return adjusted
