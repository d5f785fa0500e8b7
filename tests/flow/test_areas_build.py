"""Residents, grids and figures of areas, from their files to a published snapshot."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from rasterio import Affine

from geointel import snapshot
from geointel.build import BuildReport, build
from geointel.config import load
from geointel.errors import SchemaError
from geointel.snapshot import layout

from ..street import EAST, MIDDLE, NORTH, SOUTH, WEST
from .small_partnership import FEW_LAYERS, Written, write_partnership

SCHEMA = Path(__file__).parents[2] / "schemas" / "manifest.json"
SOURCES = """
[[source]]
id = "census"
kind = "population"
files = "residents.csv"
outlines = { file = "parts.geojson", code = "code" }
vintages = { file = "vintages.csv", old = "old", new = "new" }

[[source]]
id = "grid"
kind = "population-raster"
files = "people.tif"

[[source]]
id = "health"
kind = "area-indicator"
files = "health.csv"
public = true
attribution = "A public health office"

[[source]]
id = "partnerships"
kind = "area-indicator"
files = "partnerships.csv"
level = "cdp"
public = true
"""
RESIDENTS = "lsoa21_code,total_residents\nE01000001,100\nE01000002,50\nE01000008,31\nE01000009,7\nE01000077,5\n"
VINTAGES = "old,new\nE01000008,E01000003\nE01000008,E01000004\n"
HEALTH = """area_code,indicator,label,period,value,unit,ci_lower,ci_upper,count
W,deaths,Deaths from drug misuse,2022 - 24,21.3,"per 100,000",16.9,26.4,83
E,deaths,Deaths from drug misuse,2013 - 15,4.5,"per 100,000",2.1,9.6,
E,deaths,Deaths from drug misuse,2022 - 24,*,"per 100,000",,,
Whole square,deaths,Deaths from drug misuse,2022 - 24,9.9,"per 100,000",,,
"""
PARTNERSHIPS = 'area_code,indicator,period,value\nWhole square,treatment,2023/24,"1,204"\nW,treatment,2023/24,9\n'


def parts() -> str:
    """Four areas in the square, two in each half, and one beside it."""
    high = (SOUTH + NORTH) / 2
    shapes = {
        "E01000001": shapely.box(WEST, SOUTH, MIDDLE, high),
        "E01000002": shapely.box(MIDDLE, SOUTH, EAST, high),
        "E01000003": shapely.box(MIDDLE, high, (MIDDLE + EAST) / 2, NORTH),
        "E01000004": shapely.box((MIDDLE + EAST) / 2, high, EAST, NORTH),
        "E01000009": shapely.box(EAST, SOUTH, EAST + 0.1, NORTH),
    }
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in shapes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    written = write_partnership(tmp_path_factory.mktemp("areas"), months=("2025-11", "2025-12"), layers=FEW_LAYERS)
    files = {
        "parts.geojson": parts(), "residents.csv": RESIDENTS, "vintages.csv": VINTAGES, "health.csv": HEALTH,
        "partnerships.csv": PARTNERSHIPS,
    }  # fmt: skip
    for name, content in files.items():
        (written.data / name).write_text(content, encoding="utf-8")
    values = np.full((4, 4), 25, dtype="float32")
    values[0, 0] = -9999
    where = {"crs": "EPSG:4326", "transform": Affine(0.05, 0, WEST - 0.03, 0, -0.05, NORTH + 0.03), "nodata": -9999}
    with rasterio.open(
        written.data / "people.tif", "w", driver="GTiff", width=4, height=4, count=1, dtype="float32", **where
    ) as data:
        data.write(values, 1)
    with written.config.open("a", encoding="utf-8") as stream:
        stream.write(SOURCES)
    return written


@pytest.fixture(scope="module")
def report(written: Written, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return build(load(written.config), data=written.data, out=tmp_path_factory.mktemp("out") / "snapshots")


@pytest.fixture(scope="module")
def edition(report: BuildReport) -> snapshot.Edition:
    return snapshot.open_snapshot(report.path).edition("open")


def facts_of(table: pa.Table, **wanted: str | int) -> pa.Table:
    for name, value in wanted.items():
        column = table[name]
        table = table.filter(pc.equal(column.cast(pa.string()) if isinstance(value, str) else column, value))
    return table


def test_every_row_and_pixel_is_accounted_for(report: BuildReport) -> None:
    found = {source.id: source for source in report.sources}
    assert all(one.read == one.mapped + sum(one.unmapped.values()) for one in found.values())
    assert (found["census"].mapped, found["census"].unmapped) == (3, {"outside-area": 1, "unmatched": 1})
    stranger, even = found["census"].notes
    assert stranger == "area codes that nothing here knows, such as E01000077"
    assert even == "4 of 4 areas are spread evenly over their surface: no, or too few, of their postcodes are known"
    assert (found["grid"].read, found["grid"].unmapped["no-data"]) == (16, 1)
    assert (found["health"].mapped, found["health"].unmapped) == (3, {"unmatched": 1})
    assert (found["partnerships"].mapped, found["partnerships"].unmapped) == (1, {"unmatched": 1})


def test_residents_add_up_to_every_district_at_every_resolution(edition: snapshot.Edition) -> None:
    cells = pq.read_table(edition.path / layout.FACTS)
    residents = facts_of(cells, source="census", measure="residents", window="2021-03")
    for resolution in (6, 7, 8):
        total = sum(facts_of(residents, resolution=resolution)["value"].to_pylist())
        assert total == pytest.approx(181, rel=1e-9)
    by_area = {code: facts_of(edition.area_facts("lad", code), source="census")["value"].to_pylist() for code in "WE"}
    assert by_area == {"W": [pytest.approx(100)], "E": [pytest.approx(81)]}


def test_the_people_of_the_grid_are_spread_too(edition: snapshot.Edition) -> None:
    cells = facts_of(pq.read_table(edition.path / layout.FACTS), source="grid", resolution=8)
    assert 150 < sum(cells["value"].to_pylist()) < 375


def test_figures_stand_with_their_area_their_period_and_their_status(edition: snapshot.Edition) -> None:
    east = {row["period"]: row for row in edition.figures("lad", "E").to_pylist()}
    assert (east["2013 - 15"]["value"], east["2013 - 15"]["lower"]) == (4.5, 2.1)
    assert (east["2022 - 24"]["value"], east["2022 - 24"]["status"]) == (None, "suppressed")
    (west,) = edition.figures("lad", "W").to_pylist()
    assert (west["value"], west["count"], west["unit"], west["source"]) == (21.3, 83, "per 100,000", "health")


def test_a_level_of_names_is_used_only_by_the_source_that_names_it(edition: snapshot.Edition) -> None:
    (row,) = edition.figures("cdp", "Whole square").to_pylist()
    assert (row["source"], row["value"], row["level"]) == ("partnerships", 1204, "cdp")


def test_residents_keep_the_codes_of_their_own_vintage(edition: snapshot.Edition) -> None:
    table = facts_of(pq.read_table(edition.path / layout.FIGURES), indicator="residents")
    assert table["code"].to_pylist() == ["E01000001", "E01000002", "E01000008"]
    assert set(table["level"].to_pylist()) == {None}


def test_counts_of_incidents_are_what_they_are_without_residents(edition: snapshot.Edition, written: Written) -> None:
    incidents = facts_of(edition.area_facts("lad", "W"), measure="incidents", category="all", window="2025-12")
    assert incidents["value"].to_pylist() == [
        facts_of(edition.area_rows("incident-count", level="lad", window="2025-12", category="all"), code="W")[
            "value"
        ].to_pylist()[0]
    ]


def test_the_manifest_credits_the_publisher_and_keeps_its_promise(edition: snapshot.Edition) -> None:
    jsonschema.validate(edition.manifest, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert "A public health office" in edition.credits
    health = next(source for source in edition.manifest["sources"] if source["id"] == "health")
    assert health["caveats"] == ["area-indicator"]
    assert "data_through" not in health


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('level = "cdp"', 'level = "pfa"', "no level 'pfa'"),
        ('code = "code" }\nvintages', 'code = "LSOA21CD" }\nvintages', "no property 'LSOA21CD'"),
        ('old = "old"', 'old = "older"', "the lookup cannot be read"),
        ('outlines = { file = "parts.geojson", code = "code" }\nvintages', "vintages", "can be mapped"),
    ],
)
def test_a_source_that_does_not_fit_stops_the_build(
    written: Written, tmp_path: Path, old: str, new: str, message: str
) -> None:
    config = tmp_path / "partnership.toml"
    text = written.config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SchemaError, match=message):
        build(load(config), data=written.data, out=tmp_path / "snapshots")
