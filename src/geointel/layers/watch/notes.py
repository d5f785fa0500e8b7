"""What stands beside every signal: the budget and what came of it, refusals and latency; as numbers and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots.onset import LASTS, LEAST
from geointel.hotspots.watch import METHODS, REFUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.layers.watch.clusters import Clusters
    from geointel.layers.watch.judged import Judged
    from geointel.layers.watch.options import WatchOptions

YEAR = 12


def notes_of(judged: Judged, clusters: Clusters, options: WatchOptions, *, newest: int) -> dict[str, Any]:
    """Notes of the spec. ``newest`` is the newest month that any source of the edition has."""
    last = judged.series.months[-1]
    notes: dict[str, Any] = {
        "budget": _budget(judged, options),
        "clusters": _clusters(clusters),
        "refused": _refusals(judged),
        "methods": _methods(judged),
        "spread": {"needs": LEAST + LASTS, "has": len(judged.series.months)},
        "latency": {
            "data_through": last.id,
            "months_behind": newest - last.months[-1],
            "delay_days": options.delay_days,
        },
    }
    return {**notes, "sentences": _sentences(notes)}


def parameters(judged: Judged, options: WatchOptions) -> dict[str, Any]:
    """Options, and all settings of the methods."""
    settings = judged.settings
    seasonal = {name: getattr(settings.seasonal, name) for name in ("half_window", "left_out", "seasons", "limit")}
    return {
        **options.model_dump(),
        "few": settings.few,
        "needs": {"count": settings.least, "ears": settings.ears_needs, "farrington": settings.years_need},
        "baseline": {"count": settings.longest, "ears": settings.baseline},
        "farrington": {"years": list(settings.years), **seasonal},
    }


def _budget(judged: Judged, options: WatchOptions) -> dict[str, Any]:
    """What is accepted, expected and found."""
    found = judged.signals.sum(axis=0)
    windows = [window.id for window in judged.series.windows]
    notes: dict[str, Any] = {
        "accepted": options.false_alarms_a_year,
        "found": dict(zip(windows, found.tolist(), strict=True)),
        "found_in_months": len(found[-YEAR:]),
        "found_in_all": int(found[-YEAR:].sum()),
        "series": len(judged.series.counts),
    }
    if judged.budget is not None:
        notes |= {
            "expected": judged.budget.expected,
            "usual": list(judged.budget.usual),
            "levels": judged.budget.levels,
            "expected_by_method": judged.budget.by_method,
            "tests_by_method": judged.budget.tests,
            "simulated_years": judged.budget.years,
        }
    return notes


def _clusters(clusters: Clusters) -> dict[str, Any]:
    """Scans of the newest month; twelve builds a year look twelve times."""
    notes: dict[str, Any] = {"found": len(clusters.found), "scans": clusters.scans}
    if clusters.scans:
        expected = YEAR * clusters.scans * clusters.level
        notes |= {"replicas": clusters.replicas, "level": clusters.level, "expected": expected}
    return notes


def _refusals(judged: Judged) -> list[dict[str, Any]]:
    """How many series were not judged in each month, how many months the method needs before it, and how many there are."""
    told = []
    for place, column in enumerate(judged.series.judged):
        refused = judged.answers.method[:, place] == REFUSED
        needs, many = np.unique(judged.answers.needs[refused, place], return_counts=True)
        window = judged.series.months[column].id
        told += [
            {"window": window, "needs": need, "has": column, "series": number}
            for need, number in zip(needs.tolist(), many.tolist(), strict=True)
        ]
    return told


def _methods(judged: Judged) -> dict[str, int]:
    """How many judgements each method gave."""
    counted = np.bincount(judged.answers.method.ravel(), minlength=len(METHODS))
    return dict(zip(METHODS, counted.tolist(), strict=True))


def _sentences(notes: Mapping[str, Any]) -> list[str]:
    """What must be said beside every signal, in plain English."""
    budget, latency, number = notes["budget"], notes["latency"], content.number
    said = [content.notice("signals_accepted", accepted=number(budget["accepted"]))]
    if "expected" in budget:
        expected = budget["expected"] + notes["clusters"].get("expected", 0.0)
        low, high = (number(end) for end in budget["usual"])
        said.append(content.notice("signals_expected_number", expected=number(expected, 1), low=low, high=high))
        found, months = budget["found_in_all"], budget["found_in_months"]
        said.append(content.notice("signals_found", found=number(found), months=months))
    else:
        said.append(content.notice("signals_refused"))
    said.append(content.notice("signals_latency", month=latency["data_through"], behind=latency["months_behind"]))
    days = latency["delay_days"]
    said.append(content.notice("signals_no_delay") if days is None else content.notice("signals_delay", days=days))
    return said
