"""The gate: what passes to an edition."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from geointel.disclosure.geography import Geography
from geointel.disclosure.policy import SourceTerms
from geointel.disclosure.release import release
from geointel.errors import NotInThisVersionError
from geointel.model import (
    AREA_FACTS,
    FACTS,
    NAMES,
    SUPPORT,
    UNMAPPED,
    HexFacts,
    ReleasedFacts,
    parse_month,
    windows_over,
)

WINDOWS = windows_over(range(parse_month("2024-01"), parse_month("2025-07")), rolling=True)
SOURCES = ("police", "ambulance")
TABLES = {
    "cells": FACTS,
    "beyond": FACTS,
    "areas": AREA_FACTS,
    "unmapped": UNMAPPED,
    "support": SUPPORT,
    "names": NAMES,
}
BLANK: dict[str, Any] = {
    "resolution": 8,
    "cell": 613_000_000_000_000_000,
    "level": "lad",
    "code": "E06000009",
    "measure": "incidents",
    "category": "drugs",
    "reason": "no-location",
    "name": "Blackpool 006",
    "value": 3.0,
    "status": "shown",
}


def made(schema: pa.Schema) -> pa.Table:
    """One row for every source and window."""
    windows = [window.id for window in WINDOWS] if "window" in schema.names else [""]
    given = [{**BLANK, "source": source, "window": window} for source in SOURCES for window in windows]
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in given], schema)


RAW = HexFacts(**{name: made(schema) for name, schema in TABLES.items()})


NOWHERE = Geography(
    cells={}, areas={}, coarse=("lad",), groups={}, leaves=np.empty(0, dtype=np.int64), area_of_leaf={}, digest=""
)


def released(*terms: SourceTerms) -> ReleasedFacts:
    return release(RAW, terms, edition="open", windows=dict.fromkeys(SOURCES, WINDOWS), geography=NOWHERE, ledger={})


def sources_of(facts: ReleasedFacts) -> dict[str, set[str]]:
    return {name: set(getattr(facts, name)["source"].to_pylist()) for name in TABLES}


def test_public_sources_pass_unchanged_whatever_the_policy() -> None:
    for method in ("none", "cell-key", "anything"):
        facts = released(*[SourceTerms(source, public=True, method=method) for source in SOURCES])
        assert all(getattr(facts, name).equals(getattr(RAW, name)) for name in TABLES)
        assert (facts.edition, facts.windows) == ("open", WINDOWS)


def test_a_source_with_the_policy_none_passes_unchanged() -> None:
    facts = released(*[SourceTerms(source, public=False, method="none") for source in SOURCES])
    assert all(getattr(facts, name).equals(getattr(RAW, name)) for name in TABLES)


def test_a_source_that_is_not_admitted_is_in_no_table() -> None:
    facts = released(
        SourceTerms("police", public=True, method="none"),
        SourceTerms("ambulance", public=True, method="none", admitted=False),
    )
    assert sources_of(facts) == {name: {"police"} for name in TABLES}


def test_a_source_that_nobody_speaks_for_does_not_pass() -> None:
    facts = released(SourceTerms("police", public=True, method="none"))
    assert sources_of(facts) == {name: {"police"} for name in TABLES}


def test_without_a_source_nothing_passes() -> None:
    facts = released()
    assert [getattr(facts, field.name).num_rows for field in fields(facts) if field.name in TABLES] == [0] * len(TABLES)
    assert facts.cells.schema.equals(FACTS)


@pytest.mark.parametrize("method", ["cell-key", "rounding", ""])
def test_a_policy_that_this_version_does_not_have_stops_the_release(method: str) -> None:
    with pytest.raises(NotInThisVersionError, match=r"'ambulance' in the edition 'open'") as caught:
        released(
            SourceTerms("police", public=True, method=method), SourceTerms("ambulance", public=False, method=method)
        )
    assert "editions" in caught.value.remedy


def test_a_policy_does_not_matter_where_the_source_does_not_pass_anyway() -> None:
    facts = released(
        SourceTerms("police", public=True, method="cell-key"),
        SourceTerms("ambulance", public=False, method="cell-key", admitted=False),
    )
    assert sources_of(facts)["cells"] == {"police"}


def test_types_are_kept() -> None:
    facts = released(SourceTerms("police", public=True, method="none"))
    assert all(getattr(facts, name).schema.equals(schema) for name, schema in TABLES.items())


@pytest.mark.parametrize(
    ("public", "method", "rolling"),
    [(True, "cell-key", True), (True, "none", True), (False, "none", True), (False, "cell-key", False)],
)
def test_overlapping_years_are_for_sources_that_pass_unchanged(public: bool, method: str, rolling: bool) -> None:
    terms = SourceTerms("police", public=public, method=method)
    assert terms.rolling is rolling


def test_terms_of_the_same_effect_are_equal() -> None:
    effects = {
        SourceTerms("police", public=True, method="cell-key").effect,
        SourceTerms("police", public=True, method="none").effect,
        SourceTerms("police", public=False, method="none").effect,
    }
    assert len(effects) == 1
    assert SourceTerms("police", public=False, method="cell-key").effect not in effects
    assert SourceTerms("police", public=True, method="none", admitted=False).effect not in effects
