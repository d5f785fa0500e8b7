"""Tables of text, written as their owners write them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LF, CRLF = "\n", "\r\n"


@dataclass(frozen=True)
class Form:
    """How a file is written. ``header`` is False for files that begin with their first row."""

    separator: str = ","
    encoding: str = "utf-8"
    line_end: str = LF
    quote_all: bool = False
    header: bool = True


PLAIN = Form()


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], form: Form = PLAIN) -> int:
    """Write a table; return how many rows. A None is an empty field."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if form.quote_all else csv.QUOTE_MINIMAL
    count = 0
    with path.open("w", encoding=form.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=form.separator, lineterminator=form.line_end, quoting=quoting)
        if form.header:
            writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
