"""Farrington Flexible: is this week above what the same weeks of past years lead one to expect?

Farrington, Andrews, Beale and Catchpole (1996), JRSS A 159(3), doi:10.2307/2983331; Noufaily et al. (2013), Statistics in
Medicine 32(7), doi:10.1002/sim.5595. It gives the answers of R surveillance ``farringtonFlexible``, whose defaults
differ from the second paper: every setting is explicit here and belongs beside the result.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from geointel.errors import MethodError
from geointel.hotspots.quasi_poisson import Fit, anscombe, fit
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

RECENT, FEWEST = 4, 5
"""With fewer than five events in the last four steps a step is not judged."""

HIGHEST = 30.0
"""Largest logarithm of a mean: beyond it no count is too many."""


@dataclass(frozen=True)
class FarringtonSettings:
    """Settings, in steps (weeks) and years of ``period`` steps.

    History is ``half_window`` steps either side of the same step in each of ``years`` years, without the
    last ``left_out``. With ``seasons`` above 1 all steps of the past count, in that many seasons. ``alpha`` is
    one-sided. A step whose residual is above ``reweight`` counts less (None: all count alike). A trend is
    kept if its p is below ``trend_level`` (None: never), over three years or more, without leading above
    all that was ever seen.
    """

    period: int = 52
    years: int = 5
    half_window: int = 3
    left_out: int = 3
    seasons: int = 1
    alpha: float = 0.05
    reweight: float | None = 2.58
    trend_level: float | None = 0.05
    limit: Literal["delta", "negative-binomial", "negative-binomial-mean"] = "delta"


NOUFAILY = FarringtonSettings(years=4, left_out=26, seasons=10, trend_level=1.0, limit="negative-binomial")
"""Settings of Noufaily et al. (2013)."""


@dataclass(frozen=True)
class Farrington:
    """Answers for each series (rows) and each step asked for (columns).

    Where ``judged`` is False there were too few events, or no model: ``expected`` and ``upper`` are NaN and
    ``alarm`` is False, which is not the same as no alarm. ``score`` is (y − expected)/(upper − expected),
    with the logarithm of the expectation in its place for the negative binomial limits, as the
    reference has it; above 1 is an alarm. ``p`` is the one-sided chance of the count or a larger one, by the distribution that
    the limit is a quantile of.
    """

    expected: NDArray[np.float64]
    upper: NDArray[np.float64]
    score: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    trend: NDArray[np.bool_]
    dispersion: NDArray[np.float64]
    p: NDArray[np.float64]


NAMES = [field.name for field in fields(Farrington)]


def farrington(
    counts: ArrayLike, steps: Sequence[int], settings: FarringtonSettings, *, limits: bool = True
) -> Farrington:
    """Judge ``steps`` (numbers from 0) of each series.

    Parameters
    ----------
    counts
        Whole counts, oldest first, shape ``(n, all steps)``.
    steps
        Steps to judge, each with enough years before it.
    settings
        All of them are given; none is chosen from the data.
    limits
        Without them, which take time, ``upper`` and ``score`` are NaN and ``alarm`` is False; ``p`` is the same.

    Raises
    ------
    MethodError
        If counts are not whole, or a step has too short a history: the method refuses, it does not guess.
    """
    y = np.atleast_2d(whole_numbers(counts, "count")).astype(np.float64)
    need = settings.period * settings.years + settings.half_window
    if not steps or min(steps) < need or max(steps) >= y.shape[1]:
        message = f"Farrington needs {need} steps before each step that it judges."
        raise MethodError(message, remedy="Use fewer years or later steps; with a short history use another method.")
    columns = [_one_step(y, step, settings, limits=limits) for step in steps]
    return Farrington(*(np.stack([getattr(c, name) for c in columns], axis=1) for name in NAMES))


def _one_step(y: NDArray[np.float64], now: int, settings: FarringtonSettings, *, limits: bool) -> Farrington:
    """All series at one step; arrays of shape ``(n,)``."""
    rows, season = _history(now, settings)
    plain = _design(rows, season, now=now, trend=False)
    model, trend = _fitted(y[:, rows], plain, settings), np.zeros(len(y), dtype=bool)
    if settings.trend_level is not None and settings.years >= 3:
        rising = _fitted(y[:, rows], _design(rows, season, now=now, trend=True), settings)
        trend = _keeps_trend(rising, y[:, rows], settings.trend_level)
        model = model.replaced(rising, trend)
    expected, upper, centre = _limit(model, settings) if limits else (_mean(model), *np.full((2, len(y)), np.nan))
    score = (y[:, now] - centre) / (upper - centre)
    judged = model.converged & (y[:, now - RECENT + 1 : now + 1].sum(axis=1) >= FEWEST)
    alarm = judged & (score > 1) & (y[:, now] > 0)
    blank = np.where(judged, 1.0, np.nan)
    dispersion, p = np.maximum(model.dispersion, 1.0), _chance_above(y[:, now], model, settings)
    return Farrington(expected * blank, upper * blank, score, alarm, judged, trend, dispersion, p)


def _history(now: int, settings: FarringtonSettings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Past steps that count, and the season of each: 0 for the windows around the same step of each year.

    What lies between two windows is shared out among the other seasons, the first ones the longer.
    """
    season = np.full(now + 1, -1, dtype=np.int64)
    half = settings.half_window
    season[now - half :] = 0
    for year in range(1, settings.years + 1):
        same = now - year * settings.period
        season[same - half : same + half + 1] = 0
        if settings.seasons > 1:
            between = np.arange(same + half + 1, same + settings.period - half)
            parts = np.array_split(between, settings.seasons - 1)
            season[between] = np.repeat(np.arange(1, settings.seasons), [len(part) for part in parts])
    rows = np.flatnonzero(season[: now - settings.left_out] >= 0)
    return rows, season[rows]


