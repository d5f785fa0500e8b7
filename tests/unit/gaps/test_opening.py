"""Opening hours in the parts of the week that people ask for."""

import pytest

from geointel.gaps.opening import open_in

WEEK = "mo 09:00-17:00; tu 09:00-17:00; we 09:00-17:00; th 09:00-17:00; fr 09:00-17:00"


@pytest.mark.parametrize(
    ("hours", "evening", "saturday", "sunday"),
    [
        (None, -1, -1, -1),
        (WEEK, 0, -1, -1),
        ("tu 18:30-20:00", 1, -1, -1),
        ("tu 09:00-17:00", -1, -1, -1),
        ("mo 09:00-12:00,13:00-18:30; sa closed; su 10:00-12:00", 1, 0, 1),
        (WEEK + "; sa 10:00-13:00; su closed", 0, 1, 0),
        ("sa 19:00-23:00", -1, 1, -1),
    ],
)
def test_each_part_of_the_week(hours: str | None, evening: int, saturday: int, sunday: int) -> None:
    found = [int(open_in([hours], slot)[0]) for slot in ("evening", "saturday", "sunday")]
    assert found == [evening, saturday, sunday]
