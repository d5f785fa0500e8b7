"""Incident files to one canonical table: validated, one row an incident, coordinates gone.

Every row of every file stands in the canonical table, either mapped (``reason`` is null) or with the
first reason that applies: ``bad-row``, ``bad-date``, ``outside-period``, ``no-location``,
``bad-coordinates``, ``superseded``, ``outside-area``.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from geointel.errors import SchemaError
from geointel.ingest import files
from geointel.ingest.lines import data_lines, look, make_regular
from geointel.ingest.points import cell_of_points, is_place
from geointel.model import parse_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.sources.base import RawFile, SourceKind

BAD_ROW, BAD_DATE, OUTSIDE_PERIOD = "bad-row", "bad-date", "outside-period"
NO_LOCATION, BAD_COORDINATES = "no-location", "bad-coordinates"
SUPERSEDED, OUTSIDE_AREA = "superseded", "outside-area"
REASONS = (BAD_ROW, BAD_DATE, OUTSIDE_PERIOD, NO_LOCATION, BAD_COORDINATES, SUPERSEDED, OUTSIDE_AREA)
"""In the order in which they apply."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
AFTER_SPACE = "!"
"""The first character that stands after every space and line end."""


@dataclass(frozen=True)
class StagedFile:
    """One text file after staging.

    ``part`` is the Parquet file that holds its rows, together with those of other files; ``path`` tells
    them apart. ``bad_lines`` are lines that were no rows. ``month`` is the one its name gives.
    """

    raw: RawFile
    path: str
    part: Path
    bad_lines: int
    month: int | None


@dataclass(frozen=True)
class _Text:
    """A file that the engine can read: ``path`` has regular lines, without the ``left_out`` of ``lines``."""

    raw: RawFile
    path: Path
    lines: int
    left_out: int


def stage(engine: Engine, kind: SourceKind, raws: Sequence[RawFile], scratch: Path) -> list[StagedFile]:
    """Read every file as text into Parquet of our own types, in the order given.

    Files with one header are read together. Raises ``SchemaError`` when a file cannot be read at all.
    """
    parts = [part for raw in raws for part in files.unpack(raw, kind, scratch)]
    headers = [tuple(files.header(part, kind)) for part in parts]
    with ThreadPoolExecutor() as pool:  # looking at bytes leaves the interpreter free
        texts = list(pool.map(_regular, parts, repeat(scratch), range(len(parts))))
    by_header: dict[tuple[str, ...], list[_Text]] = {}
    for columns, text in zip(headers, texts, strict=True):
        by_header.setdefault(columns, []).append(text)
    staged: list[StagedFile] = []
    for columns, batch in by_header.items():
        target = scratch / f"{batch[0].raw.source}-{len(staged):06d}.parquet"
        try:
            staged += _stage_together(engine, kind, batch, columns=columns, target=target)
        except SchemaError:
            staged += _stage_singly(engine, kind, batch, columns=columns, target=target)
        for text in batch:
            if text.path.parent == _absolute(scratch):
                text.path.unlink()
    return sorted(staged, key=lambda file: file.raw.name)


def _stage_together(
    engine: Engine, kind: SourceKind, batch: Sequence[_Text], *, columns: tuple[str, ...], target: Path
) -> list[StagedFile]:
    def read(text: ir.Table) -> ir.Table:
        return _typed(kind.read(text))

    rejects = engine.stage_text([text.path for text in batch], columns, transform=read, target=target)
    rows = engine.read([target])
    counts = engine.collect(rows.group_by("path").agg(n=ibis._.count())).to_pylist()
    read_rows = {row["path"]: int(row["n"]) for row in counts}
    refused = Counter(reject.path for reject in rejects)
    return [
        StagedFile(
            raw=text.raw,
            path=str(text.path),
            part=target,
            bad_lines=text.left_out + _bad_lines(text, read_rows.get(str(text.path), 0), refused[str(text.path)]),
            month=_month(kind, text.raw.name),
        )
        for text in batch
    ]


