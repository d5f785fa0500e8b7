"""Which columns and values tell who somebody is."""

from __future__ import annotations

import pytest

from geointel.ingest.identity import is_day, is_nhs_number, who

BIRTH, NAME, NUMBER, ADDRESS = "a date of birth", "a person's name", "an NHS number", "an address"


@pytest.mark.parametrize(
    ("what", "columns"),
    [
        (BIRTH, ("DOB", "dob", "D.O.B.", "Date of Birth", "DATE_OF_BIRTH", "DateOfBirth", "dateofbirth", "birth_date")),
        (BIRTH, ("Birthdate", "patientDOB", "Patient_DOB", "Year of birth", "Born", "date_of_birth_1")),
        (NAME, ("Forename", "Forenames", "SURNAME", "First name", "first_name", "FirstName", "firstname", "LastName")),
        (NAME, ("Full Name", "fullname", "Patient name", "patient_name", "PatientName", "Service user name")),
        (NAME, ("Name", "name", "NAMES", "Family name", "Given names", "Name of patient", "Officer name", "Initials")),
        (NAME, ("Known as", "Alias", "Maiden Name", "Next of kin name", "Name 2", "suspect's name")),
        (NUMBER, ("NHS number", "NHS No", "NHSNo", "nhs_no.", "NHSNumber", "NhsNumber", "nhsnumber", "NHS")),
        (ADDRESS, ("Address", "Address line 1", "addr1", "Home address", "AddressLine2", "address_1", "House number")),
    ],
)
def test_a_column_that_tells_who_somebody_is(what: str, columns: tuple[str, ...]) -> None:
    assert {column: who(column) for column in columns} == dict.fromkeys(columns, what)


@pytest.mark.parametrize(
    "column",
    [
        "Incident number", "Call ID", "Station name", "LSOA name", "ward_name", "Site name", "Street name", "Age band",
        "Date", "Date of call", "Call time", "Postcode", "UPRN", "Sex", "NHS region", "nhs_trust_code", "Initial category",
        "Patient ref", "person", "Officers attending", "Doses", "Naloxone given by", "Place",
        "named area", "surge", "Birmingham", "Airborne", "stubborn", "File name", "Renamed", "Number of patients", "",
    ],
)  # fmt: skip
def test_a_column_that_does_not(column: str) -> None:
    assert who(column) is None


@pytest.mark.parametrize("value", ["9434765919", "943 476 5919", "943-476-5919", "4010232137"])
def test_an_nhs_number_has_its_check_digit(value: str) -> None:
    assert is_nhs_number(value)
    assert not is_nhs_number(value[:-1] + str((int(value[-1]) + 1) % 10))


@pytest.mark.parametrize("value", ["", "943476591", "94347659190", "E01012683", "1000000100", "94347 65919"])
def test_what_is_no_nhs_number(value: str) -> None:
    assert not is_nhs_number(value)


@pytest.mark.parametrize(
    ("value", "day"),
    [("31/01/1990", True), ("1.2.2003", True), ("1990-01-31", True), ("1990-01-31T00:00:00", True), ("E01012683", False),
     ("2025-01", False), ("31/01/90", False), ("Overdose 31/01/1990", False), ("", False)],
)  # fmt: skip
def test_a_value_that_is_a_day(value: str, day: bool) -> None:
    assert is_day(value) is day
