"""Where the golden cases of the gaps room lie, and how one is read.

A case is a sub-folder of its kind under ``$GEOINTEL_GOLDEN/gaps`` (default ``../shared/golden``, from the repository's root), so further
cases need no change here. A kind of which there is no case, and a file or column that a case does not have, are skipped with a reason.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / os.environ.get("GEOINTEL_GOLDEN", "../shared/golden")
ROOM = GOLDEN / "gaps"

needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden cases: GEOINTEL_GOLDEN is not a folder")


def folders(kind: str) -> list[Path]:
    """Cases of a kind: its sub-folders."""
    return sorted(path for path in (ROOM / kind).glob("*") if path.is_dir())


def each(kind: str, file: str = "") -> pytest.MarkDecorator:
    """One test for every case of a kind that has a file, or one that says there is none."""
    found = [pytest.param(path, id=f"{kind}-{path.name}") for path in folders(kind) if (path / file).exists()]
    none = pytest.param(None, id=f"{kind}-none", marks=pytest.mark.skip(reason=f"no case of {kind} with {file}"))
    return pytest.mark.parametrize("case", found or [none])


def columns(path: Path) -> dict[str, list[str]]:
    """A CSV file by column, as text."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def numbers(values: list[str]) -> np.ndarray:
    """Text as numbers; blank and NA are NaN."""
    return np.array([float(value) if value not in {"", "NA", "NaN", "nan"} else np.nan for value in values])
