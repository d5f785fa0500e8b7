"""Knox tables of events with places and dates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.near_repeat import NearRepeat, knox

from .cases import beside, close, each, given, load, needs_golden, numbers, read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden


@cache
def on_events(path: Path) -> NearRepeat:
    case = load(path)
    columns = read(beside(path, f"{path.stem.replace('_nearrepeat_', '_events_')}.csv"))
    places = np.column_stack([numbers(columns["x"]), numbers(columns["y"])])
    days = columns["date"].astype("datetime64[D]")
    ends = ([np.inf if end == -1 else end for end in case[f"{kind}_breaks"]] for kind in ("spatial", "temporal"))
    bands = next(ends), next(ends)
    return knox(places, days, bands, precision=("exact", "day"), metric=case["method"], permutations=999, seed=1)


@each("knox_nearrepeat_", lambda _: ("observed", "knox_ratio_mean", "p"))
def test_golden_knox(path: Path, column: str) -> None:
    case = load(path)
    given(case, column)
    found = on_events(path)
    expected = np.array(case[column], dtype=float)
    if column == "observed":
        np.testing.assert_array_equal(found.observed, expected)
    elif column == "p":
        often = found.observed > 3
        close(found.p[often], expected[often], column, rtol=0, atol=0.03)
    else:
        often = found.expected > 5
        close(found.ratio[often], expected[often], column, rtol=0.08, atol=0)
