"""How strong must a rise be, so that no more signals a year are false than people accept?

Years without any rise are simulated from the series' own past: each with its mean and its dispersion, and whole months drawn
together, so that areas that rise and fall together do so here too (a parametric bootstrap with the ranks of a copula; Efron
and Tibshirani 1993, chapter 6). The level of p follows: as many simulated signals a year as the budget has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc

from geointel.errors import MethodError
from geointel.hotspots.predictive_count import rounded_up, shared_dispersion
from geointel.hotspots.tails import whole_numbers
from geointel.hotspots.watch import METHODS, MONTHS, REFUSED, watch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.hotspots.watch import Watched, WatchSettings

    _Small = tuple[NDArray[np.float64], NDArray[np.int8]]

YEAR = 12
WEAKEST = 0.05
"""No rise with a larger p is a signal, however many false ones are accepted: with few series a budget is not used up."""

BEYOND = 1e-10
"""Counts with a smaller chance of being exceeded do not occur."""

POISSON = 1e-6
"""Dispersion of counts that have none: the negative binomial is as good as Poisson."""


@dataclass(frozen=True)
class Budget:
    """Levels of p by method, and what they lead one to expect in a year in which nothing rises.

    ``expected`` is the mean number of false signals, and ``usual`` the numbers between which nine years in ten lie;
    ``by_method`` splits ``expected``, and ``tests`` says how many series and steps each method judges in a year. ``years`` were simulated.
    """

    levels: dict[str, float]
    expected: float
    usual: tuple[float, float]
    by_method: dict[str, float]
    tests: dict[str, float]
    years: int


def budget_of(
    counts: ArrayLike,
    groups: ArrayLike,
    *,
    accepted: float,
    years: int,
    seed: int,
    settings: WatchSettings = MONTHS,
) -> Budget | None:
    """Levels at which ``watch`` has ``accepted`` false signals a year on these series.

    Every judged month of every series has the same share of them, whatever its method.

    Parameters
    ----------
    counts, groups
        As of ``watch``; steps are months.
    accepted
        False signals a year that are accepted, above 0.
    years
        How many years are simulated: of each, the last twelve months, or as many as can be judged.
    seed
        Of the simulations.

    Returns
    -------
    None where no series can be judged.

    Raises
    ------
    MethodError
        If ``accepted`` is not above 0, there are no years, or as of ``watch``.
    """
    if accepted <= 0 or years < 1:
        message = "A budget of false signals is a number above 0, and needs one simulated year or more."
        raise MethodError(message, remedy="Say how many false signals a year are accepted.")
    y, group = np.atleast_2d(whole_numbers(counts, "count")), np.asarray(groups, dtype=np.int64)
    steps = last_year(y.shape[1], settings)
    if not len(y) or not steps:
        return None
    model = usual_months(y, group, few=settings.few)
    random = np.random.default_rng(seed)
    small: list[_Small] = []
    judged = np.zeros(len(METHODS), dtype=np.int64)
    for _ in range(years):
        found = watch(model.draw(random), group, steps, settings=settings)
        small.append(_small(found))
        judged += np.bincount(found.method[found.method != REFUSED], minlength=len(METHODS))
    if not judged.any():
        return None
    return _budget(small, judged, share=accepted * len(steps) / YEAR, per_year=YEAR / len(steps))


def last_year(months: int, settings: WatchSettings) -> list[int]:
    """The last twelve of so many months, or those of them that some method can judge."""
    return list(range(max(min(settings.least, settings.ears_needs), months - YEAR), months))


def _small(found: Watched) -> _Small:
    """All p that could be signals, and their methods."""
    near = found.p <= WEAKEST
    return found.p[near], found.method[near]


def _budget(small: list[_Small], judged: NDArray[np.int64], *, share: float, per_year: float) -> Budget:
    """``judged`` are the tests of all simulated years by method, ``share`` the false signals that each may have."""
    years = len(small)
    p, method = (np.concatenate(parts) for parts in zip(*small, strict=True))
    rate = share * years / judged.sum()
    levels = np.array([_level(p[method == number], rate * count) for number, count in enumerate(judged.tolist())])
    each = per_year * np.array([np.count_nonzero(own <= levels[by]) for own, by in small])
    counted = np.bincount(method[p <= levels[method]], minlength=len(METHODS))
    low, high = np.quantile(each, (0.05, 0.95))
    named = [(name, number) for number, name in enumerate(METHODS) if number != REFUSED]
    return Budget(
        {name: float(levels[number]) for name, number in named},
        float(each.mean()),
        (float(low), float(high)),
        {name: float(counted[number] * per_year / years) for name, number in named},
        {name: float(judged[number] * per_year / years) for name, number in named},
        years,
    )


def _level(p: NDArray[np.float64], may: float) -> float:
    """Largest level that so many of these p, all that are at most ``WEAKEST``, stay within."""
    ordered = np.sort(p)
    if len(ordered) <= may:
        return WEAKEST
    # The next one is one too many, and so are all that are equal to it.
    too_many = float(ordered[int(may)])
    within = ordered[ordered < too_many]
    return float(within[-1]) if len(within) else too_many / 2


@dataclass(frozen=True)
class UsualMonths:
    """What to draw months without any rise from.

    ``counts`` are the real ones, whose ranks within each series say which months are high together; ``upto`` are the
    cumulative chances of every distribution end to end, each raised by its number, ``start`` where each begins, and
    ``which`` the one of each series.
    """

    counts: NDArray[np.int64]
    upto: NDArray[np.float64]
    start: NDArray[np.int64]
    which: NDArray[np.int64]

    def draw(self, random: np.random.Generator, months: int | None = None) -> NDArray[np.int64]:
        """Counts of shape ``(n, months)``; as many months as there are real ones when left out."""
        n, have = self.counts.shape
        # Equal counts of a series are ranked at random, anew each time.
        order = np.argsort(self.counts + random.random((n, have)), axis=1)
        rank = np.empty((n, have), dtype=np.int64)
        np.put_along_axis(rank, order, np.broadcast_to(np.arange(have), (n, have)), axis=1)
        chosen = random.integers(have, size=have if months is None else months)
        share = (rank[:, chosen] + random.random((n, len(chosen)))) / have
        asked = share * (1.0 - BEYOND) + self.which[:, None]
        place = np.searchsorted(self.upto, asked.ravel()).reshape(asked.shape)
        return np.asarray(place - self.start[self.which][:, None])


def usual_months(counts: NDArray[np.int64], groups: NDArray[np.int64], *, few: float = MONTHS.few) -> UsualMonths:
    """Model of series of shape ``(n, months)`` in which nothing rises.

    A sparse series has the dispersion of its group, another its own; both as ``shared_dispersion`` has them.
    """
    mean = counts.mean(axis=1)
    # One that is alone in its group has only itself.
    own = shared_dispersion(counts, np.arange(len(counts)))
    sparse = mean < few
    alpha = own.copy()
    alpha[sparse] = shared_dispersion(counts[sparse], groups[sparse])
    pairs = np.column_stack([mean, np.maximum(rounded_up(alpha), POISSON)])
    distinct, which = np.unique(pairs, axis=0, return_inverse=True)
    chances = [_cumulative(*pair) + number for number, pair in enumerate(distinct.tolist())]
    start = np.cumsum([0, *(len(one) for one in chances[:-1])])
    return UsualMonths(counts, np.concatenate(chances), start, which.reshape(-1))


def _cumulative(mean: float, alpha: float) -> NDArray[np.float64]:
    """P(Y ≤ y) of a negative binomial, up to where all but ``BEYOND`` is, which counts as 1."""
    if mean <= 0:
        return np.ones(1)
    size, share = 1.0 / alpha, 1.0 / (1.0 + alpha * mean)
    spread = np.sqrt(mean * (1.0 + alpha * mean))
    most = int(mean + 8.0 * spread + 30.0 * (1.0 + alpha * mean))
    upto = np.asarray(betainc(size, np.arange(most) + 1.0, share))
    last = int(np.searchsorted(upto, 1.0 - BEYOND))
    return np.append(upto[:last], 1.0)
