"""Figures of official areas: text to numbers, one reason a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import SchemaError
from geointel.ingest import figures, files
from geointel.sources.base import FigureKind, kinds

HEADER = "area_code,indicator,group,period,value,lower,upper,count,unit,method\n"
KNOWN = figures.Known(frozenset({"E06000001", "E06000002"}), frozenset({"E06000009"}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    (tmp_path / "scratch").mkdir()
    engine = DuckDBEngine(tmp_path / "scratch", threads=1)
    yield engine
    engine.close()


def read(
    engine: DuckDBEngine,
    folder: Path,
    *texts: str,
    kind: str = "area-indicator",
    known: figures.Known = KNOWN,
    **options: object,
) -> tuple[Counter[str | None], list[dict[str, Any]]]:
    for number, text in enumerate(texts):
        (folder / f"{number}.csv").write_text(text, encoding="utf-8")
    found = kinds()[kind]
    found = found.configured(found.options.model_validate(options))
    assert isinstance(found, FigureKind)
    raws = files.find("own", ("*.csv",), folder)
    staged = figures.stage(engine, found, raws, folder / "scratch")
    rows, each = figures.canonical(engine, staged, known, kind=found, scratch=folder / "scratch")
    reasons = Counter(engine.collect(rows)["reason"].to_pylist())
    reasons["bad-row"] += sum(file.bad_lines for file in staged)
    return +reasons, engine.collect(each).to_pylist()


@pytest.mark.parametrize(
    ("written", "value"),
    [("21.3", 21.3), ("1,632", 1632), ('" 12 "', 12), ("-4", -4), ("3.5e2", 350), ("12%", 12), (".5", 0.5), ("0", 0)],
)
def test_a_number_is_read_as_it_is_written(engine: DuckDBEngine, tmp_path: Path, written: str, value: float) -> None:
    quoted = written if written.startswith('"') else f'"{written}"'
    reasons, found = read(engine, tmp_path, f"{HEADER}E06000001,a,,2024,{quoted},,,,,\n")
    assert reasons == {None: 1}
    assert (found[0]["value"], found[0]["status"]) == (value, "shown")


@pytest.mark.parametrize("written", ["*", "c", "[c]", "<5", "≤ 10", "Suppressed"])
def test_a_withheld_figure_stays_as_suppressed(engine: DuckDBEngine, tmp_path: Path, written: str) -> None:
    reasons, found = read(engine, tmp_path, f"{HEADER}E06000001,a,,2024,{written},,,,,\n")
    assert reasons == {None: 1}
    assert (found[0]["value"], found[0]["status"]) == (None, "suppressed")


@pytest.mark.parametrize("written", ["", "-", "N/A", "..", "[x]", ":"])
def test_a_row_without_a_figure_has_no_data(engine: DuckDBEngine, tmp_path: Path, written: str) -> None:
    assert read(engine, tmp_path, f"{HEADER}E06000001,a,,2024,{written},,,,,\n") == ({"no-data": 1}, [])


@pytest.mark.parametrize(
    "line",
    [
        "E06000001,a,,2024,many,,,,,",
        "E06000001,a,,2024,1,low,,,,",
        'E06000001,a,,2024,"1,63",,,,,',
        "E06000001,a,,2024,nan,,,,,",
        "E06000001,a,,2024,inf,,,,,",
        ",a,,2024,1,,,,,",
        "E06000001,a,,,1,,,,,",
        "E06000001,a,,2024,1,2",
    ],
)
def test_a_row_that_cannot_be_read_is_a_bad_row(engine: DuckDBEngine, tmp_path: Path, line: str) -> None:
    assert read(engine, tmp_path, f"{HEADER}{line}\n") == ({"bad-row": 1}, [])


def test_a_row_has_the_first_reason_that_applies(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = [
        "E06000009,a,,2024,x1,,,,,",
        "E06000009,a,,2024,*,,,,,",
        "E06000007,a,,2024,,,,,,",
        "E06000001,a,,2024,,,,,,",
    ]
    reasons, found = read(engine, tmp_path, HEADER + "\n".join(lines) + "\n")
    assert reasons == {"bad-row": 1, "outside-area": 1, "unmatched": 1, "no-data": 1}
    assert found == []


def test_the_same_figure_again_is_a_duplicate_over_files_too(engine: DuckDBEngine, tmp_path: Path) -> None:
    line = f"{HEADER}E06000001,a,,2024,5,4,6,,,\n"
    reasons, found = read(engine, tmp_path, line + line.splitlines()[1] + "\n", line)
    assert reasons == {None: 1, "duplicate": 2}
    assert len(found) == 1


def test_no_step_holds_all_rows_to_ask_them_twice(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    write = engine.write

    def seen(expr: ir.Table, path: Path) -> None:
        asked.append(str(ibis.to_sql(expr, dialect="duckdb")))
        write(expr, path)

    monkeypatch.setattr(engine, "write", seen)
    read(engine, tmp_path, f"{HEADER}E06000001,a,,2024,5,4,6,,,\n")
    assert asked
    assert not [sql for sql in asked if sql.startswith("WITH")]  # the engine keeps such a table in memory


def test_two_figures_for_one_key_are_refused_by_name(engine: DuckDBEngine, tmp_path: Path) -> None:
    text = f"{HEADER}E06000001,a,men,2024,5,,,,,\nE06000001,a,men,2024,6,,,,,\n"
    with pytest.raises(SchemaError, match=r"0\.csv: there are two figures for E06000001, 2024, a, men"):
        read(engine, tmp_path, text)


def test_parts_of_one_figure_are_added_where_the_source_says_so(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = [
        "E06000001,a,,2024,5,4,6,2,,",
        "E06000001,a,,2024,5,4,6,3,,",
        "E06000002,a,,2024,5,,,,,",
        "E06000002,a,,2024,*,,,,,",
    ]
    reasons, found = read(engine, tmp_path, HEADER + "\n".join(lines) + "\n", repeats="add")
    assert reasons == {None: 4}
    first, second = sorted(found, key=lambda row: row["code"])
    assert (first["value"], first["count"], first["lower"], first["status"]) == (10, 5, None, "shown")
    assert (second["value"], second["status"]) == (None, "suppressed")


def test_old_and_new_methods_and_periods_are_kept_apart(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = [
        "E06000001,ocu,Opiates,2016/17,5,4,6,,,old",
        "E06000001,ocu,Opiates,2016/17,7,6,8,,,new",
        "E06000001,ocu,Opiates,2019/20,9,8,10,,,new",
    ]
    reasons, found = read(engine, tmp_path, HEADER + "\n".join(lines) + "\n")
    assert reasons == {None: 3}
    assert {(row["method"], row["period"], row["value"]) for row in found} == {
        ("old", "2016/17", 5), ("new", "2016/17", 7), ("new", "2019/20", 9),
    }  # fmt: skip
    assert {row["group"] for row in found} == {"opiate"}


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("Opiates and/or crack cocaine", "opiate-and-crack"),
        ("OCU", "opiate-and-crack"),
        ("Crack", "crack"),
        ("Non-opiate only", "non-opiate"),
        ("ALCOHOL ONLY", "alcohol"),
        ("Under 18", "under-18"),
        ("Aged 15 to 24", "Aged 15 to 24"),
    ],
)
def test_substances_have_one_word_each(engine: DuckDBEngine, tmp_path: Path, word: str, slug: str) -> None:
    text = f"area_code,indicator,substance,period,estimate\nE06000001,ocu,{word},2020,5\n"
    assert read(engine, tmp_path, text)[1][0]["group"] == slug


def test_columns_are_named_fixed_and_joined(engine: DuckDBEngine, tmp_path: Path) -> None:
    text = "Place,Sex,Age,N\nE06000001,Women,18-24,12\n"
    _, found = read(
        engine, tmp_path, text, code="Place", group=["Sex", "Age"], value="N",
        fixed={"indicator": "numbers in treatment", "period": "2023/24", "unit": "people"},
    )  # fmt: skip
    (row,) = found
    assert (row["indicator"], row["group"], row["period"], row["unit"], row["value"]) == (
        "numbers in treatment", "Women 18-24", "2023/24", "people", 12,
    )  # fmt: skip


def test_a_file_without_the_named_column_is_refused(engine: DuckDBEngine, tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="'N' is missing"):
        read(engine, tmp_path, f"{HEADER}E06000001,a,,2024,5,,,,,\n", value="N")


def test_single_years_of_age_make_bands(engine: DuckDBEngine, tmp_path: Path) -> None:
    ages = [*range(90), "90+"]
    header = ",".join(["lsoa11_code", "total_population", *map(str, ages)])
    values = ",".join(str((age if isinstance(age, int) else 90) // 2) for age in ages)
    known = figures.Known(frozenset({"E01000001"}))
    reasons, each = read(engine, tmp_path, f"{header}\nE01000001,4095,{values}\n", kind="population", known=known)
    assert reasons == {None: 1}
    total = engine.collect(
        figures.totals(engine.register("each", pa.Table.from_pylist(each).select(["code", "group", "value"])))
    )
    found = dict(zip(total["group"].to_pylist(), total["value"].to_pylist(), strict=True))
    assert found.pop("all") == 4095
    assert sum(found.values()) == sum(age // 2 for age in range(91))
    assert found["age-18-24"] == sum(age // 2 for age in range(18, 25))
    assert found["age-65-over"] == sum(age // 2 for age in range(65, 91))


def test_other_kinds_of_area_in_one_column_only_repeat_the_people(engine: DuckDBEngine, tmp_path: Path) -> None:
    known = figures.Known(frozenset({"E01000001"}), frozenset(), frozenset({"01"}))
    text = 'Area Codes,All Ages\nE06000008,"148,772"\nE01000001,"1,487"\nW01000001,12\nAll,9\n'
    reasons, found = read(engine, tmp_path, text, kind="population", known=known)
    assert reasons == {None: 1, "duplicate": 1, "unmatched": 2}
    assert [row["value"] for row in found] == [1487]


@pytest.mark.parametrize(("written", "reason"), [("-1", "bad-row"), ("*", "no-data"), ("", "no-data")])
def test_people_are_never_fewer_than_none_nor_guessed(
    engine: DuckDBEngine, tmp_path: Path, written: str, reason: str
) -> None:
    known = figures.Known(frozenset({"E01000001"}))
    text = f"lsoa21_code,total_residents\nE01000001,{written}\n"
    assert read(engine, tmp_path, text, kind="population", known=known) == ({reason: 1}, [])
