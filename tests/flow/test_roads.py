"""Roads through a whole build, and on real extracts where they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import Geod
from typer.testing import CliRunner

from geointel import snapshot
from geointel.build import build
from geointel.cli.main import app
from geointel.config import load
from geointel.model import ALL, ROAD_METRES
from geointel.snapshot import layout

from ..street import write
from .small_partnership import FEW_LAYERS, MONTHS, write_partnership

DATA = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SAMPLE = Path(__file__).parents[1] / "golden" / "sources" / "roads" / "in" / "town-2025-01.osm"
SOURCE = """
[[source]]
id = "osm"
kind = "roads"
files = "{files}"
"""
EXTRACTS = {
    "rutland-2018-02": {"box": (-1.1, 52.3, -0.2, 53.0), "read": 4461, "mapped": 4456, "km": 1339.1},
    "leeds-its-example": {"box": (-1.7, 53.7, -1.4, 53.9), "read": 184, "mapped": 179, "km": 10.9},
}
"""Extracts with an area that holds all of their roads."""


def test_metres_of_road_pass_the_gate_and_the_network_is_not_published(tmp_path: Path) -> None:
    written = write_partnership(tmp_path, months=MONTHS[:2], layers=FEW_LAYERS)
    write(written.data, {"osm/town-2025-01.osm": SAMPLE.read_bytes()})
    written.config.write_text(written.config.read_text() + SOURCE.format(files="osm/*"))
    report = build(load(written.config), data=written.data, out=tmp_path / "snapshots")
    roads = next(source for source in report.sources if source.id == "osm")
    assert roads.read == roads.mapped + sum(roads.unmapped.values()) == 10
    edition = snapshot.open_snapshot(report.path).edition("open")
    rows = pq.read_table(report.path / "open" / layout.FACTS).to_pylist()
    metres = [fact for fact in rows if fact["measure"] == ROAD_METRES]
    assert {fact["source"] for fact in metres} == {"osm"}
    assert {fact["resolution"] for fact in metres} == {6, 7, 8}
    assert sum(fact["value"] for fact in metres if fact["category"] == ALL) > 3 * 4000
    assert any("OpenStreetMap" in credit for credit in edition.credits)
    assert "roads" in edition.manifest["caveats"]
    assert list(edition.layers) == ["incident-count"]
    assert not any(b"A584" in path.read_bytes() for path in layout.files_in(report.path))


@pytest.fixture(params=sorted(EXTRACTS))
def extract(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    if not (DATA / "osm" / f"{request.param}.osm.pbf").is_file():
        pytest.skip(f"the real extract {request.param} is not here")
    return request.param, EXTRACTS[request.param]


def test_every_way_of_a_real_extract_is_accounted_for(extract: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    import json

    name, expected = extract
    features = [
        {
            "type": "Feature",
            "properties": {"c": "R"},
            "geometry": shapely.geometry.mapping(shapely.box(*expected["box"])),
        }
    ]
    write(tmp_path, {"area.geojson": json.dumps({"type": "FeatureCollection", "features": features})})
    area = f'[[area.level]]\nid = "lad"\nfile = "{tmp_path}/area.geojson"\ncode = "c"\nname = "c"\n'
    text = f'[partnership]\nid = "p"\nname = "P"\n\n{area}{SOURCE.format(files=f"osm/{name}.osm.pbf")}'
    write(tmp_path, {"partnership.toml": text})
    done = CliRunner().invoke(app, ["check", str(tmp_path / "partnership.toml"), "--data", str(DATA), "--json"])
    assert done.exit_code == 0, done.stderr
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["read"], source["mapped"], source["unmapped"]) == (
        expected["read"],
        expected["mapped"],
        {"no-data": 5},
    )
    report = build(load(tmp_path / "partnership.toml"), data=DATA, out=tmp_path / "snapshots")
    facts = pq.read_table(report.path / "open" / layout.FACTS).to_pylist()
    for resolution in (6, 7, 8):
        metres = sum(f["value"] for f in facts if f["resolution"] == resolution and f["category"] == ALL)
        assert metres == pytest.approx(_open_metres(name), rel=1e-9)
        assert round(metres / 1000, 1) == expected["km"]


def _open_metres(name: str) -> float:
    """Metres of all ways that somebody may use, counted another way: each way whole."""
    import osmium

    from geointel.sources import roads
    from geointel.sources.base import Road

    total = 0.0
    for thing in osmium.FileProcessor(str(DATA / "osm" / f"{name}.osm.pbf")).with_locations():
        if not thing.is_way() or "highway" not in thing.tags:
            continue
        means = roads.read({tag.k: tag.v for tag in thing.tags})
        if isinstance(means, Road) and (means.walk or means.cycle or means.drive):
            line = shapely.LineString(np.array([(node.lon, node.lat) for node in thing.nodes]))
            total += Geod(ellps="WGS84").geometry_length(line)
    return total
