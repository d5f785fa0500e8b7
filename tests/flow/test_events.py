"""Searches, outcomes, collisions and roadside tests, from files to facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from geointel import snapshot
from geointel.build import build
from geointel.config import load
from geointel.errors import ConfigError, SchemaError

from ..events import CONFIG, HALVES, Counted, counted, counted_files, source
from ..street import halves, row, text, write

WEST, EAST = ("-3.05", "53.82"), ("-2.95", "53.82")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]

# --- stop and search ---------------------------------------------------------------------------

SEARCH = (
    "Type,Date,Latitude,Longitude,Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,"
    "Outcome,Outcome linked to object of search"
)
SMALLER = """
[[area.level]]
id = "small"
file = "area.geojson"
code = "code"
name = "name"
"""


def search(date: str, point: tuple[str, str] = WEST, outcome: str = "Arrest", linked: str = "True") -> str:
    fields = ("Person search", date, point[1], point[0], "White - Irish", "White")
    return ",".join((*fields, "Misuse of Drugs Act 1971 (section 23)", "Controlled drugs", outcome, linked))


def test_a_force_that_gives_no_coordinates_still_has_totals(tmp_path: Path) -> None:
    rows = [search(f"2025-01-0{day}T10:00:00+00:00", ("", "")) for day in (1, 2, 3)]
    files = {"2025-01-south-yorkshire-stop-and-search.csv": text(*rows, header=SEARCH)}
    found = counted_files(tmp_path, source("police-uk-stop-search"), files)
    report = found.report("police-uk-stop-search")
    assert (report.read, report.mapped, dict(report.unmapped)) == (3, 0, {"no-location": 3})
    assert found.sum("unmapped", category="stop-search-drugs", window="2025-01") == 3
    (groups,) = found.rows("figures", indicator="stop-searches-for-drugs")
    assert (groups["code"], groups["value"], groups["period"]) == ("south-yorkshire", 3, "2025-01")


def test_what_searches_found_is_given_for_districts_and_never_by_cell(tmp_path: Path) -> None:
    rows = [
        search("2025-01-01T10:00:00+00:00"),
        search("2025-01-01T10:00:00+00:00"),
        search("2025-01-02T10:00:00+00:00", EAST, "A no further action disposal", ""),
        search("2025-01-03T10:00:00+00:00", EAST, "Arrest", ""),
    ]
    data = {"area.geojson": halves(), "2025-01-x-stop-and-search.csv": text(*rows, header=SEARCH, end="\r\n")}
    folder = write(tmp_path / "data", data)
    found = counted(tmp_path, source("police-uk-stop-search"), data=folder, area=HALVES + SMALLER)
    assert {row["measure"] for row in found.rows("cells")} == {"incidents"}
    assert {row["measure"] for row in found.rows("areas", level="small")} == {"incidents"}
    whole = {row["measure"]: row["value"] for row in found.rows("areas", level="cdp", window="2025-01", category="all")}
    assert whole == {"incidents": 4, "found": 2, "found-known": 3, "found-not-stated": 1}
    assert found.sum("areas", level="lad", code="W", measure="found", category="all") == 2


# --- outcomes ----------------------------------------------------------------------------------

OUTCOME = "Crime ID,Month,Outcome type"


def outcomes(folder: Path, **options: str) -> Counted:
    """Two crimes and what came of them; the outcomes stand first in the partnership file."""
    files = {
        "2025-01-x-street.csv": text(row("a" * 64, point=WEST), row("b" * 64, point=EAST, crime_type="Robbery")),
        "2025-02-x-street.csv": text(row(month="2025-02")),
        "2025-01-x-outcomes.csv": text(
            f"{'a' * 64},2025-01,Local resolution", f"{'c' * 64},2025-01,Suspect charged", header=OUTCOME
        ),
        "2025-02-x-outcomes.csv": text(
            f"{'a' * 64},2025-02,Suspect charged", f"{'b' * 64},2025-02,Keelhauled", header=OUTCOME
        ),
    }
    sources = source("police-uk-outcomes", "*-outcomes.csv", **options) + source("police-uk-street", "*-street.csv")
    return counted_files(folder, sources, files)


def test_an_outcome_stands_at_the_place_of_its_crime_in_its_own_month(tmp_path: Path) -> None:
    found = outcomes(tmp_path)
    report = found.report("police-uk-outcomes")
    assert (report.read, report.mapped) == (4, 1)
    assert dict(report.unmapped) == {"bad-row": 1, "superseded": 1, "unmatched": 1}
    assert report.notes == ("1 rows have the outcome 'Keelhauled', which is not known",)
    charged = found.rows("areas", source="police-uk-outcomes", level="lad", category="drugs", window="2025-02")
    assert [(one["code"], one["measure"], one["value"]) for one in charged] == [("W", "outcome-charged", 1)]
    assert found.sum("areas", source="police-uk-street", level="lad", category="drugs", window="2025-01") == 1


def test_outcomes_need_the_crimes_that_they_belong_to(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no source 'elsewhere' of the kind 'police-uk-street'"):
        outcomes(tmp_path, of="elsewhere")
    (tmp_path / "alone").mkdir()
    with pytest.raises(ConfigError, match="and there is none"):
        counted_files(tmp_path / "alone", source("police-uk-outcomes"), {})


def test_outcomes_of_two_forces_find_the_crimes_of_both(tmp_path: Path) -> None:
    files = {
        "2025-01-x-street.csv": text(row("a" * 64, point=WEST)),
        "2025-01-y-street.csv": text(row("b" * 64, point=EAST)),
        "2025-01-x-outcomes.csv": text(*(f"{letter * 64},2025-01,Local resolution" for letter in "ab"), header=OUTCOME),
    }
    street = source("police-uk-street", "*-x-street.csv")
    other = source("police-uk-street", "*-y-street.csv").replace('id = "police-uk-street"', 'id = "other"')
    every = source("police-uk-outcomes", "*-outcomes.csv")
    one = source("police-uk-outcomes", "*-outcomes.csv", of="other").replace('id = "police-uk-outcomes"', 'id = "one"')
    found = counted_files(tmp_path, street + other + every + one, files)
    assert found.report("police-uk-outcomes").mapped == 2
    assert (found.report("one").mapped, dict(found.report("one").unmapped)) == (1, {"unmatched": 1})


# --- collisions --------------------------------------------------------------------------------

COLLISION = (
    "collision_index,longitude,latitude,collision_severity,number_of_casualties,date,time,local_authority_ons_district"
)
VEHICLE = "collision_index,vehicle_reference"
CASUALTY = "collision_index,vehicle_reference,casualty_reference"


def collision(index: str, point: tuple[str, str] = WEST, date: str = "07/01/2025", casualties: int = 2) -> str:
    return f"{index},{point[0]},{point[1]},3,{casualties},{date},15:30,E"


def test_casualties_stand_at_their_collision_and_count_once(tmp_path: Path) -> None:
    files = {
        "collision.csv": text(collision("2025a"), collision("2025b", EAST, casualties=3), header=COLLISION),
        "vehicle.csv": text("2025a,1", "2025a,2", "2025z,1", header=VEHICLE),
        "casualty.csv": text("2025a,1,1", "2025z,1,1", header=CASUALTY),
    }
    found = counted_files(tmp_path, source("stats19"), files)
    report = found.report("stats19")
    assert (report.read, report.mapped, dict(report.unmapped)) == (7, 5, {"unmatched": 2})
    areas = found.rows("areas", level="lad", window="2025-01", category="all")
    assert {(row["code"], row["measure"]): row["value"] for row in areas} == {
        ("W", "incidents"): 1,
        ("W", "casualties"): 1,
        ("E", "incidents"): 1,
        ("E", "casualties"): 3,
    }
    assert "3 vehicle rows: 2 belong to a row in the data, 1 do not" in report.notes
    assert "1 rows give another number of casualties than the rows that belong to them" in report.notes


def test_a_collision_that_is_given_twice_is_one_with_its_vehicles_and_casualties(tmp_path: Path) -> None:
    files = {
        f"{copy}/{name}.csv": content
        for copy in ("a", "b")
        for name, content in {
            "collision": text(collision("2025a"), header=COLLISION),
            "casualty": text("2025a,1,1", "2025a,1,2", header=CASUALTY),
        }.items()
    }
    found = counted_files(tmp_path, source("stats19"), files)
    report = found.report("stats19")
    assert (report.read, report.mapped, dict(report.unmapped)) == (6, 3, {"superseded": 3})
    totals = found.rows("areas", level="cdp", window="2025-01", category="all")
    assert {row["measure"]: row["value"] for row in totals} == {"incidents": 1, "casualties": 2}


def test_a_collision_without_coordinates_counts_in_its_district(tmp_path: Path) -> None:
    rows = [collision("2025a"), collision("2025b", ("-1", "-1"))]
    found = counted_files(tmp_path, source("stats19"), {"collision.csv": text(*rows, header=COLLISION)})
    totals = {"category": "all", "measure": "incidents", "window": "2025-01"}
    assert found.report("stats19").mapped == 2
    assert {row["code"]: row["value"] for row in found.rows("areas", **totals)} == {"W": 1, "E": 1, "Whole square": 2}
    assert found.sum("cells", resolution=8, **totals) == 1


def test_a_time_that_does_not_exist_gives_no_hour_and_is_named(tmp_path: Path) -> None:
    """The collision counts all the same: somebody was hurt, whatever the clock says."""
    rows = [
        collision(f"2025-{n}", date=f"07/{n:02d}/2025").replace("15:30", time)
        for n, time in enumerate(("25:61", "24:00", "12:75", "noon", "-1", "9:05"), start=1)
    ]
    rows += [collision(f"2025-{n}", date=f"07/{n:02d}/2025") for n in range(7, 13)]
    found = counted_files(tmp_path, source("stats19"), {"collision.csv": text(*rows, header=COLLISION)})
    report = found.report("stats19")
    assert (report.mapped, dict(report.unmapped)) == (12, {})
    (note,) = report.notes
    assert note == "collision.csv: 4 rows have a time that does not exist, such as '12:75'; their hour is not used"
    hours = found.rows("profile", category="all", level="lad")
    assert {row["hour"]: row["value"] for row in hours if row["hour"] == 9} == {9: 1}
    assert sum(row["value"] for row in hours if row["hour"] is None) == 5


@pytest.mark.parametrize("serious", ["1.5", "-0.5", "likely"])
def test_an_adjusted_severity_that_is_no_chance_is_no_row(tmp_path: Path, serious: str) -> None:
    header = f"{COLLISION},collision_adjusted_severity_serious"
    rows = [f"{collision('2025a')},0.25", f"{collision('2025b')},{serious}", f"{collision('2025c')},-1"]
    found = counted_files(tmp_path, source("stats19"), {"collision.csv": text(*rows, header=header)})
    report = found.report("stats19")
    assert (report.mapped, dict(report.unmapped)) == (2, {"bad-row": 1})
    assert "adjusted" in report.notes[0]
    january = {"category": "all", "window": "2025-01", "level": "cdp"}
    assert found.sum("areas", measure="adjusted-serious", **january) == 0.25
    assert found.sum("areas", measure="adjusted", **january) == 1


def test_ids_that_a_spreadsheet_destroyed_stop_the_build_by_name(tmp_path: Path) -> None:
    files = {"a.csv": text(collision("2025a"), header=COLLISION), "b.csv": text("2.00512E+12,1", header=VEHICLE)}
    with pytest.raises(SchemaError, match="spreadsheet has destroyed it") as raised:
        counted_files(tmp_path, source("stats19"), files)
    assert str(raised.value.file) == "b.csv"


def test_weekday_and_hour_are_counted_over_twelve_months(tmp_path: Path) -> None:
    rows = [collision(f"2025{month}", date=f"07/{month[5:]}/2025") for month in MONTHS]
    rows.append(collision("2025x", date="07/12/2025").replace("15:30", "-1"))
    found = counted_files(tmp_path, source("stats19"), {"collision.csv": text(*rows, header=COLLISION)})
    profile = found.rows("profile", category="all")
    assert {row["window"] for row in profile} == {"12m:2025-12"}
    assert {row["level"] for row in profile} == {"lad", "cdp", "cells"}
    assert all(len(row["code"]) == 15 for row in profile if row["level"] == "cells")
    tuesday_is_one = {
        (row["weekday"], row["hour"]): row["value"] for row in profile if row["code"] == "W" and row["weekday"] == 1
    }
    assert tuesday_is_one == {(1, 15): 2.0}  # 7 January and 7 October 2025
    assert found.sum("profile", category="all", level="lad", hour=None) == 1
    assert found.sum("profile", category="all", level="cells") == 13


# --- roadside tests ----------------------------------------------------------------------------

TESTS = "date,latitude,longitude,area_code,tests,positives,factor_system"


def test_roadside_tests_by_place_and_by_area(tmp_path: Path) -> None:
    rows = [
        "2025-01-02,53.82,-3.05,,10,2,CF",
        "2025-01,,,E,20,5,CF",
        "2025-01,,,X,7,1,CF",
        "2025-01,,,,9,1,CF",
        "2025-01,53.82,-3.05,,3,4,CF",
        "2025-01,53.82,-3.05,,few,0,CF",
        "2025-01,53.82,-3.05,,6.5,1,CF",
        "2025-01,53.82,-3.05,,6,1,RSF",
        "2025-01,53.82,-3.05,,50,49,",
    ]
    found = counted_files(tmp_path, source("drug-driving"), {"tests.csv": text(*rows, header=TESTS)})
    report = found.report("drug-driving")
    assert (report.read, report.mapped) == (9, 3)
    assert dict(report.unmapped) == {"bad-row": 4, "no-location": 1, "outside-area": 1}
    assert {note.rpartition(": ")[2] for note in report.notes} == {
        "more positive tests than tests", "the column 'tests' is no number, or below zero",
        "a number of tests that is not whole", "no factor system, in a file that has rows of road safety factors",
    }  # fmt: skip
    assert all(note.startswith("tests.csv: 1 rows cannot be used") for note in report.notes)
    january = {"category": "drug-driving", "window": "2025-01"}
    areas = found.rows("areas", **january)
    assert {(row["code"], row["measure"]): row["value"] for row in areas} == {
        ("W", "tests"): 10, ("W", "positives"): 2, ("E", "tests"): 20, ("E", "positives"): 5,
        ("Whole square", "tests"): 30, ("Whole square", "positives"): 7,
    }  # fmt: skip
    assert found.sum("cells", resolution=8, measure="tests", **january) == 10
    assert found.sum("cells", resolution=8, measure="tests", category="drug-driving-rsf", window="2025-01") == 6


def test_no_map_of_counts_is_made_of_tests(tmp_path: Path) -> None:
    config = tmp_path / "partnership.toml"
    sources = source("drug-driving") + source("stats19")
    config.write_text(CONFIG.format(area=HALVES, sources=sources), encoding="utf-8")
    layers = load(config).layers
    assert {layer.id for layer in layers} == {"incident-count", "hotspot"}
    assert {layer.sources for layer in layers} == {("stats19",)}


# --- hours and weekdays ------------------------------------------------------------------------


def test_the_hours_of_a_year_stand_in_the_snapshot_by_area_and_by_cell(tmp_path: Path) -> None:
    files = {
        f"{month}-halves-stop-and-search.csv": text(search(f"{month}-01T22:15:00+00:00"), header=SEARCH)
        for month in MONTHS
    }
    data = write(tmp_path / "data", files)
    (data / "area.geojson").write_text(halves(), encoding="utf-8")
    config = tmp_path / "partnership.toml"
    config.write_text(CONFIG.format(area=HALVES, sources=source("police-uk-stop-search")), encoding="utf-8")
    report = build(load(config), data=data, out=tmp_path / "snapshots")
    edition = snapshot.open_snapshot(report.path).edition("open")
    west = edition.profile("lad", "W").to_pylist()
    assert {row["hour"] for row in west} == {22}
    assert sum(row["value"] for row in west if row["category"] == "stop-search-drugs") == len(MONTHS)
    assert {row["weekday"] for row in west} == {2, 5, 1, 3, 6, 4, 0}
    assert edition.profile("lad", "E").num_rows == 0
    assert {row["level"] for row in edition.profile("cdp", "Whole square").to_pylist()} == {"cdp"}
