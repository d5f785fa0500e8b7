"""DuckDB, embedded: the default engine."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb
import ibis
import pyarrow as pa

from geointel.engine.base import Reject
from geointel.errors import EngineError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.engine.base import Locate

REJECTS = ("reject_errors", "reject_scans")
TAKE_REJECTS = """
    SELECT file_path, line, min(error_type::VARCHAR) FROM reject_errors JOIN reject_scans USING (scan_id, file_id)
    GROUP BY file_path, line ORDER BY file_path, line
"""
"""A source may look at its files twice in one go: each look numbers the files anew, so they are known by their paths."""
TEXT = "text_files"
"""View of the text files that are being read."""
PLAIN = {"compression": "uncompressed", "write_bloom_filter": False}
"""How Parquet is written: for the next step of a build, which reads it once or twice and throws it away."""
ROWS_OF_LISTS = 8_192
"""How many rows are held until they are written together, where a row holds many values. Of others, 122,880 are."""
SPILLED = "duckdb_temp"
"""What the files are called that DuckDB spills to."""


class DuckDBEngine:
    """One in-memory DuckDB with a memory limit; what does not fit is spilled to ``scratch``.

    Parameters
    ----------
    scratch
        Folder for spilled data. It holds raw rows while a build runs: keep it as private as the
        source files.
    memory
        DuckDB's ``memory_limit``.
    threads
        How many threads; ``None`` takes what the machine has.
    """

    name = "duckdb"

    def __init__(self, scratch: Path, *, memory: str = "1GB", threads: int | None = None) -> None:
        settings: dict[str, str | int] = {"memory_limit": memory, "temp_directory": str(scratch)}
        if threads is not None:
            settings["threads"] = threads
        self._con = ibis.duckdb.connect(**settings)
        with suppress(duckdb.InvalidInputException):  # a notebook without widgets has no bar to switch off
            self._con.con.execute("SET enable_progress_bar = false")

    def stage_text(
        self, paths: Sequence[Path], columns: Sequence[str], *, transform: Callable[[ir.Table], ir.Table], target: Path
    ) -> tuple[Reject, ...]:
        """See ``Engine.stage_text``. Types and dialect are told, never guessed."""
        try:
            self._write(transform(self._text(paths, columns)), target)
        except (duckdb.InvalidInputException, duckdb.IOException, duckdb.InternalException) as error:
            self._forget_rejects()
            if any(own in str(error) for own in (target.name, SPILLED)):
                raise _failed(error) from error
            raise _unreadable(paths, error) from error
        except duckdb.Error as error:
            raise _failed(error) from error
        return self._take_rejects(paths)

    def read(self, paths: Sequence[Path]) -> ir.Table:
        """See ``Engine.read``."""
        return self._con.read_parquet([_literal(path) for path in paths])

    def read_numbered(self, paths: Sequence[Path]) -> ir.Table:
        """See ``Engine.read_numbered``."""
        rows = self._con.read_parquet([_literal(path) for path in paths], file_row_number=True)
        return rows.rename(row="file_row_number")

    def register(self, name: str, table: pa.Table) -> ir.Table:
        """See ``Engine.register``."""
        return self._con.create_table(name, table, overwrite=True, temp=True)

    def index_points(self, points: ir.Table, locate: Locate, **more: Locate) -> ir.Table:
        """See ``Engine.index_points``: h3-py in this process, on points that are distinct already."""
        found = self.collect(points)
        located = found.append_column("cell", pa.array(locate(found), pa.int64()))
        for name, other in more.items():
            numbers = other(found)
            located = located.append_column(name, pa.array(numbers, pa.int64(), mask=numbers < 0))
        return self.register("located_points", located)

    def collect(self, expr: ir.Table) -> pa.Table:
        """See ``Engine.collect``."""
        try:
            return self._con.to_pyarrow(expr)
        except duckdb.Error as error:
            raise _failed(error) from error

    def write(self, expr: ir.Table, path: Path) -> None:
        """See ``Engine.write``."""
        try:
            self._write(expr, path)
        except duckdb.Error as error:
            raise _failed(error) from error

    def close(self) -> None:
        """See ``Engine.close``."""
        self._con.disconnect()

    def _write(self, expr: ir.Table, path: Path) -> None:
        if not any(kind.is_array() for kind in expr.schema().values()):
            self._con.to_parquet(expr, str(path), **PLAIN)
            return
        (threads,) = self._con.con.execute("SELECT current_setting('threads')").fetchone() or (None,)
        self._con.con.execute("SET threads = 1")  # of two, one piles up rows until it is the other's turn
        try:
            self._con.to_parquet(expr, str(path), **PLAIN, row_group_size=ROWS_OF_LISTS)
        finally:
            self._con.con.execute(f"SET threads = {threads}")

    def _text(self, paths: Sequence[Path], columns: Sequence[str]) -> ir.Table:
        """Text files as a table, read when it is asked for. The reader's own columns bear names of ours."""
        given = {f"c{number}": name for number, name in enumerate(columns)}
        text = self._con.con.read_csv(
            [_literal(path) for path in paths],
            columns=dict.fromkeys(given, "VARCHAR"),
            auto_detect=False,
            header=True,
            delimiter=",",
            quotechar='"',
            escapechar='"',
            store_rejects=True,
        )
        text.project(f"file_index::INT AS file, {', '.join(given)}").create_view(TEXT)
        return self._con.table(TEXT).rename({name: own for own, name in given.items()})

    def _take_rejects(self, paths: Sequence[Path]) -> tuple[Reject, ...]:
        """Lines that the last read refused, each once; they are forgotten here."""
        rows = self._con.con.execute(TAKE_REJECTS).fetchall()
        self._forget_rejects()
        number = {_absolute(path): place for place, path in enumerate(paths)}
        found = [Reject(number[file], int(line), kind.lower()) for file, line, kind in rows]
        return tuple(sorted(found, key=lambda reject: (reject.file, reject.line)))

    def _forget_rejects(self) -> None:
        for table in REJECTS:
            self._con.con.execute(f"DROP TABLE IF EXISTS {table}")


def _literal(path: Path) -> str:
    """The path as a pattern that matches nothing else: DuckDB reads ``*``, ``?`` and ``[`` as wild cards."""
    return re.sub(r"([*?\[])", r"[\1]", _absolute(path))


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - ".." goes, links stay


def _unreadable(paths: Sequence[Path], error: Exception) -> SchemaError:
    first = str(error).strip().splitlines()[0]
    return SchemaError(
        f"the file cannot be read as CSV ({first}).",
        file=paths[0],
        remedy="Download it again, or save it as comma-separated UTF-8 text.",
    )


def _failed(error: Exception) -> EngineError:
    text = str(error).strip().splitlines()[0]
    return EngineError(
        f"DuckDB stopped: {text}",
        remedy="If it ran out of memory or disk, free some space beside the snapshots folder and build again.",
    )
