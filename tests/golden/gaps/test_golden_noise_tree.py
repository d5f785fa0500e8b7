"""Numbers on a tree against weighted and non-negative least squares, and against OpenDP's tree with k branches."""

from __future__ import annotations

import re

import numpy as np
import pytest

from geointel.disclosure.noise_tree import ROOT, Tree, consistent, consistent_and_not_negative
from geointel.grid.cells import parents, parse_cell, resolutions

from .cases import columns, folders, needs_golden, numbers

SHAPES = {folder: re.fullmatch(r"b(\d+)_depth(\d+)", folder.name) for folder in folders("dp_consistency")}
CELLS = [folder for folder in SHAPES if folder.name.startswith("h3_")]
COMPLETE = {folder: int(found[1]) for folder, found in SHAPES.items() if found}


def cases(kind, found):
    none = pytest.param(None, id=f"dp_consistency-{kind}-none", marks=pytest.mark.skip(reason=f"no case of {kind}"))
    return pytest.mark.parametrize(
        "case", [pytest.param(path, id=f"dp_consistency-{path.name}") for path in found] or [none]
    )


def tree_of_cells(cells):
    """Each cell below its H3 parent."""
    own = resolutions(cells)
    at = {int(cell): row for row, cell in enumerate(cells)}
    top = int(own.min())
    above = [
        ROOT if level == top else at[int(parents(np.array([cell]), int(level) - 1)[0])]
        for cell, level in zip(cells, own, strict=True)
    ]
    return Tree(np.array(above))


@needs_golden
@pytest.mark.parametrize(
    ("method", "column"), [(consistent, "wls_consistent"), (consistent_and_not_negative, "nnls_consistent")]
)
@cases("h3", CELLS)
def test_golden_cells(case, method, column):
    table = columns(case / "table.csv")
    tree = tree_of_cells(np.array([parse_cell(text) for text in table["cell"]], dtype=np.int64))
    found = method(numbers(table["noisy_n"]), numbers(table["noise_variance"]), tree)
    np.testing.assert_allclose(found, numbers(table[column]), rtol=0, atol=1e-6)


@needs_golden
@cases("k", COMPLETE)
def test_golden_branches(case):
    table, k = columns(case / "table.csv"), COMPLETE[case]
    levels = np.array([int(level) for level in table["level"]])
    above = np.full(levels.size, ROOT)
    for level in range(1, levels.max() + 1):
        nodes = np.flatnonzero(levels == level)
        above[nodes] = np.flatnonzero(levels == level - 1)[np.arange(nodes.size) // k]
    found = consistent(numbers(table["noisy"]), np.ones(levels.size), Tree(above))
    for column in ("ols_consistent", "opendp_consistent"):
        expected = numbers(table[column])
        known = np.isfinite(expected)
        assert known.any()
        np.testing.assert_allclose(found[known], expected[known], rtol=0, atol=1e-9)
