"""Files of the same kinds from elsewhere need a partnership file and nothing else."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geointel import snapshot
from geointel.build import build
from geointel.config import check, load

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
STREETS = sorted(DATA.glob("police-street/2025-0[124]/*-west-mercia-street.csv*"))
OUTLINES = DATA / "boundaries" / "west-mercia-lad24.geojson"
LINES = 3_000

pytestmark = pytest.mark.skipif(
    len(STREETS) != 3 or not OUTLINES.is_file(), reason=f"no real files at {DATA}; set GEOINTEL_DATA"
)

CONFIG = """
[partnership]
id = "elsewhere"
name = "Elsewhere"
[[area.level]]
id = "district"
file = "outlines.gpkg"
code = "kode"
name = "naam"
[[source]]
id = "records"
kind = "police-uk-street"
files = "**/*-noname-street.csv"
[[layer]]
id = "counts"
kind = "count"
categories = ["all"]
windows = ["month"]
"""


def bow_tied(area: shapely.Geometry) -> shapely.Geometry:
    """The area with a ring that crosses itself, as careless drawing leaves it."""
    west, south, east, north = area.bounds
    width, height = (east - west) / 100, (north - south) / 100
    x, y = area.representative_point().coords[0]
    cross = [(x, y), (x + width, y + height), (x + width, y), (x, y + height)]
    return shapely.MultiPolygon([*getattr(area, "geoms", [area]), shapely.Polygon(cross)])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A force no default knows, a month missing, outlines in the national grid of which one is invalid."""
    for path in STREETS:
        opened = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        month = path.parent.name
        target = tmp_path / month / f"{month}-noname-street.csv"
        target.parent.mkdir()
        target.write_bytes(
            b"\n".join(opened.replace(b"West Mercia Police", b"Noname Police").split(b"\n")[:LINES]) + b"\n"
        )
    frame = gpd.read_file(OUTLINES)[["ltla24_code", "ltla24_name", "geometry"]]
    frame.columns = ["kode", "naam", "geometry"]
    frame.loc[0, "geometry"] = bow_tied(frame.geometry.iloc[0])
    assert not frame.geometry.iloc[0].is_valid
    frame.to_crs(27700).to_file(tmp_path / "outlines.gpkg")
    (tmp_path / "elsewhere.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "elsewhere.toml"


def test_other_files_need_a_configuration_and_nothing_else(elsewhere: Path, tmp_path: Path) -> None:
    partnership = load(elsewhere)
    assert check(partnership, elsewhere.parent) == ()
    report = build(partnership, data=elsewhere.parent, out=tmp_path / "snapshots")
    (source,) = report.sources
    assert (source.files, source.read) == (3, 3 * (LINES - 1))
    assert source.read == source.mapped + sum(source.unmapped.values())
    assert source.mapped > 0.9 * source.read
    assert not snapshot.verify(report.path)
    manifest = json.loads((report.path / "open" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["period"]["missing"] == ["2025-03"]
    assert [window["id"] for window in manifest["windows"]] == ["2025-01", "2025-02", "2025-04"]
    assert len(gpd.read_parquet(report.path / "open" / "areas.parquet")) == 9
