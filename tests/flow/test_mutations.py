"""Damaged files of every kind: refused in our own words, or every row accounted for; never a traceback.

The files are a small demonstration's, cut to thirty rows. A failure names its seeds: the damage is the same each time.
"""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

import pytest

from geointel.demo import write_demo
from geointel.demo.source_tables import NEEDS
from geointel.sources.base import kinds

from .damaged import Case, Found, bench
from .other_formats import OTHER

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SEEDS = int(os.environ.get("GEOINTEL_SEEDS", "24"))
"""How many files of each case: a part of the 200 that ``make hard`` reads, so that the suite stays short."""
TOGETHER = 50
"""Files that are read at once: an engine takes as long for one as for many."""
SHOWN = 20
CASES = [
    *(Case(kind) for kind in sorted(kinds())),
    *(Case("incidents", ending) for ending in OTHER if ending != ".osm.pbf"),
    *(Case("police-uk-street", ending) for ending in (".csv.gz", ".zip")),
    Case("roads", ".osm.pbf"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("damaged") / "demo", scale="town", seed=3, months=3).directory


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_damaged_file_is_refused_or_every_row_is_accounted_for(case: Case, demo: Path, tmp_path: Path) -> None:
    if case.kind in NEEDS and importlib.util.find_spec(NEEDS[case.kind]) is None:
        pytest.skip("the extra that reads roads is not installed")
    found = Found()
    with bench(case, demo, tmp_path) as prepared:
        assert prepared.mapped() > 0
        size = TOGETHER if prepared.together else 1
        for first in range(0, SEEDS, size):
            prepared.read(range(first, min(first + size, SEEDS)), found)
    assert not found.faults, "\n".join([f"{len(found.faults)} faults:", *found.faults[:SHOWN]])
    assert found.read + found.refused == SEEDS
    assert found.read or not case.forgiving
    assert found.refused
