"""A source of each kind fits into 2 GiB, however large its files.

The numbers of rows are such that the module takes some minutes. ``benchmarks/memory.py`` is the same with ten million
rows of every kind.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from geointel.demo.source_tables import NEEDS
from geointel.sources.base import kinds

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "memory.py"
MANY = 10_000_000
ROWS = {
    "police-uk-street": MANY,
    "population-raster": 1_000_000,
    "incidents": 1_000_000,
    "area-index": 20_000,
    "incidents.xlsx": 200_000,
    "roads": 200_000,
}
OTHERS = 200_000
LIMIT = 2 << 30


@pytest.mark.parametrize("case", [*sorted(kinds()), "incidents.xlsx"])
def test_a_source_with_very_many_rows_is_read_within_2_gib(case: str) -> None:
    kind = case.partition(".")[0]
    if kind in NEEDS and importlib.util.find_spec(NEEDS[kind]) is None:
        pytest.skip("the extra that reads roads is not installed")
    rows = ROWS.get(case, OTHERS)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), case, "--rows", str(rows), "--json"], check=False, capture_output=True, text=True
    )
    if "not enough disk" in done.stderr:
        pytest.skip("there is not enough disk for the file")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["rows"] >= rows * 0.99
    assert 0 < found["bytes"] < LIMIT
