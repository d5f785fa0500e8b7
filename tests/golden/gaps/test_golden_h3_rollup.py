"""Cells by parent, as every count is made, against H3 itself; the cells that a point has directly at coarse resolutions differ for some."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cells, latlng_to_cell, parents, parse_cell

from .cases import ROOM, columns, needs_golden, numbers

FILES = sorted((ROOM / "h3_rollup").rglob("*.csv"))
NONE = [pytest.param(None, id="h3_rollup-none", marks=pytest.mark.skip(reason="no case of h3_rollup"))]

each_file = pytest.mark.parametrize("path", [pytest.param(path, id=f"h3_rollup-{path.stem}") for path in FILES] or NONE)


def case_of(path):
    """The table, the leaf of each point, and the resolutions of its parents."""
    table = columns(path)
    leaf = max(int(found[1]) for name in table if (found := re.fullmatch(r"res(\d+)", name)))
    coarse = sorted(int(found[1]) for name in table if (found := re.fullmatch(r"res(\d+)_by_parent", name)))
    assert coarse
    return table, latlng_to_cell(numbers(table["lat"]), numbers(table["lng"]), leaf), leaf, coarse


@needs_golden
@each_file
def test_golden_leaves_and_parents(path):
    table, cells, leaf, coarse = case_of(path)
    assert format_cells(cells) == table[f"res{leaf}"]
    for resolution in coarse:
        assert format_cells(parents(cells, resolution)) == table[f"res{resolution}_by_parent"]


@needs_golden
@each_file
def test_golden_counts_are_by_parent(path, tmp_path):
    """The tables of counts that the build makes from leaves, against counts of the golden columns."""
    table, cells, leaf, coarse = case_of(path)
    n = len(cells)
    rows = {"cell": cells, "month": np.zeros(n, dtype=np.int32), "category": ["theft"] * n, "incidents": np.ones(n)}
    windows = {"window": ["all"], "month": np.zeros(1, dtype=np.int32)}
    engine = DuckDBEngine(tmp_path, threads=1)
    leaves, all_time = engine.register("leaves", pa.table(rows)), engine.register("windows", pa.table(windows))
    counted = engine.collect(facts.cell_facts(leaves, all_time, [leaf, *coarse])).to_pylist()
    engine.close()
    for resolution in coarse:
        found = {
            row["cell"]: row["value"]
            for row in counted
            if row["resolution"] == resolution and row["category"] == "theft"
        }
        names, totals = np.unique(table[f"res{resolution}_by_parent"], return_counts=True)
        assert found == {parse_cell(name): total for name, total in zip(names.tolist(), totals.tolist(), strict=True)}


@needs_golden
@each_file
def test_golden_direct_cells_are_the_error(path):
    table, _, _, coarse = case_of(path)
    lat, lng = numbers(table["lat"]), numbers(table["lng"])
    for resolution in coarse:
        direct = format_cells(latlng_to_cell(lat, lng, resolution))
        assert direct == table[f"res{resolution}_direct"]
        assert direct != table[f"res{resolution}_by_parent"]
