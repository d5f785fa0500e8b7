"""The release ledger: what was released of sources that are not public, as it was first released.

A window that an edition has shown once keeps its numbers. Otherwise a record that came late, or was corrected, would stand alone in the difference
between two snapshots. The same holds for what is hidden in a financial year. The ledger is a folder beside the snapshots: one Parquet file for each source
of each edition, replaced whole. It holds released numbers and no others.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.disclosure.policy import year_id, year_of
from geointel.disclosure.rows import among, as_text, of_source
from geointel.errors import DisclosureError
from geointel.model import AREA_FACTS, FACTS, HIDDEN, UNMAPPED, format_month

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from geointel.model import ReleasedFacts, Window

COUNTS = {"cells": FACTS, "areas": AREA_FACTS, "unmapped": UNMAPPED}
SCHEMAS = {**COUNTS, "hidden": HIDDEN}
TABLE = "table"
MARK = "secret-mark"
"""File that tells one secret from another: a keyed hash, from which it does not follow."""
ABOUT = b"geointel.ledger"
VERSION = 1


@dataclass(frozen=True)
class Line:
    """One source in one edition: the rows that were released, and of which windows and years.

    ``geography`` is the digest of that under which they were counted. A window without rows was released too: it had only zeros.
    """

    geography: str
    windows: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)

    def rows(self, table: str) -> pa.Table:
        """Rows of a table, as its schema says."""
        return self.tables.get(table, SCHEMAS[table].empty_table())


def kept(new: pa.Table, line: Line | None, *, table: str, windows: Collection[str]) -> pa.Table:
    """Rows of a table of counts as an edition shows them: windows of the ledger as they stand there, others as ``new`` has them.

    ``windows`` are those that the edition shows.
    """
    if line is None:
        return new
    old = line.rows(table)
    wanted = sorted(line.windows & set(windows))
    own = new.filter(pc.invert(among(new["window"], wanted)))
    return pa.concat_tables([old.filter(among(old["window"], wanted)), own.cast(old.schema)]).unify_dictionaries()


def grown(line: Line, new: pa.Table, *, year: str) -> pa.Table:
    """What is hidden in a year that the ledger knows: all that was, as it was, and what ``new`` hides beside it."""
    old = line.rows("hidden")
    old = old.filter(among(old["year"], [year]))
    known = {_place(row) for row in old.to_pylist()}
    more = pa.array([_place(row) not in known for row in new.to_pylist()], pa.bool_())
    return pa.concat_tables([old, new.filter(more)]).unify_dictionaries()


def extended(
    line: Line | None, released: ReleasedFacts, *, source: str, geography: str, shown: Sequence[Window]
) -> Line:
    """Return the line with what an edition shows now: ``shown`` are its windows of the source."""
    known, ids = line or Line(geography), {window.id for window in shown}
    years = sorted({year_id(year_of(window.months[-1])) for window in shown})
    tables = {}
    for table in COUNTS:
        own = of_source(getattr(released, table), source)
        own = own.filter(among(own["window"], sorted(ids - known.windows)))
        tables[table] = pa.concat_tables([known.rows(table), own]).unify_dictionaries()
    hidden = known.rows("hidden")
    earlier = hidden.filter(pc.invert(among(hidden["year"], years)))
    tables["hidden"] = pa.concat_tables([earlier, of_source(released.hidden, source)]).unify_dictionaries()
    return Line(geography, known.windows | ids, known.years | set(years), tables)


def require_same_geography(line: Line | None, *, source: str, edition: str, geography: str) -> None:
    """Raise ``DisclosureError`` where boundaries or resolutions are not those of the ledger."""
    if line is not None and line.geography != geography:
        message = (
            f"The source {source!r} was released in the edition {edition!r} under other boundaries or resolutions: "
            "numbers of both could be subtracted from each other."
        )
        remedy = (
            "Build with the boundaries and `grid` of before. If they must change, agree it with the data's owner and begin a new ledger: "
            "move the old one away, and withdraw the snapshots that it belongs to."
        )
        raise DisclosureError(message, remedy=remedy)


def require_same_windows(line: Line | None, *, source: str, shown: Sequence[Window], yearly: bool) -> None:
    """Raise ``DisclosureError`` where one financial year would be released by two kinds of method, months by one and the whole by the other.

    Noise of months and a true sum, or a draw that promises to be all there is, would say more together than either may.
    """
    if line is None:
        return
    for window in shown:
        whole = year_id(year_of(window.months[-1]))
        months = {format_month(month) for month in window.months}
        mixed = months & line.windows if yearly else {whole} & line.windows and months - line.windows
        if window.id not in line.windows and mixed:
            message = f"The year {whole} of the source {source!r} was released in part by another method."
            remedy = "Let the edition keep the method that it had to the end of the financial year, or move its part of the ledger away and withdraw the snapshots that it belongs to."
            raise DisclosureError(message, remedy=remedy)


def read(folder: Path, edition: str) -> dict[str, Line]:
    """Lines of an edition, by source. Raises ``DisclosureError`` for a file that cannot be read."""
    return {path.stem: _parse(path.read_bytes(), path) for path in sorted((folder / edition).glob("*.parquet"))}


def spelled(line: Line) -> bytes:
    """A line as the bytes of its file; the same line has the same bytes."""
    names = sorted({field.name for schema in SCHEMAS.values() for field in schema})
    about = {"version": VERSION, "geography": line.geography}
    about |= {"windows": sorted(line.windows), "years": sorted(line.years)}
    parts = []
    for table in SCHEMAS:
        rows = line.rows(table)
        plain = {name: as_text(rows[name]) if name in rows.column_names else pa.nulls(rows.num_rows) for name in names}
        parts.append(pa.table({TABLE: pa.array([table] * rows.num_rows, pa.string()), **plain}))
    whole = pa.concat_tables(parts, promote_options="permissive")
    order = [(name, "ascending") for name in (TABLE, *[name for name in names if name not in ("value", "status")])]
    typed = [name for name, _ in order if not pa.types.is_null(whole.schema.field(name).type)]
    whole = whole.take(pc.sort_indices(whole, [(name, "ascending") for name in typed])).combine_chunks()
    sink = io.BytesIO()
    pq.write_table(
        whole.replace_schema_metadata({ABOUT: json.dumps(about, sort_keys=True).encode()}), sink, compression="zstd"
    )
    return sink.getvalue()


def write(folder: Path, edition: str, source: str, content: bytes) -> None:
    """Replace the file of a line; who reads meanwhile sees the old one or the new one, whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / edition).mkdir(mode=0o700, exist_ok=True)
    _replace(folder / edition / f"{source}.parquet", content)


