"""A small snapshot round Blackpool, drawn from a seed and written by the real writer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geointel import content, snapshot, tiles
from geointel.grid import centres, parents
from geointel.model import FACTS, INCIDENTS, NAMES, SUPPORT, ClassStyle, Column, Layer, LayerSpec, ReleasedFacts
from geointel.model.tables import AREA_FACTS, FIGURES, PROFILE, UNMAPPED, WORD
from geointel.tiles.properties import PROPERTIES

if TYPE_CHECKING:
    from pathlib import Path

BLACKPOOL = h3.latlng_to_cell(53.8175, -3.0357, 8)
RESOLUTIONS = (6, 7, 8)
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
WINDOWS = {
    "2025-11": ("month", "November 2025", MONTHS[10:11]),
    "2025-12": ("month", "December 2025", MONTHS[11:]),
    "2025-Q4": ("quarter", "October to December 2025", MONTHS[9:]),
    "12m:2025-12": ("year", "12 months to December 2025", MONTHS),
}
CATEGORIES = ("drugs", "burglary", "all")
KINDS = {"incidents": "count", "drug-hotspot": "hotspot", "drug-excess": "excess"}
OF_LAYER = {"incidents": CATEGORIES, "drug-hotspot": ("drugs", "all"), "drug-excess": ("drugs",)}
OWN = {
    "count": ("special_share",),
    "hotspot": ("count", "expected", "p", "q", "p_normal", "raw_class", "stability", "special_share"),
    "excess": ("count", "expected", "lower", "upper", "p", "q"),
}
HEALTH = {
    "id": "health",
    "kind": "area-indicator",
    "title": "Published figures by area",
    "public": True,
    "caveats": ["area-indicator"],
}
FIGURE = {
    "source": "health",
    "indicator": "drug_misuse_deaths",
    "label": "Deaths from drug misuse",
    "level": "lad",
    "code": "E06000009",
    "unit": "per 100,000",
}
FIGURES_OF_BLACKPOOL = [
    {"period": "2022 - 24", "value": 21.3, "lower": 16.9, "upper": 26.4, "count": 83.0, "status": "shown"},
    {"period": "2013 - 15", "value": None, "lower": None, "upper": None, "count": None, "status": "suppressed"},
]
LAST_YEAR, EARLIER_YEAR = "12m:2025-12", "12m:2025-11"
OUTCOMES_OF_BLACKPOOL = [
    (LAST_YEAR, "charged", "drugs", 30.0),
    (LAST_YEAR, "local-resolution", "drugs", 90.0),
    (LAST_YEAR, "charged", "all", 200.0),
    (LAST_YEAR, "no-suspect", "all", None),
    (EARLIER_YEAR, "charged", "drugs", 999.0),
    ("2025-12", "charged", "drugs", 5.0),
]
"""Window, group, category and count; one is not shown."""
MOMENTS = [(LAST_YEAR, 4, 23, 7.0), (LAST_YEAR, 5, 0, 11.0), (LAST_YEAR, 5, None, 3.0), (EARLIER_YEAR, 0, 0, 50.0)]
"""Window, weekday, hour and count."""
BUSY = [
    (window, day, hour, count)
    for window, night in ((LAST_YEAR, 30.0), ("12m:2024-12", 20.0))
    for day, hour, count in [(4, 22, night), (5, 1, night), *((day, 12, 8.0) for day in range(7))]
]
"""The same of the coast: Friday night is full in both years."""
ROADSIDE = {
    "tests": [(LAST_YEAR, 4, 22, 60.0), (LAST_YEAR, 0, 9, 5.0), (LAST_YEAR, 0, None, 2.0)],
    "positives": [(LAST_YEAR, 4, 22, 24.0), (LAST_YEAR, 0, None, 1.0)],
}
"""Roadside tests of Fylde, and the positive ones."""
PARTNERS_ONLY = {"marking": "OFFICIAL-SENSITIVE", "handling": "For the partnership’s analysts only."}
DISTRICTS = {"E06000009": "Blackpool", "E07000119": "Fylde"}


@dataclass(frozen=True)
class Counts:
    """Monthly counts of the leaves by category, shape ``(cell, month)``; two leaves have no support."""

    leaves: np.ndarray[Any, Any]
    monthly: dict[str, np.ndarray[Any, Any]]
    supported: np.ndarray[Any, Any]

    @classmethod
    def draw(cls, seed: int) -> Counts:
        leaves = np.sort(np.array(h3.grid_disk(BLACKPOOL, 4), dtype=np.int64))
        random = np.random.default_rng(seed)
        supported = np.ones(len(leaves), dtype=bool)
        supported[[3, 30]] = False
        shape = (len(leaves), len(MONTHS))
        own = {
            name: random.poisson(mean, shape) * supported[:, None] for name, mean in (("drugs", 0.7), ("burglary", 2.0))
        }
        return cls(leaves, {**own, "all": own["drugs"] + own["burglary"]}, supported)

    def at(self, resolution: int, window: str, category: str) -> tuple[Any, Any, Any]:
        """Cells, counts, and whether a cell is supported."""
        months = [MONTHS.index(month) for month in WINDOWS[window][2]] if window in WINDOWS else [MONTHS.index(window)]
        each = self.monthly[category][:, months].sum(axis=1)
        cells, place = np.unique(parents(self.leaves, resolution), return_inverse=True)
        totals = np.bincount(place, weights=each)
        return cells, totals, np.bincount(place, weights=self.supported) > 0


def write_snapshot(folder: Path, seed: int = 1, *, synthetic: bool = True, approval: tuple[str, ...] = ()) -> str:
    """Write and publish a snapshot with the editions ``open`` and ``partner``; return its id. Those in ``approval`` wait."""
    counts = Counts.draw(seed)
    with snapshot.stage(folder) as staging:
        manifests = {}
        for edition in ("open", "partner"):
            layers = [_layer(edition, layer, counts) for layer in KINDS]
            staging.write_facts(_released(edition, counts))
            for layer in layers:
                staging.write_layer(layer)
                _write_tiles(staging.edition(edition) / "tiles" / f"{layer.spec.id}.pmtiles", layer)
            pq.write_table(_areas(), staging.edition(edition) / "areas.parquet")
            pq.write_table(_places(counts, edition), staging.edition(edition) / "places.parquet")
            waits = {"approval": "required" if edition in approval else "none"}
            manifests[edition] = {**_manifest(edition, counts, layers), "synthetic": synthetic, **waits}
        path = staging.publish(manifests, datetime(2026, 1, 5, 8, 30, tzinfo=UTC))
    return path.name


def _layer(edition: str, layer: str, counts: Counts) -> Layer:
    kind = KINDS[layer]
    blocks = [
        _block(kind, resolution, window, category, counts=counts)
        for resolution in RESOLUTIONS
        for window in WINDOWS
        for category in OF_LAYER[layer]
    ]
    cells = pa.concat_tables(blocks).unify_dictionaries().combine_chunks()
    areas = pa.concat_tables([_area_rows(w, c, counts) for w in WINDOWS for c in CATEGORIES]).unify_dictionaries()
    return Layer(edition, _spec(layer, kind), cells, areas.combine_chunks() if kind == "count" else None)


def _block(kind: str, resolution: int, window: str, category: str, *, counts: Counts) -> pa.Table:
    cells, totals, supported = counts.at(resolution, window, category)
    size = len(cells)
    known = np.where(supported, totals, np.nan)
    score = (totals - totals.mean()) / max(float(totals.std()), 1.0)
    value = (
        known
        if kind == "count"
        else np.where(supported, score if kind == "hotspot" else totals / totals.mean(), np.nan)
    )
    bounds = [1, 2, 4, 8]
    words = np.searchsorted(bounds, totals) + (totals > 0) if kind == "count" else np.where(score > 1, "hot-95", "none")
    columns = {
        "resolution": pa.array([resolution] * size, pa.int8()),
        "cell": pa.array(cells),
        "window": _words([window] * size),
        "category": _words([category] * size),
        "value": _floats(value),
        "class": _words([str(word) if there else None for word, there in zip(words, supported, strict=True)]),
        "support": pa.array(
            [int(total) if there else None for total, there in zip(totals, supported, strict=True)], pa.int32()
        ),
        "status": _words(["shown" if there else "no-support" for there in supported]),
    }
    own = {name: _floats(np.where(supported, totals / 7, np.nan)) for name in OWN[kind]}
    own |= {"count": _floats(known)} if "count" in own else {}
    own |= {"raw_class": columns["class"], "stability": _floats(np.full(size, np.nan))} if "raw_class" in own else {}
    return pa.table({**columns, **own})


def _area_rows(window: str, category: str, counts: Counts) -> pa.Table:
    codes = list(DISTRICTS)
    total = counts.at(8, window, category)[1].sum()
    columns = {
        "level": _words(["lad"] * 2),
        "code": _words(codes),
        "window": _words([window] * 2),
        "category": _words([category] * 2),
        "value": _floats(np.array([total, 0.0])),
        "class": _words([None, None]),
        "support": pa.array([int(total), 0], pa.int32()),
        "status": _words(["shown", "shown"]),
    }
    return pa.table({**columns, "special_share": _floats(np.array([0.25, np.nan]))})


def _spec(layer: str, kind: str) -> LayerSpec:
    words = content.layer_words(kind)
    classes = content.count_classes() if kind == "count" else content.signed_classes()
    breaks = {
        str(r): {c: {length: [1, 2, 4, 8] for length in ("month", "quarter", "year")} for c in CATEGORIES}
        for r in RESOLUTIONS
    }
    return LayerSpec(
        id=layer,
        kind=kind,
        title=words.title,
        question=words.question,
        unit=words.unit,
        value_label=words.value_label,
        method=words.method,
        parameters={},
        tests=words.tests,
        resolutions=RESOLUTIONS,
        windows=tuple(WINDOWS),
        categories=OF_LAYER[layer],
        default={"window": "12m:2025-12", "category": "drugs", "resolution": 8},
        classes=tuple(ClassStyle(one.id, one.label, one.colour) for one in classes),
        columns=tuple(Column(name, content.column(name), digits=2) for name in ("value", *OWN[kind])),
        caveats=words.caveats,
        breaks=breaks if kind == "count" else {},
        accuracy=_accuracy(layer) if kind == "hotspot" else {},
    )


def _accuracy(layer: str) -> dict[str, Any]:
    """A sentence for each map, which says which one it is about."""

    def entry(resolution: int, category: str, kind: str) -> dict[str, Any]:
        return {"steps": 6, "sentence": f"Held of {layer} {category}, {kind} at {resolution}: 23% & 'more'."}

    by = {
        str(r): {c: {k: entry(r, c, k) for k in ("month", "quarter", "year")} for c in OF_LAYER[layer]}
        for r in RESOLUTIONS
    }
    return {"shares": [0.02], "told": 0.02, "by": by}


def _released(edition: str, counts: Counts) -> ReleasedFacts:
    """Facts: non-zero rows of every month and window; everything lies in Blackpool."""
    rows, areas = [], []
    for window in dict.fromkeys((*MONTHS, *WINDOWS)):
        for category in CATEGORIES:
            shared = {
                "window": window,
                "source": "police",
                "measure": INCIDENTS,
                "category": category,
                "status": "shown",
            }
            for resolution in RESOLUTIONS:
                cells, totals, _ = counts.at(resolution, window, category)
                rows += [
                    {**shared, "resolution": resolution, "cell": cell, "value": total}
                    for cell, total in zip(cells.tolist(), totals.tolist(), strict=True)
                    if total
                ]
            total = float(counts.at(8, window, category)[1].sum())
            areas.append({**shared, "level": "lad", "code": "E06000009", "value": total})
    blackpool = {"level": "lad", "code": "E06000009", "source": "police", "status": "shown"}
    areas += [
        {**blackpool, "window": window, "measure": f"outcome-{group}", "category": category, "value": value}
        for window, group, category, value in OUTCOMES_OF_BLACKPOOL
    ]
    coarsest = f"{int(np.unique(parents(counts.leaves, RESOLUTIONS[0]))[0]):x}"
    moments = [
        {**blackpool, "level": level, "code": code, "category": "drugs", "measure": measure}
        | dict(zip(("window", "weekday", "hour", "value"), moment, strict=True))
        for level, code, measure, found in (
            ("lad", "E06000009", INCIDENTS, MOMENTS),
            ("cells", coarsest, INCIDENTS, MOMENTS),
            ("cdp", "coast", INCIDENTS, BUSY),
            *(("lad", "E07000119", measure, found) for measure, found in ROADSIDE.items()),
        )
        for moment in found
    ]
    return ReleasedFacts(
        edition=edition,
        windows=(),
        cells=pa.Table.from_pylist(rows, FACTS),
        areas=pa.Table.from_pylist(areas, AREA_FACTS),
        unmapped=pa.Table.from_pylist([], UNMAPPED),
        support=pa.Table.from_pylist([], SUPPORT),
        names=pa.Table.from_pylist([], NAMES),
        profile=pa.Table.from_pylist(moments, PROFILE),
        figures=pa.Table.from_pylist([{**FIGURE, **one} for one in FIGURES_OF_BLACKPOOL], FIGURES),
    )


def _areas() -> pa.Table:
    west = shapely.box(-3.10, 53.70, -3.00, 53.90)
    east = shapely.box(-3.00, 53.70, -2.80, 53.90)
    shapes = [west, east, shapely.union(west, east)]
    names = ["Blackpool", "Fylde", "Fylde coast"]
    columns = {"level": ["lad", "lad", "cdp"], "code": [*DISTRICTS, "coast"], "name": names}
    return pa.table({**columns, "geometry": shapely.to_wkb(shapes)})


def _places(counts: Counts, edition: str) -> pa.Table:
    cells = np.concatenate([np.unique(parents(counts.leaves, resolution)) for resolution in RESOLUTIONS])
    size = len(cells)
    names = (
        ["Blackpool"] * size
        if edition == "open"
        else ["Talbot" if cell % 3 else "=Bloomfield" for cell in cells.tolist()]
    )
    columns = {"resolution": ((cells >> 52) & 15).astype(np.int8), "cell": cells, "name": names}
    district = {"district_code": ["E06000009"] * size, "district": ["Blackpool"] * size}
    return pa.table({**columns, **district, "geometry": shapely.to_wkb(shapely.points(centres(cells)))})


def _write_tiles(path: Path, layer: Layer) -> None:
    rows = {name: layer.cells[name].to_pylist() for name in ("resolution", "window", "category")}
    frames = {}
    for resolution in RESOLUTIONS:
        here = [r == resolution and w == "12m:2025-12" for r, w in zip(rows["resolution"], rows["window"], strict=True)]
        part = layer.cells.filter(pa.array(here))
        size = part.num_rows // len(layer.spec.categories)
        categories = {
            category: tiles.columns_from_table(part.slice(at * size, size), PROPERTIES)
            for at, category in enumerate(layer.spec.categories)
        }
        frames[resolution] = tiles.Frame(part["cell"].slice(0, size).to_numpy(), categories)
    path.parent.mkdir(parents=True, exist_ok=True)
    tiles.write_archive(path, frames, metadata={"name": layer.spec.title, "description": "", "attribution": ""})


def _manifest(edition: str, counts: Counts, layers: list[Layer]) -> dict[str, Any]:
    used = sorted({caveat for layer in layers for caveat in layer.spec.caveats} | {"area-indicator"})
    source = {"id": "police", "kind": "police-uk-street", "title": "Police recorded crime", "public": True}
    rights = {"licence": "OGL-UK-3.0", "attribution": "Contains public sector information licensed under OGL v3.0."}
    cells = {str(resolution): len(np.unique(parents(counts.leaves, resolution))) for resolution in RESOLUTIONS}
    return {
        "format": 1,
        "edition": edition,
        "version": "0.1.0",
        "partnership": {"id": "fylde-coast", "name": "Fylde Coast <Demo> Partnership"},
        "grid": {"leaf": 9, "publish": list(RESOLUTIONS), "cells": cells, "supported": cells},
        "area": {
            "bounds": [-3.1, 53.7, -2.8, 53.9],
            "levels": [{"id": "lad", "areas": 2}, {"id": "cdp", "areas": 1}],
            "agreement": [],
        },
        "period": {"months": list(MONTHS), "missing": [], "data_through": "2025-12"},
        "windows": [
            {"id": w, "kind": kind, "label": label, "months": list(months)}
            for w, (kind, label, months) in WINDOWS.items()
        ],
        "categories": [{"id": slug, "label": content.category(slug).label} for slug in CATEGORIES],
        "layers": [layer.spec.to_json() for layer in layers],
        "sources": [
            {**source, **rights, "data_through": "2025-12", "missing": [], "files": [], "read": 9},
            {**HEALTH, **rights},
        ],
        "names": "district" if edition == "open" else "msoa",
        "caveats": {name: {"short": content.caveat(name).short, "long": content.caveat(name).long} for name in used},
        "roles": {"public": 0, "analyst": 1} if edition == "open" else {"analyst": 0},
        "policy": {"edition": {"method": "none"}, "source": {"police": {"method": "none"}}},
        "methods": {layer.spec.id: {"kind": layer.spec.kind, "parameters": {}} for layer in layers},
        "uses": {
            "layers": {layer.spec.id: ["police"] for layer in layers},
            "names": [] if edition == "open" else ["police"],
        },
        **({"marking": "OFFICIAL", "handling": "May be shared."} if edition == "open" else PARTNERS_ONLY),
        "config_digest": "0",
    }


def _words(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.string()).dictionary_encode().cast(WORD)


def _floats(values: np.ndarray[Any, Any]) -> pa.Array:
    return pa.array(values.astype(float), mask=np.isnan(values.astype(float)))
