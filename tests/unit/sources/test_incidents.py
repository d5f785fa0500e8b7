"""A partner's own records: what may be said about their columns, and what they mean."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pydantic
import pytest

from geointel.sources import incidents
from geointel.sources.base import EventKind, kinds

COLUMNS = {"date": "When", "lat": "Lat", "lng": "Lng"}
LITTER: dict[str, Any] = {"columns": COLUMNS, "category": "needle-litter"}
WORDS: dict[str, Any] = {
    "columns": {**COLUMNS, "category": "Kind"},
    "categories": {"Naloxone given": "naloxone-callout"},
}


def made(**options: Any) -> EventKind:
    kind = kinds()["incidents"]
    found = kind.configured(kind.options.model_validate(options))
    assert isinstance(found, EventKind)
    return found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": COLUMNS}, "It must be said once"),
        ({**WORDS, "category": "needle-litter"}, "It must be said once"),
        ({"columns": WORDS["columns"]}, "belong together"),
        ({**LITTER, "categories": {"a": "b"}}, "belong together"),
        ({**LITTER, "columns": {"date": "When", "lat": "Lat"}}, "`lat` is given without `lng`"),
        ({**LITTER, "columns": {"date": "When", "x": "E", "y": "N"}}, "`x` is given without `crs`"),
        ({**LITTER, "columns": {**COLUMNS, "crs": "EPSG:27700"}}, "`crs` is given without `x`"),
        ({**LITTER, "columns": {**COLUMNS, "x": "E", "y": "N", "crs": "EPSG:27700"}}, "Both `lat` and `x`"),
        ({**LITTER, "columns": {"lat": "Lat", "lng": "Lng"}}, "Field required"),
        ({**LITTER, "columns": {**COLUMNS, "name": "Name"}}, "Extra inputs"),
        ({**LITTER, "category": "Needle litter"}, "cannot be a category"),
        ({**LITTER, "category": "all"}, "cannot be a category"),
        ({**WORDS, "categories": {"Overdose": "a", "overdose ": "b"}}, "has a word twice"),
        ({**LITTER, "labels": {"needles": "Needles"}}, "`labels` names 'needles'"),
        ({**LITTER, "sheet": "a", "layer": "b"}, "Both `sheet` and `layer`"),
        ({**LITTER, "months": {"from": "2025-02", "to": "2025-02"}}, "end before"),
        ({**LITTER, "months": {"from": "2025-2", "to": "2025-03"}}, "is not a month"),
        ({**LITTER, "encoding": "latin-1"}, "pattern"),
        ({**LITTER, "separator": "::"}, "at most 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=message):
        made(**options)


def test_a_source_is_not_public_and_not_snapped() -> None:
    assert (made(**LITTER).public, made(**LITTER).snapped) == (False, False)


def test_categories_have_the_label_that_is_given_or_their_own() -> None:
    assert made(**LITTER).categories == {"needle-litter": "Needle litter"}
    assert made(**LITTER, labels={"needle-litter": "Needles found"}).categories == {"needle-litter": "Needles found"}
    assert made(columns=COLUMNS, category="drugs").categories == {"drugs": "Drugs"}


def test_months_are_those_that_are_named() -> None:
    assert made(**LITTER).months == frozenset()
    january = 2025 * 12
    assert made(**LITTER, months={"from": "2025-01", "to": "2025-04"}).months == {january, january + 1, january + 2}


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("needles-2025-01.csv", "2025-01"),
        ("2025-01/needles-2025-02.xlsx", "2025-02"),
        ("needles-2025-01-to-2025-12.csv", None),
        ("needles-2025-01-31.csv", None),
        ("2025-01/needles.csv", None),
        ("needles-2025-13.csv", None),
    ],
)
def test_the_month_in_a_file_s_name(name: str, month: str | None) -> None:
    assert incidents.month_of(name) == month


def rows(kind: EventKind, **columns: list[str | None]) -> list[dict[str, Any]]:
    n = len(next(iter(columns.values())))
    text = {"file": ["0"] * n, "x": ["1"] * n, "y": ["2"] * n, "osgb": ["false"] * n, **columns}
    table = ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in text.items()}))
    found: list[dict[str, Any]] = kind.read(table).to_pyarrow().to_pylist()
    return found


def test_words_are_matched_whatever_their_case() -> None:
    found = rows(made(**WORDS), date=["2025-01-05"] * 3, category=["Naloxone given", "NALOXONE GIVEN", "Fall"])
    assert [row["category"] for row in found] == ["naloxone-callout", "naloxone-callout", None]
    assert [row["word"] for row in found][2] == "Fall"


def test_a_time_is_kept_and_a_day_has_none() -> None:
    found = rows(made(**LITTER), date=["2025-01-05T10:00:00", "2025-01-05", "2025-01", "?", None])
    assert [row["when"] for row in found] == ["2025-01-05T10:00:00", None, None, None, None]
    assert [row["month"] for row in found] == ["2025-01", "2025-01", "2025-01", "?", None]


def test_keys_are_numbers_and_weights_are_as_written() -> None:
    (row,) = rows(made(**LITTER), date=["2025-01-05"], person=["-12"], place=["9223372036854775807"], weight=["2.5"])
    assert (row["person_key"], row["place_key"], row["weight"]) == (-12, 2**63 - 1, "2.5")
