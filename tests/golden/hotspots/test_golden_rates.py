"""Smoothed rates, and changes between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.empirical_bayes import SmoothedRates, global_rates, local_rates

from .cases import agree, close, each, listed_neighbours, load, needs_golden, numbers, read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden


def on_cells(path: Path, events: str = "events") -> SmoothedRates:
    columns = read(path)
    return global_rates(numbers(columns[events]), numbers(columns["population"]))


@each("eb_h3_", lambda _: ("raw_rate", "eb_rate", "eb_shrink_weight", "eb_rate_homog_clamped"), suffix=".csv")
def test_golden_empirical_bayes_on_h3(path: Path, column: str) -> None:
    columns = read(path)
    homogeneous = column.endswith("homog_clamped")
    found = on_cells(path, "events_homog" if homogeneous and "events_homog" in columns else "events")
    answers = {"raw_rate": found.raw, "eb_shrink_weight": found.weight}
    agree(answers.get(column, found.rate), columns, column)


@each("eb_h3_", lambda _: ("global_rate", "marshall_A_variance", "homog"), suffix=".json")
def test_golden_empirical_bayes_of_the_whole(path: Path, column: str) -> None:
    case, table = load(path), path.with_suffix(".csv")
    if column == "homog":
        found = on_cells(table, "events_homog")
        close(found.mean, np.full(len(found.mean), case["homog"]["global_rate"]), column)
        assert case["homog"]["marshall_A_variance_before_clamp"] < 0
        assert not found.variance.any()
    else:
        found = on_cells(table)
        answer = found.mean if column == "global_rate" else found.variance
        close(answer, np.full(len(answer), case[column]), column)


@each(
    "areas_", lambda _: ("raw_rate", "excess_risk", "eb_global_rate", "eb_spatial_rate", "spatial_rate", "assuncao_z")
)
def test_golden_rates_of_areas(path: Path, column: str) -> None:
    columns = read(path)
    events, population = numbers(columns["events"]), numbers(columns["population"])
    everywhere = global_rates(events, population)
    around = local_rates(events, population, listed_neighbours(columns))
    answers = {
        "raw_rate": everywhere.raw,
        "excess_risk": everywhere.raw / everywhere.mean,
        "eb_global_rate": everywhere.rate,
        "eb_spatial_rate": around.rate,
        "spatial_rate": around.mean,
        "assuncao_z": everywhere.standardised(),
    }
    agree(answers[column], columns, column)
