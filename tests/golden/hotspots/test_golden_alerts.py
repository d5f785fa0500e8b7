"""Farrington Flexible and EARS on weekly series."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geointel.hotspots.ears import ears
from geointel.hotspots.farrington import Farrington, FarringtonSettings, farrington

from .cases import close, each, load, needs_golden

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden

LIMITS = {"delta": "delta", "nbPlugin": "negative-binomial", "muan": "negative-binomial-mean"}


def settings_of(control: dict[str, Any], period: int) -> FarringtonSettings:
    """Settings of a case, with the producer's defaults where it says nothing."""
    half = control.get("w", 3)
    threshold = control.get("weightsThreshold", 2.58)
    return replace(
        FarringtonSettings(),
        period=period,
        years=control.get("b", 5),
        half_window=half,
        left_out=control.get("pastWeeksNotIncluded", half),
        seasons=control.get("noPeriods", 1),
        alpha=control.get("alpha", 0.05),
        reweight=threshold if control.get("reweight", True) else None,
        trend_level=control.get("pThresholdTrend", 0.05) if control.get("trend", True) else None,
        limit=LIMITS[control.get("thresholdMethod", "delta")],
    )


@cache
def on_weeks(path: Path, series: str, name: str) -> Farrington:
    case = load(path)[series]
    steps = [week - 1 for week in case["range_1based"]]
    return farrington([case["y"]], steps, settings_of(case["farrington"][name]["control"], case["frequency"]))


def names(kind: str) -> Any:
    return lambda path: [f"{series}-{name}" for series, case in load(path).items() for name in case.get(kind, {})]


@each("alerts_farrington_ears_", names("farrington"))
def test_golden_farrington(path: Path, column: str) -> None:
    series, name = column.split("-", 1)
    case = load(path)[series]["farrington"][name]
    found = on_weeks(path, series, name)
    for name, answer in (("upperbound", found.upper[0]), ("expected", found.expected[0])):
        if name in case:
            close(answer, case[name], name, rtol=1e-5, atol=1e-9)
    np.testing.assert_array_equal(found.alarm[0], np.array(case["alarm"], dtype=float) == 1)
    if case.get("pvalue"):
        # The reference has none where its model leads to infinity.
        given = [p is not None for p in case["pvalue"]]
        close(found.p[0][given], [p for p in case["pvalue"] if p is not None], "pvalue", rtol=1e-5, atol=1e-9)
    if case.get("trend_used"):
        np.testing.assert_array_equal(found.trend[0], case["trend_used"])


@each("alerts_farrington_ears_", names("ears"))
def test_golden_ears(path: Path, column: str) -> None:
    series, name = column.split("-", 1)
    case = load(path)[series]["ears"][name]
    least, weeks = case.get("minSigma", 0.0), np.array(case["range_1based"]) - 1
    found = ears(
        load(path)[series]["y"], name[:2], baseline=case["baseline"], alpha=case["alpha"], least_deviation=least
    )
    close(found.upper[weeks], case["upperbound"], "upperbound")
    expected = np.array(case["alarm"], dtype=float)
    np.testing.assert_array_equal(found.judged[weeks], ~np.isnan(expected))
    np.testing.assert_array_equal(found.alarm[weeks], expected == 1)
    if not len(weeks):
        pytest.skip("the case judges no week")
