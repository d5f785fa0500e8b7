"""How much likelier the events of a zone are with a rate of its own: the likelihood ratios of scan statistics.

Kulldorff (1997), A spatial scan statistic, Communications in Statistics: Theory and Methods 26(6),
doi:10.1080/03610929708831995; for high rates only, so a zone with fewer events than expected has 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import xlogy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEAST = 2
"""One event is no cluster."""


@dataclass(frozen=True)
class ZoneRatios:
    """Poisson likelihood ratios of the same zones for count after count.

    Counts are whole, so c ln c + (C − c) ln(C − c) comes from a table and no logarithm is taken twice.
    """

    table: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    bar: NDArray[np.float64]

    def of(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Ratio for each count, whose shape the zones' expectations fit; 0 where a zone is not allowed or has one event."""
        llr = np.take(self.table, counts)
        llr -= counts * self.slope
        llr -= self.offset
        llr *= counts > self.bar
        return llr


def zone_ratios(expected: NDArray[np.float64], total: int, allowed: NDArray[np.bool_]) -> ZoneRatios:
    """Prepare the ratios of zones with ``expected`` of ``total`` events; the shape of ``allowed`` fits."""
    c = np.arange(total + 1, dtype=np.float64)
    table = np.asarray(xlogy(c, c), dtype=np.float64)
    useful = allowed & (expected > 0) & (expected < total)
    inside, outside = (np.log(np.where(useful, e, 1.0)) for e in (expected, total - expected))
    bar = np.where(useful, np.maximum(expected, LEAST - 1), np.inf)
    return ZoneRatios(table + table[::-1], inside - outside, total * outside, bar)


def poisson_llr(events: ArrayLike, expected: ArrayLike, total: ArrayLike) -> NDArray[np.float64]:
    """C ln(c/E) + (C − c) ln((C − c)/(C − E)) where c > E, otherwise 0.

    ``events`` c and ``expected`` E of each zone, ``total`` C of the area; shapes that fit each other.
    """
    c, e, whole = (np.asarray(values, dtype=np.float64) for values in (events, expected, total))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = xlogy(c, c / e) + xlogy(whole - c, (whole - c) / (whole - e))
    return np.where(c > e, ratio, 0.0)


def bernoulli_llr(
    cases: ArrayLike, people: ArrayLike, all_cases: ArrayLike, everyone: ArrayLike
) -> NDArray[np.float64]:
    """Likelihood ratio of c cases among n people, C among N in all; 0 unless the zone's share is higher."""
    c, n, total, whole = (np.asarray(values, dtype=np.float64) for values in (cases, people, all_cases, everyone))
    ratio = _share(c, n) + _share(total - c, whole - n) - _share(total, whole)
    return np.where(c * (whole - n) > (total - c) * n, ratio, 0.0)


def relative_risk(events: ArrayLike, expected: ArrayLike, total: ArrayLike) -> NDArray[np.float64]:
    """(c/E) / ((C − c)/(C − E)): inside over outside; NaN where all events are inside, or none is expected."""
    c, e, whole = (np.asarray(values, dtype=np.float64) for values in (events, expected, total))
    below = (whole - c) * e
    return np.where(below > 0, c * (whole - e) / np.where(below > 0, below, 1.0), np.nan)


def _share(c: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """C ln(c/n) + (n − c) ln((n − c)/n), 0 where n is 0."""
    size = np.where(n > 0, n, 1.0)
    return np.asarray(xlogy(c, c / size) + xlogy(n - c, (n - c) / size), dtype=np.float64)
