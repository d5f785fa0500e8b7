"""A source of each grain is read within 2 GiB.

The numbers of rows are such that the module is quick. ``benchmarks/memory.py`` is the same with ten million rows of
every kind: run it where time allows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "memory.py"
ROWS = {"police-uk-street": 2_000_000, "postcodes": 500_000, "services": 20_000, "population": 20_000}
LIMIT = 2 << 30


@pytest.mark.parametrize("case", sorted(ROWS))
def test_a_source_with_very_many_rows_is_read_within_2_gib(case: str) -> None:
    rows = ROWS[case]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), case, "--rows", str(rows), "--json"], check=False, capture_output=True, text=True
    )
    if "not enough disk" in done.stderr:
        pytest.skip("there is not enough disk for the file")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["rows"] >= rows * 0.99
    assert 0 < found["bytes"] < LIMIT
