"""Residents, grids, indices and indicators on the real files: every row accounted for, every total exact."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import rasterio
import shapely
from pyproj import Transformer

from geointel.build.gather import Gathered, gather
from geointel.config import load
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cover import touching_cells
from geointel.ingest import files, raster
from geointel.ingest.areas import Level, LevelChoice, StudyArea, read_study_area
from geointel.sources.base import kinds

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "population").is_dir(), reason="the real files of areas are not here"),
]

LOOKUP = "lookups/lsoa11-lsoa21-lad22.csv"
CONFIG = """
[partnership]
id = "real"
name = "Real"
[[area.level]]
id = "lad"
file = "{file}"
code = "{code}"
name = "{name}"
lookup = [
    {{ file = "lookups/lsoa11-lsoa21-lad22.csv", from = "lsoa11_code", to = "ltla22_code" }},
    {{ file = "lookups/lsoa11-lsoa21-lad22.csv", from = "lsoa21_code", to = "ltla22_code" }},
    {{ file = "lookups/lad24-csp24-pfa24-england-wales.csv", from = "ltla24_code", to = "ltla24_code" }},
]
[[area.level]]
id = "pfa"
members_of = "lad"
members = {{ "{force}" = {codes} }}
lookup = [{{ file = "lookups/lad24-csp24-pfa24-england-wales.csv", from = "pfa24_name", to = "pfa24_name" }}]
[edition.open]
policy = {{ method = "none" }}
"""
OUTLINES21 = """outlines = [
    { file = "boundaries/lancashire-lsoa21.geojson.gz", code = "LSOA21CD" },
    { file = "boundaries/west-mercia-lsoa21.geojson.gz", code = "LSOA21CD" },
]"""
OUTLINES11 = OUTLINES21.replace("21", "11")
VINTAGES = 'vintages = { file = "lookups/lsoa11-lsoa21-lad22.csv", old = "lsoa11_code", new = "lsoa21_code" }'
CENSUS = "population/census2021-lsoa21-residents-households.csv"
MID_2020 = "population/mid2020-lsoa11-single-year-of-age.csv"
SAPE = "population/SAPE20DT1-mid2017-lsoa11.csv"
FORCES = {
    "Lancashire": {
        "file": "boundaries/lancashire-lad22-ons.geojson", "code": "objectid", "name": "district",
        "residents": 1_531_095, "lsoa21": 945, "lsoa11": 941, "grid": "lancashire",
    },
    "West Mercia": {
        "file": "boundaries/west-mercia-lad24.geojson", "code": "ltla24_code", "name": "ltla24_name",
        "residents": 1_299_826, "lsoa21": 804, "lsoa11": 781, "grid": "west-mercia",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A force's area, and what the csv module says about it."""

    force: str
    expected: dict[str, Any]
    study: StudyArea
    head: str

    @property
    def districts(self) -> set[str]:
        return set(self.study.levels[0].codes)


def rows_of(name: str) -> list[dict[str, str]]:
    path = DATA / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines()))


def number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.fixture(scope="module", params=sorted(FORCES))
def place(request: pytest.FixtureRequest) -> Place:
    expected = FORCES[request.param]
    choice = LevelChoice("lad", "District", expected["file"], expected["code"], expected["name"])
    study = read_study_area([choice], DATA, 9)
    codes = list(study.levels[0].codes)
    group = Level("pfa", "Force", (request.param,), (request.param,), study.levels[0].outlines[:1],
                  np.zeros(len(study.leaves), np.int32))  # fmt: skip
    head = CONFIG.format(**expected, force=request.param, codes=codes)
    return Place(request.param, expected, StudyArea(9, study.leaves, (*study.levels, group)), head)


def gathered(place: Place, folder: Path, *sources: str) -> Gathered:
    """Sources without events, read as a build does."""
    config = folder / "partnership.toml"
    tables = [f'[[source]]\nid = "s{number}"\npublic = true\n{source}\n' for number, source in enumerate(sources)]
    config.write_text(place.head + "".join(tables), encoding="utf-8")
    engine = DuckDBEngine(folder)
    try:
        return gather(load(config), place.study, engine, data=DATA, scratch=folder, announce=lambda _: None)
    finally:
        engine.close()


