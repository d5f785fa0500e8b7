"""Is the newest count of a series a rise? Each series by the method that its counts and its past allow.

Few events: the exact test given past and present (``predictive_count``). Years of past: Farrington Flexible, which knows
seasons. Less: EARS. Too little for any: refused, with what is needed. Many series are judged at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.ears import LAG, ears_tail
from geointel.hotspots.farrington import FarringtonSettings, farrington
from geointel.hotspots.predictive_count import count_limit, count_tail, shared_dispersion
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Rules = tuple["WatchSettings", Mapping[str, float] | None]

REFUSED, COUNT, FARRINGTON, EARS = range(4)
METHODS = ("refused", "count", "farrington", "ears")
"""Names of the methods, by their number in ``Watched.method``."""

MONTHLY = FarringtonSettings(period=12, years=2, half_window=1, left_out=2, seasons=4, limit="negative-binomial")
"""Whole months: quarter-long windows, the two months before left out so that a rise that has begun does not hide itself."""


@dataclass(frozen=True)
class WatchSettings:
    """How a series is judged; all in steps (months), but for ``years``.

    With a mean below ``few`` over the ``longest`` steps before at most, the count test, which needs ``least``. From
    ``years[0]`` years of past on Farrington, with ``years[1]`` at most, else EARS with its ``baseline``.
    """

    few: float = 5.0
    least: int = 6
    longest: int = 12
    years: tuple[int, int] = (2, 5)
    ears: Literal["C1", "C2", "C3"] = "C1"
    baseline: int = 7
    seasonal: FarringtonSettings = MONTHLY

    @property
    def ears_needs(self) -> int:
        """Steps before the one that EARS judges."""
        return self.baseline + LAG[self.ears] + (2 if self.ears == "C3" else 0)

    @property
    def years_need(self) -> int:
        """Steps before the one that Farrington judges."""
        return self.seasonal.period * self.years[0] + self.seasonal.half_window


MONTHS = WatchSettings()


@dataclass(frozen=True)
class Watched:
    """Answers for each series (rows) and each step asked for (columns).

    ``method`` is a position in ``METHODS``. Where it is ``REFUSED``, ``expected`` and ``p`` are NaN, and ``needs`` says how many
    steps before it the method would need; 0 elsewhere. ``p`` is one-sided. ``upper`` is the largest value that is no
    signal at the level that was asked for, NaN without one.
    """

    method: NDArray[np.int8]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    upper: NDArray[np.float64]
    needs: NDArray[np.int64]

    def signals(self, levels: Mapping[str, float]) -> NDArray[np.bool_]:
        """Where p is at most the level of its method."""
        bars = np.array([levels.get(name, 0.0) for name in METHODS])
        return np.asarray((self.p <= bars[self.method]) & (self.method != REFUSED))


def watch(
    counts: ArrayLike,
    groups: ArrayLike,
    steps: Sequence[int],
    *,
    settings: WatchSettings = MONTHS,
    levels: Mapping[str, float] | None = None,
) -> Watched:
    """Judge ``steps`` (numbers from 0) of each series by what came before.

    Parameters
    ----------
    counts
        Whole counts of unbroken steps, oldest first, shape ``(n, all steps)``.
    groups
        Numbers of the groups in which sparse series share a dispersion, shape ``(n,)``.
    steps
        Steps to judge, in ascending order.
    settings
        The same for all series: what a series gets follows from its counts.
    levels
        Of the limits, by method. They differ because the methods' p do: a few months make tails that are too short or too long.

    Raises
    ------
    MethodError
        If counts are not whole, shapes differ, or a step is not there. A past that is too short is no error.
    """
    y, group = np.atleast_2d(whole_numbers(counts, "count")), np.asarray(groups, dtype=np.int64)
    asked = list(steps)
    if y.ndim != 2 or group.shape != (len(y),) or any(not 0 <= step < y.shape[1] for step in asked):
        message = "A step is not among the counts, or there is not one group for each series."
        raise MethodError(message, remedy="Pass counts of shape (n, steps) and one group number for each row.")
    shape = len(y), len(asked)
    expected, p, upper = np.full((3, *shape), np.nan)
    found = Watched(np.full(shape, REFUSED, dtype=np.int8), expected, p, upper, np.zeros(shape, dtype=np.int64))
    sparse = np.column_stack([_sparse(y, step, settings) for step in asked]) if asked else np.empty(shape, dtype=bool)
    _seasonal(found, y, asked, where=~sparse, rules=(settings, levels))
    _short(found, y, asked, where=~sparse & (found.method == REFUSED), rules=(settings, levels))
    _few(found, (y, group), asked, where=sparse, rules=(settings, levels))
    return found


def _level(levels: Mapping[str, float] | None, method: int) -> float | None:
    return None if levels is None else levels[METHODS[method]]


def _sparse(y: NDArray[np.int64], step: int, settings: WatchSettings) -> NDArray[np.bool_]:
    """Which series have few events, by what came before; without any past, by what there is."""
    past = y[:, max(0, step - settings.longest) : max(step, 1)]
    return np.asarray(past.mean(axis=1) < settings.few)


def _seasonal(
    found: Watched, y: NDArray[np.int64], steps: list[int], *, where: NDArray[np.bool_], rules: Rules
) -> None:
    """Farrington, with as many years as each step has."""
    settings, level = rules[0], _level(rules[1], FARRINGTON)
    own = settings.seasonal
    for column, step in enumerate(steps):
        years = min(settings.years[1], (step - own.half_window) // own.period)
        rows = np.flatnonzero(where[:, column])
        if years < settings.years[0] or not len(rows):
            continue
        chosen = replace(own, years=years, alpha=own.alpha if level is None else level)
        answer = farrington(y[rows, : step + 1], [step], chosen, limits=level is not None)
        judged = answer.judged[:, 0]
        values = answer.expected[:, 0], answer.p[:, 0], answer.upper[:, 0]
        _put(found, (rows[judged], column), FARRINGTON, values, keep=judged)


def _short(found: Watched, y: NDArray[np.int64], steps: list[int], *, where: NDArray[np.bool_], rules: Rules) -> None:
    """EARS where there are not years. A count cannot vary less than by chance alone: see ``least``."""
    settings, level = rules[0], _level(rules[1], EARS)
    rows = np.flatnonzero(where.any(axis=1))
    if not len(rows):
        return
    least = float(np.sqrt(settings.few))
    answer = ears_tail(y[rows], settings.ears, baseline=settings.baseline, level=level, least_deviation=least)
    for column, step in enumerate(steps):
        own = where[rows, column]
        if step < settings.ears_needs:
            found.needs[rows[own], column] = settings.ears_needs
        else:
            values = answer.expected[:, step], answer.p[:, step], answer.upper[:, step]
            _put(found, (rows[own], column), EARS, values, keep=own)


def _few(
    found: Watched,
    series: tuple[NDArray[np.int64], NDArray[np.int64]],
    steps: list[int],
    *,
    where: NDArray[np.bool_],
    rules: Rules,
) -> None:
    """The exact test of few events. Its dispersion is that of all series of the group that are sparse in the last step."""
    (y, group), settings, level = series, rules[0], _level(rules[1], COUNT)
    rows = np.flatnonzero(where.any(axis=1))
    if not len(rows):
        return
    alpha = np.zeros(len(y))
    alpha[rows] = shared_dispersion(y[rows], group[rows])
    for column, step in enumerate(steps):
        own = np.flatnonzero(where[:, column])
        if step < settings.least:
            found.needs[own, column] = settings.least
            continue
        span = min(step, settings.longest)
        before = y[own, step - span : step].sum(axis=1)
        p = count_tail(y[own, step], before, steps=span, dispersion=alpha[own])
        upper = np.full(len(own), np.nan)
        if level is not None:
            upper = count_limit(before, steps=span, dispersion=alpha[own], level=level).astype(np.float64)
        _put(found, (own, column), COUNT, (before / span, p, upper), keep=np.ones(len(own), dtype=bool))


def _put(
    found: Watched,
    at: tuple[NDArray[np.int64], int],
    method: int,
    values: tuple[NDArray[np.float64], ...],
    *,
    keep: NDArray[np.bool_],
) -> None:
    """Write the answers of one method and step into the rows that it judged."""
    found.method[at] = method
    for whole, part in zip((found.expected, found.p, found.upper), values, strict=True):
        whole[at] = part[keep]
