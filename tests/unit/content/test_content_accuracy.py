"""Sentences on accuracy."""

from __future__ import annotations

import pytest

from geointel import content

SHARES = {"hit_rate": 0.234, "lower": 0.19, "upper": 0.271, "last_year": 0.22, "last_month": None}


def said(slug: str, *, better: bool) -> str:
    about = {"steps": 6, "better": better}
    return content.accuracy(slug, "year", share=0.02, months=("2025-07", "2025-12"), **about, **SHARES)


def test_numbers_are_whole_percents_and_a_missing_one_is_a_dash() -> None:
    text = said("burglary", better=False)
    assert (
        "In the 6 months from July 2025 to December 2025, the hottest 2% of hexagons on the map of the 12 months"
        in text
    )
    assert "held 23% (19% to 27%) of the month's recorded burglaries" in text
    assert "Last year's counts alone held 22%, and last month's –%" in text


@pytest.mark.parametrize(("slug", "better", "words"), [
    ("burglary", True, "did better than last year's counts"),
    ("burglary", False, "no better than last year's counts"),
    ("drugs", True, "persistence of recording"),
    ("drugs", False, "persistence of recording"),
])  # fmt: skip
def test_the_verdict_depends_on_what_is_found_by_policing(slug: str, better: bool, words: str) -> None:
    assert words in said(slug, better=better)


def test_every_policed_category_has_words() -> None:
    assert set(content.words.table("accuracy")["policed"]) <= set(content.words.table("category"))
