"""The real lists of services and postcodes: exact figures of every file, counted by hand from the lists."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geointel.build.gather import TAKE
from geointel.build.taken import Site, Taken
from geointel.config import Partnership, load
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest.areas import LevelChoice, StudyArea, read_study_area
from geointel.sources.base import kinds
from geointel.sources.postcodes import DIRECTORY

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
OUTLINES = "boundaries/lancashire-lad22-ons.geojson"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "services").is_dir(), reason="the real lists of services are not here"),
]

LISTS: dict[str, dict[str, Any]] = {
    "services/epraccur-2023.csv": {"kind": "nhs-ods", "as_of": "2024-01"},
    "services/epraccur-2019.csv": {"kind": "nhs-ods", "as_of": "2019-12"},
    "services/epraccur-2023-substance-misuse-settings-england.csv": {"kind": "nhs-ods", "as_of": "2024-01"},
    "services/epharmacyhq-2019-04.csv": {"kind": "nhs-ods"},
    "services/nhs-choices-Pharmacy-2019-04.csv": {"kind": "nhs-choices"},
    "services/nhs-choices-Hospital.csv": {"kind": "nhs-choices", "as_of": "2018-01"},
    "services/greater-manchester-pharmacies-nhsbsa.csv": {"kind": "pharmacies", "as_of": "2025-06"},
    "services/cqc-api-hospital-locations.csv": {"kind": "cqc", "as_of": "2021-04"},
}
FILES_ALONE = {
    "services/epraccur-2023.csv": (
        822, {"closed": 219, "no-data": 7, "not-geocoded": 83, "duplicate": 1, "outside-area": 226},
    ),
    "services/epraccur-2019.csv": (
        745, {"closed": 139, "no-data": 24, "not-geocoded": 93, "duplicate": 1, "outside-area": 209},
    ),
    "services/epharmacyhq-2019-04.csv": (279, {"closed": 104, "not-geocoded": 27, "outside-area": 40}),
    "services/nhs-choices-Pharmacy-2019-04.csv": (595, {"outside-area": 232}),
    "services/nhs-choices-Hospital.csv": (60, {"outside-area": 33}),
    "services/greater-manchester-pharmacies-nhsbsa.csv": (631, {"bad-row": 1, "not-geocoded": 630}),
    "services/cqc-api-hospital-locations.csv": (173, {"closed": 97, "outside-area": 76}),
}  # fmt: skip
DRUG_SERVICES = {"P81788", "P81791", "Y01842", "Y01867", "Y02151", "Y04193", "Y06217"}


def partnership(folder: Path, *, package: bool) -> Partnership:
    head = (
        f'[partnership]\nid = "x"\nname = "X"\n[area]\nedge_km = 20\n[[area.level]]\nid = "lad"\nfile = "{OUTLINES}"\n'
    )
    head += 'code = "objectid"\nname = "district"\n'
    codes = f'[[source]]\nid = "codes"\nkind = "postcodes"\nfiles = "postcodes/*.csv.gz"\npackage = {str(package).lower()}\n'
    lists = [
        f'[[source]]\nid = "list-{number}"\nfiles = "{name}"\n' + "".join(f'{k} = "{v}"\n' for k, v in keys.items())
        for number, (name, keys) in enumerate(LISTS.items())
    ]
    path = folder / "partnership.toml"
    path.write_text("\n".join([head, codes, *lists]), encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def study() -> StudyArea:
    return read_study_area([LevelChoice("lad", "District", OUTLINES, "objectid", "district")], DATA, 9)


def taken(folder: Path, study: StudyArea, *, package: bool) -> dict[str, Taken]:
    """Postcodes and lists, by the files of their source."""
    made = partnership(folder, package=package)
    engine = DuckDBEngine(folder)
    found: dict[str, Taken] = {}
    try:
        for source in made.sources:
            kind = kinds()[source.kind].configured(source.options)
            site = Site(made, study, engine, DATA, folder, None, lambda _: None, dict(found))
            found[source.files[0]] = TAKE[kind.grain](source, kind, site)
    finally:
        engine.close()
    return found


@pytest.fixture(scope="module")
def files_alone(tmp_path_factory: pytest.TempPathFactory, study: StudyArea) -> dict[str, Taken]:
    return taken(tmp_path_factory.mktemp("files"), study, package=False)


@pytest.fixture(scope="module")
def with_directory(tmp_path_factory: pytest.TempPathFactory, study: StudyArea) -> dict[str, Taken]:
    if not DIRECTORY.installed:
        pytest.skip("needs the extra `postcodes`")
    return taken(tmp_path_factory.mktemp("directory"), study, package=True)


def ids(found: Taken, category: str) -> set[str]:
    rows = found.facts.services.to_pylist()
    return {row["id"] for row in rows if row["category"] == category and row["inside"]}


@pytest.mark.parametrize("name", sorted(FILES_ALONE))
def test_every_row_of_every_list_is_accounted_for(files_alone: dict[str, Taken], name: str) -> None:
    read, unmapped = FILES_ALONE[name]
    report = files_alone[name].report
    assert (report.read, report.unmapped) == (read, unmapped)
    assert report.mapped == read - sum(unmapped.values())
    inside = Counter(row["inside"] for row in files_alone[name].facts.services.to_pylist())
    assert inside[True] == report.mapped


def test_postcodes_of_the_files_are_all_placed_but_one(files_alone: dict[str, Taken]) -> None:
    report = files_alone["postcodes/*.csv.gz"].report
    assert (report.read, report.mapped, report.unmapped) == (83_656, 83_655, {"not-geocoded": 1})


def test_the_files_alone_know_83_8_percent_and_the_others_are_listed(files_alone: dict[str, Taken]) -> None:
    notes = files_alone["services/epraccur-2023.csv"].report.notes
    assert notes[0] == "689 of 822 postcodes of rows were found (83.8%)"
    assert sum("was not found" in note for note in notes) > 50


def test_the_drug_services_of_lancashire_are_known(files_alone: dict[str, Taken]) -> None:
    assert ids(files_alone["services/epraccur-2023.csv"], "drug-treatment") == DRUG_SERVICES


def test_a_mental_health_recovery_team_is_no_drug_service(with_directory: dict[str, Taken]) -> None:
    found = with_directory["services/epraccur-2023-substance-misuse-settings-england.csv"].report
    assert (found.read, found.unmapped["closed"], found.unmapped["no-data"]) == (316, 129, 8)


def test_with_the_directory_99_percent_are_found(with_directory: dict[str, Taken]) -> None:
    codes = with_directory["postcodes/*.csv.gz"].report
    assert codes.read == codes.mapped + sum(codes.unmapped.values())
    for name, least in (("services/epraccur-2023.csv", 1.0), ("services/epraccur-2019.csv", 0.99)):
        report = with_directory[name].report
        assert report.unmapped.get("not-geocoded", 0) <= (1 - least) * report.read
        assert report.unmapped["closed"] == FILES_ALONE[name][1]["closed"]
    assert ids(with_directory["services/epraccur-2023.csv"], "drug-treatment") == DRUG_SERVICES
