"""Indices that rank areas, such as the Index of Multiple Deprivation (``area-index``).

One row an area: its code, and a score, rank, decile or quintile for the index and for each of its domains. The
files this module knows are listed in ``docs/sources/area-index.md``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pydantic

from geointel.model import ALL, BY_DEPRIVATION, DECILES, INCOME_DEPRIVED
from geointel.sources.base import FigureKind, Outlines

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

CODES = {"lsoa21_code": "2025", "lsoa11_code": "2019", "lsoa": "2019", "LSOA21CD": "2025", "LSOA11CD": "2019"}
"""Names that the column of codes has → the index that has it."""

GROUPS = ("decile", "quintile")
OVERALL = ("imd-decile", "uk-imd-e-decile", "index-decile")
"""Indicators that give the decile of the index as a whole."""
INCOME = "income-score"
"""Indicator that gives the share of people in income deprivation."""
_COLUMN = re.compile(r"(?P<domain>.+)_(?P<part>score|rank|decile|quintile)", re.IGNORECASE)


_Values = dict[str, float]
"""Values by area code."""


class Options(pydantic.BaseModel):
    """Which index it is, and what its first rank means."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    code: str | None = None
    """Column with the area code; found by the names that files have when left out."""
    period: str | None = None
    """Year of the index; 2019 for LSOAs of 2011 and 2025 for those of 2021 when left out."""
    rank_one: Literal["most-deprived", "least-deprived"] = "most-deprived"
    """Which end rank 1 and decile 1 are."""
    outlines: Outlines | tuple[Outlines, ...] = ()
    """Outlines of the areas, one file or several: residents by decile are then known for every cell."""


def read(rows: ir.Table, options: Options) -> ir.Table:
    """Text columns → canonical text columns of figures. Adds no row and drops none; keeps ``file``."""
    code = options.code or next((name for name in CODES if name in rows.columns), None)
    period = options.period or CODES.get(code or "")
    columns = [name for name in rows.columns if name != code and _COLUMN.fullmatch(name)]
    return rows.select(
        "file",
        code=rows[code] if code in rows.columns else ibis.null(str),
        period=ibis.literal(period) if period is not None else ibis.null(str),
        method=ibis.literal(f"rank 1 is {options.rank_one.replace('-', ' ')}"),
        figures=ibis.array([_figure(rows, name) for name in columns] or [_figure(rows, None)]),
    )


def _figure(rows: ir.Table, name: str | None) -> ir.StructValue:
    blank = ibis.null(str)
    found = None if name is None else _COLUMN.fullmatch(name)
    domain, part = ("", "") if found is None else (found["domain"], found["part"].lower())
    slug = re.sub(r"[^a-z0-9]+", "-", f"{domain} {part}".lower()).strip("-")
    return ibis.struct(
        {
            "indicator": ibis.literal(slug or "index"),
            "label": ibis.literal(f"{domain.replace('_', ' ')}, {part}"),
            "group": blank,
            "unit": ibis.literal(part),
            "value": blank if name is None else rows[name],
            **dict.fromkeys(("lower", "upper", "count", "denominator"), blank),
        }
    )


def check(figures: pa.Table, options: Options) -> str | None:
    """What contradicts itself: deciles or quintiles that fall while ranks rise, or scores on the wrong side."""
    found = _by_indicator(figures)
    for (indicator, period), ranks in found.items():
        domain, _, part = indicator.rpartition("-")
        if part == "rank":
            others = {name: values for (name, year), values in found.items() if year == period}
            wrong = _contradiction(domain, ranks, others, options)
            if wrong is not None:
                return wrong
    return None


def people(figures: pa.Table, options: Options) -> dict[tuple[str, str], dict[str, float]]:
    """Whom the index counts, as shares of the residents of each area.

    By decile all of them or none; in income deprivation the income score, which is that share in the English indices. An
    index without it gives none: a decile is no share.
    """
    found = _by_indicator(figures)
    deciles = next((values for (name, _), values in sorted(found.items()) if name in OVERALL), {})
    turned = options.rank_one == "least-deprived"
    counted: dict[tuple[str, str], dict[str, float]] = {}
    for code, value in deciles.items():
        number = len(DECILES) + 1 - round(value) if turned else round(value)
        if 1 <= number <= len(DECILES):
            counted.setdefault((BY_DEPRIVATION, DECILES[number - 1]), {})[code] = 1.0
    income = next((values for (name, _), values in sorted(found.items()) if name == INCOME), {})
    if income and max(income.values()) <= 1 and min(income.values()) >= 0:
        counted[INCOME_DEPRIVED, ALL] = income
    return counted


def _contradiction(domain: str, ranks: _Values, others: Mapping[str, _Values], options: Options) -> str | None:
    for part in GROUPS:
        for other in (f"{domain}-{part}", f"{domain}-pop-{part}"):
            if _falls(*_together(ranks, others.get(other, {}))):
                return f"the {part}s of {domain!r} contradict its ranks: a lower rank has a higher {part}."
    rank, score = _together(ranks, others.get(f"{domain}-score", {}))
    if len(rank) < 2 or np.ptp(rank) == 0 or np.ptp(score) == 0:
        return None
    rising = np.corrcoef(rank, score)[0, 1] > 0  # a high score is more deprived
    if rising == (options.rank_one == "most-deprived"):
        return f"the scores of {domain!r} say that rank 1 is not {options.rank_one.replace('-', ' ')}."
    return None


def _by_indicator(figures: pa.Table) -> dict[tuple[str, str], _Values]:
    found: dict[tuple[str, str], _Values] = {}
    columns = (figures[name].to_pylist() for name in ("indicator", "period", "code", "value"))
    for indicator, period, code, value in zip(*columns, strict=True):
        if value is not None:
            found.setdefault((indicator, period), {})[code] = value
    return found


def _together(first: _Values, second: _Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    codes = sorted(first.keys() & second.keys())
    return np.array([first[code] for code in codes]), np.array([second[code] for code in codes])


def _falls(rank: NDArray[np.float64], group: NDArray[np.float64]) -> bool:
    """Whether a group's number ever falls while the rank rises."""
    order = np.lexsort((group, rank))
    return bool((np.diff(group[order]) < 0).any())


def configure(kind: FigureKind, options: Options) -> FigureKind:
    """The kind with the column and the direction of one source."""
    return replace(
        kind,
        read=partial(read, options=options),
        check=partial(check, options=options),
        people=partial(people, options=options),
        outlines=(options.outlines,) if isinstance(options.outlines, Outlines) else options.outlines,
        required=((options.code,) if options.code is not None else tuple(CODES),),
    )


SOURCE = FigureKind(
    kind="area-index",
    title="Index of deprivation by area",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="Source: Ministry of Housing, Communities and Local Government, English indices of deprivation. "
    "Contains public sector information licensed under the Open Government Licence v3.0.",
    caveats=("area-index",),
    required=(tuple(CODES),),
    options=Options,
    configure=configure,
    check=partial(check, options=Options()),
    people=partial(people, options=Options()),
    read=partial(read, options=Options()),
)
