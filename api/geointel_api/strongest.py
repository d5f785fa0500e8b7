"""The strongest hexagons of a view, as the first table of the page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel_api.columns import coded, numbers, take, words
from geointel_api.picture import styles_of
from geointel_api.rows import columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel_api.view import View

LIMIT = 25
COLUMNS = {
    "count": ("value", "class", "special_share"),
    "hotspot": ("class", "value", "count", "support", "q"),
    "excess": ("class", "value", "lower", "upper", "count"),
    "change": ("class", "before", "after", "value", "lower", "upper"),
    "rate": ("value", "lower", "upper", "support", "denominator", "class"),
    "density": ("value", "count", "support", "class"),
    "emerging": ("class", "value", "support", "last_z", "trend_z"),
    "moran": ("class", "count", "lag", "value", "q"),
    "drug-driving": ("value", "lower", "upper", "support", "positives", "class"),
    "collisions": ("value", "lower", "upper", "support", "ksi", "times_expected", "class"),
}
PER_CENT = 100
_HEAD = '<th scope="col" class="govuk-table__header{}">{}</th>'
_ROW = '<tr class="govuk-table__row">{}</tr>'
_NAME = '<th scope="row" class="govuk-table__header">{} <span class="app-id">{}</span></th>'
_CELL = '<td class="govuk-table__cell{}">{}</td>'


def strongest_rows(view: View, limit: int = LIMIT) -> NDArray[np.int64]:
    """Positions of the strongest cells: by class from the hot end where classes are signed, then by value, then by what they rest on.

    A layer that is there to find what is lacking has its low end first.

    Cells without a value, or without map points, are left out.
    """
    table = view.rows()
    value = numbers(table["value"])
    listed = np.flatnonzero(np.isfinite(value) & np.array([word != "no-support" for word in words(table["status"])]))
    rank = np.zeros(len(value))
    if view.spec["kind"] != "count":
        place = {style["id"]: order for order, style in enumerate(view.spec["classes"])}
        codes, known = coded(table["class"])
        places = np.array([*(place.get(word, -1) for word in known), -1])
        rank = places[codes].astype(np.float64)
    sign = 1 if first_of(view.spec)[1] else -1
    support = np.nan_to_num(numbers(table["support"]))
    order = np.lexsort((-support[listed], sign * value[listed], _faint(view, table)[listed], sign * rank[listed]))
    return listed[order][:limit]


def first_of(spec: Mapping[str, Any]) -> tuple[str, bool]:
    """What comes first in the table of a layer, in words, and whether low values do."""
    return content.first_of(spec["kind"], spec["notes"].get("variant", ""))


def _faint(view: View, table: pa.Table) -> NDArray[np.bool_]:
    """Which values rest on so few expected incidents that they come after the others of their class."""
    least = view.spec["notes"].get("fill", {}).get("faint_below")
    if least is None:
        return np.zeros(table.num_rows, dtype=bool)
    return np.asarray(numbers(table["expected"]) < least)


def table_html(view: View) -> str:
    """Write the table of the strongest cells, in the markup of the page."""
    names = [name for name in COLUMNS.get(view.spec["kind"], ("class", "value")) if _has(view, name)]
    columns = columns_of(view, take(view.rows(), strongest_rows(view)))
    labels = {column["id"]: column["label"] for column in view.spec["columns"]}
    head = _HEAD.format("", "Place") + "".join(
        _HEAD.format(_numeric(name), escape(labels.get(name) or content.column(name))) for name in names
    )
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    body = "".join(_ROW.format(_line(view, row, names)) for row in rows)
    caption = f"{len(rows)} of {view.rows().num_rows:,} hexagons, {first_of(view.spec)[0]}"
    return (
        '<table class="govuk-table app-table">'
        f'<caption class="govuk-table__caption govuk-table__caption--s">{caption}</caption>'
        f'<thead class="govuk-table__head">{_ROW.format(head)}</thead>'
        f'<tbody class="govuk-table__body">{body}</tbody></table>'
    )


def _line(view: View, row: Mapping[str, Any], names: list[str]) -> str:
    place = ", ".join(name for name in (row["place"], row["district"]) if name) or "Hexagon"
    cells = "".join(_CELL.format(_numeric(name), escape(_text(view, name, row[name]))) for name in names)
    return _NAME.format(escape(place), row["cell"]) + cells


def _text(view: View, name: str, value: Any) -> str:
    if name == "class":
        return next((style.label for style in styles_of(view) if style.id == value), content.number(None))
    share = name.endswith("share") or (name == "value" and view.spec["unit"].startswith("share"))
    if share and value is not None:
        return f"{content.number(value * PER_CENT)}%"
    digits = {column["id"]: column["digits"] for column in view.spec["columns"]}
    return content.number(value, digits.get(name, 0))


def _has(view: View, name: str) -> bool:
    return name in view.rows().column_names


def _numeric(name: str) -> str:
    return "" if name == "class" else " govuk-table__header--numeric"
