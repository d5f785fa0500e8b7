"""Suppression and its attack against ``GaussSuppression`` and linear programs by HiGHS."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.disclosure.linear_attack import exactly, exactly_known, interval_attack
from geointel.disclosure.suppression import suppress

from .cases import columns, each, folders, needs_golden

ATTACKS = sorted(path for case in folders("suppression") for path in case.glob("attack_*.csv"))
NONE = [pytest.param(None, id="suppression-none", marks=pytest.mark.skip(reason="no attack"))]
TOTAL = "Total"


@cache
def case_of(folder: Path):
    """Names of the cells, the numbers that each adds, and the numbers."""
    table = columns(folder / "leaf_counts.csv")
    counts = np.array([int(n) for n in table["n"]])
    places = [table["leaf"], *([table["mid"]] if len(set(table["mid"])) > 1 else []), [TOTAL] * counts.size]
    members: dict[tuple[str, str], list[int]] = {}
    for at in range(counts.size):
        for place in places:
            for category in (table["category"][at], TOTAL):
                members.setdefault((place[at], category), []).append(at)
    cells = np.zeros((len(members), counts.size), dtype=np.int64)
    for row, at in enumerate(members.values()):
        cells[row, at] = 1
    return list(members), csr_array(cells), counts


def attacked(folder, hidden):
    """The attack on the hidden cells: their names, intervals, and whether they follow exactly."""
    names, cells, counts = case_of(folder)
    values = cells @ counts
    published = exactly(csr_array(cells[~hidden]), values[~hidden])
    targets = csr_array(cells[hidden])
    return (
        [name for name, is_hidden in zip(names, hidden, strict=True) if is_hidden],
        interval_attack(published, targets),
        exactly_known(published, targets),
    )


@needs_golden
@pytest.mark.parametrize("path", [pytest.param(p, id=f"suppression-{p.parent.name}-{p.stem}") for p in ATTACKS] or NONE)
def test_golden_attack(path):
    names, cells, counts = case_of(path.parent)
    expected = columns(path)
    wanted = list(zip(expected["cell"], expected["category"], strict=True))
    hidden = np.array([name in set(wanted) for name in names])
    assert hidden.sum() == len(wanted)
    found, intervals, known = attacked(path.parent, hidden)
    order = [found.index(name) for name in wanted]
    np.testing.assert_array_equal((cells @ counts)[hidden][order], [int(n) for n in expected["true_n"]])
    np.testing.assert_allclose(intervals.least[order], np.array(expected["attack_lo"], dtype=float), atol=1e-5)
    np.testing.assert_allclose(intervals.greatest[order], np.array(expected["attack_hi"], dtype=float), atol=1e-5)
    assert (intervals.width[known] < 1e-5).all()


@needs_golden
@each("suppression", "summary.json")
@pytest.mark.parametrize("least_width", [None, 5.0])
def test_golden_suppression(case, least_width):
    names, cells, counts = case_of(case)
    summary = json.loads((case / "summary.json").read_text(encoding="utf-8"))["int5" if least_width else "pz0"]
    found = suppress(cells, counts, least_width=least_width)
    assert len(names) == summary["cells"]
    assert found.primary.sum() == summary["primary"]
    assert found.hidden[found.primary].all()
    _, intervals, known = attacked(case, found.hidden)
    assert not known.any()
    assert intervals.width.min() > 1e-5
    if least_width:
        assert intervals.width[found.primary[found.hidden]].min() >= least_width - 1e-5
