"""Rows of a view as people and programs get them: JSON columns, CSV, Arrow."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from geointel import content
from geointel.grid import format_cells
from geointel.snapshot import credits_of
from geointel_api.columns import integers, plain, text_array
from geointel_api.opened import NOWHERE
from geointel_api.view import accuracy_of, caveats_of, title_of, window_label

if TYPE_CHECKING:
    from geointel_api.view import View

LEADING = ("cell", "value", "class", "support", "status")
KEYS = ("resolution", "window", "category")
NAMES = ("place", "district")
FORMULA = ("=", "+", "-", "@")
"""A text that begins so is run as a formula by spreadsheets."""


def kind_columns(table: pa.Table) -> list[str]:
    """Columns that only this kind of layer has."""
    return [name for name in table.column_names if name not in (*LEADING, *KEYS)]


def column_names(table: pa.Table) -> list[str]:
    """Columns of a view's rows, in the order of every answer."""
    return [*LEADING, *kind_columns(table), *NAMES]


def columns_of(view: View, table: pa.Table) -> dict[str, list[Any]]:
    """The rows of ``table`` by column, ready for JSON: cells as strings, null for what is not known."""
    cells = integers(table["cell"])
    names = view.edition.places
    places = [names.get(cell, NOWHERE) for cell in cells.tolist()]
    columns = {name: plain(table[name]) for name in (*LEADING[1:], *kind_columns(table))}
    return {
        "cell": format_cells(cells),
        **columns,
        "place": [place.name for place in places],
        "district": [place.district for place in places],
    }


def values_document(view: View, snapshot: str) -> dict[str, Any]:
    """Every study cell of the view as one JSON object."""
    columns = columns_of(view, view.rows())
    return {
        "snapshot": snapshot,
        "edition": view.edition.name,
        **view.address,
        "unit": view.spec["unit"],
        "accuracy": accuracy_of(view),
        "caveats": caveats_of(view),
        "columns": list(columns),
        "rows": list(zip(*columns.values(), strict=True)),
    }


def csv_text(view: View, snapshot: str) -> str:
    """The rows as CSV, under lines that begin with ``#`` and say what they are."""
    columns = columns_of(view, view.rows())
    out = io.StringIO()
    out.writelines(f"# {line}\n" for line in heading(view, snapshot))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for name in NAMES:
        columns[name] = [_harmless(text) for text in columns[name]]
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def heading(view: View, snapshot: str) -> list[str]:
    """What must be said with every export, one line each."""
    manifest = view.edition.manifest
    shown = content.View(
        title=title_of(view),
        window=f"{window_label(view.edition, view.window)} ({view.window})",
        edition=view.edition.name,
        sources=credits_of(manifest, view.spec),
        data_through=manifest["period"]["data_through"],
        caveats=(),
        synthetic=manifest["synthetic"],
        marking=manifest.get("marking", ""),
        handling=manifest.get("handling", ""),
    )
    return [
        *content.export_header(shown),
        f"Value: {view.spec['value_label']} ({view.spec['unit']})",
        f"Hexagons: H3 resolution {view.resolution}",
        f"Published by: {manifest['partnership']['name']}, snapshot {snapshot}",
        *_accuracy(view),
        *(f"Caveat: {caveat}" for caveat in caveats_of(view)),
    ]


def _accuracy(view: View) -> list[str]:
    sentence = accuracy_of(view)
    return [] if sentence is None else [f"Accuracy: {sentence}"]


def arrow_bytes(view: View, snapshot: str) -> bytes:
    """The rows as an Arrow IPC stream; what the CSV says above its rows stands in the schema's metadata."""
    table = view.rows()
    columns = columns_of(view, table)
    texts = {name: text_array(columns[name]) for name in ("cell", *NAMES)}
    arrays = [texts[name] if name in texts else table[name] for name in columns]
    about = {"snapshot": snapshot, "edition": view.edition.name, **view.address, "about": heading(view, snapshot)}
    metadata = {key: value if isinstance(value, str) else json.dumps(value) for key, value in about.items()}
    shaped = pa.Table.from_arrays(arrays, names=list(columns)).replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, shaped.schema) as writer:
        writer.write_table(shaped)
    return bytes(sink.getvalue())


def _harmless(text: str | None) -> str | None:
    return f"'{text}" if text and text.startswith(FORMULA) else text
