"""What becomes of every row of a list of services: the reasons, their order, and what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ...lists import read_services

HEADER = "id,name,kind,address,postcode,lat,lng,closed,capacity,hours,min_age,max_age,nsp_level,supervised,naloxone"
PLACE = {"lat": "53.82", "lng": "-3.05"}


def row(**given: str) -> str:
    fields = {"id": "S1", "name": "Harbour House", "kind": "Drug treatment", **given}
    return ",".join(f'"{fields.get(name, "")}"' for name in HEADER.split(","))


def read(folder: Path, *rows: str, name: str = "list-2025-03.csv", **more: Any) -> Any:
    return read_services(folder, "services", {name: "\n".join([HEADER, *rows]) + "\n"}, **more)


@pytest.mark.parametrize(
    ("given", "reason", "fault"),
    [
        (PLACE, None, None),
        ({"postcode": "FY1 1AN"}, None, None),
        ({**PLACE, "capacity": "0"}, "bad-row", "capacity '0'"),
        ({**PLACE, "capacity": "many"}, "bad-row", "capacity 'many'"),
        ({**PLACE, "hours": "nine to five"}, "bad-row", "hours 'nine to five'"),
        ({**PLACE, "kind": "Bakery"}, "bad-row", "kind 'Bakery'"),
        ({**PLACE, "name": " "}, "bad-row", "no name"),
        ({**PLACE, "min_age": "17.5"}, "bad-row", "min age '17.5'"),
        ({**PLACE, "max_age": "9e99"}, "bad-row", "max age '9e99'"),
        ({**PLACE, "nsp_level": "nan"}, "bad-row", "nsp level 'nan'"),
        ({**PLACE, "min_age": "18", "max_age": "16"}, "bad-row", "a least age above the greatest"),
        ({**PLACE, "nsp_level": "4"}, "bad-row", "nsp level '4'"),
        ({**PLACE, "naloxone": "perhaps"}, "bad-row", "naloxone 'perhaps'"),
        ({**PLACE, "closed": "last year"}, "bad-row", "closed 'last year'"),
        ({**PLACE, "closed": "2025-03-31"}, "closed", None),
        ({**PLACE, "closed": "2025-04-01"}, None, None),
        ({"closed": "2020-01-01"}, "closed", None),
        ({}, "no-location", None),
        ({"postcode": "FY1 1ZZ"}, "not-geocoded", None),
        ({"lat": "0", "lng": "0"}, "bad-coordinates", None),
        ({"lat": "53.82", "postcode": "FY1 1AN"}, "bad-coordinates", None),
        ({"postcode": "PR1 2AB"}, "outside-area", None),
    ],
)
def test_one_row_one_reason(tmp_path: Path, given: dict[str, str], reason: str | None, fault: str | None) -> None:
    (found,) = read(tmp_path, row(**given)).rows
    assert (found["reason"], found["fault"]) == (reason, fault)


def test_every_closing_date_is_past_where_the_list_has_no_date(tmp_path: Path) -> None:
    assert read(tmp_path, row(**PLACE, closed="2099-01-01"), name="list.csv").reasons == {"closed": 1}


def test_the_date_of_the_source_goes_before_that_of_the_name(tmp_path: Path) -> None:
    found = read(tmp_path, row(**PLACE, closed="2025-03-31"), options={"as_of": "2025-03-30"})
    assert found.rows[0]["as_of"] == "2025-03-30"
    assert found.reasons == {None: 1}


def test_an_older_list_gives_way_to_a_newer_one_even_where_that_says_closed(tmp_path: Path) -> None:
    lists = {
        "list-2024-01.csv": "\n".join([HEADER, row(**PLACE)]) + "\n",
        "list-2025-01.csv": "\n".join([HEADER, row(**PLACE, closed="2024-06-30")]) + "\n",
    }
    found = read_services(tmp_path, "services", lists)
    assert [(r["as_of"], r["reason"]) for r in found.rows] == [("2024-01", "superseded"), ("2025-01", "closed")]


def test_the_first_of_two_alike_stays_among_those_that_can_be_mapped(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(**PLACE, name="First"), row(**PLACE, name="Second"))
    assert [r["reason"] for r in found.rows] == ["no-location", None, "duplicate"]


@pytest.mark.parametrize(("edge_km", "near"), [(5, False), (20, True)])
def test_what_lies_within_the_edge_is_outside_and_near(tmp_path: Path, edge_km: float, near: bool) -> None:
    (found,) = read(tmp_path, row(postcode="PR1 2AB"), edge_km=edge_km).rows
    assert (found["reason"], found["near"]) == ("outside-area", near)


def test_the_partnership_says_what_the_list_does_not(tmp_path: Path) -> None:
    details = {"category": "needle-exchange", "substances": ("opiates", "alcohol"), "max_age": 17, "capacity": 20}
    found = read(tmp_path, row(**PLACE, capacity="10"), row(**PLACE, id="S2"), options={"service": {"S1": details}})
    first, second = found.rows
    assert (first["category"], first["substances"], first["max_age"]) == ("needle-exchange", "opiates; alcohol", 17)
    assert first["capacity"] == 20
    assert (second["category"], second["substances"]) == ("drug-treatment", None)


def test_a_broken_line_is_counted_and_takes_no_other_with_it(tmp_path: Path) -> None:
    found = read(tmp_path, row(**PLACE), 'S9,"never closed', row(**PLACE, id="S2"), "one,two")
    assert found.reasons == {None: 2}
    assert found.bad_lines == 2
