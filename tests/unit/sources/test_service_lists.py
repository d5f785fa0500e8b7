"""Columns of the other lists of services."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...lists import read_services

CHOICES = (
    "OrganisationCode\xacOrganisationType\xacOrganisationStatus\xacOrganisationName\xacAddress1\xacAddress2\xacAddress3"
    "\xacCity\xacCounty\xacPostcode\xacLatitude\xacLongitude"
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_nhs_choices_are_windows_text_with_a_separator_of_their_own(tmp_path: Path, end: str) -> None:
    line = "F1\xacPharmacy\xacVisible\xacBoots \u2013 \u2019s\xac1 High St\xac\xac\xacSampleton\xac\xacFY1 1AN\xac53.82\xac-3.05"
    content = (CHOICES + end + line + end).encode("cp1252")
    (found,) = read_services(tmp_path, "nhs-choices", {"nhs-choices-Pharmacy-2019-04.csv": content}).rows
    assert found["name"] == "Boots \u2013 \u2019s"
    assert found["address"] == "1 High St, Sampleton"
    assert (found["category"], found["as_of"], found["reason"]) == ("pharmacy", "2019-04", None)


def test_a_partner_s_own_columns_may_be_few_or_spelt_otherwise(tmp_path: Path) -> None:
    content = "Name,Kind,Latitude,Longitude,Monday,Sunday,Supervised consumption\nA,needle exchange,53.82,-3.05,09:00-17:00,closed,Y\n"
    (found,) = read_services(tmp_path, "services", {"list.csv": content}).rows
    assert (found["id"], found["category"], found["supervised"]) == ("A", "needle-exchange", True)
    assert found["hours"] == "mo 09:00-17:00; su closed"
    assert found["reason"] is None


def test_a_partner_s_own_coordinates_may_be_british_grid(tmp_path: Path) -> None:
    content = "name,kind,easting,northing\nA,pharmacy,330711,436623\n"
    (found,) = read_services(tmp_path, "services", {"list.csv": content}).rows
    assert (found["osgb"], found["reason"]) == (True, None)
