"""The content file says everything that a map needs to say."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pytest

from geointel import content, model
from geointel.content.words import table
from geointel.layers import base as layer_kinds
from geointel.sources import base as source_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_SENTENCE = 20
LONGEST_SHORT = 120
NEEDED_CAVEATS = {
    "map-points", "recorded-not-all", "hotspot", "excess", "significance", "count", "missing-months", "synthetic",
    "outside-area", "cell-names", "boundary-rule", "no-support", "insufficient", "not-for-individuals", "area-sum",
    "special-points", "repeats",
}  # fmt: skip
REASONS = {
    "bad-row", "bad-date", "outside-period", "no-location", "bad-coordinates", "superseded", "outside-area",
    "unmatched", "duplicate", "closed", "not-geocoded", "no-data",
}  # fmt: skip
STATUSES = {"shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"}


def test_every_caveat_is_there() -> None:
    assert set(content.caveats()) >= NEEDED_CAVEATS


@pytest.mark.parametrize("caveat", content.caveats().values(), ids=lambda caveat: caveat.id)
def test_a_caveat_is_whole_sentences(caveat: content.Caveat) -> None:
    for text in (caveat.short, caveat.long):
        assert len(text) >= SHORTEST_SENTENCE
        assert text[0].isupper() or text[0].isdigit()
        assert text.rstrip('"').endswith(".")
        assert "  " not in text
        assert "\n" not in text
    assert len(caveat.short) <= LONGEST_SHORT
    assert len(caveat.long) > len(caveat.short)


def test_an_unknown_caveat_is_an_error() -> None:
    with pytest.raises(KeyError):
        content.caveat("no-such-caveat")


def test_every_installed_layer_kind_has_words_and_known_caveats() -> None:
    for name, kind in layer_kinds.kinds().items():
        words = content.layer_words(name)
        assert words.title
        assert words.question.endswith("?")
        assert words.method.endswith(".")
        assert set(words.caveats) <= set(content.caveats())
        assert ("map-points" in words.caveats) == (kind.needs == "events" and kind.counts == (model.INCIDENTS,))


def test_every_category_and_caveat_of_the_installed_sources_has_words() -> None:
    for kind in source_kinds.kinds().values():
        assert set(kind.caveats) <= set(content.caveats())
        assert set(kind.categories) <= set(table("category"))
    for slug, word in source_kinds.kinds()["police-uk-street"].categories.items():
        assert content.category(slug).label == word
        assert content.category(slug).many.startswith(("recorded ", "other recorded "))
    assert content.category(model.ALL).label == "All recorded incidents"


def test_a_category_of_another_package_is_spelt_out() -> None:
    words = content.category("needle-finds")
    assert (words.label, words.many) == ("Needle finds", "records of needle finds")


def test_every_status_and_reason_has_words() -> None:
    assert {status: content.status_label(status) for status in STATUSES}.keys() == table("status").keys()
    assert {reason: content.reason(reason) for reason in REASONS}.keys() == table("reason").keys()
    assert content.status_label("no-support") == "No map point here: nothing can be recorded"


def test_columns_fall_back_on_their_names() -> None:
    assert content.column("expected") == "Expected in hexagon and ring"
    assert (content.digits("expected"), content.digits("count")) == (1, 0)
    assert (content.column("novel"), content.digits("novel")) == ("novel", 0)


def test_special_points_are_spelt_as_in_the_files() -> None:
    points = content.special_points()
    assert len(points) == len(set(points))
    assert {"Police Station", "Theatre/Concert Hall", "Conference/Exhibition Centre", "Race Track"} <= set(points)
    assert not any(point.startswith("On or near") or point != point.strip() for point in points)


def test_marking_of_editions() -> None:
    assert content.edition_words("open").marking == "OFFICIAL"
    other = content.edition_words("partner")
    assert (other.label, other.marking) == ("Edition partner", "OFFICIAL-SENSITIVE")


KNOWN_BRACES = {
    "many", "Many", "window", "when", "level", "edition", "title", "marking", "handling", "sources", "data_through", "caveat",
    "month", "months", "hot", "also_hot", "count", "total", "is",
    "times", "metres", "resolution", "resolutions", "used", "i", "figure", "likely", "minutes", "service", "services", "share", "people",
    "fewest", "least", "most",
    "label", "user", "date", "role",
    "accepted", "found", "low", "high", "behind", "days", "person",
    *(f"{name}{form}" for name in table("column") for form in ("", "_of", "_percent", "_likely")),
}  # fmt: skip


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


@pytest.mark.parametrize("name", ["layer", "status", "edition", "export", "notice", "caveat", "reason"])
def test_braces_are_ones_that_are_filled_in(name: str) -> None:
    for text in _texts(dict(table(name))):
        found = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        assert found <= KNOWN_BRACES, text


def test_notices() -> None:
    text = content.notice("overlap", also_hot=9, hot=10, many=content.category("drugs").many)
    assert text.startswith("9 of 10 hexagons that are hot for recorded drug offences")
    with pytest.raises(KeyError):
        content.notice("overlap", hot=10)
