"""What the kinds of source are made of: files, how they are written, options that several kinds share."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pydantic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import ibis.expr.types as ir

_MONTH = re.compile(r"(?<!\d)(\d{4}-(?:0[1-9]|1[0-2]))(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class NoOptions(pydantic.BaseModel):
    """Options of a source kind that has none of its own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class Outlines(pydantic.BaseModel):
    """A file of the areas that figures are of, with the property that holds their code."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    file: str
    """Outlines, under the data folder: anything that OGR reads, .gz too, in any coordinate system."""
    code: str
    """Property of the file that holds the area code."""


class Vintages(pydantic.BaseModel):
    """A table that says which areas of one vintage became which of another."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    file: str
    """CSV file under the data folder; .gz is read too."""
    old: str
    """Column with the codes of the earlier vintage."""
    new: str
    """Column with the codes of the later vintage."""


@dataclass(frozen=True)
class Lines:
    """How many lines a text has, the header and blank ones too, and whether they are regular."""

    count: int
    regular: bool


@dataclass(frozen=True)
class RawFile:
    """A source file as obtained, with its provenance.

    ``path`` can be opened; ``name`` is what people know it by (the path under the data root, with
    the member's name for a file inside an archive) and gives the order of files. ``lines`` are known of a
    text file that was read as it is.
    """

    source: str
    path: Path
    name: str
    sha256: str
    bytes: int
    lines: Lines | None = None


@dataclass(frozen=True)
class TextForm:
    """How a kind's text files are written.

    ``names`` are the columns of files that have no header line; such a file may leave out the last ones, but
    has the first ``least`` (0 stands for all).
    """

    separator: str = ","
    encoding: str = "utf-8-sig"
    names: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True)
class Package:
    """A package with data: the module to import, and our extra that installs it."""

    module: str
    extra: str

    @property
    def installed(self) -> bool:
        """Whether it can be imported."""
        return find_spec(self.module) is not None

    @property
    def remedy(self) -> str:
        """What to do when it is not there."""
        return f"Install it: pip install 'geointel[{self.extra}]'."


@dataclass(frozen=True)
class Door:
    """What of a partner's own file comes in; see ``ingest.door``.

    Attributes
    ----------
    columns
        What a column means here → its name in the file: some of ``id, date, x, y, area, category, weight,
        person, place``. Nothing else of the file is kept.
    crs
        Coordinate system of ``x`` and ``y``.
    day_first
        Whether ``05/01/2025`` is a date, in January; it is none otherwise.
    table
        Sheet or layer to read, of a file that may hold several; the first when None.
    key
        Secret that ids, persons and places are replaced with. Unless given, one that nobody knows.
    """

    columns: Mapping[str, str]
    crs: str = "EPSG:4326"
    day_first: bool = False
    table: str | None = None
    form: TextForm = TextForm()
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False, compare=False)


def month_of(name: str) -> str | None:
    """Month in a file's own name: ``2025-01/2025-01-lancashire-street.csv``.

    None where the name has no month, several, or a day: the rows then say which months there are.
    """
    own = name.replace("\\", "/").rpartition("/")[2]
    found = set(_MONTH.findall(own))
    return found.pop() if len(found) == 1 and not _DAY.search(own) else None


def iso_date(text: ir.StringValue) -> ir.StringValue:
    """``2024-05-01`` for ``01/05/2024`` and ``1/5/2024``; any other text as it is."""
    parts = text.split("/")
    iso = parts[2] + "-" + parts[1].lpad(2, "0") + "-" + parts[0].lpad(2, "0")
    return text.re_search(r"^\d{1,2}/\d{1,2}/\d{4}$").ifelse(iso, text)


def is_csv(name: str) -> bool:
    """Whether an archive's member looks like a table of text."""
    return name.lower().endswith(".csv")
