"""Outcomes and searches: the columns of data.police.uk, linked to the street files and to what is planted."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geointel.demo.formats import outcomes, stop_search
from geointel.grid import format_cells, latlng_to_cell

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Town

OUTCOMES = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
SEARCHES = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
WORDS = {
    "Unable to prosecute suspect", "Investigation complete; no suspect identified", "Suspect charged",
    "Further investigation is not in the public interest", "Local resolution", "Offender given a caution",
    "Action to be taken by another organisation", "Offender given penalty notice",
}  # fmt: skip


def files(town: Town, kind: str) -> list[Path]:
    return sorted(town.folder.glob(f"police/*/*-{kind}.csv"))


def rows(town: Town, kind: str) -> list[dict[str, str]]:
    return [row for path in files(town, kind) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


@pytest.mark.parametrize(
    ("kind", "header", "end"), [("outcomes", OUTCOMES, b"\n"), ("stop-and-search", SEARCHES, b"\r\n")]
)
def test_a_file_a_month_with_the_columns_and_line_ends_of_the_police(
    town: Town, kind: str, header: str, end: bytes
) -> None:
    found = files(town, kind)
    assert len(found) == 14
    assert found[-1].name == f"2025-12-demo-lancashire-{kind}.csv"
    for path in found:
        text = path.read_bytes()
        assert text.startswith(header.encode() + end)
        assert text.count(b"\r") == (text.count(b"\n") if end == b"\r\n" else 0)


def test_outcomes_are_of_offences_in_the_street_files_but_for_some(town: Town) -> None:
    street = {row["Crime ID"]: row for row in rows(town, "street") if row["Crime ID"]}
    given = rows(town, "outcomes")
    known = [row for row in given if row["Crime ID"] in street]
    assert 0.88 < len(known) / len(given) < 0.97
    assert {row["Outcome type"] for row in given} == WORDS
    assert all(re.fullmatch("[0-9a-f]{64}", row["Crime ID"]) for row in given)
    placed = [row for row in known if row["Longitude"] and street[row["Crime ID"]]["Longitude"]]
    assert len(placed) > 3_000
    assert sum(row["Longitude"] == street[row["Crime ID"]]["Longitude"] for row in placed) >= len(placed) - 2
    assert {row["Location"] for row in given if not row["Longitude"]} == {"No location"}


def test_an_outcome_never_comes_before_its_offence(town: Town) -> None:
    first: dict[str, str] = {}
    for row in rows(town, "street"):
        first.setdefault(row["Crime ID"], row["Month"])
    late = [(row["Month"], first[row["Crime ID"]]) for row in rows(town, "outcomes") if row["Crime ID"] in first]
    assert all(month >= offence for month, offence in late)
    assert any(month > offence for month, offence in late)


def test_some_offences_have_two_outcomes(town: Town) -> None:
    given = rows(town, "outcomes")
    times = Counter(row["Crime ID"] for row in given)
    assert max(times.values()) == 2
    assert 0.01 < sum(count == 2 for count in times.values()) / len(times) < 0.10


def test_more_drug_offences_than_others_have_an_outcome(town: Town) -> None:
    kind = {row["Crime ID"]: row["Crime type"] == "Drugs" for row in rows(town, "street") if row["Crime ID"]}
    given = {row["Crime ID"] for row in rows(town, "outcomes")} & set(kind)
    share = {
        drugs: sum(kind[key] == drugs for key in given) / sum(v == drugs for v in kind.values())
        for drugs in (True, False)
    }
    assert share[True] > 1.5 * share[False]
    assert outcomes.SHARE_OF_DRUGS > outcomes.SHARE


def test_searches_are_written_as_the_police_write_them(town: Town) -> None:
    given = rows(town, "stop-and-search")
    for row in given:
        assert re.fullmatch(r"202[45]-\d\d-\d\dT\d\d:\d\d:00\+00:00", row["Date"])
        assert row["Legislation"] in (stop_search.DRUGS_ACT, stop_search.POLICE_ACT)
        assert row["Policing operation"] == "Demonstration operation (synthetic)"
        assert bool(row["Latitude"]) is bool(row["Longitude"])
        if row["Type"] == "Vehicle search":
            assert row["Gender"] == row["Age range"] == row["Object of search"] == ""
    blank = sum(not row["Latitude"] for row in given) / len(given)
    assert 0.05 < blank < 0.2
    assert {row["Officer-defined ethnicity"] for row in given} == {""}
    assert {row["Self-defined ethnicity"] for row in given} == {"", stop_search.NOT_STATED}


def test_drug_searches_gather_where_drug_offences_are_planted(town: Town) -> None:
    (place,) = (p for p in town.truth["hotspots"] if p["course"] == "lasting" and p["category"] == "drugs")
    cells = {place["cell"], *place["around"]}
    share = {}
    for drugs in (True, False):
        chosen = [
            row
            for row in rows(town, "stop-and-search")
            if row["Latitude"]
            and (row["Legislation"] == stop_search.DRUGS_ACT) is drugs
            and row["Date"] >= place["full"]
        ]
        at = latlng_to_cell(
            np.array([float(row["Latitude"]) for row in chosen]),
            np.array([float(row["Longitude"]) for row in chosen]),
            8,
        )
        share[drugs] = sum(cell in cells for cell in format_cells(at)) / len(chosen)
    assert share[True] > 3 * share[False]
