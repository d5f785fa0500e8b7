"""Road collisions in the columns of three generations."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from geointel.sources import stats19

NEW = {
    "file": "0",
    "collision_index": "2024131449060",
    "location_easting_osgr": "414393",
    "location_northing_osgr": "422878",
    "longitude": "-1.78346",
    "latitude": "53.70214",
    "collision_severity": "3",
    "number_of_casualties": "1",
    "date": "21/05/2024",
    "time": "15:30",
    "local_authority_ons_district": "E08000033",
}
MIDDLE = {name.replace("collision_", "accident_"): value for name, value in NEW.items()}
OLD = {
    "file": "0",
    "Accident_Index": "200501BS00001",
    "Location_Easting_OSGR": "525680",
    "Location_Northing_OSGR": "178240",
    "Longitude": "-0.19117",
    "Latitude": "51.489096",
    "Accident_Severity": "2",
    "Number_of_Casualties": "1",
    "Date": "04/01/2005",
    "Time": "17:42",
    "Local_Authority_(Highway)": "E09000020",
}


def read(row: dict[str, str | None], **columns: str | None) -> dict[str, object]:
    """One row of a file, read."""
    given = {**row, **columns}
    table = ibis.memtable(pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    (found,) = ibis.duckdb.connect().to_pyarrow(stats19.read(table)).to_pylist()
    return dict(found)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (NEW, ("2024131449060", "2024-05", "collision-slight", "2024-05-21T15:30", "E08000033")),
        (MIDDLE, ("2024131449060", "2024-05", "collision-slight", "2024-05-21T15:30", "E08000033")),
        (OLD, ("200501BS00001", "2005-01", "collision-serious", "2005-01-04T17:42", "E09000020")),
    ],
)
def test_columns_of_three_generations(row: dict[str, str | None], expected: tuple[str, ...]) -> None:
    found = read(row)
    assert tuple(found[name] for name in ("id", "month", "category", "when", "area_code")) == expected
    assert (found["casualties"], found["owner"], found["fault"], found["osgb"]) == ("1", None, None, False)


@pytest.mark.parametrize(
    ("columns", "when"),
    [
        ({"date": "1/6/2024", "time": "9:05"}, "2024-06-01T09:05"),
        ({"date": "04/01/2005 17:42", "time": None}, "2005-01-04T17:42"),
        ({"date": "04/01/2005", "time": "-1"}, "2005-01-04T"),
        ({"date": "2005-01-04"}, "2005-01-04T15:30"),
        ({"time": "17:42:30"}, "2024-05-21T17:42"),
        ({"time": "25:61"}, "2024-05-21T25:61"),
        ({"time": "noon"}, "2024-05-21Tnoon"),
    ],
)
def test_dates_and_times_as_copies_write_them(columns: dict[str, str | None], when: str) -> None:
    assert read(NEW, **columns)["when"] == when


@pytest.mark.parametrize(
    ("columns", "point"),
    [
        ({"longitude": "1.8E-05"}, ("1.8E-05", "53.70214", False)),
        ({"longitude": "-1", "latitude": "-1"}, ("414393", "422878", True)),
        ({"longitude": "NULL", "latitude": None, "location_easting_osgr": "-1"}, ("", "", False)),
    ],
)
def test_a_place_is_degrees_else_metres_else_none(columns: dict[str, str | None], point: tuple[object, ...]) -> None:
    row = read(NEW, **columns)
    assert (row["x"], row["y"], row["osgb"]) == point


@pytest.mark.parametrize(
    ("severity", "serious", "adjusted"),
    [("2", "0.75", ("1", "0.75")), ("3", "0.1", ("1", "0.1")), ("2", "-1", ("0", "1")), ("3", None, ("0", "0"))],
)
def test_severity_is_adjusted_where_the_file_has_it_and_else_as_recorded(
    severity: str, serious: str | None, adjusted: tuple[str, str]
) -> None:
    row = read(NEW, collision_severity=severity, collision_adjusted_severity_serious=serious)
    assert (row["adjusted"], row["adjusted_serious"]) == adjusted
    assert (read(OLD)["adjusted"], read(OLD)["adjusted_serious"]) == ("0", "1")


def test_an_adjusted_severity_above_certainty_is_a_fault() -> None:
    assert read(NEW, collision_adjusted_severity_serious="1.2")["fault"] == stats19.NO_CHANCE


@pytest.mark.parametrize(
    ("columns", "on"),
    [
        ({"first_road_class": "1"}, "on_motorway"),
        ({"first_road_class": "2"}, "on_motorway"),
        ({"first_road_class": "3"}, "on_a_road"),
        ({"1st_Road_Class": "4"}, "on_b_road"),
        ({"first_road_class": "6"}, "on_minor_road"),
        ({"first_road_class": "-1"}, None),
        ({}, None),
    ],
)
def test_a_collision_stands_on_one_class_of_road_or_none(columns: dict[str, str | None], on: str | None) -> None:
    row = read(NEW, **columns)
    assert {name for name in stats19.ROAD_COLUMNS.values() if row[name] == "1"} == ({on} if on else set())


@pytest.mark.parametrize("severity", ["-1", "0", "9", None])
def test_a_severity_that_is_missing_is_no_category(severity: str | None) -> None:
    assert read(NEW, collision_severity=severity)["category"] is None


@pytest.mark.parametrize("index", ["2.00512E+12", "2.0051E+12", "2E+12", "2.00512e12"])
def test_an_index_that_a_spreadsheet_has_destroyed(index: str) -> None:
    assert read(NEW, collision_index=index)["fault"] == stats19.SPREADSHEET
    assert stats19.SPREADSHEET in stats19.SOURCE.fatal


def test_vehicles_and_casualties_belong_to_their_collision() -> None:
    key = {"file": "0", "accident_index": "2022010352073", "vehicle_reference": "1"}
    vehicle, casualty = read(key), read(key, casualty_reference="1")
    assert (vehicle["owner"], vehicle["part"], vehicle["weight"], vehicle["casualties"]) == (
        "2022010352073", "vehicle", "0", "0",
    )  # fmt: skip
    assert (casualty["owner"], casualty["part"], casualty["weight"], casualty["casualties"]) == (
        "2022010352073", "casualty", "0", "1",
    )  # fmt: skip
    assert len({vehicle["id"], casualty["id"], "2022010352073"}) == 3


def test_a_vehicle_without_an_index() -> None:
    assert read({"file": "0", "Acc_Index": None, "Vehicle_Reference": "1"})["fault"] == stats19.NO_INDEX
