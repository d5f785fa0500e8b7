"""Forces whose files are unlike the others: without an area, without an ID, with one mile of streets."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from geointel.grid.cover import touching_cells
from geointel.ingest.areas import StudyArea

from ..street import LEAF, ingest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data")) / "police-street-odd"
FORCES = {
    "2025-01-btp-street.csv.gz": (3_304, (-0.20, 51.45, 0.05, 51.58)),
    "2025-06-northern-ireland-street.csv.gz": (11_536, (-6.05, 54.52, -5.80, 54.66)),
    "2025-06-city-of-london-street.csv.gz": (701, (-0.115, 51.505, -0.07, 51.525)),
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real files at {DATA}; set GEOINTEL_DATA")


def study(bounds: tuple[float, float, float, float]) -> StudyArea:
    return StudyArea(leaf=LEAF, leaves=np.asarray(touching_cells(shapely.box(*bounds), LEAF)), levels=())


@pytest.mark.parametrize("name", FORCES)
def test_an_odd_force_is_read_and_every_row_accounted_for(name: str, tmp_path: Path) -> None:
    count, bounds = FORCES[name]
    content = (DATA / name).read_bytes()
    rows = list(csv.DictReader(gzip.decompress(content).decode("utf-8").splitlines()))
    found = ingest(tmp_path, {name: content}, study=study(bounds))
    assert found.read == len(rows) == count
    assert found.words == ()
    assert found.months == (name[:7],)
    blank = sum(not row["Longitude"] and not row["Latitude"] for row in rows)
    assert found.unmapped.get("no-location", 0) == blank
    ids = Counter(row["Crime ID"] for row in rows if row["Crime ID"] and row["Longitude"])
    assert found.unmapped.get("superseded", 0) <= sum(n - 1 for n in ids.values())
    assert len(found.mapped) > count / 10


def test_british_transport_police_have_no_id_and_lose_no_row_to_the_rule_for_ids(tmp_path: Path) -> None:
    name = "2025-01-btp-street.csv.gz"
    found = ingest(tmp_path, {name: (DATA / name).read_bytes()}, study=study(FORCES[name][1]))
    assert "superseded" not in found.unmapped


def test_northern_ireland_has_no_area_codes(tmp_path: Path) -> None:
    name = "2025-06-northern-ireland-street.csv.gz"
    found = ingest(tmp_path, {name: (DATA / name).read_bytes()}, study=study(FORCES[name][1]))
    assert {row["area_code"] for row in found.rows} == {None}
