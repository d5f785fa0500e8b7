"""Corridors through a whole build: those that a demonstration plants, and West Yorkshire's collisions where they are."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geointel.build import build
from geointel.config import load
from geointel.demo import write_demo

DATA = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
COLLISIONS = DATA / "stats19" / "2024-west-yorkshire-collision.csv"
LAYERS = """
[[layer]]
id = "collision-corridors"
kind = "corridor"
source = "collisions"
categories = ["all"]
windows = ["year"]
roads = "roads"

[[layer]]
id = "positive-corridors"
kind = "corridor"
source = "drug-driving"
categories = ["drug-driving", "drug-driving-rsf"]
windows = ["year"]
measure = "positives"
roads = "roads"
"""
WEST_YORKSHIRE = """
[partnership]
id = "west-yorkshire"
name = "West Yorkshire"
[[area.level]]
id = "lsoa"
file = "boundaries/west-yorkshire-lsoa21.geojson.gz"
code = "LSOA21CD"
name = "LSOA21NM"
[grid]
leaf = 9
publish = [7, 8]
[[source]]
id = "collisions"
kind = "stats19"
files = "stats19/2024-west-yorkshire-*.csv"
[[layer]]
id = "corridors"
kind = "corridor"
"""


def corridors(snapshot: Path, edition: str, layer: str) -> list[dict[str, Any]]:
    """Corridors of the newest window, as a user of GeoPandas reads them."""
    found = gpd.read_parquet(snapshot / edition / "features" / f"{layer}.parquet")
    newest = found[(found["window"] == found["window"].max()) & (found["resolution"] == 8)]
    rows: list[dict[str, Any]] = newest.to_dict("records")
    return rows


def notes(snapshot: Path, edition: str, layer: str) -> dict[str, Any]:
    manifest = json.loads((snapshot / edition / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(spec for spec in manifest["layers"] if spec["id"] == layer)["notes"]
    return found


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    pytest.importorskip("osmium", reason="the extra `roads` is not installed")
    demo = write_demo(tmp_path_factory.mktemp("corridors"), scale="county", seed=1, months=24)
    text = demo.config.read_text(encoding="utf-8")
    demo.config.write_text(text[: text.index("[[layer]]")] + LAYERS, encoding="utf-8")
    report = build(load(demo.config), data=demo.directory, out=demo.directory / "out")
    return report.path, json.loads((demo.directory / "truth.json").read_text(encoding="utf-8"))


def test_planted_corridors_of_collisions_are_found_and_no_other_road_is(
    demonstration: tuple[Path, dict[str, Any]],
) -> None:
    path, truth = demonstration
    found = corridors(path, "open", "collision-corridors")
    planted = {f"A{one['number']}": set(one["cells"]) for one in truth["stats19"]["corridors"]}
    assert {row["road"] for row in found} == set(planted)
    for row in found:
        cells = set(row["cells"])
        assert len(cells & planted[row["road"]]) >= len(cells) / 2
        assert row["geometry"].length > 0
        assert row["events"] > row["expected"]
        assert sum(row["week"]) == row["events"]


def test_planted_corridors_of_positive_tests_are_found_with_their_tests(
    demonstration: tuple[Path, dict[str, Any]],
) -> None:
    path, truth = demonstration
    planted = truth["drug_driving"]
    found = corridors(path, "partner", "positive-corridors")
    assert found
    assert {row["road"] for row in found} == {f"A{planted['corridor']['number']}"}
    for row in found:
        assert row["tests"] >= row["events"] > row["expected"]
        assert row["severe"] is None or row["severe"] != row["severe"]
        assert planted["few_tests"]["cell"] not in row["cells"]
    assert not (path / "open" / "features" / "positive-corridors.parquet").exists()


def test_without_a_network_each_source_draws_roads_of_its_own(tmp_path: Path) -> None:
    demo = write_demo(tmp_path / "demo", scale="town", seed=3, months=12)
    text = demo.config.read_text(encoding="utf-8")
    tables = re.split(r"(?m)^(?=\[\[)", text[: text.index("[[layer]]")])
    without = "".join(table for table in tables if 'kind = "roads"' not in table)
    layers = LAYERS.replace('roads = "roads"\n', "").replace(
        'categories = ["drug-driving", "drug-driving-rsf"]', 'categories = ["drug-driving"]'
    )
    demo.config.write_text(without + layers, encoding="utf-8")
    path = build(load(demo.config), data=demo.directory, out=tmp_path / "out").path
    for layer, source in (("collision-corridors", "collisions"), ("positive-corridors", "drug-driving")):
        said = notes(path, "partner", layer)
        assert said["roads"] == source
        assert said["km"] > 0
        ((window, found),) = next(iter(said["maps"].values())).items()
        assert window.startswith("12m:")
        assert 0 <= found["on_no_road"] < found["all"]


@pytest.mark.skipif(not COLLISIONS.is_file(), reason="the real collisions are not here")
def test_west_yorkshire_has_all_its_numbered_collisions_on_roads(tmp_path: Path) -> None:
    config = tmp_path / "partnership.toml"
    config.write_text(WEST_YORKSHIRE, encoding="utf-8")
    report = build(load(config), data=DATA, out=tmp_path / "snapshots")
    with COLLISIONS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    numbered = [
        row for row in rows if row["first_road_class"] in "1234" and row["first_road_number"] not in {"0", "-1"}
    ]
    said = notes(report.path, "open", "corridors")
    assert said["variant"] == "numbered"
    month = said["maps"]["all"]["12m:2024-12"]
    assert month["all"] == len(rows) == 4_060
    # a number that comes once or far from the others of its road draws no line
    assert 0.9 * len(numbered) < month["all"] - month["on_no_road"] <= len(numbered)
    severity = Counter(row["collision_severity"] for row in rows)
    for name, code in (("collision-fatal", "1"), ("collision-serious", "2"), ("collision-slight", "3")):
        assert said["maps"][name]["12m:2024-12"]["all"] == severity[code]
    found = corridors(report.path, "open", "corridors")
    every = [row for row in found if row["category"] == "all"]
    assert len(every) >= 10
    assert [row["rank"] for row in sorted(every, key=lambda row: -row["excess"])] == list(range(1, len(every) + 1))
    by_number = Counter(row["first_road_number"] for row in numbered)
    assert all(row["events"] <= by_number[row["road"].strip("ABM()")] for row in every)
    assert all(row["severe"] <= row["events"] for row in every)
