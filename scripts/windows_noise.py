"""Simulated weeks for ``windows.py``: what is known of them, and what the methods say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots import best_windows, enforcement, flat_week_p, judged_by_next, week_shares, wilson_interval
from geointel.hotspots.enforcement import SEED
from geointel.hotspots.tails import ALPHA
from geointel.hotspots.week_windows import DAYS, HOURS, WEEK, inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import Judged

RECORDS = (20, 50, 150, 500, 4000)
FLAT_WEEKS, WEEKS = 4000, 1000
FANO = (1.0, 1.5, 2.0, 4.0)
BURST_RECORDS, TENTHS_RECORDS = 500, 100
SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
"""Weights of an hour and of two on either side, by which the real week is made a smooth pattern."""


@dataclass(frozen=True)
class Flat:
    """Flat weeks of so many records: shares of them with p ≤ .05, and with an hour, or a weekday, above the others."""

    records: int
    low: float
    hour: float
    weekday: float


@dataclass(frozen=True)
class Coverage:
    """Weeks of one truth: mean shares of the windows (their own records, other records, in truth), and how often an interval holds the truth.

    ``every`` is that of halves with an interval of all records instead of one half; ``next`` that of windows chosen on a year before.
    """

    truth: str
    records: int
    fano: float
    own: float
    other: float
    known: float
    halves: float
    every: float
    next_other: float
    next_known: float
    next: float
    found: float


@dataclass(frozen=True)
class Noise:
    """All simulations; ``greedy`` is how often taking the busiest window first holds less, ``lost`` by how much of the records at most."""

    flat: tuple[Flat, ...]
    coverage: tuple[Coverage, ...]
    bursts: tuple[Coverage, ...]
    greedy: float
    lost: float
    tenths: float
    """How often an interval of as many records holds the truth if nine tenths choose and the last one judges, on flat weeks."""


def simulate(week: NDArray[np.int64]) -> Noise:
    """Simulate flat weeks, weeks with known patterns, the real week's among them, and counts that come in bursts."""
    truths = _truths(week)
    greedy, lost = _greedy(truths["real"])
    return Noise(
        flat=tuple(_flat(records) for records in RECORDS),
        coverage=tuple(_coverage(name, truth, records) for name, truth in truths.items() for records in RECORDS),
        bursts=tuple(
            _coverage(name, truths[name], BURST_RECORDS, fano=fano) for name in ("flat", "real") for fano in FANO
        ),
        greedy=greedy,
        lost=lost,
        tenths=_tenths(truths["flat"]),
    )


def _truths(week: NDArray[np.int64]) -> Mapping[str, NDArray[np.float64]]:
    """Shares of the hours that are known: flat, the real week made smooth, and a week with one night eight times as busy."""
    flat = np.full(WEEK, 1.0)
    real = sum(weight * np.roll(week.ravel(), place - 2) for place, weight in enumerate(SMOOTH))
    night = flat.copy()
    night[118:122] *= 8  # Friday 22:00 to 02:00
    return {"flat": flat / flat.sum(), "real": np.asarray(real / np.sum(real)), "one night": night / night.sum()}


def _flat(records: int) -> Flat:
    random = np.random.default_rng((1, records))
    weeks = random.multinomial(records, np.full(WEEK, 1 / WEEK), size=FLAT_WEEKS).reshape(-1, DAYS, HOURS)
    shares = week_shares(weeks)
    return Flat(
        records,
        float((flat_week_p(weeks) <= ALPHA).mean()),
        float(shares.by_hour.above.any(axis=1).mean()),
        float(shares.by_weekday.above.any(axis=1).mean()),
    )


def _draw(truth: NDArray[np.float64], records: int, fano: float, seed: int) -> NDArray[np.int64]:
    """Weeks of Poisson counts, or of negative binomial ones whose variance is ``fano`` times their mean."""
    random = np.random.default_rng((seed, records))
    mean = np.broadcast_to(truth * records, (WEEKS, WEEK))
    counts = random.poisson(mean) if fano == 1 else random.negative_binomial(mean / (fano - 1), 1 / fano)
    return counts.reshape(-1, DAYS, HOURS)


def _coverage(name: str, truth: NDArray[np.float64], records: int, *, fano: float = 1.0) -> Coverage:
    before, after = (_draw(truth, records, fano, seed) for seed in (2, 3))
    found, later = enforcement(after, seed=SEED), judged_by_next(before, after)
    known, known_before = ((truth * inside(best_windows(weeks))).sum(axis=1) for weeks in (after, before))
    return Coverage(
        truth=name,
        records=records,
        fano=fano,
        own=float(np.nanmean(found.share)),
        other=float(np.nanmean(found.judged.share)),
        known=float(known.mean()),
        halves=_holds(found.judged, known),
        every=_holds(_of_all(found.judged, after), known),
        next_other=float(np.nanmean(later.share)),
        next_known=float(known_before.mean()),
        next=_holds(later, known_before),
        found=float((found.p_flat <= ALPHA).mean()),
    )


def _of_all(judged: Judged, weeks: NDArray[np.int64]) -> Judged:
    """The same share with the interval that all records would have."""
    number = weeks.sum(axis=(1, 2)).astype(np.float64)
    lower, upper = wilson_interval(judged.share * number, number)
    return replace(judged, lower=lower, upper=upper)


def _holds(judged: Judged, known: NDArray[np.float64]) -> float:
    return float(((judged.lower <= known) & (known <= judged.upper)).mean())


def _tenths(truth: NDArray[np.float64]) -> float:
    """Each record in one of ten parts by lot, five times over; each part judges the windows that the others choose."""
    weeks = _draw(truth, TENTHS_RECORDS, 1.0, 6).reshape(WEEKS, WEEK)
    random, held = np.random.default_rng(7), np.zeros(WEEKS)
    for place, week in enumerate(weeks):
        parts = random.multinomial(week, np.full(10, 0.1), size=(5, WEEK)).swapaxes(1, 2)
        hours = inside(best_windows((week - parts).reshape(5, 10, DAYS, HOURS)))
        held[place] = (parts * hours).sum() / 5
    lower, upper = wilson_interval(held, weeks.sum(axis=1))
    known = 12 / WEEK
    return float(((lower <= known) & (known <= upper)).mean())


def _greedy(truth: NDArray[np.float64]) -> tuple[float, float]:
    """The busiest window, then the busiest of what is left, against the best choice, on weeks of 150 records."""
    weeks = _draw(truth, 150, 1.0, 5)
    found = best_windows(weeks)
    plan, best = found.plan, found.held.sum(axis=1)
    flat = np.concatenate([weeks.reshape(WEEKS, WEEK)] * 2, axis=1)
    sums = sum(flat[:, since : since + WEEK] for since in range(plan.hours)).astype(np.float64)
    held, every = np.zeros(WEEKS), np.arange(WEEKS)
    for _ in range(plan.windows):
        start = sums.argmax(axis=1)
        held += sums[every, start]
        for since in range(1 - plan.hours, plan.hours):
            sums[every, (start + since) % WEEK] = -np.inf
    lost = (best - held) / weeks.sum(axis=(1, 2))
    return float((lost > 0).mean()), float(lost.max())