def write_mark(folder: Path, mark: str) -> None:
    """Keep what tells by which secret counts were changed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(folder / MARK, f"{mark}\n".encode())


def read_mark(folder: Path) -> str | None:
    """What tells by which secret counts were changed; None where nothing was released yet."""
    path = folder / MARK
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _replace(target: Path, content: bytes) -> None:
    staged = target.with_name(f"{target.name}.new")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(target)


def erase(folder: Path, source: str) -> tuple[str, ...]:
    """Remove the lines of a source from every edition, and say from which.

    What was released of it is not known any more: whoever has an old copy can subtract what is released next from it.
    """
    erased = set()
    for edition in sorted(folder.iterdir()) if folder.is_dir() else ():
        for name in (f"{source}.parquet", f"{source}.new"):
            for path in (one for one in edition.glob("*") if one.name == name):
                path.unlink()
                erased.add(edition.name)
    return tuple(sorted(erased))


def digest(contents: Mapping[str, bytes]) -> str:
    """SHA-256 of an edition's lines: of the name and content of each."""
    lines = "".join(f"{source} {hashlib.sha256(contents[source]).hexdigest()}\n" for source in sorted(contents))
    return hashlib.sha256(lines.encode()).hexdigest()


def _parse(content: bytes, path: Path) -> Line:
    try:
        whole = pq.read_table(io.BytesIO(content))
        about = json.loads((whole.schema.metadata or {})[ABOUT])
        tables = {}
        for table, schema in SCHEMAS.items():
            rows = whole.filter(pc.equal(whole[TABLE], table))
            tables[table] = pa.table({field.name: rows[field.name] for field in schema}).cast(schema)
        return Line(about["geography"], frozenset(about["windows"]), frozenset(about["years"]), tables)
    except (pa.ArrowInvalid, KeyError, ValueError, OSError) as error:
        message = f"The release ledger {path} cannot be read ({type(error).__name__})."
        remedy = (
            "Restore it from a backup. Without it, numbers that were released would change and could be subtracted."
        )
        raise DisclosureError(message, remedy=remedy) from error


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["resolution"], row["cell"], row["level"], row["code"]