def totals(found: Gathered, category: str = "all") -> dict[str, float]:
    """Residents by district, all resolutions alike."""
    cells = found.facts.cells.filter(pc.equal(found.facts.cells["category"].cast(pa.string()), category))
    by_resolution = cells.group_by("resolution").aggregate([("value", "sum")])["value_sum"].to_pylist()
    areas = found.facts.areas
    wanted = pc.and_(
        pc.equal(areas["level"].cast(pa.string()), "lad"), pc.equal(areas["category"].cast(pa.string()), category)
    )
    own = areas.filter(wanted)
    by_code = dict(zip(own["code"].cast(pa.string()).to_pylist(), own["value"].to_pylist(), strict=True))
    for total in by_resolution:
        assert total == pytest.approx(sum(by_code.values()), rel=1e-9)
    return by_code


def expected_by_district(place: Place, name: str, code: str, value: str) -> dict[str, float]:
    district = {row[column]: row["ltla22_code"] for row in rows_of(LOOKUP) for column in ("lsoa11_code", "lsoa21_code")}
    found: Counter[str] = Counter()
    for row in rows_of(name):
        if district.get(row[code]) in place.districts:
            found[district[row[code]]] += number(row[value])
    return dict(found)


@pytest.mark.parametrize("outlines", [OUTLINES21, f"{OUTLINES11}\n{VINTAGES}"], ids=["own vintage", "areas of 2011"])
def test_census_residents_are_exact_in_every_district(place: Place, tmp_path: Path, outlines: str) -> None:
    found = gathered(place, tmp_path, f'kind = "population"\nfiles = "{CENSUS}"\n{outlines}')
    by_code = totals(found)
    assert sum(by_code.values()) == pytest.approx(place.expected["residents"], rel=1e-9)
    assert by_code == pytest.approx(expected_by_district(place, CENSUS, "lsoa21_code", "total_residents"), rel=1e-9)
    (report,) = found.reports
    inside = place.expected["lsoa21"]
    assert (report.read, report.mapped, report.unmapped) == (1_749, inside, {"outside-area": 1_749 - inside})


@pytest.mark.parametrize("outlines", [OUTLINES11, f"{OUTLINES21}\n{VINTAGES}"], ids=["own vintage", "areas of 2021"])
def test_ages_of_mid_2020_are_exact_in_every_district(place: Place, tmp_path: Path, outlines: str) -> None:
    found = gathered(place, tmp_path, f'kind = "population"\nreference = "2020-06"\nfiles = "{MID_2020}"\n{outlines}')
    assert totals(found) == pytest.approx(
        expected_by_district(place, MID_2020, "lsoa11_code", "total_population"), rel=1e-9
    )
    bands = ["0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-over"]
    each = sum(sum(totals(found, f"age-{band}").values()) for band in bands)
    assert each == pytest.approx(sum(totals(found).values()), rel=1e-9)
    (report,) = found.reports
    assert (report.read, report.mapped) == (1_722, place.expected["lsoa11"])


def test_districts_in_the_column_of_lsoas_are_not_counted_twice(place: Place, tmp_path: Path) -> None:
    found = gathered(place, tmp_path, f'kind = "population"\nreference = "2017-06"\nfiles = "{SAPE}"\n{OUTLINES11}')
    (report,) = found.reports
    ours = len(place.districts)
    outside = 1_722 - place.expected["lsoa11"] + 23 - ours
    assert (report.read, report.unmapped) == (1_745, {"outside-area": outside, "duplicate": ours})
    own = {row["Area Codes"]: number(row["All Ages"]) for row in rows_of(SAPE) if row["Area Codes"] in place.districts}
    assert totals(found) == pytest.approx(own, rel=1e-9)


def test_the_districts_of_the_column_can_be_meant_instead(place: Place, tmp_path: Path) -> None:
    found = gathered(place, tmp_path, f'kind = "population"\nreference = "2017-06"\nfiles = "{SAPE}"')
    (report,) = found.reports
    ours = place.expected["lsoa11"]
    assert (report.mapped, report.unmapped["duplicate"]) == (len(place.districts), ours)
    assert report.unmapped["outside-area"] == 1_745 - len(place.districts) - ours
    own = {row["Area Codes"]: number(row["All Ages"]) for row in rows_of(SAPE) if row["Area Codes"] in place.districts}
    assert totals(found) == pytest.approx(own, rel=1e-9)


