"""Services through a whole build: reconciled, published as points, served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geointel.build import build
from geointel.config import load
from geointel.errors import SnapshotNotFoundError
from geointel.snapshot import open_snapshot, verify
from geointel_api.app import create_app
from geointel_api.settings import Settings

from ..client.conftest import Client
from ..lists import POSTCODES
from ..street import write
from .small_partnership import MONTHS, write_partnership

SOURCES = """
[[source]]
id = "codes"
kind = "postcodes"
files = "codes.csv"

[[source]]
id = "ours"
kind = "services"
files = "ours-2025-03.csv"

[[source]]
id = "chemists"
kind = "services"
files = "chemists-2024-12.csv"

[[layer]]
id = "incident-count"
kind = "count"
categories = ["all"]
windows = ["year"]

[[layer]]
id = "services"
kind = "services"

"""
OURS = (
    "id,name,kind,postcode,lat,lng,hours\n"
    "S1,Harbour House,Drug treatment,,53.82,-3.05,Mon-Tue 09:00-17:00\n"
    "S2,Quay House,Needle exchange,FY1 1AN,,,\n"
    "S3,Lost House,Drug treatment,FY1 1ZZ,,,\n"
    "S4,Far House,Drug treatment,PR1 2AB,,,\n"
)
CHEMISTS = "id,name,kind,postcode\nC1,Corner Pharmacy,pharmacy,FY4 2BL\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("services")
    made = write_partnership(folder, months=MONTHS, layers=SOURCES)
    write(made.data, {"codes.csv": POSTCODES, "ours-2025-03.csv": OURS, "chemists-2024-12.csv": CHEMISTS})
    report = build(load(made.config), data=made.data, out=folder / "snapshots")
    return folder / "snapshots", report


def test_every_row_is_accounted_for(built: tuple[Path, Any]) -> None:
    reports = {source.id: source for source in built[1].sources}
    assert reports["ours"].unmapped == {"not-geocoded": 1, "outside-area": 1}
    assert (reports["ours"].read, reports["ours"].mapped) == (4, 2)
    assert any("FY1 1ZZ" in note and "FY1 1A" in note for note in reports["ours"].notes)
    assert (reports["codes"].read, reports["codes"].mapped) == (4, 4)


def test_the_points_are_published_and_verified(built: tuple[Path, Any]) -> None:
    edition = open_snapshot(built[0]).edition("open")
    assert "features/services.parquet" in edition.manifest["files"]
    features = edition.features("services").to_pylist()
    assert [row["id"] for row in features] == ["chemists:C1", "ours:S1", "ours:S2"]
    assert features[1]["hours"] == "mo 09:00-17:00; tu 09:00-17:00"
    assert next(window for window in edition.manifest["windows"] if window["id"] == "2025-03")["kind"] == "month"
    assert not verify(edition.path.parent)
    with pytest.raises(SnapshotNotFoundError, match="no features"):
        edition.features("incident-count")


def test_a_changed_point_is_found_out(built: tuple[Path, Any], tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / built[1].path.name
    shutil.copytree(built[1].path, copy)
    target = copy / "open" / "features" / "services.parquet"
    target.write_bytes(target.read_bytes()[:-1] + b"?")
    assert any("features/services.parquet" in str(problem) for problem in verify(copy))


def test_the_service_answers_with_points_and_with_cells(built: tuple[Path, Any]) -> None:
    client = Client(create_app(Settings(snapshots=built[0])))
    found = client.get("/collections/services/items?category=all").json()
    assert (found["numberMatched"], [one["id"] for one in found["features"]]) == (
        3,
        ["chemists:C1", "ours:S1", "ours:S2"],
    )
    assert found["features"][1]["geometry"] == {"type": "Point", "coordinates": [-3.05, 53.82]}
    assert found["features"][1]["properties"]["category_label"] == "Drug treatment"
    only = client.get("/collections/services/items?category=pharmacy").json()
    assert [one["id"] for one in only["features"]] == ["chemists:C1"]
    box = client.get("/collections/services/items?category=all&bbox=-3.051,53.81,-3.049,53.83").json()
    assert [one["id"] for one in box["features"]] == ["ours:S1"]
    page = client.get("/collections/services/items?category=all&limit=2").json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert [one["id"] for one in client.get(following.removeprefix("http://map.test")).json()["features"]] == [
        "ours:S2"
    ]
    assert client.get("/collections/services/items/ours:S1").json()["properties"]["name"] == "Harbour House"
    assert client.get("/collections/services/items/ours:S9").status_code == 404
    values = client.get("/v1/layers/services/values?category=all&resolution=8").json()
    position = values["columns"].index("value")
    assert sum(row[position] for row in values["rows"]) == 3


def test_the_cell_of_a_service_has_no_series_of_incidents(built: tuple[Path, Any]) -> None:
    client = Client(create_app(Settings(snapshots=built[0])))
    values = client.get("/v1/layers/services/values?category=all&resolution=8").json()
    cell = values["rows"][0][values["columns"].index("cell")]
    found = client.get(f"/v1/cells/{cell}?window=2025-03&category=drug-treatment").json()
    assert set(found["series"]["values"]) == {None}
    assert json.dumps(found)
