"""Clusters through a whole build: shapes in the snapshot, and served as polygons by map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from geointel.build import build
from geointel.config import load
from geointel.snapshot import open_snapshot, verify
from geointel_api.app import create_app
from geointel_api.settings import Settings

from ..client.conftest import Client
from ..street import row, text, write
from .small_partnership import MONTHS, write_partnership

LAYERS = """
[[layer]]
id = "incident-count"
kind = "count"
categories = ["drugs", "all"]
windows = ["year"]

[[layer]]
id = "clusters"
kind = "cluster"
method = "space-time-permutation"
replicas = 99
share = 0.5
finest = 8
categories = ["drugs", "all"]
windows = ["year"]
"""
BEGINS = [(f"{-3.06 + 0.012 * number:.6f}", "53.800000") for number in range(5)]
"""Points side by side, quiet until December."""
ITEMS = "/collections/clusters/items"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("clusters")
    made = write_partnership(folder, months=MONTHS, layers=LAYERS)
    for month in MONTHS:
        rows = [
            row(f"{month}-{number}-{again}", month=month, point=point, crime_type="Drugs")
            for number, point in enumerate(BEGINS)
            for again in range(15 if month == MONTHS[-1] else 1)
        ]
        write(made.data, {f"street/{month}/{month}-second-street.csv": text(*rows)})
    build(load(made.config), data=made.data, out=folder / "snapshots")
    edition = open_snapshot(folder / "snapshots").edition("open")
    assert not verify(edition.path.parent)
    return folder / "snapshots", edition


def test_what_began_is_a_shape(built: tuple[Path, Any]) -> None:
    shapes = built[1].features("clusters")
    assert {(one["category"], one["months"]) for one in shapes.to_pylist()} >= {("drugs", 1)}
    cells = {(one["resolution"], one["category"]): one["cells"] for one in shapes.to_pylist() if one["rank"] == 1}
    assert cells[8, "drugs"] >= len(BEGINS) - 1
    assert {shape.geom_type for shape in shapely.from_wkb(shapes["geometry"].to_numpy())} <= {"Polygon", "MultiPolygon"}


def test_the_service_gives_the_clusters_of_one_map_as_polygons(built: tuple[Path, Any]) -> None:
    client = Client(create_app(Settings(snapshots=built[0])))
    known = built[1].features("clusters").to_pylist()
    for map_ in {(one["window"], one["category"], one["resolution"]) for one in known}:
        window, category, resolution = map_
        found = client.get(f"{ITEMS}?window={window}&category={category}&resolution={resolution}").json()
        mine = [one for one in known if (one["window"], one["category"], one["resolution"]) == map_]
        assert [one["id"] for one in found["features"]] == [one["id"] for one in mine]
        assert found["numberMatched"] == len(mine)
        for feature, one in zip(found["features"], mine, strict=True):
            assert shapely.geometry.shape(feature["geometry"]).equals(shapely.from_wkb(one["geometry"]))
            assert feature["properties"]["events"] == one["events"]
            assert feature["properties"]["class"] == one["class"]


def test_one_cluster_one_cell_a_box_and_a_class_are_found(built: tuple[Path, Any]) -> None:
    client = Client(create_app(Settings(snapshots=built[0])))
    one = built[1].features("clusters").to_pylist()[0]
    asked = f"window={one['window']}&category={one['category']}&resolution={one['resolution']}"
    assert client.get(f"{ITEMS}/{one['id']}").json()["id"] == one["id"]
    west, south, east, north = shapely.from_wkb(one["geometry"]).bounds
    near = client.get(f"{ITEMS}?{asked}&bbox={west},{south},{east},{north}").json()
    assert one["id"] in [feature["id"] for feature in near["features"]]
    assert client.get(f"{ITEMS}?{asked}&bbox=0,0,1,1").json()["numberMatched"] == 0
    same = client.get(f"{ITEMS}?{asked}&class={one['class']}").json()
    assert {feature["properties"]["class"] for feature in same["features"]} == {one["class"]}
    assert client.get(f"{ITEMS}?{asked}&class=none").json()["numberMatched"] == 0
    values = client.get(f"/v1/layers/clusters/values?{asked}").json()
    cell = next(row[values["columns"].index("cell")] for row in values["rows"])
    assert client.get(f"{ITEMS}/{cell}?window={one['window']}").json()["geometry"]["type"] == "Polygon"
