"""Hours of the week in words."""

from __future__ import annotations

import pytest

from geointel import content


@pytest.mark.parametrize(
    ("start", "hours", "said"),
    [
        (0, 4, "Monday 00:00 to 04:00"),
        (118, 4, "Friday 22:00 to 02:00"),
        (166, 4, "Sunday 22:00 to 02:00"),
        (20, 4, "Monday 20:00 to 00:00"),
        (153, 1, "Sunday 09:00 to 10:00"),
        (33, 24, "Tuesday 09:00 to 09:00"),
    ],
)
def test_a_window_has_the_day_on_which_it_begins(start: int, hours: int, said: str) -> None:
    assert content.week_window(start, hours) == said


def test_windows_stand_in_the_order_given() -> None:
    assert content.week_windows([118, 0], 4) == "Friday 22:00 to 02:00; Monday 00:00 to 04:00"
    assert content.week_windows([], 4) == ""


def test_the_busiest_windows_are_told_with_what_other_records_say() -> None:
    row = {"windows": "Friday 22:00 to 02:00", "held_in": 36.2, "held_out": 30.6, "out_lower": 26.7, "out_upper": 35.8}
    halves = content.further("profile", {**row, "judged_by": "halves", "p_flat": 0.001}, slug="drugs")
    assert halves == (
        "The busiest windows of four hours hold about 31% of recorded drug offences (27% to 36%, judged on records that "
        "were not used to choose them): Friday 22:00 to 02:00. Twelve hours are 7% of a week."
    )
    year = content.further("profile", {**row, "judged_by": "year-before", "p_flat": 0.001}, slug="drugs")
    assert year == (
        "The busiest windows of four hours: Friday 22:00 to 02:00. Windows chosen in the same way on the 12 months before "
        "held about 31% of recorded drug offences (27% to 36%). Twelve hours are 7% of a week."
    )
    unknown = {**row, "held_out": None, "judged_by": "year-before", "p_flat": 0.001}
    assert "is not known" in content.further("profile", unknown, slug="drugs")


def test_where_no_window_stands_out_that_is_told_and_where_nothing_is_known_nothing() -> None:
    row = {"windows": None, "held_out": 7.2, "judged_by": "halves", "p_flat": 0.312}
    assert content.further("profile", row, slug="drugs") == (
        "No window of the week stands out: as many records in a week that is even could lie as close together (p = 0.31)."
    )
    assert content.further("profile", {"windows": None, "held_out": None, "p_flat": None}, slug="drugs") == ""


def test_a_layer_s_sentence_goes_on_with_them() -> None:
    row = {"value": 61.2, "lower": 55.0, "upper": 67.1, "class": "4", "support": 250, "status": "shown"}
    row |= {"windows": "Friday 22:00 to 02:00", "held_out": 30.6, "out_lower": 26.7, "out_upper": 35.8, "level": "lad"}
    said = content.sentence(
        "profile", {**row, "judged_by": "halves"}, slug="drugs", window="12 months to December 2025"
    )
    assert said.startswith("61% of 250 recorded drug offences with a known hour were from 6pm to 6am")
    assert said.endswith(
        "judged on records that were not used to choose them): Friday 22:00 to 02:00. Twelve hours are 7% of a week."
    )
