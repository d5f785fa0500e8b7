"""Counting: the real expressions on the real engine against counting by hand."""

from __future__ import annotations

import random
import runpy
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import pyarrow as pa
import pytest

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.model import ALL, INCIDENTS, SPECIAL, windows_over

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parents[1] / "golden" / "facts" / "statements.py"
LEAF, RESOLUTIONS = 9, (6, 7, 8, 9)
HOME = h3.latlng_to_cell(53.82, -3.05, LEAF)
LEAVES = h3.grid_disk(HOME, 25)
CATEGORIES = ("drugs", "robbery", "anti-social-behaviour")
MONTHS = (*range(24288, 24300), 24301)
REASONS = ("no-location", "bad-coordinates", "superseded", "outside-area", "bad-row", "bad-date", "outside-period")
SCHEMA = pa.schema(
    {
        "month": pa.int32(),
        "category": pa.string(),
        "cell": pa.int64(),
        "special": pa.bool_(),
        "area_code": pa.string(),
        "area_name": pa.string(),
        "reason": pa.string(),
    }
)


def drawn(seed: int, n: int = 1500) -> list[dict[str, Any]]:
    """Canonical rows as ingest makes them: mapped ones, and ones that a reason took."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    rows = []
    for _ in range(n):
        reason = draw.choice((None, None, None, *REASONS))
        rows.append(
            {
                "month": None if reason == "bad-date" else draw.choice(MONTHS),
                "category": None if reason == "bad-row" else draw.choice(CATEGORIES),
                "cell": None if reason in {"no-location", "bad-coordinates"} else draw.choice(LEAVES[:60]),
                "special": draw.random() < 0.2,
                "area_code": draw.choice(("E1", "E2", None)),
                "area_name": draw.choice(("Blackpool 006A", "Blackpool 006B", "Fylde 001C", None)),
                "reason": reason,
            }
        )
    return rows


ROWS = drawn(1)
MAPPED = [row for row in ROWS if row["reason"] is None]
WINDOWS = {window.id: window.months for window in windows_over(MONTHS, rolling=True)}
AREA_OF = {cell: ("W" if cell < HOME else "E") for cell in LEAVES[:40]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path_factory.mktemp("scratch"), threads=1)
    made.register("rows", pa.Table.from_pylist(ROWS, SCHEMA))
    yield made
    made.close()


@pytest.fixture(scope="module")
def tables(engine: DuckDBEngine) -> dict[str, Any]:
    rows = engine.register("rows", pa.Table.from_pylist(ROWS, SCHEMA))
    pairs = [(window, month) for window, months in WINDOWS.items() for month in months]
    windows = pa.table({"window": [w for w, _ in pairs], "month": pa.array([m for _, m in pairs], pa.int32())})
    membership = pa.table({"cell": list(AREA_OF), "level": ["lad"] * 40, "code": list(AREA_OF.values())})
    leaves = engine.register("leaves", engine.collect(facts.by_leaf(rows)))
    return {
        "rows": rows,
        "leaves": leaves,
        "windows": engine.register("windows", windows),
        "membership": engine.register("membership", membership),
    }


def counted(place: Any, rows: list[dict[str, Any]] = MAPPED) -> dict[tuple[Any, ...], float]:
    """Counts by hand: place, window, measure and category → value."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        for here in place(row):
            for window, months in WINDOWS.items():
                if row["month"] in months:
                    for category in (row["category"], ALL):
                        found[*here, window, INCIDENTS, category] += 1
                        found[*here, window, SPECIAL, category] += row["special"]
    return {key: float(n) for key, n in found.items() if n}


