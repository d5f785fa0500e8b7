"""Columns and values that tell who somebody is. They are refused: a map of places has no use for them."""

from __future__ import annotations

import re

BIRTH, NAME, NUMBER, ADDRESS = "a date of birth", "a person's name", "an NHS number", "an address"

_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a new word begins inside ``DateOfBirth`` and ``NHSNumber``."""
_APOSTROPHE = re.compile(r"['\u2019]")
_PERSONS = (
    "patient|person|client|service user|suspect|victim|offender|detainee|arrestee|defendant|witness|complainant|subject|"
    "nominal|casualty|caller|informant|officer|driver|clinician|paramedic|worker|staff|carer|parent|guardian|relative|"
    "contact|next of kin|nok|resident|customer|member|child|mother|father"
)
_PATTERNS = (
    (BIRTH, r"\b(?:dob|d o b|birth|birthdate|birthday|dateofbirth|born)\b"),
    (BIRTH, r"\w*(?:dateofbirth|birthdate|birthday)\w*"),
    (NUMBER, r"\bnhs (?:number|no|num|nr|id)\b|^nhs$|\bnhs(?:number|num|no|id)\b"),
    (
        NAME,
        r"\b(?:forenames?|surnames?|firstname|lastname|fullname|middlename|givenname|familyname|knownas|initials)\b",
    ),
    (
        NAME,
        r"\b(?:first|last|full|middle|given|family|maiden|birth|preferred|second|christian|known) names?\b|\bknown as\b",
    ),
    (NAME, rf"\b(?:{_PERSONS})s? (?:full )?names?\b|\bnames? of (?:the )?(?:{_PERSONS})\b|\b(?:{_PERSONS})names?\b"),
    (NAME, r"^(?:the )?names?(?: \d+)?$|\balias(?:es)?\b"),
    (ADDRESS, r"\baddress\w*|\baddr\b|\baddr ?\d\b|\b\w*addressline\w*|\b(?:house|flat|building) (?:number|no|name)\b"),
)
_LOOKS = tuple((what, re.compile(pattern)) for what, pattern in _PATTERNS)

_TEN_DIGITS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}(?:[ T].*)?")


def who(column: str) -> str | None:
    """What a column's name says that it holds of a person, or None."""
    words = " ".join(re.findall(r"[a-z]+|\d+", _BEGINS.sub(" ", _APOSTROPHE.sub("", column)).casefold()))
    return next((what for what, pattern in _LOOKS if pattern.search(words)), None)


def is_nhs_number(value: str) -> bool:
    """Whether a value is ten digits of which the last is the check digit of an NHS number."""
    if _TEN_DIGITS.fullmatch(value) is None:
        return False
    digits = [int(sign) for sign in value if sign.isdigit()]
    weighted = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == digits[9]


def is_day(value: str) -> bool:
    """Whether a value is a day of some year."""
    return _DAY.fullmatch(value) is not None
