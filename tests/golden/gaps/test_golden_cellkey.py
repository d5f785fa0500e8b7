"""The cell-key method against R ``ptable`` and the look-up rule of ``cellKey``: the tables, and every cell of the case with each of them."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby, product
from pathlib import Path

import numpy as np
import pytest

from geointel.disclosure.perturbation import UNITS, perturb, perturbation_table, table_of

from .cases import ROOM, columns, needs_golden

CASES = sorted((ROOM / "cellkey").rglob("ptable_*.csv"))
PARAMETERS = re.compile(r"ptable_D(?P<noise>\d+)V(?P<variance>[\d.]+)js(?P<hidden>\d+)(?:p(?P<stay>\d+))?")
NONE = [pytest.param(None, id="cellkey-none", marks=pytest.mark.skip(reason="no perturbation table"))]

each_table = pytest.mark.parametrize("path", [pytest.param(path, id=f"cellkey-{path.stem}") for path in CASES] or NONE)


def units(text):
    return round(float(text) * UNITS)


def golden_table(path):
    table = columns(path)
    rows = groupby(
        zip(map(int, table["i"]), map(int, table["v"]), map(units, table["ub"]), strict=True), key=lambda row: row[0]
    )
    return table_of(
        [([v for _, v, _ in row], [ub for _, _, ub in row]) for _, row in ((i, list(row)) for i, row in rows)]
    )


def our_table(path):
    found = PARAMETERS.fullmatch(path.stem)
    if found is None:
        pytest.skip(f"{path.name} does not name its parameters")
    stay = found["stay"] and int(found["stay"]) / 100
    return perturbation_table(int(found["noise"]), float(found["variance"]), never_show=int(found["hidden"]), stay=stay)


@cache
def cells(folder: Path):
    """Level, cell, month, category -> count and key in hundred-millionths, summed from the records."""
    table = columns(folder / "microdata.csv")
    levels = [name for name in ("h3_8", "h3_7", "h3_6") if name in table]
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for at, text in enumerate(table["rkey"]):
        places = [(level, table[level][at]) for level in levels] + [("total", "ALL")]
        for (level, cell), month, category in product(
            places, (table["month"][at], "ALL"), (table["category"][at], "ALL")
        ):
            entry = found.setdefault((level, cell, month, category), [0, 0])
            entry[0] += 1
            entry[1] = (entry[1] + units(text)) % UNITS
    return found


def as_keys(sums):
    """A sum in hundred-millionths as a cell key: the same side of every bound."""
    return np.array([-(-value * 2**64 // UNITS) for value in sums], dtype=np.uint64)


@needs_golden
@each_table
def test_golden_table_is_built_from_its_parameters(path):
    """The reference stops at a relative step of 1e-7; bounds differ by 1e-7 at most (by 2e-8 in the first two cases)."""
    golden, ours = golden_table(path), our_table(path)
    np.testing.assert_array_equal(ours.change, golden.change)
    assert np.abs(ours.bounds - golden.bounds).max() <= 10


@needs_golden
@pytest.mark.parametrize("build", [golden_table, our_table])
@each_table
def test_golden_cells(path, build):
    expected = columns(path.parent / "expected_cells.csv")
    name = path.stem.removeprefix("ptable_")
    if f"pert_{name}" not in expected:
        pytest.skip(f"no cells for {name}")
    counts = np.array([int(n) for n in expected["n"]])
    found = perturb(counts, as_keys([units(text) for text in expected["cell_key"]]), build(path))
    np.testing.assert_array_equal(found - counts, [int(v) for v in expected[f"pert_{name}"]])
    np.testing.assert_array_equal(found, [int(v) for v in expected[f"published_{name}"]])


@needs_golden
@each_table
def test_golden_cells_from_records(path):
    expected = columns(path.parent / "expected_cells.csv")
    counted = cells(path.parent)
    cell = [
        "ALL" if level == "total" else cell for level, cell in zip(expected["level"], expected["cell"], strict=True)
    ]
    names = list(zip(expected["level"], cell, expected["month"], expected["category"], strict=True))
    assert set(names) == set(counted)
    np.testing.assert_array_equal([counted[name][0] for name in names], [int(n) for n in expected["n"]])
    np.testing.assert_array_equal([counted[name][1] for name in names], [units(text) for text in expected["cell_key"]])
