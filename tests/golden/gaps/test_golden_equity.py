"""Equity against exact fractions worked by hand, and against R accessibility."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geointel.gaps.inequality import concentration_index, gini
from geointel.gaps.palma import palma
from geointel.gaps.poverty import poverty
from geointel.gaps.theil import theil

from .cases import ROOM, columns, each, needs_golden, numbers

COLUMN = "fca2_exp0.08"
BY_HAND = [case for path in sorted((ROOM / "equity_hand").rglob("*.json")) for case in json.loads(path.read_text())]
NONE = [pytest.param(None, id="equity_hand-none", marks=pytest.mark.skip(reason="no case of equity_hand"))]
BY_R = [
    "gini",
    "palma",
    "concentration_standard",
    "concentration_erreygers",
    "theil_total",
    "theil_between",
    "theil_within",
    "fgt",
]


def expected(case: dict[str, Any], key: str) -> Any:
    if key not in case:
        pytest.skip(f"the case has no {key}")
    return case[key]


@needs_golden
@pytest.mark.parametrize("measure", ["gini", "concentration_index"])
@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in BY_HAND] or NONE)
def test_golden_by_hand(case: dict[str, Any], measure: str) -> None:
    exact = float(Fraction(expected(case, f"{measure}_exact")))
    access, people = np.array([float(Fraction(x)) for x in case["access"]]), case["population"]
    rank = expected(case, "deprivation_rank_most_deprived_first")
    found = gini(access, people) if measure == "gini" else concentration_index(access, people, rank=rank)
    assert float(found) == pytest.approx(exact, abs=1e-12)


def read(case: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Expected values, and access, people, income and decile of each unit."""
    access = columns(case / "expected_access.csv")
    if COLUMN not in access or not (case / "sociodemographic.csv").exists():
        pytest.skip(f"{case.name} has no column {COLUMN}, or no sociodemographic.csv")
    people = columns(case / "sociodemographic.csv")
    place = {name: row for row, name in enumerate(people["id"])}
    rows = [place[name] for name in access["id"]]
    units = {name: numbers(people[name])[rows] for name in ("population", "income", "imd_decile")}
    return json.loads((case / "expected_equity.json").read_text()), {"access": numbers(access[COLUMN]), **units}


def measured(key: str, units: dict[str, np.ndarray], line: float) -> np.ndarray:
    pair, income, decile = (units["access"], units["population"]), units["income"], units["imd_decile"]
    if key == "fgt":
        below = poverty(*pair, line=line)
        return np.array([below.share, below.gap, below.severity])
    if key.startswith("theil"):
        return getattr(theil(*pair, group=decile), key.removeprefix("theil_"))
    return {
        "gini": lambda: gini(*pair),
        "palma": lambda: palma(*pair, rank=income),
        "concentration_standard": lambda: concentration_index(*pair, rank=income),
        "concentration_erreygers": lambda: concentration_index(*pair, rank=income, kind="corrected"),
    }[key]()


@needs_golden
@pytest.mark.parametrize("key", BY_R)
@each("accessibility_r", "expected_equity.json")
def test_golden_by_r_accessibility(case: Path, key: str) -> None:
    known, units = read(case)
    value = expected(known, key)
    line = float(known.get("fgt_poverty_line", 1.0))
    # The line is one of the accesses, printed to 12 digits: rounded up, its own unit would be below it.
    nearest = units["access"][np.argmin(np.abs(units["access"] - line))]
    line = float(nearest) if abs(nearest / line - 1) < 1e-11 else line
    wanted = [value[f"FGT{power}"] for power in (0, 1, 2)] if key == "fgt" else value
    np.testing.assert_allclose(measured(key, units, line), wanted, rtol=1e-9)
