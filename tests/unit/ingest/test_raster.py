"""A grid of people to leaves: every person kept, every pixel accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod, Transformer
from rasterio import Affine

from geointel.errors import SchemaError
from geointel.grid.cover import touching_cells
from geointel.ingest import files, raster
from geointel.ingest.areas import Level, StudyArea
from geointel.sources.base import RasterKind, kinds

BOX = (-3.20, 53.70, -2.80, 53.95)
LEAF = 8
NEAR = Affine(1000, 0, 330_000, 0, -1000, 440_000)
KIND = kinds()["population-raster"]
assert isinstance(KIND, RasterKind)


def study(bounds: tuple[float, float, float, float] = BOX, leaf: int = LEAF) -> StudyArea:
    box = shapely.box(*bounds)
    leaves = np.asarray(touching_cells(box, leaf))
    level = Level("box", "Box", ("B",), ("Box",), np.array([box], dtype=object), np.zeros(len(leaves), np.int32))
    return StudyArea(leaf=leaf, leaves=leaves, levels=(level,))


def write(path: Path, values: np.ndarray, *, crs: str | None = "EPSG:27700", transform=NEAR, **more) -> None:
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, **more}
    with rasterio.open(path, "w", dtype=values.dtype, crs=crs, transform=transform, **profile) as data:
        data.write(values, 1)


def read(folder: Path, area: StudyArea | None = None, **options: object) -> raster.Reading:
    (raw,) = files.find("grid", ("*.tif",), folder)
    return raster.read(raw, replace(KIND, **options), area or study())


@pytest.mark.parametrize("leaf", [7, 9])
def test_everybody_is_kept(tmp_path: Path, leaf: int) -> None:
    values = np.random.default_rng(1).gamma(0.3, 400, (9, 7)).astype("float32")
    write(tmp_path / "a.tif", values)
    found = read(tmp_path, study(leaf=leaf))
    assert found.leaves.sum() == pytest.approx(values.astype("float64").sum(), rel=1e-9)
    assert found.outside == pytest.approx(0, abs=1e-6)
    assert (found.pixels, found.unmapped) == (63, {})


def test_whoever_lives_outside_is_counted_outside(tmp_path: Path) -> None:
    values = np.full((9, 7), 10, dtype="float32")
    write(tmp_path / "a.tif", values)
    found = read(tmp_path, study((-3.03, 53.80, -3.02, 53.81)))
    assert 0 < found.leaves.sum() < 630
    assert found.leaves.sum() + found.outside == pytest.approx(630, rel=1e-9)
    assert 0 < found.unmapped["outside-area"] < 63


def test_people_stay_where_their_pixel_is(tmp_path: Path) -> None:
    values = np.zeros((9, 7), dtype="float32")
    values[4, 3] = 100
    write(tmp_path / "a.tif", values)
    area = study(leaf=9)
    found = read(tmp_path, area)
    to_degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    (west, east), (south, north) = to_degrees.transform([333_000, 334_000], [435_000, 436_000])
    pixel = shapely.box(west, south, east, north).buffer(0.0005)
    assert set(area.leaves[found.leaves > 0].tolist()) <= set(touching_cells(pixel, 9).tolist())
    assert (found.leaves > 0).sum() > 8


@pytest.mark.parametrize("blank", [-9999.0, -3.4028230607370965e38, float("nan")])
@pytest.mark.parametrize("declared", [True, False])
def test_pixels_without_data_are_counted_and_not_added(tmp_path: Path, blank: float, declared: bool) -> None:
    values = np.full((9, 7), 2, dtype="float32")
    values[:2] = blank
    write(tmp_path / "a.tif", values, **({"nodata": blank} if declared else {}))
    found = read(tmp_path)
    assert found.unmapped == {"no-data": 14}
    assert found.leaves.sum() == pytest.approx(98)


def test_fewer_people_than_none_is_a_bad_row(tmp_path: Path) -> None:
    values = np.full((9, 7), 2, dtype="float32")
    values[0, 0] = -7
    write(tmp_path / "a.tif", values)
    found = read(tmp_path)
    assert found.unmapped == {"bad-row": 1}
    assert found.leaves.sum() == pytest.approx(124)


def test_whole_numbers_and_several_windows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "WINDOW", 4)
    monkeypatch.setattr(raster, "POINTS", 50)
    values = np.arange(63, dtype="uint16").reshape(9, 7)
    write(tmp_path / "a.tif", values, nodata=0)
    found = read(tmp_path)
    assert found.leaves.sum() == pytest.approx(values.sum(), rel=1e-9)
    assert found.unmapped == {"no-data": 1}


def test_a_density_is_multiplied_by_the_surface_on_the_ellipsoid(tmp_path: Path) -> None:
    values = np.array([[100, 40], [7, 0]], dtype="float32")
    write(tmp_path / "a.tif", values, crs="EPSG:4326", transform=Affine(0.1, 0, -3.15, 0, -0.1, 53.92))
    found = read(tmp_path, density=True)
    expected = 0.0
    for (row, column), value in np.ndenumerate(values):
        west, north = -3.15 + 0.1 * column, 53.92 - 0.1 * row
        steps = np.linspace(0, 0.1, 400)  # the sides along a parallel are no geodesics
        lng = [*(west + steps), *(west + 0.1 - steps)]
        surface, _ = Geod(ellps="WGS84").polygon_area_perimeter(lng, [north] * 400 + [north - 0.1] * 400)
        expected += value * abs(surface) / 1e6
    assert found.leaves.sum() + found.outside == pytest.approx(expected, rel=1e-6)
    assert found.outside == pytest.approx(0, abs=1e-6)


def test_a_grid_without_a_coordinate_system_is_refused_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", np.ones((3, 3), dtype="float32"), crs=None)
    with pytest.raises(SchemaError, match=r'crs = "EPSG:27700"'):
        read(tmp_path)
    assert read(tmp_path, crs="EPSG:27700").leaves.sum() == pytest.approx(9)


@pytest.mark.parametrize(
    ("more", "options", "message"),
    [
        ({}, {"crs": "EPSG:4326"}, "it is in .*British National Grid"),
        ({}, {"crs": "nonsense"}, "its coordinate system is not known"),
        ({"dtype": "complex64"}, {}, "no numbers"),
    ],
)
def test_a_grid_that_contradicts_its_source_is_refused(tmp_path: Path, more, options, message: str) -> None:
    write(tmp_path / "a.tif", np.ones((3, 3), dtype=more.get("dtype", "float32")))
    with pytest.raises(SchemaError, match=message):
        read(tmp_path, **options)


def test_several_bands_are_refused(tmp_path: Path) -> None:
    values = np.ones((3, 3), dtype="float32")
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", height=3, width=3, count=2, dtype="float32", crs=27700, transform=NEAR
    ) as data:
        data.write(np.stack([values, values]))
    with pytest.raises(SchemaError, match="2 bands"):
        read(tmp_path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_grid_without_a_place_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", np.ones((3, 3), dtype="float32"), transform=Affine.identity())
    with pytest.raises(SchemaError, match="where its pixels are"):
        read(tmp_path)


@pytest.mark.parametrize("keep", [0, 4, 60, 300])
def test_a_broken_file_is_refused(tmp_path: Path, keep: int) -> None:
    write(tmp_path / "a.tif", np.random.default_rng(2).random((80, 80), dtype="float32"))
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(whole[:keep])
    with pytest.raises(SchemaError, match=r"a\.tif"):
        read(tmp_path)
