"""TileJSON 3 of a layer: complete, honest about nulls, wide enough."""

from __future__ import annotations

import json
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.errors import SnapshotNotFoundError
from geointel.tiles import TileGeometry, bounds
from geointel.tiles.tilejson import TileView, field_labels, tile_properties, tilejson

SPEC: dict[str, Any] = {
    "id": "drug-hotspot",
    "title": "Hotspots",
    "question": "Where do recorded incidents gather?",
    "value_label": "Gi* z score",
    "unit": "z score",
    "resolutions": [6, 7, 8],
    "windows": ["12m:2025-12"],
    "categories": ["drugs", "all"],
    "columns": [
        {"id": "value", "label": "z score", "unit": "", "digits": 1},
        {"id": "count", "label": "Incidents", "unit": "incidents", "digits": 0},
        {"id": "p", "label": "p", "unit": "", "digits": 3},
        {"id": "q", "label": "q", "unit": "", "digits": 3},
    ],
}
MANIFEST: dict[str, Any] = {
    "snapshot": "20261121T231500Z-1a2b3c4d",
    "edition": "open",
    "area": {"bounds": [-3.1, 53.4, -2.0, 54.2]},
    "grid": {"cells": {"6": 103, "7": 700, "8": 4500}},
    "windows": [{"id": "12m:2025-12", "label": "12 months to December 2025"}, {"id": "2025-07", "label": "July 2025"}],
    "categories": [{"id": "drugs", "label": "Drugs"}, {"id": "all", "label": "All recorded incidents"}],
    "sources": [
        {"attribution": "Police & Crime <OGL>"},
        {"attribution": "Police & Crime <OGL>"},
        {"attribution": "ONS"},
        {},
    ],
}
VIEW = TileView("https://x.example/{z}/{x}/{y}.mvt?snapshot=s", "12m:2025-12", "drugs", {"value": 30, "q": 40, "p": 1})


def test_the_document() -> None:
    found = tilejson(SPEC, MANIFEST, VIEW)
    assert found == json.loads(json.dumps(found))
    assert found["tilejson"] == "3.0.0"
    assert found["tiles"] == [VIEW.url]
    assert (found["minzoom"], found["maxzoom"]) == (5, 13)
    assert found["name"] == "Hotspots: Drugs, 12 months to December 2025"
    assert found["attribution"] == "Police &amp; Crime &lt;OGL&gt; ONS"
    assert found["resolutions"]["5"] == 6
    assert found["resolutions"]["13"] == 8
    assert found["cells"] == {"6": 103, "7": 700, "8": 4500}
    assert found["snapshot"] == MANIFEST["snapshot"]


def test_the_vector_layer_says_what_a_missing_property_means() -> None:
    (layer,) = tilejson(SPEC, MANIFEST, VIEW)["vector_layers"]
    assert layer["id"] == "drugs"
    assert list(layer["fields"]) == ["cell", "value", "class", "support", "status", "count", "q"]
    assert layer["fields"]["count"] == "Incidents (incidents)"
    assert layer["null_counts"] == {"value": 30, "q": 40}
    assert "cell" not in layer["null_means"]
    assert "status" not in layer["null_means"]
    for text in layer["null_means"].values():
        assert "status" in text


def test_properties_are_those_that_tiles_carry() -> None:
    assert tile_properties({"columns": []}) == ("value", "class", "support", "status")
    assert "p" not in tile_properties(SPEC)
    assert list(field_labels(SPEC))[1:] == list(tile_properties(SPEC))


def test_bounds_hold_every_cell_that_touches_the_area() -> None:
    west, south, east, north = tilejson(SPEC, MANIFEST, VIEW)["bounds"]
    corners = [(53.4, -3.1), (53.4, -2.0), (54.2, -3.1), (54.2, -2.0)]
    for lat, lng in corners:
        cells = np.array([h3.latlng_to_cell(lat, lng, 6)], dtype=np.int64)
        left, bottom, right, top = bounds(TileGeometry.of(cells))
        assert west <= left <= right <= east
        assert south <= bottom <= top <= north


def test_bounds_stay_in_the_world() -> None:
    world = {**MANIFEST, "area": {"bounds": [-179.99, -89.99, 179.99, 89.99]}}
    assert tilejson(SPEC, world, VIEW)["bounds"] == [-180.0, -90.0, 180.0, 90.0]


@pytest.mark.parametrize(("window", "category"), [("2025-07", "drugs"), ("1999", "drugs"), ("12m:2025-12", "burglary")])
def test_what_the_layer_does_not_have_is_not_found(window: str, category: str) -> None:
    with pytest.raises(SnapshotNotFoundError):
        tilejson(SPEC, MANIFEST, TileView("u", window, category))