def test_indices_are_read_whole(place: Place, tmp_path: Path) -> None:
    files = {
        '["deprivation/imd2019_england_lsoa11.csv", "deprivation/imd2019_england_lsoa11_subdomains.csv"]': (
            3_444,
            11,
            28,
        ),
        '"deprivation/imd2025_england_lsoa21.csv"': (1_749, 21, 24),
        '"deprivation/UK_IMD_E-2019-lsoa11.csv"': (1_722, 11, 9),
    }
    found = gathered(place, tmp_path, *(f'kind = "area-index"\nfiles = {name}' for name in files))
    for report, (read, vintage, indicators) in zip(found.reports, files.values(), strict=True):
        areas = place.expected[f"lsoa{vintage}"]
        assert (report.read, report.mapped) == (read, areas * report.files)
        assert set(report.unmapped) == {"outside-area"}
        own = found.facts.figures.filter(pc.equal(found.facts.figures["source"].cast(pa.string()), report.id))
        assert own.num_rows == areas * indicators


def test_a_rank_is_the_publisher_s(place: Place, tmp_path: Path) -> None:
    found = gathered(place, tmp_path, 'kind = "area-index"\nfiles = "deprivation/imd2025_england_lsoa21.csv"')
    ranks = found.facts.figures.filter(pc.equal(found.facts.figures["indicator"].cast(pa.string()), "imd-rank"))
    own = dict(zip(ranks["code"].to_pylist(), ranks["value"].to_pylist(), strict=True))
    published = {
        row["lsoa21_code"]: float(row["IMD_rank"]) for row in rows_of("deprivation/imd2025_england_lsoa21.csv")
    }
    assert own == {code: published[code] for code in own}
    assert set(ranks["method"].cast(pa.string()).to_pylist()) == {"rank 1 is most deprived"}


def test_indicators_keep_their_periods(place: Place, tmp_path: Path) -> None:
    if place.force != "Lancashire":
        pytest.skip("the file is Lancashire's")
    name = "health-outcomes/fingertips-lancashire-local-authorities.csv"
    found = gathered(place, tmp_path, f'kind = "area-indicator"\nfiles = "{name}"')
    (report,) = found.reports
    assert (report.read, report.mapped, report.unmapped) == (168, 168, {})
    rows = {(row["code"], row["indicator"]): row for row in found.facts.figures.to_pylist()}
    assert len(rows) == 168
    blackpool, rossendale = rows["E06000009", "drug_misuse_deaths"], rows["E07000125", "drug_misuse_deaths"]
    assert [blackpool[name] for name in ("value", "count", "lower", "upper", "period")] == [
        21.3, 83, 16.9, 26.4, "2022 - 24",
    ]  # fmt: skip
    assert rossendale["period"] == "2013 - 15"


def test_the_health_index_is_read_whole_and_has_no_unit(place: Place, tmp_path: Path) -> None:
    name = "health-outcomes/ons-health-index-drug-alcohol-misuse-ltla21.csv"
    found = gathered(place, tmp_path, f'kind = "area-indicator"\nfiles = "{name}"')
    (report,) = found.reports
    inside = len(place.districts) * 7 * 2
    assert (report.read, report.mapped) == (4_298, inside)
    assert sum(report.unmapped.values()) == 4_298 - inside
    assert set(report.unmapped) == {"outside-area", "unmatched"}  # some districts are gone since 2021
    assert set(found.facts.figures["unit"].to_pylist()) == {None}


def test_figures_of_forces_are_read_by_name(place: Place, tmp_path: Path) -> None:
    searches = "police-force-level/stop-and-search-by-ethnicity-pfa-2006-2018.csv.gz"
    crimes = "police-force-level/prc-pfa-2017-18.csv.gz"
    found = gathered(
        place, tmp_path,
        f'kind = "area-indicator"\nlevel = "pfa"\nfiles = "{searches}"\ngroup = ["Ethnicity_type", "Ethnicity"]',
        f'kind = "area-indicator"\nlevel = "pfa"\nfiles = "{crimes}"\nrepeats = "add"',
    )  # fmt: skip
    first, second = found.reports
    own = [row for row in rows_of(searches) if row["Geography"] == place.force]
    given = [row for row in own if row[" Number of stop and searches "].strip() not in {"-", "N/A", ""}]
    assert (first.read, first.mapped) == (13_104, len(given))
    assert first.unmapped.get("no-data", 0) == len(own) - len(given)
    numbers = [row for row in rows_of(crimes) if row["Force_Name"] == place.force]
    assert (second.read, second.mapped) == (23_068, len(numbers))
    values = found.facts.figures.filter(pc.equal(found.facts.figures["source"].cast(pa.string()), "s1"))["value"]
    assert pc.sum(values).as_py() == sum(number(row["Number_of_Offences"]) for row in numbers)


