"""The agreement register: what sources name, and until when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from geointel.config import check, load, without_agreement
from geointel.errors import ConfigError, Fault

from ...street import halves, write

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
[partnership]
id = "small"
name = "Small Partnership"
[[area.level]]
id = "lad"
file = "area.geojson"
code = "code"
name = "name"
[edition.police]
policy = { method = "none" }
[[source]]
id = "police"
kind = "police-uk-street"
files = "street/*.csv"
"""
AGREEMENT = """
[[agreement]]
id = "ambulance"
title = "Call-outs with naloxone"
purpose = "To place naloxone"
controller = "Ambulance Trust"
legal_basis = "article 6(1)(e)"
expires = 2026-06-30
"""
SOURCE = """
[[source]]
id = "calls"
kind = "incidents"
files = "calls/*.csv"
category = "naloxone-callout"
columns = { date = "When", lat = "lat", lng = "lng" }
"""
LAST_DAY = date(2026, 6, 30)
DAY_AFTER = date(2026, 7, 1)


def config(folder: Path, *parts: str) -> Path:
    path = folder / "partnership.toml"
    path.write_text(HEAD + "".join(parts), encoding="utf-8")
    return path


def faults(path: Path) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return list(caught.value.faults)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    street = "Month,Crime type,Longitude,Latitude,Location\n"
    calls = "When,lat,lng\n2025-01-05,53.82,-3.05\n"
    write(tmp_path, {"area.geojson": halves(), "street/a.csv": street, "calls/a.csv": calls})
    return config(tmp_path, AGREEMENT, SOURCE, 'agreement = "ambulance"\n')


def test_a_source_has_its_agreement(whole: Path) -> None:
    partnership = load(whole)
    assert partnership.sources[1].agreement == "ambulance"
    assert partnership.agreements["ambulance"].expires == LAST_DAY
    assert without_agreement(partnership) == ()


def test_an_agreement_holds_on_its_last_day(whole: Path) -> None:
    assert check(load(whole), whole.parent, today=LAST_DAY) == ()


def test_the_source_of_an_expired_agreement_is_a_fault_that_says_what_to_do(whole: Path) -> None:
    (fault,) = check(load(whole), whole.parent, today=DAY_AFTER)
    assert fault.key == "source[1].agreement"
    assert all(part in fault.message for part in ("calls", "ambulance", "Call-outs with naloxone", "2026-06-30"))
    assert "Ambulance Trust" in fault.remedy


def test_an_expired_agreement_that_no_source_names_is_no_fault(tmp_path: Path, whole: Path) -> None:
    path = config(tmp_path, AGREEMENT)
    assert check(load(path), whole.parent, today=DAY_AFTER) == ()


def test_a_date_may_stand_in_quotes(tmp_path: Path) -> None:
    path = config(tmp_path, AGREEMENT.replace("2026-06-30", '"2026-06-30"'))
    assert load(path).agreements["ambulance"].expires == LAST_DAY


@pytest.mark.parametrize("day", ['"30/06/2026"', "2026-06-30T00:00:00", "2026", "true"])
def test_what_is_no_date_is_refused(tmp_path: Path, day: str) -> None:
    (fault,) = faults(config(tmp_path, AGREEMENT.replace("2026-06-30", day)))
    assert fault.key == "agreement[0].expires"
    assert "2026-12-31" in fault.remedy


def test_every_part_of_an_agreement_is_needed(tmp_path: Path) -> None:
    found = faults(config(tmp_path, '[[agreement]]\nid = "ambulance"\n'))
    parts = ("title", "purpose", "controller", "legal_basis", "expires")
    assert {fault.key for fault in found} == {f"agreement[0].{part}" for part in parts}


def test_an_agreement_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(config(tmp_path, AGREEMENT, SOURCE, 'agreement = "ambulanse"\n'))
    assert (fault.key, fault.remedy) == ("source[1].agreement", "Did you mean 'ambulance'?")
    (fault,) = faults(config(tmp_path, SOURCE, 'agreement = "ambulance"\n'))
    assert "[[agreement]]" in fault.remedy


def test_two_agreements_of_one_id_are_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(config(tmp_path, AGREEMENT, AGREEMENT))
    assert fault.key == "agreement[1].id"


def test_a_source_that_is_not_public_may_do_without(tmp_path: Path) -> None:
    assert without_agreement(load(config(tmp_path, SOURCE))) == ("calls",)


@pytest.mark.parametrize(
    ("twin", "message"),
    [
        ("polise", "There is no other source 'polise'."),
        ("calls", "There is no other source 'calls'."),
        ("needles", "The source 'needles' is not public"),
    ],
)
def test_a_twin_is_another_source_that_is_public(tmp_path: Path, twin: str, message: str) -> None:
    needles = SOURCE.replace('"calls"', '"needles"').replace("naloxone-callout", "needle-litter")
    (fault,) = faults(config(tmp_path, needles, SOURCE, f'twin_of = "{twin}"\n'))
    assert fault.key == "source[2].twin_of"
    assert fault.message.startswith(message)


def test_a_twin_is_written_down(tmp_path: Path) -> None:
    assert load(config(tmp_path, SOURCE, 'twin_of = "police"\n')).sources[1].twin_of == "police"


def test_a_file_that_identifies_people_is_a_fault_of_check(whole: Path) -> None:
    (whole.parent / "calls" / "a.csv").write_text("When,lat,lng,Surname\n", encoding="utf-8")
    (fault,) = check(load(whole), whole.parent, today=LAST_DAY)
    assert fault.key == "source[1].files"
    assert "Surname" in fault.message


def test_wrong_keys_of_columns_are_faults_with_their_place(tmp_path: Path) -> None:
    wrong = SOURCE.replace('date = "When"', 'dat = "When"')
    found = {fault.key: fault.remedy for fault in faults(config(tmp_path, wrong))}
    assert set(found) == {"source[1].columns.date", "source[1].columns.dat"}
    assert "'date'" in found["source[1].columns.dat"]
