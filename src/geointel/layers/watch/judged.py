"""All series judged, at levels that follow from the budget of false signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots import MONTHS, budget_of, watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.hotspots import Budget, Watched, WatchSettings
    from geointel.layers.watch.options import WatchOptions
    from geointel.layers.watch.series import Series

CLUSTERS_SHARE = 0.1
"""Part of the budget that is kept for clusters, where they are looked for."""


@dataclass(frozen=True)
class Judged:
    """Answers on all series for the months that are judged, and the budget behind them; None where nothing can be judged."""

    series: Series
    answers: Watched
    signals: NDArray[np.bool_]
    budget: Budget | None
    settings: WatchSettings


def judge(series: Series, options: WatchOptions, *, accepted: float) -> Judged:
    """Judge every series and month. ``accepted`` is the number of false signals a year that the series may have."""
    settings = settings_of(options)
    budget = budget_of(
        series.counts,
        series.groups,
        accepted=accepted,
        years=options.simulated_years,
        seed=options.seed,
        settings=settings,
    )
    levels = None if budget is None else budget.levels
    answers = watch(series.counts, series.groups, series.judged, settings=settings, levels=levels)
    signals = answers.signals(levels or {}) & _known(series)[:, None]
    return Judged(series, answers, signals, budget, settings)


def settings_of(options: WatchOptions) -> WatchSettings:
    """Settings of the methods, with the form of EARS that is asked for."""
    return replace(MONTHS, ears=options.ears)


def _known(series: Series) -> NDArray[np.bool_]:
    return np.concatenate([family.known for family in series.families])
