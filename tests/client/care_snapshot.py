"""A snapshot of the made-up town with layers of access and gaps, written by the real writer.

The edition ``open`` knows distance alone; ``partner`` has places shared among people in need as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geointel import content, snapshot
from geointel.grid import centres, parents
from geointel.model import FACTS, NAMES, SUPPORT, ReleasedFacts
from geointel.model.tables import AREA_FACTS, UNMAPPED

from ..unit.layers.care.town import CELLS, EAST, RESOLUTIONS, computed, service, town

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.model import Layer

LATE = "mo 09:00-20:00; tu 09:00-17:00; we 09:00-17:00; th 09:00-17:00; fr 09:00-17:00; sa 10:00-13:00; su closed"
SERVICES = (
    service("a", -5), service("b", 0, capacity=40.0, hours=LATE), service("c", 6, eligible_areas=["E"]),
    service("shop", 3, category="pharmacy", capacity=None),
)  # fmt: skip
MIDDLE = {"lat": 53.82, "lng": -3.05}


def layers_of(edition: str) -> list[Layer]:
    cube = town(*SERVICES)
    far = computed("access", cube, "drug-treatment", "pharmacy", deprivation="deprivation")
    if edition == "open":
        return [far]
    need = {"estimate": "treatment", "indicator": "people", "substances": ("opiate",), "measure": "places"}
    return [far, computed("gap", cube, deprivation="deprivation", **need)]


def write_care(folder: Path, *editions: str) -> str:
    """Write and publish a snapshot; return its id."""
    with snapshot.stage(folder) as staging:
        manifests = {}
        for edition in editions or ("open", "partner"):
            layers = [replace(layer, edition=edition) for layer in layers_of(edition)]
            staging.write_facts(_no_facts(edition))
            for layer in layers:
                staging.write_layer(layer)
            pq.write_table(_areas(), staging.edition(edition) / "areas.parquet")
            pq.write_table(_places(), staging.edition(edition) / "places.parquet")
            manifests[edition] = _manifest(edition, layers)
        return staging.publish(manifests, datetime(2026, 1, 5, 8, 30, tzinfo=UTC)).name


def _no_facts(edition: str) -> ReleasedFacts:
    tables = {"cells": FACTS, "areas": AREA_FACTS, "unmapped": UNMAPPED, "support": SUPPORT, "names": NAMES}
    return ReleasedFacts(edition=edition, windows=(), **{name: schema.empty_table() for name, schema in tables.items()})


def _areas() -> pa.Table:
    lng = centres(CELLS)[:, 0]
    border = float(lng[EAST].min())
    outlines = [shapely.box(border, 53.7, -2.8, 53.9), shapely.box(-3.3, 53.7, border, 53.9)]
    return pa.table(
        {"level": ["lad", "lad"], "code": ["E", "W"], "name": ["East", "West"], "geometry": shapely.to_wkb(outlines)}
    )


def _places() -> pa.Table:
    cells = np.concatenate([np.unique(parents(CELLS, resolution)) for resolution in RESOLUTIONS])
    size = len(cells)
    columns = {"resolution": ((cells >> 52) & 15).astype(np.int8), "cell": cells, "name": ["Town"] * size}
    district = {"district_code": ["E"] * size, "district": ["East"] * size}
    return pa.table({**columns, **district, "geometry": shapely.to_wkb(shapely.points(centres(cells)))})


def _manifest(edition: str, layers: list[Layer]) -> dict[str, Any]:
    used = sorted({caveat for layer in layers for caveat in layer.spec.caveats})
    windows = {window.id: window for layer in layers for window in layer.windows}
    cells = {str(resolution): len(np.unique(parents(CELLS, resolution))) for resolution in RESOLUTIONS}
    source = {"id": "list", "kind": "service-list", "title": "Services", "public": True, "licence": "OGL-UK-3.0"}
    return {
        "format": 1,
        "edition": edition,
        "version": "0.1.0",
        "synthetic": True,
        "partnership": {"id": "town", "name": "Town"},
        "grid": {"leaf": 9, "publish": list(RESOLUTIONS), "cells": cells, "supported": cells},
        "area": {"bounds": [-3.3, 53.7, -2.8, 53.9], "levels": [{"id": "lad", "areas": 2}], "agreement": []},
        "period": {"months": [], "missing": [], "data_through": None},
        "windows": [{"id": name, "kind": "month", "label": name, "months": [name]} for name in windows],
        "categories": [],
        "layers": [layer.spec.to_json() for layer in layers],
        "sources": [
            {**source, "attribution": "Town council", "data_through": None, "missing": None, "files": [], "read": 4}
        ],
        "names": "district",
        "caveats": {name: {"short": content.caveat(name).short, "long": content.caveat(name).long} for name in used},
        "roles": {"public": 0, "analyst": 1} if edition == "open" else {"analyst": 0},
        "policy": {},
        "methods": {},
        "config_digest": "0",
    }
