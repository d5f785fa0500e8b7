"""Rounding against the NHS rule's table, and controlled rounding against the optimum of an integer program."""

from __future__ import annotations

import json

import numpy as np
import pytest

from geointel.disclosure.controlled_rounding import controlled_rounding, with_totals
from geointel.disclosure.rounding import nearest
from geointel.disclosure.source_floor import source_floor

from .cases import ROOM, columns, needs_golden

RULES = sorted((ROOM / "nhs_rounding").rglob("*.csv"))
TABLES = sorted((ROOM / "controlled_rounding").rglob("*.json"))


def cases(kind, paths):
    none = pytest.param(None, id=f"{kind}-none", marks=pytest.mark.skip(reason=f"no case of {kind}"))
    return pytest.mark.parametrize("path", [pytest.param(path, id=f"{kind}-{path.stem}") for path in paths] or [none])


@needs_golden
@cases("nhs_rounding", RULES)
def test_golden_nhs_rounding(path):
    table = columns(path)
    found = source_floor([int(count) for count in table["count"]], "nhs")
    shown = ["*" if hidden else str(int(value)) for value, hidden in zip(found.value, found.hidden, strict=True)]
    assert shown == table["published_subnational"]


@needs_golden
@cases("controlled_rounding", TABLES)
def test_golden_controlled_rounding(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    base, true = case["base"], np.array(case["true_with_margins"])
    table = true[:-1, :-1]
    np.testing.assert_array_equal(with_totals(table), true)
    found = controlled_rounding(table, base)
    assert np.abs(found - true).sum() == case["optimal_L1"]
    assert (found % base == 0).all()
    assert (np.abs(found - true) < base).all()
    np.testing.assert_array_equal(with_totals(found[:-1, :-1]), found)
    if "conventional_rounding_L1" in case:
        assert np.abs(nearest(true, base) - true).sum() == case["conventional_rounding_L1"]
