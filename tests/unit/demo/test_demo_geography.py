"""The committed outlines: whole, sharing borders, and near the official ones."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geointel.demo import map_points
from geointel.demo.copies import layout
from geointel.demo.geography import committed, load, move, moved
from geointel.grid import parse_cell, resolutions

ROOT = Path(__file__).parents[3]
BOUNDARIES = ROOT / "data" / "boundaries"
OUTLINES = {"pan-lancashire-districts.geojson": 14, "herefordshire-worcestershire-districts.geojson": 7}
OFFICIAL = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data")) / "boundaries"
SIMPLIFIED = {
    "pan-lancashire-districts.geojson": "lancashire-lad24.geojson",
    "herefordshire-worcestershire-districts.geojson": "west-mercia-lad24.geojson",
}
TO_METRES = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines_are_valid_and_share_their_borders(name: str) -> None:
    shapes = np.array(list(_outlines(BOUNDARIES / name, "code").values()))
    assert len(shapes) == OUTLINES[name]
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_num_geometries(shapes) == 1).all()
    whole = shapely.coverage_union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines_are_rfc_7946(name: str) -> None:
    text = (BOUNDARIES / name).read_text(encoding="utf-8")
    document = json.loads(text)
    assert set(document) == {"type", "features"}
    assert all(set(feature["properties"]) == {"code", "name"} for feature in document["features"])
    for shape in _outlines(BOUNDARIES / name, "code").values():
        assert shapely.is_ccw(shapely.get_exterior_ring(shape))
        assert np.array_equal(np.round(shapely.get_coordinates(shape), 5), shapely.get_coordinates(shape))
    assert len(text) < 300_000


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines_are_near_the_official_ones(name: str) -> None:
    official = OFFICIAL / SIMPLIFIED[name]
    if not official.is_file():
        pytest.skip(f"no official outlines at {official}; set GEOINTEL_DATA")
    ours, theirs = _outlines(BOUNDARIES / name, "code"), _outlines(official, "ltla24_code")
    for code, shape in ours.items():
        assert _overlap(shape, theirs[code]) > 0.8, code
    whole = [shapely.union_all(list(shapes.values())) for shapes in (ours, {code: theirs[code] for code in ours})]
    assert _overlap(*whole) > 0.94


def test_settlement_cells_are_of_resolution_8_and_in_the_area() -> None:
    rows = list(csv.DictReader(committed("pan-lancashire-settlement.csv").splitlines()))
    cells = np.array([parse_cell(row["cell"]) for row in rows])
    assert set(resolutions(cells)) == {8}
    assert len(set(cells.tolist())) == len(cells) > 2_000
    assert sum(int(row["postcodes"]) for row in rows) > 50_000


def test_the_packaged_files_are_the_committed_ones() -> None:
    for name in ("pan-lancashire-districts.geojson", "pan-lancashire-settlement.csv"):
        assert committed(name) == (BOUNDARIES / name).read_text(encoding="utf-8")


def test_map_points_lie_in_their_district_and_where_postcodes_are() -> None:
    geography = load()
    points = map_points.draw(geography, np.random.default_rng(5), count=3_000)
    assert len(points.lnglat) == pytest.approx(3_000, rel=0.01)
    for number, outline in enumerate(geography.outlines):
        here = points.lnglat[points.district == number]
        assert len(here) > 0
        # Rounding to 6 decimals may carry a point over the border by some centimetres.
        assert shapely.dwithin(shapely.points(here), outline, 1e-6).all()
    area = shapely.union_all(geography.outlines)
    assert not shapely.intersects_xy(area, *points.outside.T).any()
    assert points.weights.sum(axis=1) == pytest.approx(1.0)


def test_the_coast_is_settled_too() -> None:
    """Blackpool's sea-front cells lie half in the sea; their land half has all of their points."""
    geography = load(["E06000009"])
    points = map_points.draw(geography, np.random.default_rng(5), count=4_000)
    west = points.lnglat[:, 0] < -3.04
    assert west.mean() > 0.4


def test_copies_keep_their_shape_and_do_not_meet() -> None:
    geography = load()
    places = layout(37)
    assert places[0] == (0.0, 0.0)
    assert len(set(places)) == 37
    copies = [move(geography, place, number) for number, place in enumerate(places[:9])]
    wholes = [shapely.union_all(copy.outlines) for copy in copies]
    for i, one in enumerate(wholes):
        for other in wholes[i + 1 :]:
            assert not shapely.dwithin(one, other, 0.04)
    assert copies[4].codes[0] == "C04-E06000008"
    assert _metres(copies[4].outlines[0]).area == pytest.approx(_metres(geography.outlines[0]).area, rel=1e-4)


def test_moving_by_nothing_changes_nothing() -> None:
    lnglat = np.array([[-3.05, 53.82]])
    assert moved(lnglat, (0.0, 0.0)) is lnglat
    there = moved(lnglat, (1_000.0, 0.0))
    assert there[0, 0] - lnglat[0, 0] == pytest.approx(0.0152, abs=0.0002)


def _outlines(path: Path, code: str) -> dict[str, shapely.Geometry]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {f["properties"][code]: shapely.from_geojson(json.dumps(f["geometry"])) for f in features}


def _metres(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda lnglat: np.column_stack(TO_METRES.transform(*lnglat.T)))


def _overlap(one: shapely.Geometry, other: shapely.Geometry) -> float:
    a, b = (shapely.make_valid(_metres(shape)) for shape in (one, other))
    return float(shapely.intersection(a, b).area / shapely.union(a, b).area)
