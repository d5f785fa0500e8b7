"""Published figures of official areas: rates, counts, estimates with intervals (``area-indicator``).

One row an area, indicator, period and group. The columns are named in the configuration, with defaults for the
files listed in ``docs/sources/area-indicator.md``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import ibis
import ibis.expr.types as ir
import pydantic

from geointel.sources.base import FigureKind

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL: Mapping[str, tuple[str, ...]] = {
    "code": ("area_code", "Area Code", "ltla21_code", "ltla24_code", "utla_code", "Geography", "Force_Name", "code"),
    "indicator": ("indicator", "Indicator Name", "Measure", "Offence_Code"),
    "label": ("label", "Indicator Name", "indicator", "Offence_Description", "Measure"),
    "group": ("group", "substance", "Ethnicity", "Offence_Description"),
    "period": ("period", "Time period", "year", "Time", "Financial_Year"),
    "value": ("value", "Value", "estimate", "Number of stop and searches", "Number_of_Offences"),
    "lower": ("lower", "ci_lower", "Lower CI 95.0 limit", "lower_95"),
    "upper": ("upper", "ci_upper", "Upper CI 95.0 limit", "upper_95"),
    "count": ("count", "Count"),
    "denominator": ("denominator", "Denominator", "population", "Population by ethnicity"),
    "unit": ("unit",),
    "method": ("method", "estimation_method"),
}
"""Part of a figure → names that its column has in the files seen, the first that is there."""
QUARTER = "Financial_Quarter"

SUBSTANCES = {
    "opiate": "opiate",
    "opiates": "opiate",
    "crack": "crack",
    "crack cocaine": "crack",
    "crack only": "crack",
    "ocu": "opiate-and-crack",
    "opiates and crack": "opiate-and-crack",
    "opiate and crack": "opiate-and-crack",
    "opiate and/or crack": "opiate-and-crack",
    "opiate and crack cocaine": "opiate-and-crack",
    "opiates and/or crack cocaine": "opiate-and-crack",
    "non-opiate": "non-opiate",
    "non-opiates": "non-opiate",
    "non-opiate only": "non-opiate",
    "alcohol": "alcohol",
    "alcohol only": "alcohol",
    "non-opiate and alcohol": "non-opiate-and-alcohol",
    "non-opiates and alcohol": "non-opiate-and-alcohol",
    "under-18": "under-18",
    "under 18": "under-18",
    "young people": "under-18",
}
"""Words for a substance group → its slug. Any other word stays as it is."""

Columns = str | tuple[str, ...]


class Options(pydantic.BaseModel):
    """Which column holds what; each found by the names that files have when left out."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    attribution: str | None = None
    """Credit that the publisher asks for, shown wherever the figures are."""
    licence: str | None = None
    """Licence of the figures."""
    code: str | None = None
    """Column with the area's code, or with its name where the level has names for codes."""
    level: str | None = None
    """Level whose areas these are, where it groups other areas and so has names for codes."""
    indicator: Columns | None = None
    """Column with what is measured; several are joined."""
    label: str | None = None
    """Column with what is measured, in words."""
    group: Columns | None = None
    """Column with the group of people: substance, age, sex; several are joined."""
    period: Columns | None = None
    """Column with the period; several are joined."""
    value: str | None = None
    """Column with the figure."""
    lower: str | None = None
    """Column with the lower end of the interval."""
    upper: str | None = None
    """Column with the upper end of the interval."""
    count: str | None = None
    """Column with the number of events."""
    denominator: str | None = None
    """Column with the number of people."""
    unit: str | None = None
    """Column with the unit."""
    method: str | None = None
    """Column that tells figures estimated in different ways apart: they are never one series."""
    repeats: Literal["refuse", "add"] = "refuse"
    """What two figures for one area, indicator, period and group are: a fault, or parts to be added up."""
    fixed: dict[str, str] = pydantic.Field(default_factory=dict)
    """Text for what the file has no column of, as { unit = "people", period = "2019/20" }."""

    @pydantic.field_validator("fixed")
    @classmethod
    def _known_parts(cls, fixed: dict[str, str]) -> dict[str, str]:
        strange = sorted(set(fixed) - set(USUAL))
        if strange:
            message = f"{strange[0]!r} is no part of a figure; the parts are {', '.join(USUAL)}"
            raise ValueError(message)
        return fixed


def read(rows: ir.Table, options: Options) -> ir.Table:
    """Text columns → canonical text columns of figures. Adds no row and drops none; keeps ``file``."""
    part = {name: _part(rows, name, options) for name in USUAL}
    figure = {name: part[name] for name in ("label", "unit", "value", "lower", "upper", "count", "denominator")}
    figure["indicator"] = ibis.coalesce(part["indicator"], part["label"])
    figure["group"] = _group(part["group"])
    return rows.select(
        "file",
        code=part["code"],
        period=part["period"],
        method=part["method"],
        figures=ibis.array([ibis.struct(figure)]),
    )


def _part(rows: ir.Table, name: str, options: Options) -> ir.StringValue:
    """One part of a figure as text; null where the file has none."""
    columns = columns_of(rows.columns, name, options)
    if not columns:
        return ibis.literal(options.fixed[name]) if name in options.fixed else ibis.null(str)
    if len(columns) == 1:
        return rows[columns[0]]
    return ibis.literal(" ").join([rows[column].fill_null("") for column in columns])


def columns_of(have: tuple[str, ...], name: str, options: Options) -> tuple[str, ...]:
    """Columns of a file that make one part of a figure; none where it is fixed or the file has none."""
    chosen = getattr(options, name)
    if chosen is not None:
        return tuple(column for column in ((chosen,) if isinstance(chosen, str) else chosen) if column in have)
    if name in options.fixed:
        return ()
    usual = next(((column,) for column in USUAL[name] if column in have), ())
    if name == "period" and usual == ("Financial_Year",) and QUARTER in have:
        return (*usual, QUARTER)
    return usual


def _group(words: ir.StringValue) -> ir.StringValue:
    plain = words.strip().lower()
    return ibis.cases(*((plain == word, slug) for word, slug in SUBSTANCES.items()), else_=words)


def configure(kind: FigureKind, options: Options) -> FigureKind:
    """The kind with the columns of one source."""
    required: list[tuple[str, ...]] = []
    for name, usual in USUAL.items():
        chosen = getattr(options, name)
        if chosen is not None:
            required += [(column,) for column in ((chosen,) if isinstance(chosen, str) else chosen)]
        elif name in ("code", "indicator", "period", "value") and name not in options.fixed:
            required.append(usual)
    return replace(
        kind,
        read=partial(read, options=options),
        required=tuple(required),
        level=options.level,
        adds=options.repeats == "add",
        attribution=options.attribution or kind.attribution,
        licence=options.licence or kind.licence,
    )


SOURCE = FigureKind(
    kind="area-indicator",
    title="Published figures by area",
    public=False,
    licence="As the publisher of the figures states",
    attribution="Published figures: see the publisher of each.",
    caveats=("area-indicator",),
    required=tuple(USUAL[name] for name in ("code", "indicator", "period", "value")),
    options=Options,
    configure=configure,
    read=partial(read, options=Options()),
)
