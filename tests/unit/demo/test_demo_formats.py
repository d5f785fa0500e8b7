"""Every format is there, says that it is made up, and stands in the README."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import rasterio

from geointel.demo import SCALES, write_demo
from geointel.demo.formats import FORMATS, PATHS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Town

RASTER = "raster/demo-residents.tif"
MONTHS = 14
ROADS = "roads/demo.osm"
TEXTS = tuple(path for path in PATHS if path not in (RASTER, ROADS))
MARKS = {
    "postcodes/codepointopen-demo.csv": b"ZZ",
    "services/epraccur-demo.csv": b"SYNTHETIC",
    "partner/ambulance-naloxone.csv": b"DEMO-P",
    "partner/needle-litter.csv": b"DEMO-N",
    "population/demo-residents.csv": b"DEMO",
    "deprivation/demo-imd.csv": b"DEMO",
    "boundaries/demo-small-areas.geojson": b'"synthetic":true',
}
"""What every row or feature carries where it has no room for the word."""


@pytest.mark.parametrize("pattern", PATHS)
def test_every_format_is_written(town: Town, pattern: str) -> None:
    assert list(town.folder.glob(pattern))


@pytest.mark.parametrize("pattern", TEXTS)
def test_nearly_every_line_of_text_says_that_it_is_made_up(town: Town, pattern: str) -> None:
    mark = MARKS.get(pattern)
    for path in town.folder.glob(pattern):
        lines = path.read_bytes().splitlines()[:400]
        marked = [line for line in lines if (mark in line if mark else b"synthetic" in line.lower() or b"DEMO" in line)]
        assert len(marked) >= len(lines) - 3, path.name


def test_every_road_is_called_a_demonstration(town: Town) -> None:
    text = (town.folder / ROADS).read_text(encoding="utf-8")
    assert text.count("<way ") == text.count('<tag k="name" v="Demonstration ') > 500
    assert 'generator="geointel demo (synthetic)"' in text


def test_the_raster_says_that_it_is_made_up(town: Town) -> None:
    with rasterio.open(town.folder / RASTER) as raster:
        assert "Synthetic" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"]


@pytest.mark.parametrize("pattern", PATHS)
def test_the_readme_lists_every_file(town: Town, pattern: str) -> None:
    assert f"| `{pattern}` |" in (town.folder / "README.md").read_text(encoding="utf-8")


def test_another_seed_writes_other_files(town: Town, tmp_path: Path) -> None:
    other = write_demo(tmp_path, scale="town", seed=4, months=1)
    for pattern in PATHS:
        (path,) = other.directory.glob(pattern)
        assert path.read_bytes() != (town.folder / path.relative_to(tmp_path)).read_bytes(), pattern


def test_the_other_formats_change_nothing_in_the_street_files(town: Town, tmp_path: Path) -> None:
    alone = write_demo(tmp_path, scale="town", seed=3, months=MONTHS, street_only=True)
    assert not [path for pattern in PATHS for path in tmp_path.glob(pattern)]
    paths = sorted(alone.directory.glob("police/*/*.csv"))
    assert len(paths) == MONTHS
    assert all(path.read_bytes() == (town.folder / path.relative_to(tmp_path)).read_bytes() for path in paths)


def test_a_demonstration_of_many_copies_has_street_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what an earlier one of the other kind left is gone."""
    write_demo(tmp_path, scale="town", months=1)
    monkeypatch.setitem(SCALES, "town", replace(SCALES["town"], copies=2, points=300))
    write_demo(tmp_path, scale="town", months=1)
    assert not [path for pattern in PATHS for path in tmp_path.glob(pattern)]
    assert len(list(tmp_path.glob("police/*/*.csv"))) == 2
    assert "ambulance" not in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_no_two_formats_write_the_same_file() -> None:
    assert len(set(PATHS)) == len(PATHS) > len(FORMATS)