def keyed(table: pa.Table, *keys: str) -> dict[tuple[Any, ...], float]:
    rows = table.to_pylist()
    found = {tuple(row[key] for key in keys): row["value"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_windows_of_the_case_are_months_quarters_and_a_year() -> None:
    assert len(WINDOWS) == 13 + 4 + 1


def test_leaves_are_counted_once(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    table = engine.collect(tables["leaves"])
    assert sum(table["incidents"].to_pylist()) == len(MAPPED)
    assert sum(table[SPECIAL].to_pylist()) == sum(row["special"] for row in MAPPED)


def test_cells_of_every_resolution_and_window(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    table = engine.collect(facts.cell_facts(tables["leaves"], tables["windows"], RESOLUTIONS))

    def places(row: dict[str, Any]) -> list[tuple[int, int]]:
        return [(resolution, h3.cell_to_parent(row["cell"], resolution)) for resolution in RESOLUTIONS]

    assert keyed(table, "resolution", "cell", "window", "measure", "category") == counted(places)
    assert table.schema.field("value").type == pa.float64()


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_resolution_has_the_same_total(engine: DuckDBEngine, tables: dict[str, Any], resolution: int) -> None:
    table = engine.collect(facts.cell_facts(tables["leaves"], tables["windows"], (resolution,)))
    months = {window for window, months in WINDOWS.items() if len(months) == 1}
    rows = [row for row in table.to_pylist() if row["measure"] == INCIDENTS and row["window"] in months]
    assert sum(row["value"] for row in rows if row["category"] == ALL) == len(MAPPED)
    assert sum(row["value"] for row in rows if row["category"] != ALL) == len(MAPPED)


def test_areas(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    table = engine.collect(facts.area_facts(tables["leaves"], tables["windows"], tables["membership"]))

    def places(row: dict[str, Any]) -> list[tuple[str, str]]:
        return [("lad", AREA_OF[row["cell"]])] if row["cell"] in AREA_OF else []

    assert keyed(table, "level", "code", "window", "measure", "category") == counted(places)


def test_rows_without_a_place(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    table = engine.collect(facts.unmapped_facts(tables["rows"], tables["windows"]))
    lost = [row for row in ROWS if row["reason"] is not None and row["month"] and row["category"]]
    by_hand = counted(lambda row: [(row["reason"],)], lost)
    expected = {
        (window, category, reason): n
        for (reason, window, measure, category), n in by_hand.items()
        if measure == INCIDENTS
    }
    assert keyed(table, "window", "category", "reason") == expected
    assert {key[2] for key in expected} == set(REASONS) - {"bad-row", "bad-date"}


def test_any_row_supports_its_cell(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    found = {
        (row["resolution"], row["cell"]) for row in engine.collect(facts.support(tables["rows"], (6, 9))).to_pylist()
    }
    cells = {row["cell"] for row in ROWS if row["cell"] is not None}
    assert found == {(9, cell) for cell in cells} | {(6, h3.cell_to_parent(cell, 6)) for cell in cells}


def test_reconciliation(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    found = {row["reason"]: row["n"] for row in engine.collect(facts.reconciliation(tables["rows"])).to_pylist()}
    assert found == Counter(row["reason"] for row in ROWS)


def test_names_are_the_commonest_without_their_last_letter(engine: DuckDBEngine) -> None:
    here, there = HOME, LEAVES[-1]
    said = [
        *[(here, "Blackpool 006A", None)] * 2,
        *[(here, "Blackpool 006B", None)] * 2,
        *[(here, "Fylde 001C", None)] * 3,
        *[(here, "Wyre 009D", "outside-area")] * 9,
        (there, "Wyre 002A", None),
        (there, "Fylde 001C", None),
        (there, None, None),
    ]
    blank = dict.fromkeys(SCHEMA.names)
    table = pa.Table.from_pylist([{**blank, "cell": c, "area_name": n, "reason": r} for c, n, r in said], SCHEMA)
    found = engine.collect(facts.names(engine.register("said", table), (9,))).to_pylist()
    assert {row["cell"]: row["name"] for row in found} == {here: "Blackpool 006", there: "Fylde 001"}


def test_agreement_of_cells_with_the_rows_own_codes(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    own = pa.table({"level": ["lad"], "area_code": ["E1"], "own_code": ["W"]})
    table = engine.collect(facts.agreement(tables["rows"], tables["membership"], engine.register("own", own)))
    expected: Counter[tuple[Any, ...]] = Counter()
    for row in ROWS:
        by_cell = AREA_OF.get(row["cell"]) if row["reason"] in {None, "outside-area"} else None
        by_code = "W" if row["area_code"] == "E1" else None
        if row["reason"] in {None, "outside-area"} and (by_cell or by_code):
            expected["lad", row["category"], by_cell, by_code] += 1
    found = {(r["level"], r["category"], r["by_cell"], r["by_code"]): r["n"] for r in table.to_pylist()}
    assert found == expected


@pytest.mark.parametrize("resolution", range(10))
def test_a_parent_is_h3_s(engine: DuckDBEngine, resolution: int) -> None:
    cells = [*LEAVES[::40], *h3.get_pentagons(LEAF)]
    table = engine.register("cells", pa.table({"cell": cells}))
    found = engine.collect(table.select("cell", above=facts.parent(table.cell, resolution))).to_pylist()
    assert {row["cell"]: row["above"] for row in found} == {c: h3.cell_to_parent(c, resolution) for c in cells}


def test_no_rows_give_no_facts(engine: DuckDBEngine, tables: dict[str, Any]) -> None:
    none = engine.register("none", pa.Table.from_pylist([], SCHEMA))
    leaves = engine.register("no_leaves", engine.collect(facts.by_leaf(none)))
    assert engine.collect(facts.cell_facts(leaves, tables["windows"], (6, 8))).num_rows == 0
    assert engine.collect(facts.support(none, (6, 8))).num_rows == 0


GOLDEN_CASES = [(path.name, path, sql) for path, sql in runpy.run_path(str(GOLDEN))["statements"]()]


@pytest.mark.parametrize(("path", "sql"), [case[1:] for case in GOLDEN_CASES], ids=[case[0] for case in GOLDEN_CASES])
def test_golden_facts_sql(path: Path, sql: str) -> None:
    assert path.read_text(encoding="utf-8") == sql, "If the change is meant, run `make bless`."


def test_every_golden_statement_is_in_use() -> None:
    assert {path.name for path in GOLDEN.parent.glob("*.sql")} == {name for name, _, _ in GOLDEN_CASES}


KEYED = SCHEMA.append(pa.field("record_low", pa.int64())).append(pa.field("record_high", pa.int64()))
KEYED = KEYED.append(pa.field("person_key", pa.int64()))


@pytest.fixture(scope="module")
def keyed_rows() -> list[dict[str, Any]]:
    """Rows with record keys, large ones among them, and persons, one of them often."""
    draw = random.Random(3)  # noqa: S311 - not for secrets
    made = []
    for row in ROWS:
        key = draw.choice((draw.getrandbits(64), 2**64 - 1, 0))
        person = draw.choice((1, 1, 1, 2, 3, None))
        made.append({**row, "record_low": key % 2**32, "record_high": key >> 32, "person_key": person})
    return made


def key_of(row: dict[str, Any]) -> int:
    return int(row["record_low"]) + (int(row["record_high"]) << 32)


def test_record_keys_are_summed_with_the_counts_they_belong_to(
    engine: DuckDBEngine, tables: dict[str, Any], keyed_rows: list[dict[str, Any]]
) -> None:
    """Sums of 64-bit keys modulo 2⁶⁴, by brute force in whole numbers of any size."""
    rows = engine.register("keyed", pa.Table.from_pylist(keyed_rows, KEYED))
    leaves = engine.register("keyed_leaves", engine.collect(facts.by_leaf(rows)))
    found = engine.collect(facts.cell_facts(leaves, tables["windows"], RESOLUTIONS)).to_pylist()
    assert len(found) > 1000
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in keyed_rows:
        for window, months in WINDOWS.items():
            if row["reason"] is None and row["month"] in months:
                for resolution in RESOLUTIONS:
                    place = resolution, h3.cell_to_parent(row["cell"], resolution)
                    for category in (row["category"], ALL):
                        sums[*place, window, INCIDENTS, category] += key_of(row)
                        if row["special"]:
                            sums[*place, window, SPECIAL, category] += key_of(row)
    for row in found:
        place = row["resolution"], row["cell"], row["window"], row["measure"], row["category"]
        assert (row["key_low"] + (row["key_high"] << 32)) % 2**64 == sums[place] % 2**64


def test_keys_of_rows_without_a_place(
    engine: DuckDBEngine, tables: dict[str, Any], keyed_rows: list[dict[str, Any]]
) -> None:
    rows = engine.register("keyed", pa.Table.from_pylist(keyed_rows, KEYED))
    found = engine.collect(facts.unmapped_facts(rows, tables["windows"])).to_pylist()
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in keyed_rows:
        if row["reason"] is not None and row["month"] and row["category"]:
            for window, months in WINDOWS.items():
                if row["month"] in months:
                    for category in (row["category"], ALL):
                        sums[window, category, row["reason"]] += key_of(row)
    assert {(r["window"], r["category"], r["reason"]) for r in found} == set(sums)
    for row in found:
        place = row["window"], row["category"], row["reason"]
        assert (row["key_low"] + (row["key_high"] << 32)) % 2**64 == sums[place] % 2**64


def test_who_adds_nothing_to_a_count_is_none_of_those_who_make_it_up(
    engine: DuckDBEngine, tables: dict[str, Any], keyed_rows: list[dict[str, Any]]
) -> None:
    """Two persons with six incidents each, and rows of weight 0 of five others, are two persons."""
    start = next(row for row in keyed_rows if row["reason"] is None and row["month"] in next(iter(WINDOWS.values())))
    given = [
        {**start, "weight": weight, "person_key": person, "record_low": person, "record_high": 0}
        for person, weight in enumerate([6, 6, 0, 0, 0, 0, 0])
    ]
    rows = engine.register("weighed", pa.Table.from_pylist(given, KEYED.append(pa.field("weight", pa.int64()))))
    each = engine.register("each", engine.collect(facts.by_contributor(rows, "person")))
    found = engine.collect(facts.concentrated_cells(each, tables["windows"], (9,), fewest=3, share=0.85)).to_pylist()
    assert found
    assert {(row["value"], row["contributors"], row["largest"]) for row in found} == {(12.0, 2, 6.0)}


def test_counts_that_few_persons_make_up(
    engine: DuckDBEngine, tables: dict[str, Any], keyed_rows: list[dict[str, Any]]
) -> None:
    rows = engine.register("keyed", pa.Table.from_pylist(keyed_rows, KEYED))
    each = engine.register("each", engine.collect(facts.by_contributor(rows, "person")))
    found = engine.collect(facts.concentrated_cells(each, tables["windows"], (7, 9), fewest=4, share=0.6)).to_pylist()
    persons: dict[tuple[Any, ...], Counter[Any]] = {}
    for row in keyed_rows:
        for window, months in WINDOWS.items():
            if row["reason"] is None and row["month"] in months:
                for resolution in (7, 9):
                    for category in (row["category"], ALL):
                        place = resolution, h3.cell_to_parent(row["cell"], resolution), window, category
                        who = row["record_low"] if row["person_key"] is None else row["person_key"]
                        persons.setdefault(place, Counter())[who] += 1
    expected = {
        place: (float(n.total()), len(n), float(max(n.values())))
        for place, n in persons.items()
        if n.total() > 1 and (len(n) < 4 or max(n.values()) > 0.6 * n.total())
    }
    got = {
        (row["resolution"], row["cell"], row["window"], row["category"]): (
            row["value"],
            row["contributors"],
            row["largest"],
        )
        for row in found
    }
    assert got == expected


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_person_has_no_more_records_in_a_financial_year_than_may_count(
    engine: DuckDBEngine, keyed_rows: list[dict[str, Any]], most: int
) -> None:
    rows = engine.register("keyed", pa.Table.from_pylist(keyed_rows, KEYED))
    found = engine.collect(facts.bounded(rows, most)).to_pylist()
    by_person: dict[tuple[Any, ...], list[Any]] = {}
    for row in keyed_rows:
        if row["reason"] is None and row["cell"] is not None:
            year = next(n for n in range(30_000) if n * 12 + 3 <= row["month"] < n * 12 + 15)
            who = row["record_low"] if row["person_key"] is None else row["person_key"]
            by_person.setdefault((who, year), []).append((row["record_low"], row["record_high"]))
    assert any(len(own) > most for own in by_person.values()) or most > 2
    expected = sorted(key for own in by_person.values() for key in sorted(own)[:most])
    assert sorted((row["record_low"], row["record_high"]) for row in found) == expected
    assert set(found[0]) == set(keyed_rows[0])


def test_a_row_that_stands_for_many_incidents_counts_as_many(
    engine: DuckDBEngine, keyed_rows: list[dict[str, Any]]
) -> None:
    weighed = [{**row, "weight": float(1 + n % 3)} for n, row in enumerate(keyed_rows)]
    rows = engine.register("keyed", pa.Table.from_pylist(weighed, KEYED.append(pa.field("weight", pa.float64()))))
    found = engine.collect(facts.bounded(rows, 4)).to_pylist()
    sums: Counter[Any] = Counter()
    for row in found:
        who = row["record_low"] if row["person_key"] is None else row["person_key"]
        sums[who, (row["month"] - 3) // 12] += row["weight"]
    assert max(sums.values()) == 4
    assert {row["weight"] for row in engine.collect(facts.bounded(rows, 2)).to_pylist()} == {1.0, 2.0}
