"""A sheet of a workbook, cell by cell as text. A sheet has at most a million rows, so it is held whole."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import python_calamine
from python_calamine import CalamineWorkbook

from geointel.errors import SchemaError
from geointel.ingest.lines import BROKEN, system_refused
from geointel.ingest.unpacked import refuse_bomb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_calamine import CalamineSheet

    from geointel.sources.base import RawFile

ENDINGS = (".xlsx", ".xlsm")
ROWS = 50_000
"""Rows handed on at once."""
HALF_A_SECOND = dt.timedelta(microseconds=500_000)
"""A time is a fraction of a day, and seldom an exact one."""
EXACT = 1e15
"""Whole numbers below it are exact in a spreadsheet."""
UNREADABLE = (
    *BROKEN, python_calamine.CalamineError, python_calamine.PasswordError, python_calamine.XmlError,
    python_calamine.ZipError, ValueError, OverflowError,
)  # fmt: skip


def header(raw: RawFile, sheet: str | None) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
    """Column names of a sheet, the row in which they stand, and the column names of the other sheets."""
    workbook = _workbook(raw)
    chosen = _chosen(raw, workbook, sheet)
    names, row = _header(raw, workbook, chosen)
    others = [_header(raw, workbook, name)[0] for name in workbook.sheet_names if name != chosen]
    if not any(names):
        message = f"the sheet {chosen!r} is empty."
        raise SchemaError(message, file=raw.name, remedy="Name another with `sheet`, or remove the file.")
    return names, row, tuple(name for names in others for name in names)


def rows(raw: RawFile, sheet: str | None, *, places: Sequence[int]) -> Iterator[list[list[str]]]:
    """Cells at ``places`` of the rows under the header that are not blank, column by column."""
    workbook = _workbook(raw)
    cells = _rows(_sheet(raw, workbook, _chosen(raw, workbook, sheet)))
    next(cells, None)
    held: list[list[str]] = [[] for _ in places]
    for _, fields in cells:
        for column, place in zip(held, places, strict=True):
            column.append(fields[place] if place < len(fields) else "")
        if held and len(held[0]) == ROWS:
            yield held
            held = [[] for _ in places]
    yield held


def _workbook(raw: RawFile) -> CalamineWorkbook:
    try:
        with zipfile.ZipFile(raw.path) as archive:
            refuse_bomb(archive, raw)
        return CalamineWorkbook.from_path(str(raw.path))
    except UNREADABLE as error:
        raise _damaged(raw, error) from error


def _chosen(raw: RawFile, workbook: CalamineWorkbook, sheet: str | None) -> str:
    have = workbook.sheet_names
    if sheet is None and have:
        return have[0]
    if sheet is None or sheet not in have:
        message = f"there is no sheet {sheet!r} among its {len(have)}."
        raise SchemaError(message, file=raw.name, remedy="Correct `sheet` of the source.")
    return sheet


def _sheet(raw: RawFile, workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except UNREADABLE as error:
        raise _damaged(raw, error) from error


def _header(raw: RawFile, workbook: CalamineWorkbook, name: str) -> tuple[tuple[str, ...], int]:
    """Column names in one line each, and the row in which they stand."""
    row, fields = next(_rows(_sheet(raw, workbook, name)), (1, []))
    return tuple(" ".join(field.split()) for field in fields), row


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with their number in the sheet."""
    first = (sheet.start or (0, 0))[0] + 1
    for number, cells in enumerate(sheet.to_python(skip_empty_area=True), start=first):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _text(cell: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as ISO."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, dt.datetime):
        return (cell + HALF_A_SECOND).replace(microsecond=0).isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _damaged(raw: RawFile, error: Exception) -> SchemaError:
    if system_refused(error):
        raise error
    message = f"the workbook cannot be read ({type(error).__name__})."
    return SchemaError(message, file=raw.name, remedy="Save it again without a password, or as CSV in UTF-8.")
