"""Totals of areas to leaves, conserved within their district."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geointel.errors import SchemaError
from geointel.grid.cover import touching_cells
from geointel.ingest.areas import NOWHERE, LevelChoice, StudyArea, read_study_area
from geointel.ingest.spread import Areas, Weights, read_areas, weigh
from geointel.sources.base import Outlines

WEST, EAST = shapely.box(-3.06, 53.80, -3.03, 53.83), shapely.box(-3.03, 53.80, -3.00, 53.83)
HALVES = {"W": WEST, "E": EAST}
PARTS = {
    "W1": shapely.box(-3.06, 53.80, -3.03, 53.81),
    "W2": shapely.box(-3.06, 53.81, -3.03, 53.83),
    "E1": shapely.box(-3.03, 53.80, -3.00, 53.83),
    "X1": shapely.box(-2.90, 53.80, -2.88, 53.83),
}


def write(path: Path, shapes: dict[str, shapely.Geometry]) -> None:
    features = [
        {"type": "Feature", "properties": {"code": code, "name": code}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


@pytest.fixture
def study(tmp_path: Path) -> StudyArea:
    write(tmp_path / "lad.geojson", HALVES)
    return read_study_area([LevelChoice("lad", "District", "lad.geojson", "code", "name")], tmp_path, 9)


def areas_of(folder: Path, study: StudyArea, shapes: dict[str, shapely.Geometry], **district: str | None) -> Areas:
    write(folder / "parts.geojson", shapes)
    return read_areas([Outlines(file="parts.geojson", code="code")], folder, study, district_of=district)


def by_district(study: StudyArea, areas: Areas, totals: dict[str, float]) -> dict[str, float]:
    weights = weigh(areas, study)
    values = np.array([totals[code] for code in areas.codes])
    leaves = np.bincount(weights.leaf, weights=values[weights.area] * weights.share, minlength=len(study.leaves))
    level = study.levels[0]
    return {code: float(leaves[level.of_leaf == number].sum()) for number, code in enumerate(level.codes)}


def test_every_district_has_the_sum_of_its_own_areas(tmp_path: Path, study: StudyArea) -> None:
    areas = areas_of(tmp_path, study, PARTS)
    found = by_district(study, areas, {"W1": 100, "W2": 55, "E1": 7, "X1": 1_000})
    assert found == pytest.approx({"W": 155, "E": 7}, abs=1e-9)


def test_an_area_belongs_where_most_of_it_lies_or_where_the_lookup_says(tmp_path: Path, study: StudyArea) -> None:
    across = {"A": shapely.box(-3.05, 53.80, -3.02, 53.83), "X": shapely.box(-3.20, 53.80, -3.05, 53.83)}
    districts = study.levels[0].codes
    plain = areas_of(tmp_path, study, across)
    assert [districts[number] if number != NOWHERE else None for number in plain.district] == ["W", None]
    told = areas_of(tmp_path, study, across, A="E", X="W")
    assert [districts[number] for number in told.district] == ["E", "W"]
    assert areas_of(tmp_path, study, across, A=None).district[0] == NOWHERE
    assert by_district(study, told, {"A": 30, "X": 12}) == pytest.approx({"W": 12, "E": 30}, abs=1e-9)


def test_an_area_smaller_than_a_cell_loses_nobody(tmp_path: Path, study: StudyArea) -> None:
    tiny = {"T": shapely.box(-3.0401, 53.8100, -3.0400, 53.8101)}
    assert by_district(study, areas_of(tmp_path, study, tiny), {"T": 321}) == pytest.approx({"W": 321, "E": 0})


def test_an_area_that_no_leaf_of_its_district_touches_goes_to_the_nearest(tmp_path: Path, study: StudyArea) -> None:
    areas = areas_of(tmp_path, study, {"X1": PARTS["X1"]}, X1="E")
    weights = weigh(areas, study)
    assert weights.share.tolist() == [1.0]
    nearest = study.leaves[weights.leaf[0]]
    assert nearest in touching_cells(shapely.box(-3.003, 53.80, -3.0, 53.83), 9)
    assert by_district(study, areas, {"X1": 9}) == pytest.approx({"W": 0, "E": 9})


def test_addresses_weigh_where_an_area_has_any(tmp_path: Path, study: StudyArea) -> None:
    areas = areas_of(tmp_path, study, PARTS)
    points = np.array([[-3.05, 53.805], [-3.05, 53.805], [-3.04, 53.807], [-2.89, 53.81], [10.0, 10.0]])
    weights = weigh(areas, study, points=[points])
    assert shares(weights, areas, "W1") == pytest.approx([1 / 3, 2 / 3])
    assert len(shares(weights, areas, "W2")) > 10
    assert sum(shares(weights, areas, "W2")) == pytest.approx(1)
    assert shares(weights, areas, "X1") == []


def shares(weights: Weights, areas: Areas, code: str) -> list[float]:
    return sorted(weights.share[weights.area == areas.codes.index(code)].tolist())


def test_an_area_of_which_too_few_addresses_are_known_is_spread_evenly(tmp_path: Path, study: StudyArea) -> None:
    areas = areas_of(tmp_path, study, PARTS)
    points = np.array([[-3.05, 53.805]] * 40 + [[-3.05, 53.82]] * 3 + [[-3.01, 53.81]] * 20)
    alike = weigh(areas, study, points=[points])
    assert shares(alike, areas, "W1") == [1.0]
    assert len(shares(alike, areas, "W2")) > 10
    assert [areas.codes[place] for place in alike.by_surface] == ["W2"]
    even = weigh(areas, study)
    assert shares(alike, areas, "W2") == shares(even, areas, "W2")
    assert [areas.codes[place] for place in even.by_surface] == ["E1", "W1", "W2"]
    few = np.array([{"W1": 4_000.0, "W2": 300.0, "E1": 2_000.0, "X1": np.nan}[code] for code in areas.codes])
    told = weigh(areas, study, points=[points], people=few)
    assert shares(told, areas, "W2") == [1.0]
    assert not len(told.by_surface)


def test_less_sure_addresses_stand_in_where_the_sure_ones_are_too_few(tmp_path: Path, study: StudyArea) -> None:
    areas = areas_of(tmp_path, study, PARTS)
    sure = np.array([[-3.05, 53.805]] * 40 + [[-3.05, 53.82]] * 3)
    every = np.concatenate([sure, np.array([[-3.035, 53.803]] * 40 + [[-3.035, 53.815]] * 57)])
    found = weigh(areas, study, points=[sure, every])
    assert shares(found, areas, "W1") == [1.0]
    assert shares(found, areas, "W2") == pytest.approx([0.05, 0.95])
    assert [areas.codes[place] for place in found.by_surface] == ["E1"]


def test_without_outlines_the_areas_are_those_of_the_first_level(tmp_path: Path, study: StudyArea) -> None:
    areas = read_areas((), tmp_path, study, district_of={})
    assert areas.codes == ("E", "W")
    assert by_district(study, areas, {"E": 5, "W": 6}) == pytest.approx({"E": 5, "W": 6}, abs=1e-9)


def test_outlines_without_the_property_are_refused(tmp_path: Path, study: StudyArea) -> None:
    write(tmp_path / "parts.geojson", PARTS)
    with pytest.raises(SchemaError, match="'LSOA21CD'; the file has code, name"):
        read_areas([Outlines(file="parts.geojson", code="LSOA21CD")], tmp_path, study, district_of={})
