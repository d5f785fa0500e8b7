"""Boundaries to the study area."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame

from geointel.errors import SchemaError
from geointel.grid.cells import parents
from geointel.grid.cover import cell_polygons, touching_cells
from geointel.ingest.areas import LevelChoice, StudyArea, read_study_area

from ...street import EAST, MIDDLE, NORTH, SOUTH, WEST, geojson, halves, write

if TYPE_CHECKING:
    from pathlib import Path

LEAF = 8
NOWHERE = -1
WHOLE = shapely.box(WEST, SOUTH, EAST, NORTH)


def level(file: str | None = "a.geojson", name: str = "lad", **more: object) -> LevelChoice:
    if file is not None:
        more = {"code": "code", "name": "name", **more}
    return LevelChoice(id=name, title=name.upper(), file=file, **more)  # type: ignore[arg-type]


def read(
    folder: Path, content: str | bytes, *others: LevelChoice, name: str = "a.geojson", **more: object
) -> StudyArea:
    write(folder, {name: content})
    return read_study_area([level(name, **more), *others], folder, LEAF)


@pytest.fixture
def study(tmp_path: Path) -> StudyArea:
    return read(tmp_path, halves())


def test_the_study_area_is_every_leaf_that_touches_it(study: StudyArea) -> None:
    around = h3.grid_disk(h3.latlng_to_cell((SOUTH + NORTH) / 2, MIDDLE, LEAF), 40)
    every = np.sort(np.array(around, dtype=np.int64))
    touching = every[shapely.intersects(cell_polygons(every), WHOLE)]
    assert study.leaves.tolist() == touching.tolist()
    centre = {cell for cell in touching.tolist() if WHOLE.contains(shapely.Point(h3.cell_to_latlng(cell)[::-1]))}
    assert len(centre) < len(touching)


def test_a_leaf_belongs_to_the_area_that_it_overlaps_most(study: StudyArea) -> None:
    (lad,) = study.levels
    assert (lad.codes, lad.names, lad.title) == (("E", "W"), ("Eastside", "Westside"), "LAD")
    assert [shape.equals(lad.outlines[n]) for n, shape in enumerate(both_halves())] == [True, True]
    polygons = cell_polygons(study.leaves)
    overlap = np.array([shapely.area(shapely.intersection(polygons, shape)) for shape in both_halves()])
    clear = np.abs(overlap[0] - overlap[1]) > 1e-9
    assert clear.sum() > 0.9 * len(clear)
    assert lad.of_leaf[clear].tolist() == overlap.argmax(axis=0)[clear].tolist()
    assert NOWHERE not in lad.of_leaf


def both_halves() -> list[shapely.Polygon]:
    return [shapely.box(MIDDLE, SOUTH, EAST, NORTH), shapely.box(WEST, SOUTH, MIDDLE, NORTH)]


def test_an_equal_overlap_goes_to_the_lowest_code(tmp_path: Path) -> None:
    study = read(tmp_path, geojson({"B": ("same", WHOLE), "A": ("same", WHOLE), "C": ("same", WHOLE)}))
    assert set(study.levels[0].of_leaf.tolist()) == {0}
    assert study.levels[0].codes == ("A", "B", "C")


def test_study_cells_are_the_parents_of_the_leaves(study: StudyArea) -> None:
    for resolution in (5, 6, 7):
        cells = study.cells(resolution)
        assert cells.tolist() == sorted(set(parents(study.leaves, resolution).tolist()))
    assert len(study.cells(6)) > 4
    assert study.cells(LEAF).tolist() == study.leaves.tolist()


def test_bounds_are_those_of_the_first_level(study: StudyArea) -> None:
    assert study.bounds == pytest.approx((WEST, SOUTH, EAST, NORTH))


def test_every_leaf_is_once_in_every_level(tmp_path: Path) -> None:
    quarter = geojson({"Q": ("Quarter", shapely.box(WEST, SOUTH, MIDDLE, (SOUTH + NORTH) / 2))})
    write(tmp_path, {"q.geojson": quarter})
    groups = level(None, "cdp", members_of="lad", members={"Both": ("E", "W")})
    study = read(tmp_path, halves(), groups, level("q.geojson", "ward"))
    lad, cdp, ward = study.levels
    assert (cdp.codes, cdp.names, set(cdp.of_leaf.tolist())) == (("Both",), ("Both",), {0})
    assert shapely.symmetric_difference(cdp.outlines[0], WHOLE).area == pytest.approx(0)
    inside = ward.of_leaf != NOWHERE
    assert inside.any()
    assert not inside.all()
    assert study.leaves[inside].tolist() == touching_cells(ward.outlines[0], LEAF).tolist()
    table = study.membership().to_pylist()
    assert len(table) == 2 * len(study.leaves) + int(inside.sum())
    assert {row["cell"]: row["code"] for row in table if row["level"] == "lad"} == {
        cell: lad.codes[n] for cell, n in zip(study.leaves.tolist(), lad.of_leaf.tolist(), strict=True)
    }


def test_a_group_leaves_out_what_it_does_not_name(tmp_path: Path) -> None:
    groups = level(None, "cdp", members_of="lad", members={"East alone": ("E",)})
    lad, cdp = read(tmp_path, halves(), groups).levels
    assert ((cdp.of_leaf == 0) == (lad.of_leaf == 0)).all()
    assert ((cdp.of_leaf == NOWHERE) == (lad.of_leaf == 1)).all()


def test_the_area_of_a_coarse_cell_is_that_of_most_of_its_leaves(study: StudyArea) -> None:
    (lad,) = study.levels
    owner = study.area_of_cells(lad, 6)
    above = parents(study.leaves, 6)
    for cell, area in zip(study.cells(6).tolist(), owner.tolist(), strict=True):
        votes = np.bincount(lad.of_leaf[above == cell], minlength=2)
        assert area == (0 if votes[0] >= votes[1] else 1)


def test_a_cell_without_an_area_has_none(tmp_path: Path) -> None:
    groups = level(None, "cdp", members_of="lad", members={"East alone": ("E",)})
    study = read(tmp_path, halves(), groups)
    owner = study.area_of_cells(study.levels[1], 7)
    assert {0, NOWHERE} == set(owner.tolist())


def test_only_some_areas_of_a_file(tmp_path: Path) -> None:
    study = read(tmp_path, halves(), only=("W",))
    assert study.levels[0].codes == ("W",)
    assert study.bounds == pytest.approx((WEST, SOUTH, MIDDLE, NORTH))


def test_parts_with_one_code_are_one_area(tmp_path: Path) -> None:
    parts = [shapely.box(WEST, SOUTH, MIDDLE, NORTH), shapely.box(EAST, SOUTH, EAST + 0.05, NORTH)]
    pieces = [geojson({"A": ("Apart", part)}) for part in parts]
    together = pieces[0].replace("]}}]}", "]}},") + pieces[1].partition('"features": [')[2]
    study = read(tmp_path, together)
    assert study.levels[0].codes == ("A",)
    assert shapely.get_num_geometries(study.levels[0].outlines).tolist() == [2]


def test_codes_may_be_numbers(tmp_path: Path) -> None:
    text = halves().replace('"code": "W"', '"code": 7').replace('"code": "E"', '"code": 12')
    assert read(tmp_path, text).levels[0].codes == ("12", "7")


def test_an_outline_that_crosses_itself_is_repaired(tmp_path: Path) -> None:
    bow = shapely.Polygon([(WEST, SOUTH), (EAST, NORTH), (EAST, SOUTH), (WEST, NORTH)])
    assert not bow.is_valid
    study = read(tmp_path, geojson({"B": ("Bow", bow)}))
    assert shapely.is_valid(study.levels[0].outlines).all()
    assert 0 < len(study.leaves) < len(touching_cells(WHOLE, LEAF))


def test_a_compressed_file(tmp_path: Path) -> None:
    plain = read(tmp_path, halves())
    packed = read(tmp_path, gzip.compress(halves().encode()), name="b.geojson.gz")
    assert packed.leaves.tolist() == plain.leaves.tolist()


def test_a_file_in_the_british_grid(tmp_path: Path) -> None:
    frame = GeoDataFrame({"code": ["S"], "name": ["Square"]}, geometry=[WHOLE], crs="EPSG:4326").to_crs("EPSG:27700")
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg")
    study = read_study_area([level("a.gpkg")], tmp_path, LEAF)
    assert study.leaves.tolist() == touching_cells(WHOLE, LEAF).tolist()


def topojson(*, scale: float = 1) -> str:
    """The square E0, N51 to E1, N52 as TopoJSON; ``scale`` makes its positions greater."""
    arc = [[scale * lng, scale * lat] for lng, lat in ((0, 51), (1, 51), (1, 52), (0, 52), (0, 51))]
    square = {"type": "Polygon", "arcs": [[0]], "properties": {"code": "S", "name": "Square"}}
    areas = {"type": "GeometryCollection", "geometries": [square]}
    return json.dumps({"type": "Topology", "objects": {"areas": areas}, "arcs": [arc]})


def test_topojson_has_no_place_for_a_coordinate_system_and_is_in_degrees(tmp_path: Path) -> None:
    (tmp_path / "a-topo.json").write_text(topojson())
    study = read_study_area([level("a-topo.json")], tmp_path, 5)
    assert study.leaves.tolist() == touching_cells(shapely.box(0, 51, 1, 52), 5).tolist()


def test_topojson_of_a_projected_copy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a-topo.json").write_text(topojson(scale=1e4))
    with pytest.raises(SchemaError, match="does not say its coordinate system"):
        read_study_area([level("a-topo.json")], tmp_path, 5)


def test_points_and_lines_beside_polygons_are_left_out(tmp_path: Path) -> None:
    study = read(tmp_path, geojson({"P": ("Point", shapely.Point(0, 51)), "S": ("Square", WHOLE)}))
    assert study.levels[0].codes == ("S",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no GeoJSON", "the boundary cannot be read"),
        ("", "the boundary cannot be read"),
        (halves()[:200], "the boundary cannot be read"),
        (geojson({"P": ("Point", shapely.Point(0, 51))}), "it holds no polygon"),
        (geojson({}), "it holds no polygon"),
        (halves().replace('"code"', '"ons"'), "there is no property 'code'; the file has ons, name"),
        (halves().replace('"name"', '"called"'), "there is no property 'name'"),
        (halves().replace('"code": "W"', '"code": null'), "an area has no 'code'"),
    ],
)
def test_a_boundary_that_is_of_no_use(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read(tmp_path, content)
    assert message in caught.value.message
    assert "a.geojson" in caught.value.message
    assert caught.value.remedy


def test_a_boundary_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"none\.geojson"):
        read_study_area([level("none.geojson")], tmp_path, LEAF)


def test_a_boundary_that_does_not_say_its_coordinates(tmp_path: Path) -> None:
    frame = GeoDataFrame({"code": ["S"], "name": ["Square"]}, geometry=[WHOLE])
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.write_dataframe(frame, tmp_path / "a.shp")
    with pytest.raises(SchemaError, match="does not say its coordinate system"):
        read_study_area([level("a.shp")], tmp_path, LEAF)


def test_a_level_that_asks_for_areas_that_the_file_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no area that the level asks for"):
        read(tmp_path, halves(), only=("X",))


def test_a_group_of_codes_that_the_level_does_not_have(tmp_path: Path) -> None:
    groups = level(None, "cdp", members_of="lad", members={"Wrong": ("E", "X")})
    with pytest.raises(SchemaError, match="'Wrong' of the level 'cdp' names X, which 'lad' does not have"):
        read(tmp_path, halves(), groups)
