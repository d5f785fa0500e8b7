"""Which kind of service a prescribing cost centre is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...lists import read_services


def ods(
    code: str, name: str, *, setting: str = "8", status: str = "A", address: str = "1 HIGH STREET", close: str = ""
) -> str:
    fields = [code, name, "Y62", "Q84", address, "", "", "SAMPLETON", "", "FY1 1AN", "20010401", close, status]
    fields += ["B", "01K", "", "", "", "", "", "", "0", "", "01K", "", setting, ""]
    return ",".join(f'"{field}"' for field in fields) + "\r\n"


@pytest.mark.parametrize(
    ("name", "setting", "category"),
    [
        ("INSPIRE CGL", "8", "drug-treatment"),
        ("CGL NORTH & CENTRAL LANCASHIRE", "9", "drug-treatment"),
        ("CRANSTOUN WORCESTERSHIRE", "0", "drug-treatment"),
        ("COMM.SUBST. MISUSE TEAM (EAST)", "0", "drug-treatment"),
        ("DRUG & ALCOHOL SERVICE", "8", "drug-treatment"),
        ("SWINDON ALCOHOL SERVICE", "0", "alcohol-treatment"),
        ("MH RECOVERY SERVICE", "10", "hospital"),
        ("MH RECOVERY SERVICE", "9", "community-health"),
        ("SOUTH WARK COMM RECOVERY TEAM IPU 10-17", "9", "community-health"),
        ("ACTIVE RECOVERY (CICS)", "9", "community-health"),
        ("ROCHDALE AND OLDHAM ACTIVE RECOVERY", "8", "drug-treatment"),
        ("INSPIRED DERMATOLOGY", "9", "community-health"),
        ("SUBSTANCE STREET SURGERY", "4", "gp-practice"),
        ("HMP SAMPLE", "25", "other-service"),
        ("WALK IN CENTRE", "1", "urgent-care"),
    ],
)
def test_setting_and_name_say_the_kind(tmp_path: Path, name: str, setting: str, category: str) -> None:
    (found,) = read_services(tmp_path, "nhs-ods", {"epraccur-2024-01.csv": ods("Z1", name, setting=setting)}).rows
    assert found["category"] == category


@pytest.mark.parametrize(
    ("status", "reason"), [("A", None), ("C", "closed"), ("D", "no-data"), ("P", "no-data"), ("Z", "bad-row")]
)
def test_status(tmp_path: Path, status: str, reason: str | None) -> None:
    found = read_services(tmp_path, "nhs-ods", {"epraccur-2024-01.csv": ods("Z1", "SURGERY", status=status)})
    assert found.reasons == {reason: 1}


def test_head_offices_have_no_status_and_close_on_their_day(tmp_path: Path) -> None:
    office = {"setting": "", "status": ""}
    lines = ods("P1", "ONE LTD", **office) + ods("P2", "TWO LTD", close="20190430", **office)
    lines += ods("P3", "THREE LTD", close="20190501", **office)
    found = read_services(tmp_path, "nhs-ods", {"epharmacyhq-2019-04.csv": lines}).by("id")
    assert {name: row["reason"] for name, row in found.items()} == {"P1": None, "P2": "closed", "P3": None}
    assert {row["category"] for row in found.values()} == {"pharmacy-head-office"}


def test_two_drug_services_at_one_address_are_one_and_two_practices_are_two(tmp_path: Path) -> None:
    lines = ods("Z2", "INSPIRE SHARED CARE") + ods("Z1", "INSPIRE CGL")
    lines += ods("Z3", "SURGERY A", setting="4") + ods("Z4", "SURGERY B", setting="4")
    lines += ods("Z5", "DRUG SERVICE", address="2 HIGH STREET")
    found = read_services(tmp_path, "nhs-ods", {"epraccur-2024-01.csv": lines}).by("id")
    assert {name for name, row in found.items() if row["reason"] == "duplicate"} == {"Z2"}
