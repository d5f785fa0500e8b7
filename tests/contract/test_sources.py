"""Every source kind keeps the contract of sources, and shows a sample of what it reads."""

from __future__ import annotations

import csv
import re
import runpy
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from geointel.content import category, caveat
from geointel.engine.base import Engine
from geointel.sources.base import SourceKind, kinds

from ..reasons import reasons_of

SAMPLES = Path(__file__).parents[1] / "golden" / "sources"
PERSONS = re.compile(r"crime.?id|longitude|latitude|easting|northing|\b[0-9a-f]{64}\b", re.IGNORECASE)


@pytest.fixture(params=sorted(kinds()))
def kind(request: pytest.FixtureRequest) -> SourceKind:
    return kinds()[request.param]


def test_a_kind_is_called_by_its_word(kind: SourceKind) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.kind)
    assert kinds()[kind.kind] is kind


def test_a_kind_says_whose_it_is_and_what_it_cannot_say(kind: SourceKind) -> None:
    assert kind.title
    assert kind.licence
    assert kind.attribution
    assert kind.caveats
    assert all(caveat(name).short and caveat(name).long for name in kind.caveats)


def test_categories_are_slugs_that_the_words_know(kind: SourceKind) -> None:
    assert "all" not in kind.categories
    for slug, word in kind.categories.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
        assert word
        assert category(slug).label


def test_a_kind_has_a_module_of_its_name(kind: SourceKind) -> None:
    module = import_module(f"geointel.sources.{kind.kind.replace('-', '_')}")
    assert module.SOURCE is kind


def test_a_kind_has_a_sample(kind: SourceKind) -> None:
    folder = SAMPLES / kind.kind
    assert list((folder / "in").rglob("*.*")), f"Put files into {folder / 'in'} and run `make bless`."
    assert (folder / "canonical.csv").is_file()


def test_golden_sources_give_the_canonical_table(kind: SourceKind) -> None:
    found = runpy.run_path(str(SAMPLES / "samples.py"))["canonical"](kind.kind)
    expected = (SAMPLES / kind.kind / "canonical.csv").read_text(encoding="utf-8")
    assert found == expected, "If the change is meant, run `make bless`."


def test_a_sample_shows_every_reason(kind: SourceKind) -> None:
    text = (SAMPLES / kind.kind / "canonical.csv").read_text(encoding="utf-8")
    reasons = Counter(line["reason"] for line in csv.DictReader(text.splitlines()))
    assert set(reasons) == {"", *reasons_of(kind.kind)}


@pytest.mark.parametrize("kind", [kind for kind in kinds().values() if kind.grain == "events"], ids=lambda k: k.kind)
def test_a_canonical_table_of_events_has_no_id_and_no_coordinate(kind: SourceKind) -> None:
    text = (SAMPLES / kind.kind / "canonical.csv").read_text(encoding="utf-8")
    assert not PERSONS.search(text)
    assert not re.search(r"\d\.\d{3}", text)


def test_the_default_engine_has_the_engine_s_verbs() -> None:
    from geointel.engine.duckdb import DuckDBEngine

    verbs = {name for name in vars(Engine) if not name.startswith("_") and callable(getattr(Engine, name))}
    assert verbs == {"stage_text", "read", "read_numbered", "register", "index_points", "collect", "write", "close"}
    assert all(callable(getattr(DuckDBEngine, verb)) for verb in verbs)