def _stage_singly(
    engine: Engine, kind: SourceKind, batch: Sequence[_Text], *, columns: tuple[str, ...], target: Path
) -> list[StagedFile]:
    """Read files one by one, from plain copies. Whatever stops the reader again is the file's own fault."""
    staged: list[StagedFile] = []
    for number, text in enumerate(batch):
        part = target.with_name(f"{target.stem}-{number:06d}.parquet")
        copy = _copy(text.raw, part.with_suffix(".csv"), lines=text.lines)
        try:
            staged += _stage_together(engine, kind, [copy], columns=columns, target=part)
        except SchemaError as error:
            what = error.message.removeprefix(f"{error.file}: ")
            raise SchemaError(what, file=text.raw.name, remedy=error.remedy) from error
        finally:
            copy.path.unlink()
    return staged


def _regular(raw: RawFile, scratch: Path, number: int) -> _Text:
    """The file itself where its lines are regular, else a copy in ``scratch`` in which they are."""
    lines = look(raw)
    if lines.regular:
        return _Text(raw, _absolute(raw.path), lines.count, 0)
    return _copy(raw, scratch / f"{raw.source}-regular-{number:06d}.csv", lines=lines.count)


def _copy(raw: RawFile, target: Path, *, lines: int) -> _Text:
    return _Text(raw, _absolute(target), lines, make_regular(raw.path, target))


