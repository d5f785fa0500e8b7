"""Roadside tests for drugs from a table of one's own."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from geointel.sources import drug_driving
from geointel.sources.drug_driving import NO_FIGURE, NO_SYSTEM, NO_TESTS, NOT_WHOLE, TOO_MANY, Options

ROW = {
    "file": "0",
    "date": "2024-05-01",
    "latitude": "53.82",
    "longitude": "-3.05",
    "tests": "10",
    "positives": "2",
}


def read(options: Options | None = None, **columns: str | None) -> dict[str, object]:
    """One row of a file, read."""
    given = {**ROW, **columns}
    table = ibis.memtable(pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    kind = drug_driving.SOURCE.configured(options or Options())
    (found,) = ibis.duckdb.connect().to_pyarrow(kind.read(table)).to_pylist()
    return dict(found)


@pytest.mark.parametrize(
    ("tests", "positives", "fault"),
    [
        ("10", "2", None),
        ("10", "10", None),
        ("0", "0", None),
        ("10", "11", TOO_MANY),
        ("10.5", "2", NOT_WHOLE),
        ("10", "2.5", NOT_WHOLE),
        ("10.0", "2", None),
        (None, "2", NO_TESTS),
        ("10", None, NO_FIGURE),
        (None, None, NO_FIGURE),
    ],
)
def test_a_share_of_positive_tests_needs_both(tests: str | None, positives: str | None, fault: str | None) -> None:
    assert read(tests=tests, positives=positives)["fault"] == fault


@pytest.mark.parametrize(
    ("system", "category"),
    [
        (None, "drug-driving"),
        ("Contributory factors", "drug-driving"),
        ("RSF", "drug-driving-rsf"),
        ("road safety factors", "drug-driving-rsf"),
        ("something else", None),
    ],
)
def test_systems_of_factors_are_kept_apart(system: str | None, category: str | None) -> None:
    assert read(factor_system=system)["category"] == category


def test_a_blank_system_beside_the_newer_one_may_be_either() -> None:
    """In a file of its own a blank is contributory factors."""
    systems = [("0", ""), ("0", "RSF"), ("0", "contributory factors"), ("1", ""), ("1", "CF")]
    given = [{**ROW, "file": file, "factor_system": system} for file, system in systems]
    table = ibis.memtable(pa.Table.from_pylist(given))
    found = ibis.duckdb.connect().to_pyarrow(drug_driving.SOURCE.read(table)).to_pylist()
    assert sorted((row["file"], row["word"], row["fault"]) for row in found) == sorted(
        (file, system.lower(), NO_SYSTEM if (file, system) == ("0", "") else None) for file, system in systems
    )


@pytest.mark.parametrize(
    ("date", "month", "when"),
    [("2024-05-01", "2024-05", "2024-05-01"), ("01/05/2024", "2024-05", "2024-05-01"), ("2024-05", "2024-05", "")],
)
def test_a_day_or_a_month(date: str, month: str, when: str) -> None:
    row = read(date=date)
    assert (row["month"], row["when"]) == (month, when)


@pytest.mark.parametrize(("word", "tests"), [("yes", "10"), ("TRUE", "10"), ("no", "0"), (None, "0")])
def test_tests_where_an_officer_went_to_the_place(word: str | None, tests: str) -> None:
    assert read(attended=word)["tests_attended"] == tests


def test_columns_are_named_in_the_options() -> None:
    options = Options(tests="screened", easting="x", northing="y", area="lad")
    row = read(options, longitude=None, latitude=None, screened="7", x="330610", y="436050", lad=" E06000009 ")
    assert (row["tests"], row["x"], row["y"], row["osgb"]) == ("7", "330610", "436050", True)
    assert row["area_code"] == "E06000009"
    required = drug_driving.SOURCE.configured(options).required
    assert {name for (name,) in required} == {"date", "screened", "positives", "x", "y", "lad"}


def test_tests_are_not_public_by_default() -> None:
    assert not drug_driving.SOURCE.public
    assert "incidents" not in drug_driving.SOURCE.measures
