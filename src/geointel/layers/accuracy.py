"""How much of the next month the hottest cells of a layer held: a back-test on the released months themselves.

For each of the last months, a map is made of what was known before it, ranked as the published map is, and judged by
the month. The same is done with two naive rivals: the counts of the year before, and those of the month before. A map
that does no better than last year's counts foretells nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots import SHARES, back_test, block_draws, percentile_interval
from geointel.layers.lattice import Lattice, MapCounts
from geointel.model import ALL, QUARTER, YEAR, format_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.hotspots import BackTest
    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube

    Months = Mapping[int, MapCounts]

Score = Callable[[Lattice, MapCounts, MapCounts], "NDArray[np.float64]"]
"""Counts of a category, and of everything → what the layer ranks the supported cells by; no NaN."""

LENGTHS = {"month": 1, "quarter": QUARTER, "year": YEAR}
"""Months of a window of each kind."""
STEPS, FEWEST = 6, 3
"""Months that are foretold, at most and at least."""
BLOCK, REPLICATES, SEED = 2, 999, 1
"""The bootstrap over months: blocks of two, for what carries over from one to the next."""
TOLD = SHARES.index(0.02)
"""The share of the area that the sentence is about."""
DIGITS = 4


@dataclass(frozen=True)
class _Trial:
    """The layer's maps, and those of its rivals, judged by the same months."""

    judged: tuple[int, ...]
    own: BackTest
    last_year: BackTest
    last_month: BackTest


def accuracy(cube: Cube, request: LayerRequest, score: Score) -> dict[str, Any]:
    """Accuracy of every resolution, category and kind of window, as it stands in the manifest.

    The arrays of an entry follow ``shares`` of the cells in which an incident can be recorded. An interval is the
    wider of two: block bootstrap over months, and binomial over incidents; few months alone would make it too narrow.
    """
    found: dict[str, Any] = {}
    for lattice in cube.lattices:
        every = _months(cube, lattice, ALL)
        for category in request.categories:
            own = every if category == ALL else _months(cube, lattice, category)
            entries = {
                kind: _entry(_trial(lattice, own, every, LENGTHS[kind], score), request, (category, kind))
                for kind in LENGTHS
                if kind in request.window_kinds
            }
            found.setdefault(str(lattice.resolution), {})[category] = entries
    return {
        "shares": list(SHARES),
        "told": SHARES[TOLD],
        "steps": STEPS,
        "replicates": REPLICATES,
        "block": BLOCK,
        "seed": SEED,
        "by": found,
    }


def _months(cube: Cube, lattice: Lattice, category: str) -> Months:
    months = [window for window in cube.windows if window.kind == "month"]
    return {w.months[0]: cube.map_counts(lattice, w.id, category) for w in months}


def _trial(lattice: Lattice, own: Months, every: Months, length: int, score: Score) -> _Trial | None:
    """Judge the maps by the last months in a row that have all months before them; None where there are too few."""
    judged = _last_run([t for t in sorted(own) if all(t - back in own for back in range(1, length + 1))])[-STEPS:]
    if len(judged) < FEWEST or not lattice.supported.any():
        return None
    scores = [score(lattice, _sum(own, t, length), _sum(every, t, length)) for t in judged]
    rivals = [[_sum(own, t, back).inside for t in judged] for back in (YEAR, 1)]
    tests = [back_test(zip(maps, (own[t].inside for t in judged), strict=True)) for maps in (scores, *rivals)]
    return _Trial(judged, *tests) if tests[0].total.sum() else None


def _last_run(months: Sequence[int]) -> tuple[int, ...]:
    """The months, ascending, from which no month is missing to the last: a sentence on "July to December" skips none."""
    return tuple(month for place, month in enumerate(months) if months[-1] - month == len(months) - 1 - place)


def _sum(months: Months, end: int, back: int) -> MapCounts:
    """Counts of the ``back`` months before ``end``, of those that there are."""
    known = [months[m] for m in range(end - back, end) if m in months]
    return MapCounts(np.sum([m.inside for m in known], axis=0), np.sum([m.beyond for m in known], axis=0))


def _entry(trial: _Trial | None, request: LayerRequest, of: tuple[str, str]) -> dict[str, Any]:
    """Entry of one category and kind of window."""
    category, kind = of
    if trial is None:
        return {"steps": 0, "sentence": content.no_accuracy(kind)}
    pooled, steps = trial.own.pooled(), len(trial.judged)
    draws = block_draws(steps, block=min(BLOCK, steps), replicates=REPLICATES, seed=SEED)
    own, rival = (test.resampled(draws).hit_rate for test in (trial.own, trial.last_year))
    low, high = percentile_interval(own)
    least, most = pooled.binomial_interval()
    gain = percentile_interval(own[:, TOLD] - rival[:, TOLD])
    entry: dict[str, Any] = {
        "steps": steps,
        "first": format_month(trial.judged[0]),
        "last": format_month(trial.judged[-1]),
        "incidents": int(trial.own.total.sum()),
        "cells": trial.own.cells,
        "hit_rate": _rounded(pooled.hit_rate),
        "lower": _rounded(np.minimum(low, least)),
        "upper": _rounded(np.maximum(high, most)),
        "pai": _rounded(pooled.pai),
        "pai_star": _rounded(pooled.pai_star),
        "pei": _rounded(pooled.pei),
        "last_year": _rounded(trial.last_year.pooled().hit_rate),
        "last_month": _rounded(trial.last_month.pooled().hit_rate),
        "gain_on_last_year": _rounded(np.array(gain)),
        "better": bool(steps == STEPS and gain[0] > 0),
    }
    told = {name: entry[name][TOLD] for name in ("hit_rate", "lower", "upper", "last_year", "last_month")}
    sentence = content.accuracy(
        category,
        kind,
        share=SHARES[TOLD],
        months=(entry["first"], entry["last"]),
        steps=steps,
        better=entry["better"],
        special_points=request.special_points,
        **told,
    )
    return {**entry, "sentence": sentence}


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), DIGITS) for value in values]
