"""The layer of collisions over a real force's year: every figure counted a second time, by the csv module."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3
import pyarrow.parquet as pq
import pytest

from geointel.build import build
from geointel.config import load
from geointel.grid import parse_cell
from geointel.notebook import open_snapshot

if TYPE_CHECKING:
    from geointel.build.report import BuildReport
    from geointel.notebook import SnapshotEdition

DATA = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
COLLISIONS = DATA / "stats19" / "2024-west-yorkshire-collision.csv"
OUTLINES = DATA / "boundaries" / "west-yorkshire-lsoa21.geojson.gz"
YEAR = "12m:2024-12"
LEAF = 9
SEVERITY = {"1": "fatal", "2": "serious", "3": "slight"}
CONFIG = """
[partnership]
id = "west-yorkshire"
name = "West Yorkshire"

[[area.level]]
id = "lsoa"
file = "boundaries/west-yorkshire-lsoa21.geojson.gz"
code = "LSOA21CD"
name = "LSOA21NM"

[[area.level]]
id = "lad"
members_of = "lsoa"
members = {members}

[[source]]
id = "collisions"
kind = "stats19"
files = "stats19/2024-west-yorkshire-*.csv"

[[layer]]
id = "collisions"
kind = "collisions"
windows = ["month", "year"]

[edition.open]
policy = {{ method = "none" }}
"""

pytestmark = pytest.mark.skipif(not COLLISIONS.is_file(), reason=f"no real collisions at {DATA}; set GEOINTEL_DATA")


@dataclass(frozen=True)
class Built:
    report: BuildReport
    edition: SnapshotEdition
    rows: list[dict[str, str]]

    def cells(self, category: str = "all", window: str = YEAR, resolution: int = 8) -> list[dict[str, Any]]:
        layer = self.edition.layer("collisions")
        return list(layer.to_arrow(window=window, category=category, resolution=resolution).to_pylist())

    def unmapped(self) -> list[dict[str, Any]]:
        """Collisions of the year without a hexagon, by reason."""
        every = pq.read_table(self.report.path / "open" / "unmapped.parquet").to_pylist()
        return [row for row in every if (row["window"], row["category"]) == (YEAR, "all")]

    def areas(self, level: str) -> dict[str, dict[str, Any]]:
        key = {"level": level, "window": YEAR, "category": "all"}
        every = pq.read_table(self.report.path / "open" / "areas" / "collisions.parquet").to_pylist()
        return {row["code"]: row for row in every if all(row[name] == word for name, word in key.items())}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("west-yorkshire")
    with gzip.open(OUTLINES, "rt", encoding="utf-8") as stream:
        features = [feature["properties"] for feature in json.load(stream)["features"]]
    members: dict[str, list[str]] = {}
    for feature in features:
        members.setdefault(feature["LADCD_ACTIVE"], []).append(feature["LSOA21CD"])
    listed = ", ".join(f"{json.dumps(district)} = {json.dumps(codes)}" for district, codes in members.items())
    config = folder / "partnership.toml"
    config.write_text(CONFIG.format(members=f"{{ {listed} }}"), encoding="utf-8")
    report = build(load(config), data=DATA, out=folder / "snapshots")
    with COLLISIONS.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Built(report, open_snapshot(folder / "snapshots"), rows)


def cell_of(row: dict[str, str], resolution: int) -> int:
    leaf = h3.latlng_to_cell(float(row["latitude"]), float(row["longitude"]), LEAF)
    return parse_cell(h3.cell_to_parent(leaf, resolution))


def test_every_collision_is_on_the_map_or_outside_it(built: Built) -> None:
    (source,) = built.report.sources
    assert source.read == 4_060 + 7_355 + 5_240 == source.mapped + sum(source.unmapped.values())
    assert set(source.unmapped) <= {"outside-area"}
    assert Counter(SEVERITY[row["collision_severity"]] for row in built.rows) == {
        "fatal": 35, "serious": 1_164, "slight": 2_861,
    }  # fmt: skip


def inside(built: Built) -> list[dict[str, str]]:
    """Rows of the file that lie in a hexagon of the layer."""
    cells = {row["cell"] for row in built.cells()}
    return [row for row in built.rows if cell_of(row, 8) in cells]


@pytest.mark.parametrize("resolution", [6, 7, 8])
def test_severities_of_every_cell_are_those_of_the_file(built: Built, resolution: int) -> None:
    rows = inside(built)
    expected = {severity: Counter() for severity in SEVERITY.values()}
    for row in rows:
        expected[SEVERITY[row["collision_severity"]]][cell_of(row, resolution)] += 1
    for row in built.cells(resolution=resolution):
        assert {name: row[name] for name in SEVERITY.values()} == {n: expected[n][row["cell"]] for n in expected}
        assert row["support"] == row["value"] == row["fatal"] + row["serious"] + row["slight"]
    outside = sum(row["value"] for row in built.unmapped())
    assert len(rows) + outside == 4_060
    assert outside < 8


@pytest.mark.parametrize("severity", SEVERITY.values())
def test_severities_of_the_areas_add_up_to_those_of_the_cells(built: Built, severity: str) -> None:
    cells = sum(row[severity] for row in built.cells())
    for level in ("lsoa", "lad"):
        assert sum(row[severity] for row in built.areas(level).values()) == cells


def test_districts_are_those_of_the_file_but_for_their_borders(built: Built) -> None:
    """A cell on a border belongs to one of two districts; the file's own code knows on which side of it a collision was."""
    expected = Counter(row["local_authority_ons_district"] for row in built.rows)
    found = {code: row["support"] for code, row in built.areas("lad").items()}
    assert set(found) == set(expected) == {f"E0800003{number}" for number in range(2, 7)}
    assert all(abs(found[code] - n) <= 0.02 * n for code, n in expected.items())


def test_killed_or_seriously_injured_is_the_sum_of_the_file_s_chances(built: Built) -> None:
    """West Yorkshire records by a list of injuries, so its adjusted figures are those recorded."""
    chances = [float(row["collision_adjusted_severity_serious"]) for row in inside(built)]
    expected = sum(chances) + sum(row["collision_severity"] == "1" for row in inside(built))
    found = sum(row["value"] for row in built.cells("collision-ksi"))
    assert found == pytest.approx(expected, abs=1e-9)
    assert 1_190 < found <= 35 + 1_164
    assert built.edition.layer("collisions").spec["caveats"][-1] == "severity-adjusted"


def test_months_add_up_to_the_year(built: Built) -> None:
    months = Counter(row["date"][3:5] for row in built.rows)
    found = {m: sum(r["support"] for r in built.cells(window=f"2024-{m}")) for m in months}
    assert sum(found.values()) == sum(row["support"] for row in built.cells())
    assert all(months[m] - 8 <= n <= months[m] for m, n in found.items())


def test_without_roads_nothing_is_divided_and_it_is_said(built: Built) -> None:
    spec = built.edition.layer("collisions").spec
    assert spec["notes"]["variant"] == "counts"
    assert "no-exposure" in spec["caveats"]
    assert "not divided" in spec["method"]
    assert {row["denominator"] for row in built.cells()} == {None}
