"""Smoothed rates, and changes between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from geointel.hotspots.change import change, poisson_interval
from geointel.hotspots.displacement import displacement_difference
from geointel.hotspots.e_test import e_test
from geointel.hotspots.empirical_bayes import SmoothedRates, global_rates, local_rates
from geointel.hotspots.moving_window import moving_window_p, quiet_three_windows, quiet_two_windows

from .cases import agree, beside, close, each, given, listed_neighbours, load, needs_golden, numbers, read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden


def on_cells(path: Path, events: str = "events") -> SmoothedRates:
    columns = read(path)
    return global_rates(numbers(columns[events]), numbers(columns["population"]))


@each("eb_h3_", lambda _: ("raw_rate", "eb_rate", "eb_shrink_weight", "eb_rate_homog_clamped"), suffix=".csv")
def test_golden_empirical_bayes_on_h3(path: Path, column: str) -> None:
    columns = read(path)
    given(columns, column)
    homogeneous = column.endswith("homog_clamped")
    found = on_cells(path, "events_homog" if homogeneous and "events_homog" in columns else "events")
    answers = {"raw_rate": found.raw, "eb_shrink_weight": found.weight}
    agree(answers.get(column, found.rate), columns, column)


@each("eb_h3_", lambda _: ("global_rate", "marshall_A_variance", "homog"), suffix=".json")
def test_golden_empirical_bayes_of_the_whole(path: Path, column: str) -> None:
    case, table = load(path), beside(path, path.with_suffix(".csv").name)
    given(case, column)
    if column == "homog":
        given(read(table), "events_homog")
        found = on_cells(table, "events_homog")
        close(found.mean, np.full(len(found.mean), case["homog"]["global_rate"]), column)
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


# --- poisson_change_, sfhotspot_change_: two counts with exposures ----------------------------------------


PS = {"p_exact-cond": ("p", 1e-8), "p_cond-midp": ("p_mid", 1e-8), "p_score": ("p_score", 1e-8), "p_etest": ("", 1e-6)}
CHANGES = (*PS, "rate_ratio", "ratio_ci95_score")


@each("poisson_change_", lambda _: CHANGES)
def test_golden_change_of_two_counts(path: Path, column: str) -> None:
    rows = [row for row in load(path).get("two_period", []) if column in row]
    if not rows:
        pytest.skip(f"the case has no {column}")
    before, after = ([row[f"n_{when}"] for row in rows] for when in ("before", "after"))
    spans = {f"exposure_{when}": [row[f"exposure_{when}"] for row in rows] for when in ("before", "after")}
    found = change(before, after, **spans)
    expected = np.array([row[column] for row in rows], dtype=float)
    if column == "p_etest":
        close(np.minimum(expected, 1), e_test(before, after, **spans), column, rtol=1e-6, atol=1e-12)
    elif column == "ratio_ci95_score":
        # Where one count is 0 the producer gives one end twice: only that end is compared.
        lower, upper = np.array(after) > 0, np.array(before) > 0
        close(found.lower[lower], expected[lower, 0], column, rtol=1e-6)
        close(found.upper[upper], expected[upper, 1], column, rtol=1e-6)
    elif column == "rate_ratio":
        close(found.ratio, expected, column)
    else:
        name, tolerance = PS[column]
        close(getattr(found, name), expected, column, rtol=tolerance, atol=1e-13)


@each("poisson_change_", lambda _: ("ci95_exact_garwood",))
def test_golden_interval_of_one_count(path: Path, column: str) -> None:
    rows = load(path).get("single_count_ci", [])
    if not rows:
        pytest.skip("the case has no single counts")
    ends = np.transpose(poisson_interval([row["count"] for row in rows]))
    close(ends, [row[column] for row in rows], column, rtol=1e-8)


@each("sfhotspot_change_", lambda _: ("change",))
def test_golden_change_of_sfhotspot(path: Path, column: str) -> None:
    columns = read(path)
    given(columns, "n_before", "n_after")
    before, after = (numbers(columns[name]) for name in ("n_before", "n_after"))
    agree(after - before, columns, column, rtol=0, atol=0)
    found = change(before, after)
    difference = numbers(columns[column])
    rising = found.ratio[before > 0] > 1
    np.testing.assert_array_equal(rising, difference[before > 0] > 0)
    np.testing.assert_array_equal(np.isnan(found.p), (before == 0) & (after == 0))


# --- wdd_naus_: displacement and bursts ---------------------------------------------------------------------


WDD = {
    "Est_Local": "local", "SE_Local": "local_error", "Est_Displace": "displaced", "SE_Displace": "displaced_error",
    "Est_Total": "total", "SE_Total": "total_error", "Z": "z", "LowCI": "lower", "HighCI": "upper",
}  # fmt: skip


@each("wdd_naus_", lambda _: WDD)
def test_golden_displacement(path: Path, column: str) -> None:
    rows = [row for row in load(path).get("wdd", []) if column in row["result"]]
    if not rows:
        pytest.skip(f"the case has no {column}")
    for number, row in enumerate(rows):
        found = displacement_difference(
            row["treated"],
            row["control"],
            treated_buffer=row.get("disp_treated", (0, 0)),
            control_buffer=row.get("disp_control", (0, 0)),
            spans=tuple(row.get("time_weights", (1, 1))),
        )
        close(getattr(found, WDD[column]), row["result"][column], f"{column} of {number}")


@each("wdd_naus_", lambda _: ("naus_scan_window",))
def test_golden_moving_window(path: Path, column: str) -> None:
    rows = load(path).get(column, [])
    if not rows:
        pytest.skip("the case has no moving window")
    for number, row in enumerate(rows):
        n, mean = row["n"], row["mu"]
        poisson = stats.poisson(mean)
        # The producer leaves the last term out of a sum of Naus (1982), and has L − k for his number of
        # windows less 2: its numbers hold ours with these two changes made.
        missing = poisson.pmf(n + 1) * poisson.pmf(n - 1)
        missing *= (n - 2) * poisson.cdf(n - 3) - mean * poisson.cdf(n - 4)
        two, three = quiet_two_windows(n, mean), quiet_three_windows(n, mean)
        close(1 - two * ((three + missing) / two) ** (row["L"] - row["k"]), row["p"], f"{column} {number}")
        close(moving_window_p(n, mean=mean, windows=row["L"]), 1 - two * (three / two) ** (row["L"] - 2), "own")
