"""Lists of services and postcodes: separators, encodings and quirks of the real ones, places in the area."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geointel.demo.formats import cqc, nhs_choices, pharmacies, services
from geointel.demo.scene import to_degrees

if TYPE_CHECKING:
    from conftest import Town

POSTCODE = re.compile(r"ZZ\d\d? \d[ABDEFGHJLNPQRSTUWXYZ]{2}")


def rows(town: Town, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((town.folder / name).read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def area(town: Town) -> shapely.Geometry:
    features = json.loads((town.folder / "boundaries/districts.geojson").read_text(encoding="utf-8"))["features"]
    return shapely.union_all([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features])


@pytest.fixture(scope="module")
def postcodes(town: Town) -> dict[str, tuple[int, int, int]]:
    lines = town.lines("postcodes/codepointopen-demo.csv")
    return {code: (int(quality), int(easting), int(northing)) for code, quality, easting, northing in lines}


def test_postcodes_have_no_header_and_crlf(town: Town) -> None:
    text = (town.folder / "postcodes/codepointopen-demo.csv").read_bytes()
    assert text.startswith(b"ZZ1 1AA,10,")
    assert text.count(b"\r\n") == text.count(b"\n") == len(text.splitlines())


def test_postcodes_are_of_an_area_that_does_not_exist_each_once(town: Town, postcodes: dict[str, object]) -> None:
    assert all(POSTCODE.fullmatch(code) for code in postcodes)
    assert len(postcodes) == len(town.lines("postcodes/codepointopen-demo.csv")) > 1_000


def test_postcodes_stand_where_people_live_but_one_stands_nowhere(
    postcodes: dict[str, tuple[int, int, int]], area: shapely.Geometry
) -> None:
    nowhere = [place for place in postcodes.values() if place[0] == 90]
    assert nowhere == [(90, 0, 0)]
    metres = np.array([place[1:] for place in postcodes.values() if place[0] != 90], dtype=np.float64)
    points = shapely.points(to_degrees(metres))
    assert shapely.dwithin(points, area, 0.002).all()


def test_our_own_list_has_the_columns_of_the_template(town: Town) -> None:
    given = rows(town, "services/services.csv")
    assert tuple(given[0]) == services.COLUMNS
    assert {row["kind"] for row in given} >= {"drug-treatment", "alcohol-treatment", "needle-exchange", "naloxone"}
    assert all(row["nsp_level"] in ("", "1", "2", "3") for row in given)
    assert all(row["supervised"] in ("yes", "no") and row["naloxone"] in ("yes", "no") for row in given)
    assert sum(bool(row["closed"]) for row in given) == 1
    assert len({row["id"] for row in given}) == len(given)
    assert {row["max_age"] for row in given} == {"", "17"}


def test_every_service_has_a_place_or_a_known_postcode_but_one(town: Town, postcodes: dict[str, object]) -> None:
    known = {code.replace(" ", "") for code in postcodes}
    lost = [
        row
        for row in rows(town, "services/services.csv")
        if not row["latitude"] and row["postcode"].upper().replace(" ", "") not in known
    ]
    assert [row["id"] for row in lost] == ["DEMO-L01"]
    spellings = {row["postcode"] for row in rows(town, "services/services.csv") if not row["latitude"]}
    assert any(" " not in code for code in spellings)
    assert any(code != code.upper() for code in spellings)


def test_one_district_has_no_drug_treatment(town: Town) -> None:
    (code,) = town.truth["services"]["districts_without_drug_treatment"]
    served = {row["eligible_areas"] for row in rows(town, "services/services.csv") if row["id"].startswith("DEMO-H")}
    assert code == "E07000128"
    assert served == {"E06000009", "E07000119"}


def test_practices_have_27_quoted_columns_and_no_header(town: Town) -> None:
    text = (town.folder / "services/epraccur-demo.csv").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n")
    for line in text.decode().splitlines():
        assert re.fullmatch(r'("[^"]*",){26}"[^"]*"', line)
    given = list(csv.reader(io.StringIO(text.decode())))
    assert {row[12] for row in given} == {"A", "C", "D"}
    assert all(bool(row[11]) is (row[12] == "C") for row in given)
    assert all(re.fullmatch(r"\d{8}", row[10]) for row in given)
    assert {row[25] for row in given} == {"4", "8", "9"}


def test_drug_services_stand_twice_at_one_address_among_the_practices(town: Town) -> None:
    given = list(csv.reader(io.StringIO((town.folder / "services/epraccur-demo.csv").read_text(encoding="utf-8"))))
    addresses = [tuple(row[4:10]) for row in given if row[25] in "89"]
    assert len(addresses) == 4
    assert len(set(addresses)) == 2


def test_nhs_choices_is_separated_by_0xac_in_windows_1252(town: Town) -> None:
    text = (town.folder / nhs_choices.PATHS[0]).read_bytes()
    assert text.startswith(b"OrganisationID\xacOrganisationCode\xac")
    assert b"\x96" in text
    assert text.count(b"\r\n") == text.count(b"\n")
    assert {line.count(b"\xac") for line in text.splitlines()} == {21}


def test_no_pharmacy_is_in_both_lists(town: Town, postcodes: dict[str, object]) -> None:
    header, *choices = town.lines(nhs_choices.PATHS[0], separator="\xac", encoding="cp1252")
    given = rows(town, pharmacies.PATHS[0])
    assert tuple(given[0]) == pharmacies.COLUMNS
    code = header.index("OrganisationCode")
    codes = [row["organisation_data_service_code"] for row in given] + [line[code] for line in choices]
    assert len(set(codes)) == len(codes) > len(choices) > 10
    assert all(row["postcode"] in postcodes for row in given)
    hours = re.compile(r"CLOSED|\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*")
    assert all(hours.fullmatch(row[f"opening_hours_{day}"]) for row in given for day in pharmacies.DAYS)


def test_pharmacies_stand_in_the_area(town: Town, area: shapely.Geometry) -> None:
    header, *choices = town.lines(nhs_choices.PATHS[0], separator="\xac", encoding="cp1252")
    lat, lng = header.index("Latitude"), header.index("Longitude")
    points = shapely.points([[float(line[lng]), float(line[lat])] for line in choices])
    assert shapely.dwithin(points, area, 0.002).all()


def test_locations_have_the_columns_of_the_commissions_api(town: Town) -> None:
    given = rows(town, cqc.PATHS[0])
    assert len(given[0]) == 46
    assert [row["registrationStatus"] for row in given].count("Deregistered") == 1
    assert all(bool(row["deregistrationDate"]) is (row["registrationStatus"] == "Deregistered") for row in given)
    assert {"Hospital" in row["gacServiceTypes"] for row in given} == {True, False}
