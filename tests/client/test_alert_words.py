"""The words of alerts: every choice has one, and every template is filled in by somebody."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files
from typing import get_args

import pytest

from geointel.content import alert_words
from geointel_api.alert_documents import Outcome, VersionDocument
from geointel_api.state.alert import OUTCOMES
from geointel_api.state.message import CORRECTED, PUBLISHED, WITHDRAWN
from geointel_api.state.requests import Criteria

FILE = tomllib.loads((files("geointel.content") / "alerts.toml").read_text(encoding="utf-8"))
FILLED = {
    "latency": {"number"},
    "feed": {"partnership", "until", "day"},
    "mail": {
        "day", "count", "noun", "partnership", "kind", "title", "place", "category", "substance", "harm", "advice", "outcome",
        "source", "criteria", "label", "subscription",
    },
}  # fmt: skip


def test_every_choice_has_a_word() -> None:
    assert set(alert_words("source")) == set(get_args(VersionDocument.model_fields["source"].annotation))
    assert set(alert_words("outcome")) == set(OUTCOMES) == set(get_args(Outcome))
    assert set(alert_words("criterion")) == set(Criteria.model_fields)
    assert set(alert_words("kind")) == {PUBLISHED, CORRECTED, WITHDRAWN}


@pytest.mark.parametrize("table", FILE)
def test_braces_are_ones_that_are_filled_in(table: str) -> None:
    for text in FILE[table].values():
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert names <= FILLED.get(table, set())


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        alert_words("nothing")


def test_the_words_can_only_be_read() -> None:
    with pytest.raises(TypeError):
        alert_words("outcome")["alert"] = "x"  # type: ignore[index]
