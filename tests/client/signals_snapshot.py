"""A snapshot of the made-up county with signals in the edition for partners, written by the real writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geointel import content, snapshot
from geointel.grid import centres, parents
from geointel.layers.base import LayerRequest, kinds
from geointel.model import FACTS, NAMES, SUPPORT, ReleasedFacts
from geointel.model.tables import AREA_FACTS, UNMAPPED

from ..unit.layers.watch.county import LEAVES, RESOLUTIONS, county, signals

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.model import Layer

CAVEATS = ("signals", "signals-latency", "signals-history", "map-points", "count")


@cache
def layers_of(edition: str) -> tuple[Layer, ...]:
    cube = county()
    asked = LayerRequest(
        id="counts",
        kind="count",
        title="",
        categories=("drugs", "robbery", "all"),
        default_resolution=8,
        window_kinds=("month",),
        options=kinds()["count"].options.model_validate({}),
    )
    counts = kinds()["count"].compute(cube, asked)
    return (counts,) if edition == "open" else (counts, signals(cube, clusters=("robbery",)))


def write_county(folder: Path) -> str:
    """Write and publish a snapshot; return its id."""
    with snapshot.stage(folder) as staging:
        manifests = {}
        for edition in ("open", "partner"):
            layers = [replace(layer, edition=edition) for layer in layers_of(edition)]
            staging.write_facts(_no_facts(edition))
            for layer in layers:
                staging.write_layer(layer)
                if layer.features is not None:
                    path = staging.edition(edition) / "features" / f"{layer.spec.id}.parquet"
                    path.parent.mkdir(exist_ok=True)
                    pq.write_table(layer.features, path)
            pq.write_table(_areas(), staging.edition(edition) / "areas.parquet")
            pq.write_table(_places(), staging.edition(edition) / "places.parquet")
            manifests[edition] = _manifest(edition, layers)
        return staging.publish(manifests, datetime(2026, 1, 5, 8, 30, tzinfo=UTC)).name


def _no_facts(edition: str) -> ReleasedFacts:
    tables = {"cells": FACTS, "areas": AREA_FACTS, "unmapped": UNMAPPED, "support": SUPPORT, "names": NAMES}
    return ReleasedFacts(edition=edition, windows=(), **{name: schema.empty_table() for name, schema in tables.items()})


def _areas() -> pa.Table:
    border = float(np.median(centres(LEAVES)[:, 0]))
    west, east = shapely.box(-3.4, 53.6, border, 54.0), shapely.box(border, 53.6, -2.7, 54.0)
    outlines = [east, west, shapely.union(east, west)]
    return pa.table(
        {
            "level": ["lad", "lad", "cdp"],
            "code": ["E", "W", "Both"],
            "name": ["East", "West", "East and West"],
            "geometry": shapely.to_wkb(outlines),
        }
    )


def _places() -> pa.Table:
    cells = np.concatenate([np.unique(parents(LEAVES, resolution)) for resolution in RESOLUTIONS])
    size = len(cells)
    columns = {"resolution": ((cells >> 52) & 15).astype(np.int8), "cell": cells, "name": ["Somewhere"] * size}
    district = {"district_code": ["W"] * size, "district": ["West"] * size}
    return pa.table({**columns, **district, "geometry": shapely.to_wkb(shapely.points(centres(cells)))})


def _manifest(edition: str, layers: list[Layer]) -> dict[str, Any]:
    months = sorted({window for layer in layers for window in layer.spec.windows})
    return {
        "format": 1,
        "edition": edition,
        "version": "0.0.0",
        "synthetic": True,
        "partnership": {"id": "county", "name": "County"},
        "grid": {"leaf": 9, "publish": list(RESOLUTIONS), "cells": {}, "supported": {}},
        "area": {"bounds": [-3.4, 53.6, -2.7, 54.0], "levels": [{"id": "lad", "title": "District", "areas": 2}]},
        "period": {"months": months, "missing": [], "data_through": "2025-12"},
        "windows": [{"id": m, "kind": "month", "label": f"Month {m}", "months": [m]} for m in months],
        "categories": [{"id": name, "label": name} for name in ("drugs", "robbery", "all")],
        "layers": [layer.spec.to_json() for layer in layers],
        "sources": [],
        "names": "district" if edition == "open" else "msoa",
        "caveats": {name: {"short": content.caveat(name).short, "long": content.caveat(name).long} for name in CAVEATS},
        "roles": {"public": 0, "analyst": 1} if edition == "open" else {"analyst": 0},
        "policy": {"edition": {"method": "none"}, "source": {}},
        "methods": {},
        "config_digest": "0" * 64,
    }
