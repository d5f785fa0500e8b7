"""The worked figures of the page on disclosure control, computed again in another way."""

from __future__ import annotations

import csv
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "disclosure.md").read_text(encoding="utf-8")
GOLDEN = Path(os.environ.get("GEOINTEL_GOLDEN", ROOT / ".." / "shared" / "golden")) / "gaps"
MAX_NOISE, VARIANCE, NEVER_SHOW, STAY = 5, 3.0, 2, 0.5


def table_after(text: str) -> list[list[str]]:
    """Cells of the first table after a text, without its heading."""
    lines = PAGE[PAGE.index(text) :].splitlines()
    first = next(i for i, line in enumerate(lines) if line.lstrip().startswith("|"))
    rows = []
    for line in lines[first:]:
        if not line.lstrip().startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


def worked_rows() -> dict[int, dict[int, float]]:
    """Chance of each shown value, by true count."""
    header, _, *rows = table_after("Worked rows for D = 5")
    shown = [int(re.sub(r"\D", "", cell)) for cell in header[1:]]
    return {
        int(row[0]): {value: float(cell) / 100 for value, cell in zip(shown, row[1:], strict=True) if cell}
        for row in rows
    }


@pytest.mark.parametrize("true", worked_rows())
def test_a_worked_row_keeps_every_promise(true: int) -> None:
    row = worked_rows()[true]
    assert sum(row.values()) == pytest.approx(1, abs=1e-3)
    assert sum(value * p for value, p in row.items()) == pytest.approx(true, abs=2e-3)
    assert sum((value - true) ** 2 * p for value, p in row.items()) == pytest.approx(VARIANCE, abs=2e-2)
    assert all(abs(value - true) <= MAX_NOISE for value in row)
    assert not set(row) & set(range(1, NEVER_SHOW + 1))
    assert true <= NEVER_SHOW or row[true] >= STAY


def test_worked_rows_are_those_of_the_reference() -> None:
    path = GOLDEN / "cellkey" / "ptable_D5V3js2p50.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not there")
    reference: dict[int, dict[int, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            reference.setdefault(int(line["i"]), {})[int(line["j"])] = float(line["p"])
    for true, row in worked_rows().items():
        assert row == {value: pytest.approx(p, abs=5.1e-5) for value, p in reference[true].items()}


def test_the_look_up_that_is_worked_is_right() -> None:
    assert "0.412, 0.871 and 0.905" in PAGE
    key = math.fsum([0.412, 0.871, 0.905]) % 1
    assert key == pytest.approx(0.188)
    rows = worked_rows()
    assert _shown(rows[3], key) == 3
    assert _shown(rows[1], 0.871) == 3


def _shown(row: dict[int, float], key: float) -> int:
    upper = 0.0
    for value, p in row.items():
        upper += p
        if key < upper:
            return value
    raise AssertionError(key)


@pytest.mark.parametrize(("noise", "shown", "least", "most"), [(8, 3, 1, 11), (8, 12, 4, 20), (5, 3, 1, 8)])
def test_ranges_behind_a_shown_number(noise: int, shown: int, least: int, most: int) -> None:
    assert (max(1, shown - noise), shown + noise) == (least, most)
    assert re.search(rf"shown {shown}\b[^.;]*? {least} to {most}\b", PAGE)


def tree(*widths: int) -> NDArray[np.float64]:
    """Sums over a tree: a row for the root, for each node below it, and for each leaf."""
    leaves = int(np.prod(widths))
    rows, parts = [], 1
    for width in (1, *widths):
        parts *= width
        rows.append(np.kron(np.eye(parts), np.ones(leaves // parts)))
    return np.vstack(rows)


def left(*designs: NDArray[np.float64]) -> float:
    """Variance of the best linear estimate of a leaf, as a share of V, by least squares on the whole system."""
    whole = np.ones((1, 1))
    for design in designs:
        whole = np.kron(whole, design)
    return float(np.linalg.inv(whole.T @ whole)[0, 0])


def test_what_is_left_after_the_best_subtraction() -> None:
    _, _, *rows = table_after("4. **Subtracting does not pay.**")
    hexagons, months, categories, sexes = tree(7, 7), tree(4, 3), tree(4), tree(2)
    factors = [1.0, left(hexagons), left(months), left(categories), left(sexes)]
    assert left(months, categories) == pytest.approx(factors[2] * factors[3])
    assert left(categories, sexes) == pytest.approx(factors[3] * factors[4])
    assert [float(row[1]) for row in rows] == pytest.approx(factors, abs=5.1e-4)
    products = np.cumprod(factors)
    assert [float(row[2]) for row in rows] == pytest.approx(products, abs=5.1e-4)
    assert [float(row[3]) for row in rows] == pytest.approx(np.sqrt(VARIANCE * products), abs=5.1e-3)
    assert [float(row[4]) for row in rows] == pytest.approx(np.sqrt(products), abs=5.1e-3)
    assert [product >= 0.5 for product in products] == [True, True, True, True, False]


def test_one_split_into_k_leaves_k_of_k_and_one() -> None:
    for k in (2, 3, 4, 7):
        assert left(tree(k)) == pytest.approx(k / (k + 1))


def widths(name: str) -> NDArray[np.float64]:
    """Widths of the intervals that other software found for the small numbers of the table of 49 hexagons."""
    path = GOLDEN / "suppression" / "49x4" / f"attack_{name}.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not there")
    with path.open(encoding="utf-8", newline="") as file:
        return np.array([float(row["width"]) for row in csv.DictReader(file) if row["primary"] == "True"])


def test_what_is_said_of_hiding_small_numbers() -> None:
    alone, usual, intervals = widths("primary_only"), widths("pz0"), widths("int5")
    assert "94 were from 1 to 4" in PAGE
    assert len(alone) == len(usual) == len(intervals) == 94
    assert "gave away 13 of them exactly. That is 14 in 100" in PAGE
    exact = int(np.sum(alone < 1e-5))
    assert (exact, round(100 * exact / 94)) == (13, 14)
    assert "2 whose interval was narrower" in PAGE
    assert (int(np.sum(usual < 1e-5)), int(np.sum(usual < 5 - 1e-5))) == (0, 2)
    assert "every one was at least 5 wide" in PAGE
    assert intervals.min() >= 5 - 1e-5


def test_other_figures_of_the_page() -> None:
    assert "1.73 becomes 1.22" in PAGE
    assert (round(math.sqrt(3), 2), round(math.sqrt(3 / 2), 2)) == (1.73, 1.22)
    assert "standard deviation of 2.4" in PAGE
    assert round(math.sqrt(2 * VARIANCE), 1) == 2.4
    assert "becomes 0.17 after 100" in PAGE
    assert round(math.sqrt(VARIANCE / 100), 2) == 0.17
    assert (31 - 12 - 9 - 7, 1.5 / 1_000 * 2_000) == (3, 3.0)
