"""Smoothed shares by empirical Bayes: parts of a number of trials, such as positive tests among tests.

Trials of one place are beta-binomial around the share of the whole map (Skellam 1948,
doi:10.1111/j.2517-6161.1948.tb00014.x; empirical Bayes for such proportions: Griffin and Krutchkoff 1971, Biometrika
58(1)). Rates of people are smoothed with the gamma distribution instead (``empirical_bayes``): it takes the variance
of a count for its mean, which is right for rare events and twice too much for a share of one half, so that it finds no difference between places that
do differ; and its intervals can go above one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError
from geointel.hotspots.change import binomial_interval
from geointel.hotspots.likely_dispersion import likely_dispersion
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.5
"""Of the limit of the correlation, which is not used here."""


@dataclass(frozen=True)
class SmoothedShares:
    """Shares from 0 to 1, each array of shape ``(n,)``.

    ``raw`` is NaN without a trial; there ``share`` is ``mean``. ``share`` = ``weight``·raw + (1 − ``weight``)·mean.
    ``mean`` is the share of the whole map, NaN where it has no trial, and ``correlation`` (ρ) that between two trials
    of one place; where it is 0 nothing speaks for a difference between places, and ``share`` is ``mean``.
    """

    raw: NDArray[np.float64]
    share: NDArray[np.float64]
    weight: NDArray[np.float64]
    mean: float
    correlation: float
    parts: NDArray[np.int64]
    trials: NDArray[np.int64]

    def interval(self, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper end of the central interval: that of the beta distribution with ``share`` as its mean.

        It leaves out that mean and correlation are themselves estimates. Where the correlation is 0, or every trial
        ended alike, it is the exact one of the whole map.
        """
        tail = (1.0 - level) / 2.0
        if not 0 < self.correlation < 1 or not 0 < self.mean < 1:
            ends = binomial_interval(self.parts.sum(), self.trials.sum(), level=level)
            lower, upper = (np.full(len(self.share), float(end)) for end in ends)
            return lower, upper
        prior = 1.0 / self.correlation - 1.0
        inside = self.mean * prior + self.parts
        outside = (1.0 - self.mean) * prior + self.trials - self.parts
        at = [np.asarray(special.betaincinv(inside, outside, q), dtype=np.float64) for q in (tail, 1.0 - tail)]
        return at[0], at[1]


def smoothed_shares(parts: ArrayLike, trials: ArrayLike) -> SmoothedShares:
    """Shares that lean on the share of the whole map, the more so the fewer trials a place has.

    Parameters
    ----------
    parts, trials
        Whole numbers of each place, ``parts ≤ trials``, shape ``(n,)``. A place without a trial tells nothing.

    Raises
    ------
    MethodError
        If the shapes differ, a number is not whole or below 0, or a part is above its whole.
    """
    x, n = whole_numbers(parts, "positive"), whole_numbers(trials, "trial")
    if x.shape != n.shape or x.ndim != 1 or (x > n).any():
        message = "Parts and trials are not one of each for every place, or there are more parts than trials."
        raise MethodError(message, remedy="Pass as many trials as parts, none below its part.")
    total = int(n.sum())
    mean = float(x.sum()) / total if total else float("nan")
    rho = likely_dispersion(x, n, confidence=CONFIDENCE).likeliest
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(n > 0, x / n, np.nan)
    weight = n * rho / (1.0 + (n - 1.0) * rho) if rho < 1 else (n > 0).astype(np.float64)
    share = np.where(weight > 0, weight * np.nan_to_num(raw) + (1.0 - weight) * mean, mean)
    return SmoothedShares(raw, share, weight, mean, rho, x, n)
