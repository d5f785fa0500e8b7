"""Could the week be flat? A test of the whole week against one in which all hours are alike.

Tango's index of clustering in time (1984, Biometrics 40, doi:10.2307/2530740) on the circle of the week: the sum, over all pairs of
records, of how close they are, here the number of windows of some hours that hold both. It is large where records crowd into
some windows, and where they follow day and night. If the hours are alike, its mean, variance and skewness are known
exactly for any number of records, and a gamma distribution with these three is its tail: five records are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.hotspots.tails import whole_numbers
from geointel.hotspots.week_windows import USUAL, WEEK, hours_of, window_sums

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def flat_week_p(weeks: ArrayLike, *, hours: int = USUAL.hours) -> NDArray[np.float64]:
    """Chance that as many records of a flat week lie as close together, shape ``(...)``; NaN without records, 1 with a single one.

    Parameters
    ----------
    weeks
        Whole counts by weekday and hour, shape ``(..., 7, 24)``.
    hours
        Length of the windows: records this far apart are not close at all.

    Raises
    ------
    MethodError
        If a week has another shape or is no count.
    """
    counts = whole_numbers(hours_of(weeks), "count").astype(np.float64)
    total = counts.sum(axis=-1)
    closeness = _closeness(hours)
    # The squares of what windows hold count every pair twice, and each record with itself.
    squares = (window_sums(counts, hours) ** 2).sum(axis=-1) - (total * hours) ** 2 / WEEK
    pairs = (squares - total * closeness[0]) / 2
    variance, skewness = _moments(total, closeness)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = 4 / skewness**2
        at = shape + pairs / np.sqrt(variance) * np.sqrt(shape)
        p = special.gammaincc(shape, np.maximum(at, 0.0))
    return np.asarray(np.select([total > 1, total == 1], [p, 1.0], default=np.nan))


def _closeness(hours: int) -> NDArray[np.float64]:
    """How many windows hold both of two records, by the hours between them, less its mean: 0 over all pairs of hours."""
    apart = np.minimum(np.arange(WEEK), WEEK - np.arange(WEEK))
    shared = np.maximum(hours - apart, 0).astype(np.float64)
    return np.asarray(shared - shared.mean())


def _moments(
    total: NDArray[np.float64], closeness: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variance and skewness of the sum over pairs if the hours are alike; its mean is 0.

    A pair says nothing of another that shares one record with it, so the variance is that of a pair, for each; to the third moment
    pairs add their own, and triangles of three records theirs.
    """
    pairs, triangles = total * (total - 1) / 2, total * (total - 1) * (total - 2)
    around = (np.fft.fft(closeness).real ** 3).sum() / WEEK**3
    variance = pairs * (closeness**2).mean()
    third = pairs * (closeness**3).mean() + triangles * around
    with np.errstate(divide="ignore", invalid="ignore"):
        return variance, third / (variance * np.sqrt(variance))
