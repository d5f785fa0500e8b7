"""A view as a drawing (SVG), the same that the page would draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.model import ClassStyle
from geointel.tiles.canvas import Outline
from geointel.tiles.svg import Picture, draw_svg, drawn_classes
from geointel_api.columns import numbers, words
from geointel_api.tilejson import attribution
from geointel_api.view import View, accuracy_of, caveats_of, title_of, window_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    Box = tuple[float, float, float, float]

SHOWN_CAVEATS = 3


def draw_view(view: View, box: Box | None = None) -> str:
    """Draw a view with title, key, outlines of the first level of areas, caveats and credit."""
    table = view.rows()
    drawn = drawn_classes(_classes(view, table), words(table["status"]))
    west, south, east, north = view.edition.manifest["area"]["bounds"]
    picture = Picture(
        title=title_of(view),
        description=f"{view.spec['question']} {summary_of(view, drawn)}",
        key=view.spec["value_label"],
        caveats=(*_synthetic(view), *_accuracy(view), *caveats_of(view)[:SHOWN_CAVEATS]),
        credit=attribution(view.edition, view.spec),
        bbox=box or (west, south, east, north),
        outlines=_outlines(view),
    )
    return draw_svg(view.cells(), drawn, styles=content.in_key(fills_of(view), frozenset(drawn)), picture=picture)


def _accuracy(view: View) -> tuple[str, ...]:
    sentence = accuracy_of(view)
    return () if sentence is None else (sentence,)


def styles_of(view: View) -> tuple[ClassStyle, ...]:
    """Classes of the view's key; bands of a value carry the bounds of this window, category and resolution."""
    return content.key_classes(view.spec, resolution=view.resolution, category=view.category, window=window_kind(view))


def _classes(view: View, table: pa.Table) -> list[str | None]:
    """What each hexagon is filled by: its class, or the step of its value where the layer maps that."""
    fill = view.spec["notes"].get("fill")
    if fill is None:
        return words(table["class"])
    values = numbers(table["value"])
    steps = np.searchsorted(fill["bounds"], values, side="left").tolist()
    shown = [status == "shown" for status in words(table["status"])]
    known = ~np.isnan(values) & np.array(shown)
    return [str(step) if sure else None for step, sure in zip(steps, known.tolist(), strict=True)]


def fills_of(view: View) -> tuple[ClassStyle, ...]:
    """What hexagons are filled with: the classes, or the steps of the value where the layer maps that."""
    fill = view.spec["notes"].get("fill")
    return styles_of(view) if fill is None else tuple(ClassStyle(**step) for step in fill["classes"])


def summary_of(view: View, drawn: Sequence[str]) -> str:
    """How many hexagons are in each class, in words."""
    counts = [(style.label, drawn.count(style.id)) for style in fills_of(view)]
    said = "; ".join(f"{label}: {count:,}" for label, count in counts if count)
    return f"Of {len(drawn):,} hexagons, {said}." if said else f"{len(drawn):,} hexagons, none with a class."


def _outlines(view: View) -> tuple[Outline, ...]:
    outlines = view.edition.outlines
    rows = outlines.rows(view.edition.manifest["area"]["levels"][0]["id"])
    return tuple(Outline(outlines.names[row], outlines.geometries[row]) for row in rows)


def _synthetic(view: View) -> tuple[str, ...]:
    return (content.notice("synthetic"),) if view.edition.manifest["synthetic"] else ()
