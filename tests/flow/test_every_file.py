"""Every file of the real data is read, or somebody has said why not; every row of it is counted a second time here."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rasterio

from geointel.ingest.areas import read_polygons
from geointel.sources.base import kinds
from geointel.sources.postcodes import DIRECTORY

from .real_files import BOUNDARIES, LOOKUPS, PLACES, WITHOUT_A_KIND, Line, Place

if TYPE_CHECKING:
    from types import ModuleType

    from geointel.build import Looked

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
PAGE = ROOT / "docs" / "validation" / "sources.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "README.md").is_file(), reason=f"no real files at {DATA}; set GEOINTEL_DATA"),
]

FORMS: dict[str, dict[str, Any]] = {
    "postcodes": {"header": 0},
    "nhs-ods": {"header": 0},
    "nhs-choices": {"encoding": "cp1252", "delimiter": "\xac"},
}
"""How the files of a kind differ from CSV in UTF-8 with a header."""

NO_LOCATION = {
    "police-street/202[12]-*/*-lancashire-street.csv.gz": 18_908,
    "police-street/2025-*/*-lancashire-street.csv.gz": 5_650,
    "police-street/202[12]-*/*-west-mercia-street.csv.gz": 1_612,
    "police-street/2025-*/*-west-mercia-street.csv.gz": 1_962,
    "police-stop-and-search/20*/*-city-of-london-stop-and-search.csv": 165,
    "police-stop-and-search/20*/*-merseyside-stop-and-search.csv": 2_032,
}


def files_of(line: Line) -> list[Path]:
    return sorted(DATA.glob(line.files))


def lines(path: Path, *, encoding: str = "utf-8-sig", delimiter: str = ",", header: int = 1) -> int:
    """Rows of a text file as the csv module reads them."""
    plain: dict[str, Any] = {"mode": "rt", "encoding": encoding, "newline": ""}
    with gzip.open(path, **plain) if path.suffix == ".gz" else path.open(**plain) as stream:
        return sum(bool(row) for row in csv.reader(stream, delimiter=delimiter)) - header


def rows_in(path: Path, kind: str) -> int:
    """Rows, pixels or ways of a file, counted without any code of ours."""
    if kind == "population-raster":
        with rasterio.open(path) as data:
            return int(data.width * data.height)
    if kind == "roads":
        osmium = pytest.importorskip("osmium")
        return sum("highway" in way.tags for way in osmium.FileProcessor(str(path), osmium.osm.WAY))
    return lines(path, **FORMS.get(kind, {}))


@cache
def table() -> ModuleType:
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("source_table", ROOT / "scripts" / "source_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def looked(title: str) -> dict[str, Looked]:
    """What ``geointel check`` finds in the files of one place."""
    place = next(place for place in PLACES if place.title == title)
    if place.directory and not DIRECTORY.installed:
        pytest.skip("needs the extra `postcodes`")
    return dict(table().look_at(place, DATA))


LINES = [pytest.param(place, line, id=line.files) for place in PLACES for line in place.lines]


def test_every_file_is_read_or_somebody_says_why_not() -> None:
    """Each once: a new file fails here until it has a line, or a reason for having none."""
    named = [path.relative_to(DATA).as_posix() for place in PLACES for line in place.lines for path in files_of(line)]
    named += [*(f"boundaries/{name}" for name in BOUNDARIES), *(f"lookups/{name}" for name in LOOKUPS), *WITHOUT_A_KIND]
    assert sorted(named) == sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file())


def test_every_kind_of_published_file_has_one_here() -> None:
    """The other kinds are a partner's own, or of them no open file is at hand."""
    own = {"incidents", "drug-driving", "services", "travel-matrix", "traffic-counts"}
    assert {line.kind for place in PLACES for line in place.lines} == set(kinds()) - own


@pytest.mark.parametrize(("place", "line"), LINES)
def test_the_rows_of_a_file_are_those_that_the_catalogue_says(place: Place, line: Line) -> None:
    assert sum(rows_in(path, line.kind) for path in files_of(line)) == line.read


@pytest.mark.parametrize(("place", "line"), LINES)
def test_every_row_is_mapped_or_unmapped_for_a_reason_that_the_page_tells(place: Place, line: Line) -> None:
    found = looked(place.title)[line.files]
    report = found.report
    assert report.read == report.mapped + sum(report.unmapped.values()) == line.read
    assert report.files == len(files_of(line))
    assert report.mapped > 0
    assert table().row(line, found) in PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("place", "line"), LINES)
def test_the_page_has_a_line_for_every_file_with_all_its_rows(place: Place, line: Line) -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in page if row.startswith(f"| `{line.files}` | {line.kind} |")]
    _, _, _, files, read, mapped, unmapped, *_ = (cell.strip().replace(",", "") for cell in row.split("|"))
    reasons = [int(word) for word in unmapped.split() if word.isdecimal()]
    assert (int(files), int(read), int(mapped) + sum(reasons)) == (len(files_of(line)), line.read, line.read)


@pytest.mark.parametrize("files", NO_LOCATION)
def test_rows_without_a_location_are_those_that_have_no_coordinates(files: str) -> None:
    place = next(place for place in PLACES for line in place.lines if line.files == files)
    blank = 0
    for path in sorted(DATA.glob(files)):
        plain: dict[str, Any] = {"mode": "rt", "encoding": "utf-8", "newline": ""}
        with gzip.open(path, **plain) if path.suffix == ".gz" else path.open(**plain) as stream:
            blank += sum(not row["Longitude"] for row in csv.DictReader(stream))
    assert looked(place.title)[files].report.unmapped["no-location"] == blank == NO_LOCATION[files]


def test_the_page_tells_of_every_other_file() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    for folder, names in (("boundaries", BOUNDARIES), ("lookups", LOOKUPS)):
        assert {f"| `{folder}/{name}` | {n:,} |" for name, n in names.items()} <= set(page)
    assert {f"| `{name}` | {why} |" for name, why in WITHOUT_A_KIND.items()} <= set(page)


@pytest.mark.parametrize("name", BOUNDARIES)
def test_an_outline_file_has_its_areas(name: str) -> None:
    frame = read_polygons(DATA / "boundaries" / name)
    assert len(frame) == BOUNDARIES[name]
    assert -9 < frame.total_bounds[0] < frame.total_bounds[2] < 3
    assert 49 < frame.total_bounds[1] < frame.total_bounds[3] < 61


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_has_its_rows(name: str) -> None:
    assert lines(DATA / "lookups" / name) == LOOKUPS[name]
