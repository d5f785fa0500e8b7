"""A partner's text file, line by line, without a copy of it: a line is a row, or counted."""

from __future__ import annotations

import csv
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from geointel.errors import SchemaError
from geointel.ingest.lines import BROKEN, open_binary, physical_lines, system_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.sources.base import RawFile, TextForm

ROWS = 50_000
"""Rows held at once."""
QUOTE = '"'
LEADING = 100
"""Blank lines that may stand above the header."""


def header(raw: RawFile, form: TextForm, member: str | None) -> tuple[tuple[str, ...], int]:
    """Column names, and the row in which they stand: the first that is not blank."""
    with _open(raw, member) as stream:
        for number, line in enumerate(physical_lines(stream), start=1):
            fields = _fields(line, form)
            if fields is None:
                message = f"this is not a text file in {form.encoding.removesuffix('-sig').upper()}."
                raise SchemaError(message, file=raw.name, row=number, remedy="Save it as CSV in UTF-8.")
            if any(field.strip() for field in fields):
                return tuple(field.strip() for field in fields), number
            if number == LEADING:
                break
    raise SchemaError("the file is empty.", file=raw.name, remedy="Ask for it again, or remove it.")


def rows(
    raw: RawFile, form: TextForm, member: str | None, *, width: int, places: Sequence[int]
) -> Iterator[tuple[list[list[str]], int]]:
    """Fields at ``places`` of the rows under the header, column by column, with the number of lines that are no rows.

    A line is none when it has another number of fields than the header, opens a quote and does not close it, or
    cannot be decoded. Blank lines are passed over.
    """
    held: list[list[str]] = []
    bad = 0
    with _open(raw, member) as stream:
        for fields in _under_header(stream, form):
            if fields is None or len(fields) != width:
                bad += fields is None or bool(fields)
            else:
                held.append([fields[place] for place in places])
            if len(held) == ROWS:
                yield _by_column(held, places), bad
                held, bad = [], 0
    yield _by_column(held, places), bad


def _under_header(stream: BinaryIO, form: TextForm) -> Iterator[list[str] | None]:
    """Fields of every line under the header; none for a blank line, None for what is no line of fields."""
    lines = (_fields(line, form) for line in physical_lines(stream))
    for fields in lines:
        if fields and any(field.strip() for field in fields):
            break
    yield from lines


def _fields(line: bytes, form: TextForm) -> list[str] | None:
    """Fields of a line; none for a blank one, None for what is no line of fields. Most lines have no quote."""
    if not line.strip():
        return []
    try:
        text = line.decode(form.encoding)
        if QUOTE not in text:
            return text.split(form.separator)
        return next(csv.reader([text], delimiter=form.separator, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None


def _by_column(held: Sequence[Sequence[str]], places: Sequence[int]) -> list[list[str]]:
    return [[fields[column] for fields in held] for column in range(len(places))]


@contextmanager
def _open(raw: RawFile, member: str | None) -> Iterator[BinaryIO]:
    """The file's bytes, decompressed as they are read. Raises ``SchemaError`` when they break off."""
    try:
        if member is None:
            with open_binary(raw.path) as stream:
                yield stream
        else:
            with zipfile.ZipFile(raw.path) as archive, archive.open(member) as inside:
                yield cast("BinaryIO", inside)
    except BROKEN as error:
        if system_refused(error):
            raise
        message = f"the file breaks off or is damaged ({error})."
        raise SchemaError(message, file=raw.name, remedy="Ask for it again.") from error
