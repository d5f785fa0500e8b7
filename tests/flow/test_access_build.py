"""Need, access and gaps through a whole build from files, and what a snapshot keeps of them for scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from geointel.answers.opening import open_world
from geointel.answers.places_wanted import SitesRequest
from geointel.answers.sites import sites
from geointel.build import build
from geointel.config import load
from geointel.snapshot import Edition, open_snapshot, verify

from ..street import write
from .small_partnership import MONTHS, write_partnership

LAYERS = """
[[source]]
id = "residents"
kind = "population"
files = "residents.csv"
reference = "2021-03"

[[source]]
id = "deprivation"
kind = "area-index"
files = "index.csv"
period = "2025"
code = "area_code"
{outlines}

[[source]]
id = "ours"
kind = "services"
files = "ours-2025-03.csv"

[[layer]]
id = "need"
kind = "need"
residents = "residents"
deprivation = "deprivation"

[[layer]]
id = "access"
kind = "access"
categories = ["drug-treatment"]
residents = "residents"
deprivation = "deprivation"
measure = "{measure}"

[[layer]]
id = "gap"
kind = "gap"
residents = "residents"
deprivation = "deprivation"
"""
RESIDENTS = "area_code,residents\nE,40000\nW,20000\n"
INDEX = "area_code,IMD_decile,Income_score,IMD_rank\nE,1,0.4,100\nW,8,0.1,20000\n"
OUTLINES = 'outlines = { file = "area.geojson", code = "code" }'
HEADER = "id,name,kind,lat,lng,closed,capacity\n"
WEST, EAST = (
    "S1,Harbour House,Drug treatment,53.82,-3.07,,300\n",
    "S2,Quay House,Drug treatment,53.82,-2.95,{closed},100\n",
)


def built(folder: Path, *, closed: str = "", measure: str = "minutes", outlines: str = OUTLINES) -> Edition:
    """The open edition of a small partnership with two services, of which the eastern may have closed."""
    layers = LAYERS.format(measure=measure, outlines=outlines)
    made = write_partnership(folder, months=MONTHS[:2], layers=layers)
    services = HEADER + WEST + EAST.format(closed=closed)
    write(made.data, {"residents.csv": RESIDENTS, "index.csv": INDEX, "ours-2025-03.csv": services})
    report = build(load(made.config), data=made.data, out=folder / "snapshots")
    assert not verify(report.path)
    return open_snapshot(folder / "snapshots").edition("open")


def values(edition: Edition, layer: str, category: str, column: str = "value") -> np.ndarray[Any, Any]:
    spec = edition.spec(layer)
    table = edition.rows(layer, resolution=8, window=spec["windows"][-1], category=category)
    return table[column].to_numpy(zero_copy_only=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return built(tmp_path_factory.mktemp("whole"))


def test_a_closed_service_never_counts_and_the_map_changes_when_it_opens(whole: Edition, tmp_path: Path) -> None:
    shut = built(tmp_path, closed="2024-09-30")
    before, after = values(shut, "access", "drug-treatment"), values(whole, "access", "drug-treatment")
    assert (after <= before + 1e-9).all()
    assert (after < before - 1).sum() > 20
    assert open_world(shut, "access").ids == ("ours:S1",)
    assert open_world(whole, "access").ids == ("ours:S1", "ours:S2")
    assert values(shut, "gap", "all", "people").sum() >= values(whole, "gap", "all", "people").sum()


def test_residents_are_counted_by_tenth_of_deprivation_and_by_income(whole: Edition) -> None:
    areas = whole.area_facts("lad", "E")
    rows = {(row["measure"], row["category"]): row["value"] for row in areas.to_pylist()}
    assert rows["residents", "all"] == pytest.approx(40000)
    assert rows["residents-by-deprivation", "decile-1"] == pytest.approx(40000)
    assert ("residents-by-deprivation", "decile-8") not in rows
    assert rows["residents-in-income-deprivation", "all"] == pytest.approx(16000)


def test_need_without_an_estimate_adds_up_to_residents_and_leans_to_the_poorer_half(whole: Edition) -> None:
    assert whole.spec("need")["title"] == "Residents and deprivation"
    assert values(whole, "need", "all").sum() == pytest.approx(60000)
    rows = {row["code"]: row["value"] for row in whole.area_rows("need", level="lad").to_pylist()}
    assert rows["E"] > 40000
    assert rows["W"] < 20000


def test_places_in_reach_add_up_to_the_places_there_are(tmp_path: Path) -> None:
    edition = built(tmp_path, measure="places")
    people = edition.inputs("access")["cells"]["residents"].to_numpy()
    assert (values(edition, "access", "drug-treatment") * people).sum() / 1000 == pytest.approx(400, rel=1e-9)
    equity = edition.spec("access")["notes"]["equity"]["drug-treatment"]
    assert equity["gini"]["lower"] <= equity["gini"]["value"] <= equity["gini"]["upper"]


def test_where_to_open_is_answered_from_the_snapshot_alone(whole: Edition) -> None:
    world = open_world(whole, "gap")
    answer = sites(world, SitesRequest.model_validate({"new": 1, "minutes": 5, "prove": True}))
    (plan,) = answer["plans"]
    assert plan["status"] == "proven"
    assert plan["gap"] == 0
    assert plan["reached"]["residents"] > answer["before"]["residents"]
    assert plan["actions"][0]["do"] == "open"


def test_areas_without_residents_before_them_are_counted_in_a_note(tmp_path: Path) -> None:
    made = write_partnership(tmp_path, months=MONTHS[:1], layers=LAYERS.format(measure="minutes", outlines=OUTLINES))
    files = {"residents.csv": "area_code,residents\nE,40000\n", "index.csv": INDEX, "ours-2025-03.csv": HEADER + WEST}
    write(made.data, files)
    report = build(load(made.config), data=made.data, out=tmp_path / "snapshots")
    notes = next(source.notes for source in report.sources if source.id == "deprivation")
    assert any(note.startswith("1 of 2 areas have no residents") for note in notes)


def test_without_outlines_deprivation_stays_with_its_areas(tmp_path: Path) -> None:
    layers = LAYERS.format(measure="minutes", outlines="").replace('deprivation = "deprivation"\n', "")
    made = write_partnership(tmp_path, months=MONTHS[:1], layers=layers)
    write(made.data, {"residents.csv": RESIDENTS, "index.csv": INDEX, "ours-2025-03.csv": HEADER + WEST})
    report = build(load(made.config), data=made.data, out=tmp_path / "snapshots")
    edition = open_snapshot(report.path).edition("open")
    measures = pc.unique(edition.area_facts("lad", "E")["measure"].cast(pa.string())).to_pylist()
    assert "residents-by-deprivation" not in measures
    assert edition.spec("gap")["notes"]["need"]["all"]["weightings"] == ["residents"]
