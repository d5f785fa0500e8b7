"""The default engine keeps the engine's seven promises."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geointel.engine.base import Engine, Reject
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import EngineError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

COLUMNS = ["a", "b"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path, threads=2)
    yield made
    made.close()


def stage(engine: Engine, folder: Path, **files: str | bytes) -> tuple[list[dict[str, object]], tuple[Reject, ...]]:
    """Stage files as they are; return the rows, and the rejects."""
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    target = folder / "out.parquet"
    rejects = engine.stage_text(paths, COLUMNS, transform=lambda text: text.select("file", "a", "b"), target=target)
    return pq.read_table(target).to_pylist(), rejects


def test_text_stays_text_and_blank_is_null(engine: DuckDBEngine, tmp_path: Path) -> None:
    rows, rejects = stage(engine, tmp_path, one='a,b\n007,1.50\n,""\n"x,y"," z"\n')
    assert [(row["a"], row["b"]) for row in rows] == [("007", "1.50"), (None, None), ("x,y", " z")]
    assert rejects == ()


def test_rows_keep_their_order_and_their_file(engine: DuckDBEngine, tmp_path: Path) -> None:
    many = "a,b\n" + "".join(f"{n},x\n" for n in range(5000))
    rows, _ = stage(engine, tmp_path, two=many, one="a,b\n-1,y\n")
    assert [int(str(row["a"])) for row in rows] == [*range(5000), -1]
    assert [row["file"] for row in rows[4999:]] == [0, 1]


def test_paths_are_the_ones_given(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "it's [1] *.csv"
    path.write_text("a,b\n1,2\n")
    (tmp_path / "it's 1 x.csv").write_text("a,b\n3,4\n")
    target = tmp_path / "out [2].parquet"
    engine.stage_text([path], COLUMNS, transform=lambda text: text, target=target)
    assert engine.collect(engine.read([target])).to_pylist() == [{"file": 0, "a": "1", "b": "2"}]


def test_relative_paths_are_read(engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in [1]"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("one.csv").write_text("a,b\n1,2\nonly\n")
    target = Path("../out.parquet")
    (reject,) = engine.stage_text([Path("../in [1]/one.csv")], COLUMNS, transform=lambda text: text, target=target)
    assert engine.collect(engine.read([target]))["a"].to_pylist() == ["1"]
    assert (reject.file, reject.line) == (0, 3)


def test_lines_that_are_no_rows_come_back_once(engine: DuckDBEngine, tmp_path: Path) -> None:
    rows, rejects = stage(engine, tmp_path, one="a,b\n1,2\nonly\n1,2,3,4\n5,6\n", two="a,b\n\n7,8\n", three="a,b\nx\n")
    assert len(rows) == 3
    assert [(reject.file, reject.line) for reject in rejects] == [(0, 3), (0, 4), (2, 2)]
    assert all(reject.kind for reject in rejects)


def test_rejects_are_of_the_last_read_alone(engine: DuckDBEngine, tmp_path: Path) -> None:
    assert len(stage(engine, tmp_path, one="a,b\nonly\n")[1]) == 1
    assert stage(engine, tmp_path, two="a,b\n1,2\n")[1] == ()


def test_a_line_that_is_not_utf_8_is_no_row(engine: DuckDBEngine, tmp_path: Path) -> None:
    rows, rejects = stage(engine, tmp_path, one=b"a,b\n1,caf\xe9\n2,ok\n")
    assert ([row["a"] for row in rows], len(rejects)) == (["2"], 1)


def test_a_compressed_file(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "one.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\r\n1,2\r\n"))
    engine.stage_text([path], COLUMNS, transform=lambda text: text, target=tmp_path / "out.parquet")
    assert engine.collect(engine.read([tmp_path / "out.parquet"]))["b"].to_pylist() == ["2"]


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(os.urandom(9999))[:5000]])
def test_a_file_that_cannot_be_read_is_a_schema_error(engine: DuckDBEngine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=r"bad\.csv\.gz: the file cannot be read as CSV"):
        engine.stage_text([path], COLUMNS, transform=lambda text: text, target=tmp_path / "out.parquet")


def test_numbered_rows(engine: DuckDBEngine, tmp_path: Path) -> None:
    for name, first in (("one", 0), ("two", 10)):
        pq.write_table(pa.table({"n": list(range(first, first + 3))}), tmp_path / f"{name}.parquet")
    table = engine.read_numbered([tmp_path / "one.parquet", tmp_path / "two.parquet"])
    found = engine.collect(table.order_by("n"))
    assert found["n"].to_pylist() == [0, 1, 2, 10, 11, 12]
    assert found["row"].to_pylist() == [0, 1, 2, 0, 1, 2]


def test_registered_tables_are_replaced(engine: DuckDBEngine) -> None:
    engine.register("small", pa.table({"n": [1, 2]}))
    again = engine.register("small", pa.table({"word": ["x"]}))
    assert engine.collect(again).to_pylist() == [{"word": "x"}]


def test_an_empty_table_can_be_registered(engine: DuckDBEngine) -> None:
    empty = pa.table({"n": pa.array([], pa.int64()), "word": pa.array([], pa.string())})
    assert engine.collect(engine.register("empty", empty)).num_rows == 0


def test_points_are_indexed_where_the_engine_likes(engine: DuckDBEngine) -> None:
    points = engine.register("points", pa.table({"x": [1.5, 2.5, 3.5]}))

    def locate(table: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.asarray(table["x"].to_numpy() * 2, dtype=np.int64) + (1 << 60)

    found = engine.collect(engine.index_points(points, locate)).to_pylist()
    assert {row["x"]: row["cell"] - (1 << 60) for row in found} == {1.5: 3, 2.5: 5, 3.5: 7}


def test_rows_can_be_written_and_read_again(engine: DuckDBEngine, tmp_path: Path) -> None:
    table = engine.register("t", pa.table({"n": [3, 1, 2], "big": [1 << 62, -(1 << 62), 0]}))
    engine.write(table.filter(table.n > 1), tmp_path / "t.parquet")
    assert engine.collect(engine.read([tmp_path / "t.parquet"]).order_by("n")).to_pylist() == [
        {"n": 2, "big": 0},
        {"n": 3, "big": 1 << 62},
    ]


def test_what_fails_while_running_is_an_engine_error(engine: DuckDBEngine, tmp_path: Path) -> None:
    table = engine.register("t", pa.table({"word": ["x"]}))
    broken = table.select(n=table.word.cast("int64"))
    with pytest.raises(EngineError, match="DuckDB stopped"):
        engine.collect(broken)
    with pytest.raises(EngineError, match="DuckDB stopped") as caught:
        engine.write(broken, tmp_path / "t.parquet")
    assert caught.value.remedy


def test_a_query_larger_than_memory_uses_the_scratch_folder(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path, memory="60MB", threads=1)
    try:
        numbers = engine.register("n", pa.table({"n": np.arange(1500)}))
        pairs = numbers.cross_join(numbers.rename(m="n"))
        counted = pairs.group_by(key=pairs.n * 1500 + pairs.m).agg(n=ibis._.count()).agg(n=ibis._.count())
        assert engine.collect(counted).to_pylist() == [{"n": 1500 * 1500}]
    finally:
        engine.close()


NO_SPACE = """
import resource, sys
from pathlib import Path
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import EngineError
folder = Path(sys.argv[1])
(folder / "in.csv").write_text("a,b\\n" + "".join(f"{n * n},{n}\\n" for n in range(50_000)))
engine = DuckDBEngine(folder, threads=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    engine.stage_text([folder / "in.csv"], ["a", "b"], transform=lambda text: text, target=folder / "out.parquet")
except EngineError as error:
    print(error.message)
"""


def test_a_full_disk_is_not_the_file_s_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_SPACE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("DuckDB stopped")


def test_a_line_is_refused_once_however_often_its_file_is_looked_at(engine: Engine, tmp_path: Path) -> None:
    """The second look numbers the files anew."""
    paths = [tmp_path / "z.csv", tmp_path / "y.csv"]
    for path in paths:
        path.write_text("a,b\n1,2\nonly\n3,4\n")

    def twice(text: ir.Table) -> ir.Table:
        seen = text.filter(text.b == "4").select(known="file").distinct()
        return text.left_join(seen, text.file == seen.known).select("file", "a", "b")

    rejects = engine.stage_text(paths, COLUMNS, transform=twice, target=tmp_path / "staged.parquet")
    assert [(reject.file, reject.line) for reject in rejects] == [(0, 3), (1, 3)]
    assert pq.read_table(tmp_path / "staged.parquet").num_rows == 4
