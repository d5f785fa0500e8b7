"""Smoothed rates: a cell with little to go by leans on the area, or on its surroundings.

Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics
40(2), doi:10.2307/2347593, with the variance between cells never below 0, as spdep ``EBest`` has it; the
local version is that of spdep ``EBlocal(geoda=TRUE)`` and esda ``Spatial_Empirical_Bayes``. The interval is
that of the gamma distribution with the same mean (Clayton and Kaldor 1987, Biometrics 43(3)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class SmoothedRates:
    """Rates per unit of the denominator, each array of shape ``(n,)``.

    ``raw`` is NaN where the denominator is 0; there ``rate`` is ``mean``. ``rate`` = ``weight``·raw +
    (1 − ``weight``)·mean. ``mean`` is the rate leant on (the area's, or that of cell and ring) and
    ``variance`` (A) that of the true rates around it; where it is 0 nothing speaks for a difference
    between cells, and ``rate`` is ``mean``. Where the denominator of the whole reference is 0 all are NaN.
    ``pool_events`` and ``pool_base`` are those of the reference, whose quotient ``mean`` is.
    """

    raw: NDArray[np.float64]
    rate: NDArray[np.float64]
    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    events: NDArray[np.float64]
    base: NDArray[np.float64]
    pool_events: NDArray[np.float64]
    pool_base: NDArray[np.float64]

    def interval(self, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper end of the central interval.

        It leaves out that mean and variance are themselves estimates. Where the variance is 0 the rate is that of the
        reference, and so is the interval: the exact one of its events (Garwood 1936, Biometrika 28).
        """
        shape, rate = self._gamma()
        tail = (1.0 - level) / 2.0
        lower, upper = (special.gammaincinv(shape, q) / rate for q in (tail, 1.0 - tail))
        pooled, events = self.variance == 0, self.pool_events
        with np.errstate(divide="ignore", invalid="ignore"):
            least = np.where(events > 0, special.gammaincinv(np.maximum(events, 1e-300), tail), 0.0) / self.pool_base
            most = special.gammaincinv(events + 1.0, 1.0 - tail) / self.pool_base
        return np.where(pooled, least, lower), np.where(pooled, most, upper)

    def p_exceed(self, bar: ArrayLike) -> NDArray[np.float64]:
        """Probability that the rate is above ``bar``, such as k times the area's rate.

        Where the variance is 0 it is 1 less the exact p of a rate of ``bar`` in the reference, so that few events are
        never certainty.
        """
        shape, rate = self._gamma()
        bars = np.broadcast_to(np.asarray(bar, dtype=np.float64), self.rate.shape)
        tail: NDArray[np.float64] = special.gammaincc(shape, rate * bars)
        exact = special.gammaincc(np.maximum(self.pool_events, 1e-300), self.pool_base * bars)
        pooled = np.where(self.pool_events > 0, exact, 0.0)
        return np.where(self.variance == 0, pooled, tail)

    def standardised(self) -> NDArray[np.float64]:
        """Raw rate less the mean, over its standard deviation (Assunção and Reis 1999).

        NaN where there is no raw rate.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation: NDArray[np.float64] = (self.raw - self.mean) / np.sqrt(self.variance + self.mean / self.base)
        return deviation

    def _gamma(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shape ν + e and rate α + b, where α = m/A and ν = m²/A; NaN where A is 0."""
        spread = np.where(self.variance > 0, self.variance, np.nan)
        return self.mean**2 / spread + self.events, self.mean / spread + self.base


def global_rates(events: ArrayLike, base: ArrayLike) -> SmoothedRates:
    """Rates that lean on the rate of the whole area.

    Parameters
    ----------
    events, base
        Events and denominator (residents, workday population, all incidents) of each cell, shape
        ``(n,)``, finite and not negative. A cell without a denominator tells nothing of the spread.

    Raises
    ------
    MethodError
        If the shapes differ, or a number is negative or not finite.
    """
    e, b = _checked(events, base)
    everywhere = np.ones(len(e))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = everywhere * (e.sum() / b.sum())
        squares = everywhere * np.sum(_weighted_square(e, b, mean))
        variance = squares / b.sum() - mean * np.count_nonzero(b) / b.sum()
    return _smoothed(e, b, mean, variance, pool=(everywhere * e.sum(), everywhere * b.sum()))


def local_rates(
    events: ArrayLike, base: ArrayLike, neighbours: csr_array[np.float64, tuple[int, int]]
) -> SmoothedRates:
    """Rates that lean on the rate of cell and ring, with ``mean`` that rate.

    ``neighbours`` is the binary adjacency without self, shape ``(n, n)``; see ``global_rates`` for the rest.
    """
    e, b = _checked(events, base)
    if neighbours.shape != (len(e), len(e)):
        message = f"{len(e)} rates do not fit an adjacency of {neighbours.shape}."
        raise MethodError(message, remedy="Pass one rate for each row of the adjacency, in its order.")

    def around(x: NDArray[np.float64]) -> NDArray[np.float64]:
        total: NDArray[np.float64] = neighbours @ x + x
        return total

    with np.errstate(divide="ignore", invalid="ignore"):
        above, below = around(e), around(b)
        mean = above / below
        # Σ b(r − m)² = Σ e²/b − 2mΣe + m²Σb, of the cells that have a denominator.
        squares = around(np.where(b > 0, e**2 / b, 0.0)) - 2 * mean * around(np.where(b > 0, e, 0.0)) + mean**2 * below
        variance = squares / below - mean * around((b > 0).astype(float)) / below
    return _smoothed(e, b, mean, variance, pool=(above, below))


def _smoothed(
    e: NDArray[np.float64],
    b: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    *,
    pool: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> SmoothedRates:
    a = np.maximum(variance, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(b > 0, e / b, np.nan)
        weight = np.where(a > 0, a * b / (a * b + mean), np.where(np.isnan(a), np.nan, 0.0))
    rate = np.where(weight > 0, weight * raw + (1 - weight) * mean, mean)
    return SmoothedRates(raw, rate, weight, mean, a, e, b, *pool)


def _weighted_square(e: NDArray[np.float64], b: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """b(r − m)² of each cell, 0 without a denominator."""
    return np.where(b > 0, b * (e / b - mean) ** 2, 0.0)


def _checked(events: ArrayLike, base: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    e, b = np.asarray(events, dtype=np.float64), np.asarray(base, dtype=np.float64)
    sound = e.shape == b.shape and e.ndim == 1 and np.isfinite(e).all() and np.isfinite(b).all()
    if not sound or min(e.min(initial=0), b.min(initial=0)) < 0:
        message = "Events and denominators are not finite numbers from 0, one of each for every cell."
        raise MethodError(message, remedy="Leave out cells without a value, in both.")
    return e, b