def _absolute(path: Path) -> Path:
    """The path as the engine spells it, so that rows and files find each other."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - ".." goes, links stay


def _month(kind: SourceKind, name: str) -> int | None:
    month = kind.month_of(name)
    return None if month is None else parse_month(month)


def _bad_lines(text: _Text, rows: int, refused: int) -> int:
    """How many lines under the header became no row: those refused, and any that the reader lost."""
    if text.lines - text.left_out == 1 + rows + refused:
        return refused
    return max(refused, data_lines(text.path) - rows)


def canonical(engine: Engine, staged: Sequence[StagedFile], *, study: StudyArea, period: range | None) -> ir.Table:
    """Staged rows → canonical table: ``month, category, cell, special, area_code, area_name, reason``.

    ``month`` and ``cell`` are null where they are not known; ``cell`` is a leaf.
    """
    rows = engine.read_numbered(_parts(staged))
    located = engine.index_points(
        rows.filter(rows.point).select("x", "y", "osgb").distinct(), lambda points: cell_of_points(points, study.leaf)
    )
    rows = rows.mutate(reason=_early_reason(rows, period))
    rows = _one_row_per_id(engine, rows, staged)
    leaves = engine.register("study_leaves", pa.table({"leaf": study.leaves}))
    located = located.left_join(leaves, located.cell == leaves.leaf)
    rows = rows.left_join(located, ["x", "y", "osgb"])
    outside = rows.reason.isnull() & rows.leaf.isnull()
    return rows.select(
        "month",
        "category",
        "cell",
        "special",
        "area_code",
        "area_name",
        reason=outside.ifelse(OUTSIDE_AREA, rows.reason),
    )


def unknown_words(engine: Engine, staged: Sequence[StagedFile]) -> list[tuple[str, int]]:
    """Crime types that the kind does not know, with how many rows have them."""
    rows = engine.read(_parts(staged))
    unknown = rows.filter(rows.category.isnull()).group_by("word").agg(n=ibis._.count())
    found = engine.collect(unknown.order_by(ibis.desc("n"), "word")).to_pylist()
    return [(str(row["word"] or "(blank)"), int(row["n"])) for row in found]


def _typed(text: ir.Table) -> ir.Table:
    """Text → numbers. A month is a number only when it is one, a point only when it is a place."""
    first = text.month + "-01"
    day = first.try_cast("date")
    right = (day.cast(str) == first) & day.year().between(FIRST_YEAR, LAST_YEAR)
    month = (day.year() * 12 + day.month() - 1).cast("int32")
    x, y = text.x.try_cast("float64"), text.y.try_cast("float64")
    named, no_key = ~_is_blank(text.id), ibis.null("int64")
    return text.select(
        "path",
        "category",
        "special",
        "osgb",
        "area_code",
        "area_name",
        word=text.category.isnull().ifelse(text.word, ibis.null(str)),
        month=right.ifelse(month, ibis.null("int32")),
        key=named.ifelse(text.id.hash(), no_key),
        second_key=named.ifelse((text.id + "#").hash(), no_key),
        blank=_is_blank(text.x) & _is_blank(text.y),
        x=x,
        y=y,
        point=is_place(x, y, text.osgb),
    )


def _is_blank(field: ir.StringValue) -> ir.BooleanValue:
    """Whether a field has no character but spaces.

    What begins with a later character than space is not blank, and costs a tenth of trimming it.
    """
    return ibis.cases((field.isnull(), True), (field > AFTER_SPACE, False), else_=field.strip() == "")


def _parts(staged: Sequence[StagedFile]) -> list[Path]:
    """The Parquet files behind staged files, each once."""
    return list(dict.fromkeys(file.part for file in staged))


def _early_reason(rows: ir.Table, period: range | None) -> ir.StringValue:
    """First reason that a row shows by itself, or null."""
    cases = [(rows.category.isnull(), BAD_ROW), (rows.month.isnull(), BAD_DATE)]
    if period is not None:
        cases.append(((rows.month < period.start) | (rows.month >= period.stop), OUTSIDE_PERIOD))
    cases += [(rows.blank, NO_LOCATION), (~rows.point.fill_null(False), BAD_COORDINATES)]  # noqa: FBT003 - ibis has no keyword
    return ibis.cases(*cases)


def _one_row_per_id(engine: Engine, rows: ir.Table, staged: Sequence[StagedFile]) -> ir.Table:
    """Apply the ID rule: the last row stays, with the month of the first; the others are superseded.

    Only rows that no earlier reason took count; first and last by month, then path, then row. An ID is
    known by two 64-bit hashes, so that it is stored nowhere and millions fit in memory, eight bytes each:
    among 10^8 IDs two share both with a chance below 10^-22.
    """
    candidates = rows.filter(rows.reason.isnull(), rows.key.notnull())
    keys = np.sort(engine.collect(candidates.select("key"))["key"].to_numpy())
    twice = engine.register("repeated_keys", pa.table({"key": np.unique(keys[1:][keys[1:] == keys[:-1]])}))
    again = candidates.select("key", "second_key", "month", "path", "row").semi_join(twice, "key")
    order = {file.path: number for number, file in enumerate(staged)}
    decided = engine.register("repeated_ids", _decide(engine.collect(again), order))
    rows = rows.left_join(decided, ["path", "row"])
    return rows.mutate(
        month=rows.earlier.fill_null(True).ifelse(rows.month, rows.first_month),  # noqa: FBT003 - ibis has no keyword
        reason=ibis.cases((rows.earlier, SUPERSEDED), else_=rows.reason),
    )


def _decide(rows: pa.Table, order: Mapping[str, int]) -> pa.Table:
    """Rows whose ID may come again → ``path, row, earlier`` (than the last of the ID) and ``first_month``."""
    key, second, month, row = (rows[name].to_numpy() for name in ("key", "second_key", "month", "row"))
    file = np.array([order[path] for path in rows["path"].to_pylist()], dtype=np.int64)
    by = np.lexsort((row, file, month, second, key))
    first = np.ones(len(by), dtype=bool)
    first[1:] = (np.diff(key[by]) != 0) | (np.diff(second[by]) != 0)
    start = np.maximum.accumulate(np.where(first, np.arange(len(by)), 0))
    return pa.table(
        {
            "path": rows["path"].take(by),
            "row": row[by],
            "earlier": ~np.append(first[1:], True)[: len(by)],
            "first_month": month[by][start],
        }
    )


def months_of(engine: Engine, staged: Sequence[StagedFile]) -> frozenset[int]:
    """Months for which the source has a file: by the file's name, else by its rows."""
    named = {file.month for file in staged if file.month is not None}
    unnamed = [file for file in staged if file.month is None]
    if unnamed:
        rows = engine.read(_parts(unnamed))
        rows = rows.filter(rows.month.notnull(), rows.path.isin([file.path for file in unnamed]))
        found = engine.collect(rows.select("month").distinct())
        named |= set(found["month"].to_pylist())
    return frozenset(named)
