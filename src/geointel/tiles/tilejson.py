"""TileJSON 3: how a map client finds and understands the tiles of one layer.

Specification: https://github.com/mapbox/tilejson-spec/tree/master/3.0.0. Beyond it: ``resolutions``
by zoom, ``cells`` by resolution, and for each vector layer what a missing property means
(``null_means``) and how often it is missing (``null_counts``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from math import cos, radians
from typing import TYPE_CHECKING, Any

from h3.api.basic_int import average_hexagon_edge_length

from geointel.errors import SnapshotNotFoundError
from geointel.snapshot import credits_of
from geointel.tiles.columns import CELL
from geointel.tiles.properties import PROPERTIES
from geointel.tiles.zoom import MAXZOOM, MINZOOM, resolutions_by_zoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DEGREE_KM = 111.2
_REACH = 2.5
"""Average edges from the study area to the far corner of a cell that touches it."""

_LABELS = {
    CELL: "H3 cell, 15 characters",
    "class": "Class in the key",
    "status": "Why there is or is not a value: shown, suppressed, coarsened, no-support, no-data, insufficient",
}
_NULL_MEANS = {
    "value": "No value is published for this cell, and status says why. It is not a zero.",
    "class": "The cell is in no class, and status says why.",
    "q": "The cell was not tested, and status says why.",
}
_NULL = "There is no number for this cell, and status says why. It is not a zero."


@dataclass(frozen=True)
class TileView:
    """What a TileJSON document is about.

    Attributes
    ----------
    url
        Address template with ``{z}``, ``{x}`` and ``{y}``; names snapshot, window and category.
    window, category
        Their ids.
    nulls
        By property: how many cells have no value, all resolutions together.
    """

    url: str
    window: str
    category: str
    nulls: Mapping[str, int] = field(default_factory=dict)


def tilejson(spec: Mapping[str, Any], manifest: Mapping[str, Any], view: TileView) -> dict[str, Any]:
    """Describe the tiles of a layer of one edition as TileJSON 3.

    ``spec`` is the layer's entry of the edition's ``manifest``. Raises ``SnapshotNotFoundError``
    for a window or category that the layer does not have.
    """
    window = _labelled(manifest["windows"], spec["windows"], view.window)
    category = _labelled(manifest["categories"], spec["categories"], view.category)
    publish = spec["resolutions"]
    west, south, east, north = _padded(manifest["area"]["bounds"], min(publish))
    return {
        "tilejson": "3.0.0",
        "name": f"{spec['title']}: {category}, {window}",
        "description": f"{spec['question']} {spec['value_label']} ({spec['unit']}).",
        "attribution": escape(" ".join(credits_of(manifest, spec))),
        "scheme": "xyz",
        "tiles": [view.url],
        "minzoom": MINZOOM,
        "maxzoom": MAXZOOM,
        "bounds": [west, south, east, north],
        "center": [round((west + east) / 2, 6), round((south + north) / 2, 6), MINZOOM],
        "vector_layers": [_vector_layer(spec, view, category)],
        "resolutions": {str(zoom): resolution for zoom, resolution in resolutions_by_zoom(publish).items()},
        "cells": {str(resolution): manifest["grid"]["cells"][str(resolution)] for resolution in publish},
        "snapshot": manifest["snapshot"],
        "edition": manifest["edition"],
        "layer": spec["id"],
        "window": view.window,
        "category": view.category,
    }


def tile_properties(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Columns of a layer that its tiles carry, in order: the shared ones, then the kind's own."""
    have = {column["id"] for column in spec["columns"]} | {"value", "class", "support", "status"}
    return tuple(name for name in PROPERTIES if name in have)


def field_labels(spec: Mapping[str, Any]) -> dict[str, str]:
    """Describe each property of a layer's tiles in words, with its unit."""
    own = {column["id"]: column for column in spec["columns"]}
    labels = {}
    for name in (CELL, *tile_properties(spec)):
        column = own.get(name, {"label": _LABELS.get(name, name), "unit": ""})
        labels[name] = f"{column['label']} ({column['unit']})" if column.get("unit") else column["label"]
    return labels


def _vector_layer(spec: Mapping[str, Any], view: TileView, category: str) -> dict[str, Any]:
    names = tile_properties(spec)
    return {
        "id": view.category,
        "description": category,
        "minzoom": MINZOOM,
        "maxzoom": MAXZOOM,
        "fields": field_labels(spec),
        "null_means": {name: _NULL_MEANS.get(name, _NULL) for name in names if name != "status"},
        "null_counts": {name: view.nulls[name] for name in names if name in view.nulls},
    }


def _labelled(entries: Iterable[Mapping[str, Any]], have: Iterable[str], wanted: str) -> str:
    label = next((str(entry["label"]) for entry in entries if entry["id"] == wanted), None)
    if label is None or wanted not in have:
        message = f"The layer has no tiles for {wanted[:40]!r}."
        raise SnapshotNotFoundError(message, remedy="Choose one that the layer's description lists.")
    return label


def _padded(bounds: Iterable[float], coarsest: int) -> tuple[float, float, float, float]:
    """Bounds that hold whole cells: clients do not ask for tiles outside them."""
    west, south, east, north = bounds
    tall = _REACH * average_hexagon_edge_length(coarsest, unit="km") / _DEGREE_KM
    wide = tall / max(0.1, cos(radians(max(abs(south), abs(north)))))
    return (
        round(max(-180.0, west - wide), 6),
        round(max(-90.0, south - tall), 6),
        round(min(180.0, east + wide), 6),
        round(min(90.0, north + tall), 6),
    )
