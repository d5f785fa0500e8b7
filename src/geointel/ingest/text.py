"""Text files to Parquet on the engine: every line is a row, or counted.

The first step of every kind whose files are tables. What the columns mean is the kind's; types, reasons and
places are the business of the module of its grain.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING

import ibis

from geointel.errors import SchemaError
from geointel.ingest import door, files
from geointel.ingest.lines import data_lines, look, make_plain, make_regular
from geointel.sources.base import TextForm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.engine.base import Engine
    from geointel.sources.base import RawFile, TextKind

    Typed = Callable[[ir.Table], ir.Table]
    """Canonical text columns of a grain → typed columns; keeps ``file``."""

PLAIN = TextForm()


@dataclass(frozen=True)
class StagedFile:
    """One text file after staging.

    ``part`` is the Parquet file that holds its rows, together with those of other files. ``number`` tells them
    apart: the place of the file among those of the source, by name. ``bad_lines`` are lines that were no rows.
    """

    raw: RawFile
    number: int
    part: Path
    bad_lines: int


@dataclass(frozen=True)
class _Text:
    """A file that the engine can read: ``path`` has regular lines, without the ``left_out`` of ``lines``."""

    raw: RawFile
    number: int
    path: Path
    lines: int
    left_out: int


def stage(engine: Engine, kind: TextKind, raws: Sequence[RawFile], scratch: Path, *, typed: Typed) -> list[StagedFile]:
    """Read every file as text into Parquet of ``typed(kind.read(text))``, in the order given.

    Files with one header are read together. Raises ``SchemaError`` when a file cannot be read at all.
    """
    parts, left_outside = _parts(kind, raws, scratch)
    headers = [tuple(files.header(part, kind)) for part in parts]
    with ThreadPoolExecutor() as pool:  # looking at bytes leaves the interpreter free
        texts = list(pool.map(_regular, parts, repeat(kind), repeat(scratch), range(len(parts))))
    by_header: dict[tuple[str, ...], list[_Text]] = {}
    for columns, text in zip(headers, texts, strict=True):
        by_header.setdefault(columns, []).append(text)
    staged: list[StagedFile] = []
    for columns, batch in by_header.items():
        target = scratch / f"{batch[0].raw.source}-{len(staged):06d}.parquet"
        try:
            staged += _stage_together(engine, kind, batch, columns=columns, target=target, typed=typed)
        except SchemaError:
            staged += _stage_singly(engine, kind, batch, columns=columns, target=target, typed=typed)
        for text in batch:
            if text.path.parent == scratch:
                text.path.unlink()
    staged = [replace(file, bad_lines=file.bad_lines + left_outside.get(file.raw.path, 0)) for file in staged]
    return sorted(staged, key=lambda file: file.number)


def _parts(kind: TextKind, raws: Sequence[RawFile], scratch: Path) -> tuple[list[RawFile], dict[Path, int]]:
    """The text files to read, and how many lines of each were no rows and are not in it."""
    if kind.door is None:
        return [part for raw in raws for part in files.unpack(raw, kind, scratch)], {}
    admitted = door.admit(raws, kind, kind.door, scratch)
    return [found.raw for found in admitted], {found.raw.path: found.bad_lines for found in admitted}


def _stage_together(
    engine: Engine, kind: TextKind, batch: Sequence[_Text], *, columns: tuple[str, ...], target: Path, typed: Typed
) -> list[StagedFile]:
    def read(text: ir.Table) -> ir.Table:
        return typed(kind.read(text.mutate(file=_numbers(text.file, [file.number for file in batch]))))

    rejects = engine.stage_text([text.path for text in batch], columns, transform=read, target=target)
    rows = engine.read([target])
    counts = engine.collect(rows.group_by("file").agg(n=ibis._.count())).to_pylist()
    read_rows = {int(row["file"]): int(row["n"]) for row in counts}
    refused = Counter(batch[reject.file].number for reject in rejects)
    return [
        StagedFile(
            raw=text.raw,
            number=text.number,
            part=target,
            bad_lines=text.left_out + _bad_lines(text, read_rows.get(text.number, 0), refused[text.number]),
        )
        for text in batch
    ]


def _numbers(file: ir.IntegerValue, numbers: Sequence[int]) -> ir.IntegerValue:
    """Position of a file in a batch → its number."""
    first = numbers[0]
    if list(numbers) == list(range(first, first + len(numbers))):
        return (file + first).cast("int32")
    return ibis.array([ibis.literal(number, "int32") for number in numbers])[file]


def _stage_singly(
    engine: Engine, kind: TextKind, batch: Sequence[_Text], *, columns: tuple[str, ...], target: Path, typed: Typed
) -> list[StagedFile]:
    """Read files one by one, from plain copies. Whatever stops the reader again is the file's own fault."""
    staged: list[StagedFile] = []
    for number, text in enumerate(batch):
        part = target.with_name(f"{target.stem}-{number:06d}.parquet")
        copy = _copy(text.raw, text.number, kind, part.with_suffix(".csv"), lines=text.lines)
        try:
            staged += _stage_together(engine, kind, [copy], columns=columns, target=part, typed=typed)
        except SchemaError as error:
            what = error.message.removeprefix(f"{error.file}: ")
            raise SchemaError(what, file=text.raw.name, remedy=error.remedy) from error
        finally:
            copy.path.unlink()
    return staged


def _regular(raw: RawFile, kind: TextKind, scratch: Path, number: int) -> _Text:
    """The file itself where its lines are regular, else a copy in ``scratch`` in which they are."""
    lines = look(raw)
    if lines.regular and kind.form == PLAIN:
        return _Text(raw, number, raw.path, lines.count, 0)
    count = lines.count + 1 if kind.form.names else lines.count
    return _copy(raw, number, kind, scratch / f"{raw.source}-regular-{number:06d}.csv", lines=count)


def _copy(raw: RawFile, number: int, kind: TextKind, target: Path, *, lines: int) -> _Text:
    """``lines`` are those of the copy before any is left out: with a header of our own where it has none."""
    if kind.form == PLAIN:
        return _Text(raw, number, target, lines, make_regular(raw.path, target))
    names = tuple(files.header(raw, kind)) if kind.form.names else ()
    return _Text(raw, number, target, lines, make_plain(raw.path, target, replace(kind.form, names=names)))


def _bad_lines(text: _Text, rows: int, refused: int) -> int:
    """How many lines under the header became no row: those refused, and any that the reader lost.

    The reader refuses a line of blanks, which is no line here: so where it refused any, lines are counted again.
    """
    if not refused and text.lines - text.left_out == 1 + rows:
        return 0
    return max(0, data_lines(text.path) - rows)


def parts(staged: Sequence[StagedFile]) -> list[Path]:
    """The Parquet files behind staged files, each once."""
    return list(dict.fromkeys(file.part for file in staged))
