"""Dates and times as partners write them."""

from __future__ import annotations

import pytest

from geointel.ingest.moments import moment, without_midnights

UNREAD = "?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-05", "2025-01-05"),
        (" 2025-01-05 ", "2025-01-05"),
        ("2025-01-05T10:20", "2025-01-05T10:20:00"),
        ("2025-01-05 10:20:30", "2025-01-05T10:20:30"),
        ("2025-01-05 10:20:30.987654321", "2025-01-05T10:20:30"),
        ("2025-01-05T10:20:30Z", "2025-01-05T10:20:30"),
        ("2025-06-30T23:30:00Z", "2025-07-01T00:30:00"),
        ("2025-06-30 23:30:00 +00:00", "2025-07-01T00:30:00"),
        ("2025-06-30 23:30:00+0100", "2025-06-30T23:30:00"),
        ("2025-01", "2025-01"),
        ("", ""),
        ("  ", ""),
        ("2025-02-30", UNREAD),
        ("2025-13-01", UNREAD),
        ("2025-01-05T25:00", UNREAD),
        ("2025-01-05T25:61", UNREAD),
        ("2025-01-05T14:61", UNREAD),
        ("2025-01-05T24:00", UNREAD),
        ("2025-01-05T14:30:60", UNREAD),
        ("2025-03-30T01:30", "2025-03-30T01:30:00"),
        ("2025-03-30T00:59:59Z", "2025-03-30T00:59:59"),
        ("2025-03-30T01:00:00Z", "2025-03-30T02:00:00"),
        ("2025-10-26T00:30:00Z", "2025-10-26T01:30:00"),
        ("2025-10-26T01:30:00Z", "2025-10-26T01:30:00"),
        ("0001-01-01T00:00:00+14:00", UNREAD),
        ("05/01/2025", UNREAD),
        ("20250105", UNREAD),
        ("45662", UNREAD),
        ("5 January 2025", UNREAD),
        ("yesterday", UNREAD),
    ],
)
def test_a_date_is_iso_or_none(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05/01/2025", "2025-01-05"),
        ("5/1/2025", "2025-01-05"),
        ("5.1.2025", "2025-01-05"),
        ("05-01-2025 9:30", "2025-01-05T09:30:00"),
        ("05/01/2025 09:30:15", "2025-01-05T09:30:15"),
        ("2025-01-05", "2025-01-05"),
        ("31/02/2025", UNREAD),
        ("01/31/2025", UNREAD),
        ("05/01/25", UNREAD),
    ],
)
def test_the_day_stands_first_where_that_is_known(text: str, expected: str) -> None:
    assert moment(text, day_first=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("45662", "2025-01-05T00:00:00"), ("45662.75", "2025-01-05T18:00:00"), ("123", UNREAD)]
)
def test_a_number_of_a_sheet_counts_days(text: str, expected: str) -> None:
    assert moment(text, serials=True) == expected


def test_midnights_alone_are_days() -> None:
    assert without_midnights(["2025-01-05T00:00:00", "", "?", "2025-01"]) == ["2025-01-05", "", "?", "2025-01"]


def test_midnight_among_times_is_a_time() -> None:
    times = ["2025-01-05T00:00:00", "2025-01-05T10:00:00"]
    assert without_midnights(times) == times
