"""A snapshot of the made-up town with services, access and gaps, computed and written by the real code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geointel import content, snapshot
from geointel.build.places import write_features
from geointel.build.pyramid import write_tiles
from geointel.grid import centres, parents
from geointel.layers.base import LayerRequest, kinds
from geointel.model import ALL, AREA_FACTS, FACTS, NAMES, RESIDENTS, SUPPORT, UNMAPPED, Layer, ReleasedFacts
from geointel.snapshot import layout

from ..unit.layers.care.town import CELLS, PEOPLE, RESOLUTIONS, computed, service, town

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.layers.cube import Cube

EDITIONS = ("open", "partner")
ASKED = {"deprivation": "deprivation", "measure": "places"}
NEED = {"estimate": "treatment", "indicator": "people", "substances": ("opiate",)}
SERVICES = (
    service("mill lane", 0, capacity=60.0),
    service("harbour house", 5, capacity=40.0),
    service("corner pharmacy", -5, category="pharmacy"),
)
WEST, EAST, SOUTH, NORTH = -3.30, -2.80, 53.60, 54.00
MIDDLE = -3.05


def write_care_snapshot(folder: Path) -> str:
    """Write and publish a snapshot with the layers ``services``, ``places`` and ``gap`` in two editions; return its id."""
    cube = town(*SERVICES)
    layers = [
        _services(cube),
        _named("places", computed("access", cube, "drug-treatment", **ASKED)),
        _named("gap", computed("gap", cube, **ASKED, help="drug-treatment", **NEED)),
    ]
    with snapshot.stage(folder) as staging:
        for edition in EDITIONS:
            own = staging.edition(edition)
            staging.write_facts(_residents(edition))
            for layer in layers:
                staging.write_layer(replace(layer, edition=edition))
                write_tiles(layer, own / layout.TILES / f"{layer.spec.id}.pmtiles", attribution=())
                if layer.features is not None:
                    write_features(layer.features, own / layout.FEATURES / f"{layer.spec.id}.parquet")
            pq.write_table(_areas(), own / "areas.parquet")
            pq.write_table(_places(), own / "places.parquet")
        manifests = {edition: _manifest(edition, layers) for edition in EDITIONS}
        return staging.publish(manifests, datetime(2026, 1, 5, 8, 30, tzinfo=UTC)).name


def _named(name: str, layer: Layer) -> Layer:
    return replace(layer, spec=replace(layer.spec, id=name))


def _services(cube: Cube) -> Layer:
    kind = kinds()["services"]
    categories = ("drug-treatment", "pharmacy", "all")
    return kind.compute(cube, LayerRequest("services", "services", "", categories, 8, ("month",), kind.options()))


def _residents(edition: str) -> ReleasedFacts:
    """The town has people and services only, and no incidents."""
    shared = {"resolution": 8, "window": "2021-03", "source": "residents", "measure": RESIDENTS, "category": ALL}
    rows = [
        {**shared, "cell": cell, "value": value, "status": "shown"}
        for cell, value in zip(CELLS.tolist(), PEOPLE.tolist(), strict=True)
    ]
    return ReleasedFacts(
        edition=edition,
        windows=(),
        cells=pa.Table.from_pylist(rows, FACTS),
        areas=AREA_FACTS.empty_table(),
        unmapped=UNMAPPED.empty_table(),
        support=SUPPORT.empty_table(),
        names=NAMES.empty_table(),
    )


def _areas() -> pa.Table:
    shapes = [shapely.box(MIDDLE, SOUTH, EAST, NORTH), shapely.box(WEST, SOUTH, MIDDLE, NORTH)]
    names = {"level": ["lad"] * 2, "code": ["E", "W"], "name": ["Eastside", "Westside"]}
    return pa.table({**names, "geometry": shapely.to_wkb(shapes)})


def _places() -> pa.Table:
    cells = np.concatenate([np.unique(parents(CELLS, resolution)) for resolution in RESOLUTIONS])
    middles = centres(cells)
    east = middles[:, 0] > MIDDLE
    district = np.where(east, "Eastside", "Westside").tolist()
    columns = {"resolution": ((cells >> 52) & 15).astype(np.int8), "cell": cells, "name": district}
    more = {"district_code": np.where(east, "E", "W").tolist(), "district": district}
    return pa.table({**columns, **more, "geometry": shapely.to_wkb(shapely.points(middles))})


def _manifest(edition: str, layers: list[Layer]) -> dict[str, Any]:
    used = sorted({caveat for layer in layers for caveat in layer.spec.caveats})
    windows = {window.id: window for layer in layers for window in layer.windows}
    categories = dict.fromkeys(name for layer in layers for name in layer.spec.categories)
    cells = {str(resolution): len(np.unique(parents(CELLS, resolution))) for resolution in RESOLUTIONS}
    return {
        "format": 1,
        "edition": edition,
        "version": "0.1.0",
        "partnership": {"id": "town", "name": "Two Authorities"},
        "grid": {"leaf": 9, "publish": list(RESOLUTIONS), "cells": cells, "supported": cells},
        "area": {"bounds": [WEST, SOUTH, EAST, NORTH], "levels": [{"id": "lad", "areas": 2}], "agreement": []},
        "period": {"months": [], "missing": [], "data_through": None},
        "windows": [
            {"id": one.id, "kind": one.kind, "label": one.label, "months": list(one.months)} for one in windows.values()
        ],
        "categories": [{"id": slug, "label": content.category(slug).label} for slug in categories],
        "layers": [layer.spec.to_json() for layer in layers],
        "sources": [],
        "names": "district" if edition == "open" else "msoa",
        "caveats": {name: {"short": content.caveat(name).short, "long": content.caveat(name).long} for name in used},
        "roles": {"public": 0, "analyst": 1} if edition == "open" else {"analyst": 0},
        "policy": {},
        "methods": {},
        "config_digest": "0",
        "synthetic": True,
    }
