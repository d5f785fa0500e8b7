"""What one hexagon says, and what stands above an export."""

from __future__ import annotations

import math
from typing import Any

import pytest

from geointel import content, model
from geointel.content.words import table
from geointel.hotspots import EMERGING_CLASSES

JULY = "July 2025"
YEAR = "12 months to December 2025"


def row(**values: Any) -> dict[str, Any]:
    shown = {"value": 1.0, "class": None, "support": 1, "status": "shown", "expected": 1.0}
    return shown | {key.rstrip("_"): value for key, value in values.items()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "No recorded drug offences here in July 2025."),
        (1, "1 recorded drug offence here in July 2025."),
        (1234, "1,234 recorded drug offences here in July 2025."),
    ],
)
def test_a_count(value: int, expected: str) -> None:
    assert content.sentence("count", row(value=value), slug="drugs", window=JULY) == expected


def test_a_hotspot_says_how_many_against_what_and_how_surely() -> None:
    found = content.sentence("hotspot", row(class_="hot-95", support=15, expected=4.23), slug="drugs", window=YEAR)
    assert found.startswith("15 recorded drug offences")
    assert "in the 12 months to December 2025" in found
    assert "higher than this area's average (4.2)" in found
    assert "95% level" in found


def test_a_cold_class_is_lower_and_no_class_is_neither() -> None:
    cold = content.sentence("hotspot", row(class_="cold-99", support=0), slug="all", window=JULY)
    assert cold.startswith("No recorded incidents in this hexagon")
    assert "lower than" in cold
    plain = content.sentence("hotspot", row(class_="none", support=2), slug="all", window=JULY)
    assert "not clearly higher or lower" in plain
    assert "level" not in plain


def test_an_excess_says_the_ratio() -> None:
    found = content.sentence(
        "excess", row(class_="none", value=2.25, support=9, expected=4.0), slug="drugs", window=JULY
    )
    assert "2.2 times as many" in found
    assert "(4.0)" in found


def test_a_chance_that_is_nearly_sure_is_not_written_as_certain() -> None:
    gap = {
        "value": 71.23,
        "p_gap": 1.0,
        "rank_lower": 1,
        "rank_upper": 4,
        "people": 6286.7,
        "people_lower": 5.0,
        "people_upper": 9.0,
    }
    found = content.sentence("gap", row(**gap), slug="all", window=JULY, variant="residents")
    assert "one of the highest fifth is over 99%" in found
    assert "About 6,287 residents, weighted by deprivation, are beyond the standard (range 5 to 9)." in found
    assert "need" not in found
    assert content.likelihood(0.004) == "under 1%"
    assert content.likelihood(0.5) == "50%"
    assert content.likelihood(math.nan) == content.likelihood(None) == "\N{EN DASH}"


def test_minutes_are_whole_and_a_second_service_is_told_where_there_is_one() -> None:
    near = {"value": 12.3, "minutes_2": 15.6}
    found = content.sentence("access", row(**near), slug="needle-exchange", window=JULY, variant="minutes")
    assert found == (
        "The nearest of the needle exchanges takes 12 minutes from here, as listed in July 2025. The second nearest takes 16."
        " Check with the service that it is open."
    )
    alone = content.sentence(
        "access", row(**near | {"minutes_2": None}), slug="needle-exchange", window=JULY, variant="minutes"
    )
    assert "second" not in alone


def test_an_estimate_and_its_range_have_the_decimals_of_their_layer() -> None:
    need = {"value": 73.48, "lower": 60.96, "upper": 84.92, "support": 16163}
    assert "About 73.5" in (found := content.sentence("need", row(**need), slug="opiate", window=JULY))
    assert "(likely range 61.0 to 84.9)" in found
    weighted = content.sentence("need", row(**need), slug="all", window=JULY, variant="residents")
    assert weighted == "16,163 residents, 73 when weighted by deprivation (range of the weightings 61 to 85)."


RISE = {"before": 2, "after": 14, "activity_before": 20, "activity_after": 61, "activity": "rose"}
MORE_POLICING = "Stops and searches rose here too (20 to 61): this may be more policing, not more drugs."


def test_a_rise_says_where_searches_rose_too() -> None:
    found = content.sentence("change", row(class_="hot-95", **RISE), slug="drugs", window=JULY)
    assert found.endswith(f"at the 95% level. {MORE_POLICING}")


