"""The door for a partner's own files: what is not named stays outside, and who somebody is never comes in.

Every file is looked at before anything is written. Then only the columns that the partnership file names are
written down, as plain text: dates as ISO, places in degrees or British grid, and ids, persons and places replaced by
HMAC-SHA256 of the value under a secret. They still tell which rows belong together, and nothing else.
"""

from __future__ import annotations

import csv
import hmac
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from geointel.errors import SchemaError
from geointel.ingest import crs, identity
from geointel.ingest.formats import opened
from geointel.ingest.moments import moment, without_midnights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from geointel.ingest.formats import Batch, Opened
    from geointel.sources.base import Door, RawFile, TextKind

    Column = Sequence[str]

ROLES = ("id", "date", "x", "y", "area", "category", "weight", "person", "place")
OSGB = "osgb"
WORDS = ("area", "category")
"""What is kept as it is written; it is looked at for what identifies a person."""
WHOLE = 8
"""Bytes of a key that is a number."""


@dataclass(frozen=True)
class Admitted:
    """What the door let in of a file: ``bad_lines`` were no rows and stayed outside."""

    raw: RawFile
    bad_lines: int


def admit(raws: Sequence[RawFile], kind: TextKind, door: Door, scratch: Path) -> list[Admitted]:
    """Look at every file, then write what is kept of each into ``scratch``.

    The files have the columns of ``ROLES`` that the door names, with ``x`` and ``y`` always, and ``osgb``. Raises
    ``SchemaError`` for a file that cannot be read, lacks a column, or has one that identifies people.
    """
    tables = [table for raw in raws for table in look(raw, kind, door)]
    admitted: list[Admitted] = []
    try:
        for number, table in enumerate(tables):
            admitted.append(_write(table, door, scratch / f"{table.raw.source}-door-{number:06d}.csv"))
    except SchemaError:
        for found in admitted:
            found.raw.path.unlink()
        raise
    return admitted


def look(raw: RawFile, kind: TextKind, door: Door) -> list[Opened]:
    """Open a file and look at its columns. Raises ``SchemaError`` as ``admit`` does."""
    tables = list(opened(raw, kind, door))
    for table in tables:
        _refuse_persons(table)
        _require_columns(table, door)
        crs.places(_crs(table, door), file=table.raw.name)
    return tables


def _refuse_persons(table: Opened) -> None:
    for name in (*table.names, *table.elsewhere):
        what = identity.who(name)
        if what is not None:
            raise SchemaError(
                f"the column looks like {what}. Nothing of the file was read.",
                file=table.raw.name,
                row=table.row,
                column=name,
                remedy="Have it removed by whoever sends the file; if it holds something else, have it renamed.",
            )


def _require_columns(table: Opened, door: Door) -> None:
    """Every column that is named stands in the header, once. The header is not quoted: it may be a row of data."""
    for name in door.columns.values():
        if table.names.count(name) != 1:
            message = "the column is missing." if name not in table.names else "the column stands in the header twice."
            remedy = "Correct `columns` of the source"
            remedy += "." if table.row is None else "; the header must be the first line that is not blank."
            raise SchemaError(message, file=table.raw.name, row=table.row, column=name, remedy=remedy)
    if "x" not in door.columns and not table.points:
        message = "the file holds no points, and `columns` names no coordinates."
        remedy = "Name `lat` and `lng`, or `x`, `y` and `crs`, in `columns` of the source."
        raise SchemaError(message, file=table.raw.name, remedy=remedy)


def _crs(table: Opened, door: Door) -> str:
    return door.crs if "x" in door.columns else table.crs or ""


def _write(table: Opened, door: Door, target: Path) -> Admitted:
    """Write what is kept of a file. Nothing is left of one that turns out to be refused."""
    places = crs.places(_crs(table, door), file=table.raw.name)
    roles = [role for role in ROLES if role in door.columns or role in ("x", "y")]
    inward = _inward(table, door)
    bad_lines, osgb = 0, str(places.osgb).lower()
    try:
        with target.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*roles, OSGB])
            for batch in table.batches(list(door.columns.values())):
                columns = dict(zip(door.columns, batch.columns, strict=True))
                columns["x"], columns["y"] = places.moved(*_point(columns, batch))
                bad_lines += batch.bad_lines
                kept = [inward[role](columns[role]) if role in inward else columns[role] for role in roles]
                writer.writerows(zip(*kept, repeat(osgb, len(kept[0])), strict=True))
    except SchemaError:
        target.unlink()
        raise
    return Admitted(replace(table.raw, path=target, lines=None), bad_lines)


def _point(columns: dict[str, Column], batch: Batch) -> tuple[Column, Column]:
    if "x" in columns:
        return _numbers(columns["x"]), _numbers(columns["y"])
    return batch.x, batch.y


def _inward(table: Opened, door: Door) -> dict[str, Callable[[Column], Column]]:
    """What becomes of the values of each role; coordinates are plain already."""
    return {
        "id": partial(_keyed, door=door, domain=f"id {table.raw.source}"),
        "person": partial(_numbered, door=door, domain=f"person {table.raw.source}"),
        "place": partial(_numbered, door=door, domain=f"place {table.raw.source}"),
        "date": partial(_dates, door=door, serials=table.serials),
        "weight": _numbers,
        **{role: partial(_words, table=table, name=door.columns.get(role, "")) for role in WORDS},
    }


def _dates(column: Column, *, door: Door, serials: bool) -> Column:
    return without_midnights([moment(text, day_first=door.day_first, serials=serials) for text in column])


def _keyed(column: Column, *, door: Door, domain: str) -> Column:
    return [found.hex() if found else "" for found in _digests(column, door, domain)]


def _numbered(column: Column, *, door: Door, domain: str) -> Column:
    digests = _digests(column, door, domain)
    return [str(int.from_bytes(found[:WHOLE], "big", signed=True)) if found else "" for found in digests]


def _digests(column: Column, door: Door, domain: str) -> Iterator[bytes]:
    """Keyed digest of each value, nothing for blank. What a key is for goes into it: an id is not a person."""
    for text in column:
        value = text.strip()
        yield hmac.digest(door.key, f"{domain}\0{value}".encode(errors="surrogatepass"), "sha256") if value else b""


def _words(column: Column, *, table: Opened, name: str) -> Column:
    """Words in one line each. Raises ``SchemaError`` when they look like NHS numbers or days."""
    plain = {text: " ".join(_printable(text).split()) for text in set(column)}
    for word in plain.values():
        what = "an NHS number" if identity.is_nhs_number(word) else "a day" if identity.is_day(word) else None
        if what is not None:
            message = f"a value looks like {what}, and the column is kept as it is written."
            remedy = "Name another column in `columns` of the source."
            raise SchemaError(message, file=table.raw.name, column=name, remedy=remedy)
    return [plain[text] for text in column]


def _numbers(column: Column) -> Column:
    """What should be numbers, in one line each: a field that holds a line break would be two rows."""
    clean = "".join(column).isprintable()
    return [text.strip() if clean else _printable(text).strip() for text in column]


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