def test_a_grid_of_residents_is_kept_to_the_last_person(place: Place) -> None:
    name = f"raster/derived-census2021-lsoa-1km-{place.expected['grid']}.tif"
    (raw,) = files.find("grid", (name,), DATA)
    found = raster.read(raw, kinds()["population-raster"], around(DATA / name, 7))
    assert found.leaves.sum() == pytest.approx(place.expected["residents"], rel=1e-6)
    assert found.leaves.sum() == pytest.approx(sum_of(DATA / name), rel=1e-9)
    assert found.outside == pytest.approx(0, abs=1e-3)
    inside = raster.read(raw, kinds()["population-raster"], place.study)
    assert inside.leaves.sum() + inside.outside == pytest.approx(sum_of(DATA / name), rel=1e-9)
    assert inside.leaves.sum() > 0.98 * place.expected["residents"]


def test_a_grid_adds_up_at_every_resolution_and_level(place: Place, tmp_path: Path) -> None:
    name = f"raster/derived-census2021-lsoa-1km-{place.expected['grid']}.tif"
    found = gathered(place, tmp_path, f'kind = "population-raster"\nfiles = "{name}"')
    (raw,) = files.find("grid", (name,), DATA)
    inside = raster.read(raw, kinds()["population-raster"], place.study).leaves.sum()
    assert sum(totals(found).values()) == pytest.approx(inside, rel=1e-9)
    assert set(found.facts.cells["resolution"].to_pylist()) == {6, 7, 8}


@pytest.mark.parametrize("name", ["openpopgrid-2011-300m-nz.tif", "openpopgrid-2011-300m-nz-no-crs.tif"])
def test_open_pop_grid_keeps_everybody_with_its_crs_or_the_one_given(name: str) -> None:
    (raw,) = files.find("grid", (f"raster/{name}",), DATA)
    kind = kinds()["population-raster"]
    options = {"crs": "EPSG:27700"} if "no-crs" in name else {}
    kind = kind.configured(kind.options.model_validate(options))
    found = raster.read(raw, kind, around(DATA / "raster" / "openpopgrid-2011-300m-nz.tif", 7))
    assert found.leaves.sum() == pytest.approx(2.55e6, rel=0.01)
    assert found.leaves.sum() == pytest.approx(sum_of(DATA / "raster" / name), rel=1e-9)
    assert found.pixels == 334 * 331


def test_a_density_is_not_taken_for_a_count(place: Place) -> None:
    path = DATA / "raster" / "gpw-v4-rev11-2020-density-15min-gb.tif"
    (raw,) = files.find("grid", (f"raster/{path.name}",), DATA)
    kind = kinds()["population-raster"]
    found = raster.read(raw, kind.configured(kind.options.model_validate({"unit": "per-km2"})), place.study)
    with rasterio.open(path) as data:
        density = data.read(1, masked=True).astype("float64")
        north = np.radians(data.transform.f + data.transform.e * np.arange(data.height + 1))
        width = np.radians(data.transform.a)
    people = float((density * (width * between_parallels(north))[:, None]).sum())
    assert found.leaves.sum() + found.outside == pytest.approx(people, rel=1e-9)
    assert 0.5 < found.leaves.sum() / place.expected["residents"] < 2


def between_parallels(latitudes: np.ndarray) -> np.ndarray:
    """Square kilometres between parallels from north to south, per radian of longitude, on the WGS 84 ellipsoid."""
    equator, flattening = 6378.137, 1 / 298.257223563
    e, pole = np.sqrt(flattening * (2 - flattening)), equator * (1 - flattening)
    sine = np.sin(latitudes)
    return -np.diff(sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e) * pole**2 / 2


def sum_of(path: Path) -> float:
    with rasterio.open(path) as data:
        return float(data.read(1, masked=True).astype("float64").sum())


def around(path: Path, leaf: int) -> StudyArea:
    """A study area that holds a whole grid."""
    with rasterio.open(path) as data:
        bounds = Transformer.from_crs(data.crs, "EPSG:4326", always_xy=True).transform_bounds(*data.bounds)
    box = shapely.box(*bounds).buffer(0.02)
    leaves = np.asarray(touching_cells(box, leaf))
    level = Level("box", "Box", ("B",), ("Box",), np.array([box], dtype=object), np.zeros(len(leaves), np.int32))
    return StudyArea(leaf=leaf, leaves=leaves, levels=(level,))