@pytest.mark.parametrize(
    "other",
    [{"class_": "none"}, {"class_": "cold-99"}, {"activity": "steady"}, {"activity": None}, {"activity_after": None}],
)
def test_it_says_so_of_nothing_else(other: dict[str, Any]) -> None:
    found = content.sentence("change", row(**{"class_": "hot-95", **RISE, **other}), slug="drugs", window=JULY)
    assert "policing" not in found


def test_more_searches_explain_no_burglaries() -> None:
    assert "policing" not in content.sentence("change", row(class_="hot-95", **RISE), slug="burglary", window=JULY)


def test_harm_stands_beside_a_change_of_any_class() -> None:
    for slug in ("hot-95", "none", "cold-99"):
        made = row(class_=slug, before=2, after=14, harm_before=0, harm_after=3)
        found = content.sentence("change", made, slug="drugs", window=JULY)
        assert found.endswith("Harm recorded here in the same two periods: 0 before, 3 after.")


@pytest.mark.parametrize("status", [name for name in table("status") if name != "shown"])
@pytest.mark.parametrize("kind", list(table("layer")))
def test_a_value_that_is_not_shown_is_never_called_a_number(kind: str, status: str) -> None:
    found = content.sentence(kind, row(value=None, support=None, status=status), slug="drugs", window=JULY)
    assert found.endswith(".")
    assert not found.startswith("0")
    assert "None" not in found
    assert "{" not in found


@pytest.mark.parametrize("kind", ["hotspot", "excess"])
@pytest.mark.parametrize("slug", [None, *model.SIGNED_CLASSES])
def test_every_class_makes_a_sentence(kind: str, slug: str | None) -> None:
    found = content.sentence(kind, row(class_=slug, support=3), slug="burglary", window=YEAR)
    assert found.startswith("3 recorded burglaries")
    assert found.endswith(".")
    assert "{" not in found


@pytest.mark.parametrize("slug", EMERGING_CLASSES)
def test_every_way_of_coming_and_going_has_a_sentence_of_its_own(slug: str) -> None:
    shown = {"trend_z": 0.5, "trend_p": 0.6, "last_z": 2.0}
    found = content.sentence(
        "emerging", row(class_=slug, value=11 / 12, support=40, **shown), slug="drugs", window=YEAR
    )
    assert "40 recorded drug offences in this hexagon and the ones around it." in found
    assert "the 12 months to December 2025" in found
    assert "{" not in found
    if slug.startswith(("persistent", "sporadic", "no-pattern")) and not slug.endswith("cold"):
        assert "92% of the months" in found
    sentences = table("layer")["emerging"]["sentence"]
    assert set(sentences) == set(EMERGING_CLASSES)
    assert len(set(sentences.values())) == len(EMERGING_CLASSES)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1234567, 0, "1,234,567"),
        (-1.25, 1, "\N{MINUS SIGN}1.2"),
        (-0.04, 1, "0.0"),
        (None, 0, "\N{EN DASH}"),
        (math.nan, 2, "\N{EN DASH}"),
    ],
)
def test_numbers_as_people_write_them(value: float | None, digits: int, expected: str) -> None:
    assert content.number(value, digits) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("count", "Recorded drug offences, July 2025"),
        ("hotspot", "Hotspots of recorded drug offences, July 2025"),
        ("excess", "More recorded drug offences than expected, July 2025"),
    ],
)
def test_headings(kind: str, expected: str) -> None:
    assert content.heading(kind, "drugs", JULY) == expected


def test_an_export_says_what_when_for_whom_from_where_and_what_it_cannot_say() -> None:
    view = content.View(
        title="Hotspots of recorded drug offences",
        window=JULY,
        edition="open",
        sources=("Home Office, data.police.uk",),
        data_through="December 2025",
        caveats=("map-points", "hotspot"),
    )
    lines = content.export_header(view)
    assert lines[0] == "Hotspots of recorded drug offences"
    assert lines[1] == "Period: July 2025"
    assert "OFFICIAL" in lines[2]
    assert lines[3] == "Source: Home Office, data.police.uk"
    assert lines[4] == "Data to December 2025"
    assert lines[5:] == tuple(f"Caveat: {content.caveat(name).short}" for name in view.caveats)


def test_an_export_of_made_up_data_says_so_first() -> None:
    view = content.View("T", JULY, "open", ("S",), "December 2025", (), synthetic=True)
    assert content.export_header(view)[0] == content.notice("synthetic")
