"""Weights, dates and measures of rows of events."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import extras, files, incidents
from geointel.sources.base import EventKind, kinds

from ...street import square, write

HEADER = "Month,Longitude,Latitude,Crime type,Location,n,when,tests"
PLACE = "2025-01,-3.05,53.82,Drugs,x"


def read(rows: ir.Table, *, names: tuple[str, ...]) -> ir.Table:
    """The usual columns and some of the others."""
    blank, no = ibis.null(str), ibis.literal(False)
    own = {"weight": rows["n"], "when": rows["when"], "tests": rows["tests"]}
    usual = {"id": blank, "month": rows["Month"], "category": ibis.literal("drugs"), "word": blank}
    place = {"x": rows["Longitude"], "y": rows["Latitude"], "osgb": no, "special": no}
    areas = {"area_code": blank, "area_name": blank}
    return rows.select("file", **usual, **place, **areas, **{name: own[name] for name in names})


def kind(*names: str) -> EventKind:
    street = kinds()["police-uk-street"]
    assert isinstance(street, EventKind)
    measures = {**street.measures, "tests": "tests"} if "tests" in names else street.measures
    return replace(street, read=partial(read, names=names), measures=measures)


def ingest(folder: Path, own: EventKind, *lines: str) -> dict[str, Any]:
    """Canonical rows, counts by leaf and faults of one file."""
    root, scratch = write(folder / "data", {"a.csv": "\n".join([HEADER, *lines]) + "\n"}), folder / "scratch"
    scratch.mkdir()
    engine = DuckDBEngine(scratch, threads=1)
    try:
        staged = incidents.stage(engine, own, files.find("a", ("*.csv",), root), scratch)
        rows = incidents.canonical(engine, staged, study=square(), period=None)
        return {
            "rows": engine.collect(rows).to_pylist(),
            "leaves": engine.collect(facts.by_leaf(rows, own.measures)).to_pylist(),
            "faults": [(fault, n) for _, fault, n in extras.faults(engine, staged)],
        }
    finally:
        engine.close()


def test_a_row_counts_for_its_weight_and_for_one_where_it_is_blank(tmp_path: Path) -> None:
    found = ingest(tmp_path, kind("weight"), f"{PLACE},3,,", f"{PLACE},,,", f"{PLACE},0.5,,")
    (leaf,) = found["leaves"]
    assert leaf["incidents"] == 4.5


@pytest.mark.parametrize("weight", ["-1", "many", "nan", "inf", "1e99"])
def test_a_weight_that_is_none_makes_a_bad_row(tmp_path: Path, weight: str) -> None:
    found = ingest(tmp_path, kind("weight"), f"{PLACE},{weight},,", f"{PLACE},2,,")
    assert sorted(str(row["reason"]) for row in found["rows"]) == ["None", "bad-row"]
    assert found["faults"] == [("the column 'weight' is no number, or below zero", 1)]


def test_a_kind_without_them_has_none_of_these_columns(tmp_path: Path) -> None:
    found = ingest(tmp_path, kind(), f"{PLACE},3,2025-01-07,5")
    assert set(found["rows"][0]) == {"month", "category", "cell", "special", "area_code", "area_name", "reason"}
    assert found["leaves"][0]["incidents"] == 1


def test_a_measure_is_summed_and_blank_is_zero(tmp_path: Path) -> None:
    found = ingest(tmp_path, kind("tests"), f"{PLACE},,,5", f"{PLACE},,,", f"{PLACE},,,7")
    (leaf,) = found["leaves"]
    assert (leaf["incidents"], leaf["tests"]) == (3, 12)


@pytest.mark.parametrize(
    ("when", "weekday", "hour", "reason"),
    [
        ("2025-01-07", 1, None, None),
        ("2025-01-12T00:30", 6, 0, None),
        ("2025-07-07T23:59:59+00:00", 0, 23, None),
        ("2025-01-07 09:00", 1, 9, None),
        ("2025-01-07T25:00", 1, None, None),
        ("2025-01-07T24:00", 1, None, None),
        ("2025-01-07T12:75", 1, None, None),
        ("2025-01-07T9:00", 1, None, None),
        ("2025-01-07T23:59:59.5Z", 1, 23, None),
        ("2025-01-07T08", 1, 8, None),
        ("", None, None, None),
        ("2025-02-30", None, None, "bad-date"),
        ("yesterday", None, None, "bad-date"),
    ],
)
def test_weekday_and_hour(tmp_path: Path, when: str, weekday: int | None, hour: int | None, reason: str | None) -> None:
    (row,) = ingest(tmp_path, kind("when"), f"{PLACE},,{when},")["rows"]
    assert (row["weekday"], row["hour"], row["reason"]) == (weekday, hour, reason)