def _design(rows: NDArray[np.int64], season: NDArray[np.int64], *, now: int, trend: bool) -> NDArray[np.float64]:
    """Intercept, trend (scaled, and 0 at the step judged) and the other seasons."""
    columns = [np.ones(len(rows))]
    if trend:
        columns.append((rows - now) / len(rows))
    columns += [(season == number).astype(float) for number in range(1, season.max() + 1)]
    return np.column_stack(columns)


def _fitted(y: NDArray[np.float64], design: NDArray[np.float64], settings: FarringtonSettings) -> Fit:
    """Model of each series, fitted again with less weight on what stood out."""
    first = fit(y, design)
    if settings.reweight is None:
        return first
    residual = anscombe(first, y, design, np.maximum(first.dispersion, 1.0))
    high = residual > settings.reweight
    shrunk = np.where(high, 1.0 / np.square(np.where(high, residual, 1.0)), 1.0)
    weights = shrunk * (y.shape[1] / shrunk.sum(axis=1, keepdims=True))
    again = fit(y, design, weights)
    return again.reweighted(y, weights, first.converged)


def _keeps_trend(rising: Fit, y: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Where the trend is significant and does not lead above all that was seen."""
    t = rising.coefficients[:, 1] / np.sqrt(rising.scale * rising.covariance[:, 1, 1])
    p = 2.0 * special.stdtr(rising.freedom, -np.abs(t))
    with np.errstate(divide="ignore"):
        seen = np.log(y.max(axis=1))
    # Compared as logarithms, a model that leads to infinity is no trouble.
    return np.asarray(rising.converged & (p < level) & (rising.coefficients[:, 0] <= seen))


def _limit(
    model: Fit, settings: FarringtonSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Expectation, upper limit, and the centre from which the score is measured."""
    mean, phi = _mean(model), np.maximum(model.dispersion, 1.0)
    if settings.limit == "delta":
        z = float(special.ndtri(1.0 - settings.alpha))
        return mean, (mean ** (2.0 / 3.0) + z * _spread(model)) ** 1.5, mean
    return mean, _count_quantile(1.0 - settings.alpha, _plugged_in(model, settings), phi), model.coefficients[:, 0]


def _chance_above(y: NDArray[np.float64], model: Fit, settings: FarringtonSettings) -> NDArray[np.float64]:
    """One-sided p of the counts ``y``, shape ``(n,)``."""
    if settings.limit == "delta":
        away = (y ** (2.0 / 3.0) - _mean(model) ** (2.0 / 3.0)) / _spread(model)
        return np.asarray(special.ndtr(-away))
    below = _chance_up_to(np.maximum(y - 1, 0), _plugged_in(model, settings), np.maximum(model.dispersion, 1.0))
    return np.where(y > 0, 1.0 - below, 1.0)


def _mean(model: Fit) -> NDArray[np.float64]:
    """Expectation at the step judged: there all columns but the first are 0."""
    return np.asarray(np.exp(model.coefficients[:, 0]))


def _error(model: Fit) -> NDArray[np.float64]:
    """Standard error of the logarithm of the expectation."""
    return np.asarray(np.sqrt(model.scale * model.covariance[:, 0, 0]))


def _spread(model: Fit) -> NDArray[np.float64]:
    """Standard deviation of a new count to the power of ⅔, with the error of the expectation in it."""
    mean = _mean(model)
    noise = np.maximum(model.dispersion, 1.0) + (mean * _error(model)) ** 2 / mean
    return np.asarray(np.sqrt(4.0 / 9.0 * np.cbrt(mean) * noise))


def _plugged_in(model: Fit, settings: FarringtonSettings) -> NDArray[np.float64]:
    """Mean of the negative binomial whose quantile is the limit: the expectation, or its own upper limit."""
    if settings.limit == "negative-binomial":
        return _mean(model)
    z = float(special.ndtri(1.0 - settings.alpha))
    # A season without any event has no error to speak of: its limit stays a number.
    return np.asarray(np.exp(np.minimum(model.coefficients[:, 0] + z * _error(model), HIGHEST)))


def _chance_up_to(
    count: NDArray[np.float64], mean: NDArray[np.float64], phi: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(Y ≤ count) with variance phi·mean: negative binomial, Poisson where phi is 1."""
    wide = phi > 1
    spread = np.where(wide, phi, 2.0)
    broad = special.betainc(mean / (spread - 1.0), count + 1.0, 1.0 / spread)
    return np.where(wide, broad, special.gammaincc(count + 1.0, mean))


def _count_quantile(level: float, mean: NDArray[np.float64], phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smallest count that is not exceeded with chance ``level``."""
    low, high = np.full(mean.shape, -1.0), np.ceil(mean + 20.0 * np.sqrt(phi * mean) + 50.0 * phi)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2.0)
        enough = (_chance_up_to(np.maximum(middle, 0.0), mean, phi) >= level) & (middle >= 0)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
