"""Both example partnerships on the real files: every row accounted for, figures counted a second time here."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from geointel import snapshot
from geointel.build import build
from geointel.config import load

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
YEAR = [f"2025-{month:02d}" for month in range(1, 13)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "police-street").is_dir(), reason="the real police.uk files are not here"),
]

FORCES = {
    "pan-lancashire": {
        "force": "lancashire",
        "read": 415_533,
        "no-location": 24_558,
        "read 2025": 183_300,
        "no-location 2025": 5_650,
        "drugs 2025": [352, 336, 356, 351, 381, 334, 358, 351, 310, 367, 397, 404],
        "drugs no-location 2025": 279,
    },
    "herefordshire-worcestershire": {
        "force": "west-mercia",
        "read": 239_152,
        "no-location": 3_574,
        "read 2025": 102_105,
        "no-location 2025": 1_962,
        "drugs 2025": [192, 186, 219, 154, 182, 200, 268, 181, 176, 223, 234, 281],
        "drugs no-location 2025": 46,
    },
}


def _rows(force: str, months: str) -> list[dict[str, str]]:
    """The files as the csv module reads them: an independent count."""
    found: list[dict[str, str]] = []
    for path in sorted((DATA / "police-street").glob(f"{months}/*-{force}-street.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            found += csv.DictReader(stream)
    return found


@pytest.fixture(scope="module", params=sorted(FORCES))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One example, all files, and again with the year 2025 alone."""
    folder = tmp_path_factory.mktemp(request.param)
    text = (ROOT / "examples" / request.param / "partnership.toml").read_text(encoding="utf-8")
    config = folder / "partnership.toml"
    config.write_text(text, encoding="utf-8")
    year = folder / "year.toml"
    year.write_text(text + '\n[period]\nfrom = "2025-01"\nto = "2026-01"\n', encoding="utf-8")
    report = build(load(config), data=DATA, out=folder / "snapshots")
    report_year = build(load(year), data=DATA, out=folder / "year")
    opened = snapshot.open_snapshot(folder / "snapshots", verify=False)
    return {"expected": FORCES[request.param], "report": report, "year": report_year, "edition": opened.edition("open")}


def test_every_row_is_accounted_for(built: dict[str, Any]) -> None:
    expected = built["expected"]
    source, year = built["report"].sources[0], built["year"].sources[0]
    assert source.read == source.mapped + sum(source.unmapped.values()) == expected["read"]
    assert source.unmapped["no-location"] == expected["no-location"]
    assert source.read == len(_rows(expected["force"], "*"))
    assert (
        year.read - year.unmapped["outside-period"] == expected["read 2025"] == len(_rows(expected["force"], "2025-*"))
    )
    assert year.unmapped["no-location"] == expected["no-location 2025"]


def test_drug_offences_by_month(built: dict[str, Any]) -> None:
    """Mapped and unmapped together are the rows of the files, month by month."""
    edition, expected = built["edition"], built["expected"]
    total: Counter[str] = Counter()
    areas = edition.area_rows("incident-count", level="lad", category="drugs")
    for row in areas.select(["window", "value"]).to_pylist():
        total[row["window"]] += int(row["value"])
    lost: Counter[str] = Counter()
    for row in edition.unmapped().to_pylist():
        if row["category"] == "drugs":
            total[row["window"]] += int(row["value"])
            lost[row["window"]] += int(row["value"]) if row["reason"] == "no-location" else 0
    assert [total[month] for month in YEAR] == expected["drugs 2025"]
    assert sum(lost[month] for month in YEAR) == expected["drugs no-location 2025"]
    counted = Counter(row["Month"] for row in _rows(expected["force"], "2025-*") if row["Crime type"] == "Drugs")
    assert [counted[month] for month in YEAR] == expected["drugs 2025"]


def test_cells_and_areas_add_up(built: dict[str, Any]) -> None:
    """The sum over cells is the mapped total at every resolution, and over the areas of every level."""
    edition = built["edition"]
    months = edition.manifest["period"]["months"]
    mapped = built["report"].sources[0].mapped
    for resolution in edition.manifest["grid"]["publish"]:
        maps = [edition.rows("incident-count", resolution=resolution, window=m, category="all") for m in months]
        assert sum(pc.sum(rows["value"]).as_py() for rows in maps) == mapped
    for level in edition.manifest["area"]["levels"]:
        rows = edition.area_rows("incident-count", level=level["id"], category="all")
        by_month = rows.filter(pc.is_in(rows["window"].cast("string"), value_set=pc.cast(months, "string")))
        assert pc.sum(by_month["value"]).as_py() == mapped


def test_no_drug_offence_of_blackpool_is_lost_at_the_sea(tmp_path: Path) -> None:
    """Of the rows of 2025 whose own code lies in Blackpool, none is outside the area."""
    with (DATA / "lookups" / "lsoa11-lsoa21-lad22.csv").open(encoding="utf-8", newline="") as stream:
        district = {row["lsoa21_code"]: row["ltla22_code"] for row in csv.DictReader(stream)}
    rows = [row for row in _rows("lancashire", "2025-*") if row["Crime type"] == "Drugs"]
    coded = [row for row in rows if district.get(row["LSOA code"]) == "E06000009"]
    assert len(coded) == 730
    text = (ROOT / "examples" / "pan-lancashire" / "partnership.toml").read_text(encoding="utf-8")
    config = tmp_path / "partnership.toml"
    config.write_text(text + '\n[period]\nfrom = "2025-01"\nto = "2026-01"\n', encoding="utf-8")
    report = build(load(config), data=DATA, out=tmp_path / "snapshots")
    manifest = json.loads((report.path / "open" / "manifest.json").read_bytes())
    blackpool = next(
        row
        for row in manifest["area"]["agreement"]
        if row["level"] == "lad" and row["code"] == "E06000009" and row["category"] == "drugs"
    )
    assert blackpool["lost"] == 0
    assert blackpool["by_code"] >= 728  # 730 less the rows that repeat a Crime ID
