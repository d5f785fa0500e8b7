"""Opening hours: what can be read, and how it is spelt."""

from __future__ import annotations

import re

import pytest

from geointel.ingest.hours import PATTERN, spelt


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon-Wed 9:00-17:00", "mo 09:00-17:00; tu 09:00-17:00; we 09:00-17:00"),
        ("Mon-Tue 09:00-17:00; Sat 10:00-13:00", "mo 09:00-17:00; tu 09:00-17:00; sa 10:00-13:00"),
        ("mo 08:30-13:00,14:00-17:30; su CLOSED", "mo 08:30-13:00,14:00-17:30; su closed"),
        ("Thursday, Friday: 12:00-20:00;", "th 12:00-20:00; fr 12:00-20:00"),
        ("Sat-Mon 22:00-24:00", "mo 22:00-24:00; sa 22:00-24:00; su 22:00-24:00"),
        ("mo 13:00-17:00; mo 09:00-12:00", "mo 09:00-12:00,13:00-17:00"),
        ("mo closed; mo 09:00-12:00", "mo 09:00-12:00"),
    ],
)
def test_hours_are_spelt_day_by_day(written: str, expected: str) -> None:
    assert re.search(PATTERN, written)
    assert spelt(written) == expected
    assert spelt(expected) == expected


@pytest.mark.parametrize(
    "written",
    [
        "9-5",
        "Mon 9am-5pm",
        "Mon 09:00-13:00:14:00-18:00",
        "Mon 25:00-26:00",
        "Xmas 09:00-10:00",
        "Mon",
        "09:00-17:00",
        "Mon 09:60-10:00",
    ],
)
def test_what_cannot_be_read_is_refused(written: str) -> None:
    assert not re.search(PATTERN, written)


def test_unknown_hours_stay_unknown() -> None:
    assert spelt(None) is None
