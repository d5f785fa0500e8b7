"""Texts that say more of a place than its area, and times that do not exist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geointel.errors import QuestionError
from geointel_api.state.clock import HERE, moment, next_hour_of_day
from geointel_api.state.free_text import plain, refuse_places


@pytest.mark.parametrize(
    "text",
    [
        "Seen near FY1 1AA.",
        "Seen near fy11aa",
        "FY1-1AA",
        "fy1\u00a01aa",
        "FY1 \u200b1AA",
        "ＦＹ１ １ＡＡ",
        "M1 1AE",
        "EC1A 1BB",
        "at W1A 0AX",
        "postcode:B33 8TH,",
        "GIR 0AA",
        "at 53.8175, -3.0357",
        "53.81750 -3.03570",
        "53.8175N 3.0357W",
        "53° 49' 03 N",
        "SD 307 362",
        "sd30703620",
        "SD 30712 36245",
        "at 12 High Street",
        "12a, Queen's Road",
        "Flat 3",
        "12 HIGH STREET",
        "12 high street",
        "FY 1 1AA",
        "FY1 (1AA)",
        "///filled.count.soap",
        "https://www.google.com/maps/place/x",
        "see w3w.co/a: https://w3w.co/filled.count.soap",
    ],
)
def test_a_place_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(QuestionError) as caught:
        refuse_places({"title": "Harmless", "harm": text})
    assert caught.value.field == "harm"
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "Blue tablets of 10 mg, marked M30 on one side",
        "Purity of 82.5 %, up from 45.25 %",
        "Two people, aged 20 and 31, needed 400 mcg of naloxone",
        "MDMA 200mg, 4-MMC and 2C-B; A1 and B12 are not places",
        "Sold as Xanax 2mg in Blackpool and Fylde",
        "Reported on 20 November 2026 at 14:30",
        "N-desethyl isotonitazene, 1.5 to 2.25 mg",
        "5 people in queue",
        "Call 111, or 999",
        "In 3 of 10 samples, on the street",
        "Sold as 5 tablets on the street, 3 days in a row, to 10 people close by",
        "Batch no 123456, sold to 100000 people",
        "At 10 2CB and 4-MMC, 20 units in 2 hours",
        "Up from 100 to 250 500 mg tablets",
        None,
        "",
    ],
)
def test_what_an_alert_must_be_able_to_say_passes(text: str | None) -> None:
    refuse_places({"harm": text})


@given(
    st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]?", fullmatch=True),
    st.from_regex(r"[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True),
    st.sampled_from(["", " ", "  ", "-", "\t", "\u2009"]),
    st.booleans(),
)
def test_every_form_of_postcode_is_found(outward: str, inward: str, gap: str, lower: bool) -> None:
    code = f"{outward}{gap}{inward}"
    with pytest.raises(QuestionError):
        refuse_places({"why": f"It was at {code.lower() if lower else code}, they said."})


@given(st.text(max_size=200))
def test_kept_texts_have_no_letter_that_xml_or_a_terminal_would_choke_on(text: str) -> None:
    kept = plain(text)
    assert plain(kept) == kept
    assert all(letter.isprintable() or letter in "\n\t" or letter.isspace() for letter in kept)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15", "2026-01-15T00:00+00:00"),
        ("2026-07-15", "2026-07-14T23:00+00:00"),
        ("2026-07-15T12:00", "2026-07-15T11:00+00:00"),
        ("2026-07-15T12:00:30Z", "2026-07-15T12:00:30+00:00"),
        ("2026-10-25T01:30:00+01:00", "2026-10-25T00:30+00:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T01:30+00:00"),
        ("2026-10-25T02:00", "2026-10-25T02:00+00:00"),
        ("2026-03-29T00:59", "2026-03-29T00:59+00:00"),
        ("2026-03-29T02:00", "2026-03-29T01:00+00:00"),
        ("2024-02-29", "2024-02-29T00:00+00:00"),
    ],
)
def test_times_of_a_clock_in_england(text: str, expected: str) -> None:
    assert moment(text, "observed") == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-03-29T01:30", "the clocks went forward"),
        ("2026-03-29T01:00", "the clocks went forward"),
        ("2026-10-25T01:30", "came twice"),
        ("2026-02-29", "There is no"),
        ("2026-11-31T10:00", "There is no"),
        ("2026-11-20T24:01", "There is no"),
        ("2026-11-20T25:00", "There is no"),
        ("2026-11-20T10:60", "There is no"),
        ("20261120", "not a date"),
        ("2026-W48-1", "not a date"),
        ("20/11/2026", "not a date"),
        ("yesterday", "not a date"),
        ("", "not a date"),
        ("2026-11-20 10:00", "not a date"),
        ("٢٠٢٦-11-20", "not a date"),
        ("0000-01-01", "There is no"),
    ],
)
def test_times_that_do_not_exist_are_refused(text: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said) as caught:
        moment(text, "observed")
    assert caught.value.field == "observed"
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("end_of_day", [False, True])
def test_the_ends_of_the_calendar_are_refused(text: str, end_of_day: bool) -> None:
    with pytest.raises(QuestionError, match="cannot be meant"):
        moment(text, "since", end_of_day=end_of_day)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)), st.integers(0, 23))  # noqa: DTZ001 - made aware below
def test_the_next_digest_is_within_a_day_and_at_its_hour(then: datetime, hour: int) -> None:
    now = then.replace(tzinfo=UTC)
    found = next_hour_of_day(now, hour)
    assert 0 < (found - now).total_seconds() <= 25 * 3600
    skipped = found.astimezone(HERE).hour - hour == 1 and hour == 1  # the hour that is skipped in March
    assert found.astimezone(HERE).hour == hour or skipped
