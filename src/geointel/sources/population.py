"""Residents by area, as a census or a mid-year estimate counts them (``population``).

One row an area: its code, its residents, and perhaps its residents of every single year of age. The files
this module knows are listed in ``docs/sources/population.md``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import ibis
import ibis.expr.types as ir
import pydantic

from geointel.sources.base import FigureKind, Outlines, Vintages

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = ("lsoa21_code", "lsoa11_code", "LSOA21CD", "LSOA11CD", "Area Codes", "area_code", "code")
TOTALS = ("total_residents", "total_population", "All Ages", "residents", "population")
"""Names that the columns have in the files seen, the first that is there."""

BANDS = {
    "age-0-17": (0, 17),
    "age-18-24": (18, 24),
    "age-25-34": (25, 34),
    "age-35-44": (35, 44),
    "age-45-54": (45, 54),
    "age-55-64": (55, 64),
    "age-65-over": (65, 999),
}
"""Age bands made of single years: slug → first and last year of age. Those of the treatment statistics, as far
as they can be told apart."""

ALL = "all"
CENSUS = "2021-03"
_AGE = re.compile(r"(\d{1,3})\+?")


class Options(pydantic.BaseModel):
    """Where the residents stand in the files, and which areas they are of."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    code: str | None = None
    """Column with the area code; found by the names that files have when left out."""
    total: str | None = None
    """Column with the residents; found by the names that files have when left out, else the sum of the ages."""
    by_age: dict[str, tuple[str, ...]] | None = None
    """Age bands and the columns that each adds up; made of columns named 0, 1 … 90+ when left out."""
    reference: Annotated[str, pydantic.Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = CENSUS
    """Month of the count."""
    outlines: Outlines | tuple[Outlines, ...] = ()
    """Outlines of the areas, one file or several; those of the study area's first level when left out."""
    vintages: Vintages | None = None
    """Table of the areas of another vintage that became these, for files and outlines of different years."""


def bands_of(columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Age bands of the columns that are named by single years of age."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        match = _AGE.fullmatch(column.strip())
        if match is not None:
            age = int(match[1])
            band = next(slug for slug, (first, last) in BANDS.items() if first <= age <= last)
            found[band] = (*found.get(band, ()), column)
    return found


def read(rows: ir.Table, options: Options) -> ir.Table:
    """Text columns → canonical text columns of figures. Adds no row and drops none; keeps ``file``."""
    by_age = bands_of(rows.columns) if options.by_age is None else options.by_age
    total = _first(rows, options.total, TOTALS)
    columns = [(ALL, total)] if total is not None else [(ALL, name) for names in by_age.values() for name in names]
    columns += [(band, name) for band, names in by_age.items() for name in names]
    code = _first(rows, options.code, CODES)
    return rows.select(
        "file",
        code=rows[code] if code is not None else ibis.null(str),
        period=ibis.literal(options.reference),
        method=ibis.null(str),
        figures=ibis.array([_figure(rows, band, name) for band, name in columns]),
    )


def _figure(rows: ir.Table, band: str, name: str) -> ir.StructValue:
    blank = ibis.null(str)
    return ibis.struct(
        {
            "indicator": ibis.literal("residents"),
            "label": ibis.literal("Residents"),
            "group": ibis.literal(band),
            "unit": ibis.literal("people"),
            "value": rows[name] if name in rows.columns else blank,
            **dict.fromkeys(("lower", "upper", "count", "denominator"), blank),
        }
    )


def _first(rows: ir.Table, chosen: str | None, known: tuple[str, ...]) -> str | None:
    return chosen if chosen is not None else next((name for name in known if name in rows.columns), None)


def configure(kind: FigureKind, options: Options) -> FigureKind:
    """The kind with the columns and outlines of one source."""
    asked = [(name,) for name in (options.code, options.total) if name is not None]
    asked += [(name,) for names in (options.by_age or {}).values() for name in names]
    required: tuple[tuple[str, ...], ...] = tuple(asked)
    required += () if options.code is not None else (CODES,)
    required += () if options.total is not None or options.by_age is not None else ((*TOTALS, "0"),)
    return replace(
        kind,
        read=partial(read, options=options),
        required=required,
        reference=options.reference,
        outlines=(options.outlines,) if isinstance(options.outlines, Outlines) else options.outlines,
        vintages=options.vintages,
    )


SOURCE = FigureKind(
    kind="population",
    title="Residents by area",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="Source: Office for National Statistics licensed under the Open Government Licence v3.0.",
    caveats=("residents",),
    measure="residents",
    reference=CENSUS,
    required=(CODES, (*TOTALS, "0")),
    options=Options,
    configure=configure,
    read=partial(read, options=Options()),
)
