"""Every row of every file has one fate, and it is the one that the rules give: engine against plain Python."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from pathlib import Path

import h3.api.basic_int as h3
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, incidents
from geointel.model import format_month, parse_month
from geointel.sources.base import kinds

from ...street import ELSEWHERE, HEADER, INSIDE, KIND, LEAF, PLACEHOLDER, row, square, write

SLUGS = {"Drugs": "drugs", "Robbery": "robbery", "Violent crime": "violent-crime"}
PERIOD = ("2025-01", "2025-04")
NAMES = ("2025-01/b.csv", "2025-02-x-street.csv", "a.csv")
ENDS = ("\n", "\r\n")

months = st.sampled_from(["2025-01", "2025-02", "2025-03", "2024-12", "2025-04", "2025-13", "2025-1", "", " 2025-1"])
good_points = st.sampled_from([INSIDE, ("-2.95", "53.80"), ("-2.99", "53.79"), ELSEWHERE])
bad_points = st.sampled_from(
    [("", ""), ("-3.05", ""), ("", "53.8"), PLACEHOLDER, ("0", "0"), ("x", "y"), ("190", "53")]
)
types = st.sampled_from(["Drugs", "Robbery", "Violent crime", "Piracy", ""])
ids = st.sampled_from(["", "", " ", "i1", "i2", "i3", "i4"])
usual = st.builds(
    lambda crime_id, month, point, crime_type: row(crime_id, month=month, point=point, crime_type=crime_type),
    st.sampled_from(["", "i1", "i2", "i3"]),
    st.sampled_from(["2025-01", "2025-02", "2025-03"]),
    good_points,
    st.sampled_from(["Drugs", "Robbery"]),
)
strange = st.builds(
    lambda crime_id, month, point, crime_type: row(crime_id, month=month, point=point, crime_type=crime_type),
    ids,
    months,
    st.one_of(good_points, bad_points),
    types,
)
broken = st.sampled_from(
    [
        "",
        "x",
        "a,b,c",
        row() + ",more",
        row() + ",",
        row().rstrip(","),
        row(location='"On or near'),
        row(location='On or near"'),
        row(location='"On or near, ""X"""'),
        ",,,,,,,,,,,",
    ]
)
lines = st.lists(st.one_of(usual, usual, strange, broken), max_size=35)
texts = st.fixed_dictionaries({name: st.tuples(lines, st.sampled_from(ENDS), st.booleans()) for name in NAMES})


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def first_reason(fields: list[str]) -> str | None:
    """The first reason that a row shows by itself, by the rules as they are written."""
    month, x, y, crime_type = fields[1], fields[4], fields[5], fields[9]
    try:
        number = parse_month(month)
    except ValueError:
        number = None
    blank = not x.strip() and not y.strip()
    place = is_number(x) and is_number(y) and abs(float(x)) <= 180 and abs(float(y)) <= 90
    place = place and (float(x), float(y)) not in {(0.0, 0.0), tuple(map(float, PLACEHOLDER))}
    checks = {
        "bad-row": crime_type not in SLUGS,
        "bad-date": number is None,
        "outside-period": number is not None and not PERIOD[0] <= month < PERIOD[1],
        "no-location": blank,
        "bad-coordinates": not place,
    }
    return next((reason for reason, applies in checks.items() if applies), None)


def fields_of(line: str) -> list[str] | None:
    """The fields of a line, or None when it is no row: an open quote, too few fields, or too many."""
    try:
        (fields,) = csv.reader([line], strict=True)
    except csv.Error:
        return None
    width = HEADER.count(",") + 1
    return fields if len(fields) >= width and not any(fields[width:]) else None


def by_hand(contents: dict[str, tuple[list[str], str, bool]]) -> Counter[tuple[object, ...]]:
    """Fate of every line: reason, month, category and cell → how many."""
    fates: Counter[tuple[object, ...]] = Counter()
    with_id: dict[str, list[tuple[str, str, int, list[str]]]] = {}
    for name in sorted(contents):
        for number, line in enumerate(contents[name][0]):
            fields = fields_of(line)
            if not line.strip():
                continue
            if fields is None:
                fates["no row",] += 1
                continue
            reason = first_reason(fields)
            if reason is None and fields[0].strip():
                with_id.setdefault(fields[0], []).append((fields[1], name, number, fields))
            else:
                fates[fate(reason, fields, fields[1])] += 1
    for told in with_id.values():
        told.sort(key=lambda one: one[:3])
        for month, _, _, fields in told[:-1]:
            fates[fate("superseded", fields, month)] += 1
        fates[fate(None, told[-1][3], told[0][0])] += 1
    return fates


def fate(reason: str | None, fields: list[str], month: str) -> tuple[object, ...]:
    if reason is None:
        cell = h3.latlng_to_cell(float(fields[5]), float(fields[4]), LEAF)
        if cell not in STUDY:
            reason = "outside-area"
        else:
            return (None, month, SLUGS[fields[9]], cell)
    return (reason, month if reason in {"superseded", "outside-area"} else "", "", 0)


STUDY = set(square().leaves.tolist())


def by_engine(contents: dict[str, tuple[list[str], str, bool]]) -> tuple[Counter[tuple[object, ...]], int, int]:
    """The same from the engine; and rows read, and lines that were no rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = {
            file: "".join(line + end for line in [HEADER, *own]).removesuffix("" if final else end)
            for file, (own, end, final) in contents.items()
        }
        root, scratch = write(folder / "data", texts), folder / "scratch"
        scratch.mkdir()
        engine = DuckDBEngine(scratch, threads=1)
        try:
            period = range(*map(parse_month, PERIOD))
            staged = incidents.stage(engine, kinds()[KIND], files.find("police", ("**/*.csv",), root), scratch)
            table = engine.collect(incidents.canonical(engine, staged, study=square(), period=period))
        finally:
            engine.close()
    fates: Counter[tuple[object, ...]] = Counter()
    for found in table.to_pylist():
        reason = found["reason"]
        month = format_month(found["month"]) if reason in {None, "superseded", "outside-area"} else ""
        fates[reason, month, *((found["category"], found["cell"]) if reason is None else ("", 0))] += 1
    bad = sum(file.bad_lines for file in staged)
    if bad:
        fates["no row",] = bad
    return fates, table.num_rows, bad


@settings(max_examples=20, deadline=None, database=None, derandomize=True)
@given(texts)
def test_read_is_mapped_and_every_reason(contents: dict[str, tuple[list[str], str, bool]]) -> None:
    fates, read, bad = by_engine(contents)
    assert fates == by_hand(contents)
    physical = sum(1 for own, _, _ in contents.values() for line in own if line.strip())
    assert read + bad == physical == sum(fates.values())
