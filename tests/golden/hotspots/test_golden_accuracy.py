"""Hit rate, PAI and PEI of hand-worked cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geointel.hotspots.accuracy import Capture, capture, hits, recapture_index

from .cases import close, each, load, needs_golden

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden

INDICES = {
    "n": lambda found: found.events,
    "N": lambda found: found.total,
    "a": lambda found: found.area,
    "A": lambda found: found.whole,
    "hit_rate": lambda found: found.hit_rate,
    "area_share": lambda found: found.area_share,
    "pai": lambda found: found.pai,
    "n_star": lambda found: found.best,
    "pai_star": lambda found: found.pai_star,
    "pei": lambda found: found.pei,
    "ser_events_per_km2": lambda found: found.search_efficiency,
    "penalised_pai_alpha_0_5": lambda found: found.penalised_pai(0.5),
}
TIES = {
    "expected_n_random_tie_break": "expected",
    "n_pessimistic_tie_break": "lowest",
    "n_optimistic_tie_break": "highest",
}


def chosen(case: dict[str, Any]) -> Capture:
    cells = case["cells"]
    mask = np.isin(np.arange(len(cells)), case["selected_index_0based"])
    return capture(mask, [cell["events"] for cell in cells], [cell.get("area_km2", 1) for cell in cells])


def ids(path: Path) -> list[str]:
    return [case["id"] for case in load(path)["cases"]]


@each("pai_pei_", ids)
def test_golden_accuracy(path: Path, column: str) -> None:
    case = next(case for case in load(path)["cases"] if case["id"] == column)
    found = chosen(case)
    compared = [name for name in INDICES if name in case]
    for name in compared:
        close(INDICES[name](found), case[name], name, rtol=1e-12, atol=1e-12)
    if "rri" in case:
        before = Capture(*map(np.asarray, (case["rri"]["n_baseline"], case["rri"]["N_baseline"], 1.0, 1.0, 1.0)))
        close(recapture_index(found, before), case["rri"]["value"], "rri", rtol=1e-12)
    if not compared:
        pytest.skip("the case has no index")


@each("pai_pei_", ids)
def test_golden_ties_at_the_cut(path: Path, column: str) -> None:
    case = next(case for case in load(path)["cases"] if case["id"] == column)
    told = [name for name in TIES if name in case]
    if not told:
        pytest.skip("the case says nothing of ties")
    cells = case["cells"]
    number = len(case["selected_index_0based"])
    found = hits([cell["score"] for cell in cells], [cell["events"] for cell in cells], [number])
    for name in told:
        close(getattr(found, TIES[name])[0], case[name], name, rtol=1e-12)
