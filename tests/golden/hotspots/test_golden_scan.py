"""Scan statistics: likelihood ratios, most likely clusters and, where given, those after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geointel.hotspots.scan import Cluster, poisson_scan
from geointel.hotspots.scan_likelihood import bernoulli_llr, poisson_llr, relative_risk
from geointel.hotspots.scan_space_time import permutation_scan
from geointel.hotspots.scan_zones import Search

from .cases import beside, close, each, load, needs_golden, numbers, read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .cases import Columns

pytestmark = needs_golden


@each("scan_llr_", load)
def test_golden_likelihood_ratio(path: Path, column: str) -> None:
    rows = load(path)[column]
    values = {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}
    if column == "bernoulli":
        found = bernoulli_llr(values["c"], values["n"], values["C"], values["N"])
    else:
        zone = values["c"], values["E"], values["C"]
        found = poisson_llr(*zone)
        if "relative_risk" in values:
            close(relative_risk(*zone), values["relative_risk"], "relative_risk", rtol=1e-12, atol=1e-12)
    close(found, values["llr_high_rates"], column, rtol=1e-12, atol=1e-12)


def compare(found: list[Cluster], ids: NDArray[np.str_], expected: list[dict[str, Any]]) -> None:
    assert len(found) >= len(expected)
    for ours, theirs in zip(found, expected, strict=False):
        assert set(ids[ours.cells].tolist()) == set(theirs["locations"])
        assert ours.events == theirs["cases"]
        close(ours.llr, theirs["llr"], "llr", rtol=0, atol=1e-6)
        close(ours.expected, theirs["expected"], "expected", rtol=0, atol=0.005001)
        if theirs.get("relative_risk") is not None:
            close(ours.relative_risk, theirs["relative_risk"], "relative_risk", rtol=0, atol=0.005001)
        # The producer mixes in an approximation: only the side of .05 is compared, where chance cannot decide.
        p = float(theirs["p_value_text"].lstrip("< "))
        assert 0.02 < p < 0.12 or (ours.p < 0.05) == (p < 0.05)


def centres(columns: Columns) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return numbers(columns["lat"]), numbers(columns["lng"])


@each("scan_poisson_", lambda _: ("clusters",))
def test_golden_poisson_scan(path: Path, column: str) -> None:
    case = load(path)
    columns = read(beside(path, case["input"]))
    events, people = (numbers(columns[name]) for name in ("events", "population"))
    most = len(case[column])
    found = poisson_scan(events, people, centres(columns), search=Search(most=most, replicas=299), seed=1)
    if "total_cases" in case:
        assert events.sum() == case["total_cases"]
    compare(found, columns.get("h3", columns.get("fips")), case[column])


@each("scan_stp_", lambda _: ("clusters",), suffix=".json")
def test_golden_permutation_scan(path: Path, column: str) -> None:
    case = load(path)
    cells, events = (read(beside(path, case[name])) for name in ("cells", "events"))
    first, last = (np.datetime64(day) for day in case["study_period"])
    number = {cell: row for row, cell in enumerate(cells["h3"].tolist())}
    times = numbers(events["n"]).astype(int)
    row = np.repeat([number[cell] for cell in events["h3"].tolist()], times)
    day = np.repeat((events["date"].astype("datetime64[D]") - first).astype(int), times)
    assert len(row) == case["total_cases"]
    steps = int((last - first).astype(int)) + 1
    most = len(case[column])
    found = permutation_scan(
        (row, day), centres(cells), steps=steps, longest=28, search=Search(most=most, replicas=99), seed=1
    )
    compare(found, cells["h3"], case[column])
    for ours, theirs in zip(found, case[column], strict=False):
        start = theirs["time_frame"].split(" to ")[0].split("/")
        begun = np.datetime64("-".join(part.zfill(2) for part in start))
        assert last - np.timedelta64(ours.steps - 1) == begun
    if not found:
        pytest.fail("no cluster")
