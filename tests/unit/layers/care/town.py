"""A made-up town of three rings round a middle: who lives there, what is known of them, and where help is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa

from geointel.grid import centres, parents
from geointel.layers.base import LayerRequest, kinds
from geointel.layers.cube import Cube, make_cube
from geointel.model import (
    ALL,
    AREA_FACTS,
    BY_DEPRIVATION,
    DECILES,
    FACTS,
    FIGURES,
    INCOME_DEPRIVED,
    NAMES,
    RESIDENTS,
    SERVICES,
    SUPPORT,
    UNMAPPED,
    Layer,
    ReleasedFacts,
)

MIDDLE = h3.latlng_to_cell(53.82, -3.05, 8)
CELLS = np.sort(np.array(h3.grid_disk(MIDDLE, 9), dtype=np.int64))
LEAVES = np.sort(np.array([leaf for cell in CELLS for leaf in h3.cell_to_children(int(cell), 9)], dtype=np.int64))
RESOLUTIONS = (7, 8)
EAST = centres(CELLS)[:, 0] > centres(np.array([MIDDLE]))[0, 0]
"""Which cells lie in the eastern authority."""
PEOPLE = np.random.default_rng(3).integers(0, 900, len(CELLS)).astype(np.float64)
POOR = np.where(EAST, 0.4, 0.1)
DECILE = np.where(EAST, 0, 7)


def service(name: str, ring: int, *, category: str = "drug-treatment", **more: Any) -> dict[str, Any]:
    """A service in the middle of a cell, so many rings east of the middle."""
    cell = h3.latlng_to_cell(53.82, -3.05 + 0.012 * ring, 8)
    lat, lng = h3.cell_to_latlng(cell)
    return {
        "source": "list", "id": name, "name": name.title(), "category": category, "lat": lat, "lng": lng,
        "cell": h3.latlng_to_cell(lat, lng, 9), "inside": True, "as_of": "2025-03", "capacity": 100.0,
        "hours": "mo 09:00-17:00; tu 09:00-17:00; we 09:00-17:00; th 09:00-17:00; fr 09:00-17:00; sa closed; su closed", **more,
    }  # fmt: skip


def estimate(code: str, value: float | None, lower: float | None, upper: float | None, **more: Any) -> dict[str, Any]:
    """A figure of people in need of one authority."""
    return {
        "source": "treatment", "indicator": "people", "label": "People", "level": "lad", "code": code, "period": "2024/25",
        "group": "opiate", "value": value, "lower": lower, "upper": upper, "status": "shown", **more,
    }  # fmt: skip


ESTIMATES = (estimate("E", 300.0, 240.0, 380.0), estimate("W", 200.0, 150.0, 280.0))
TREATED = tuple(estimate(code, value, None, None, indicator="treated") for code, value in (("E", 120.0), ("W", 180.0)))


def town(
    *services: dict[str, Any],
    figures: tuple[dict[str, Any], ...] = (*ESTIMATES, *TREATED),
    people: np.ndarray[Any, Any] = PEOPLE,
) -> Cube:
    """The cube of a layer over the services, with residents, deprivation and treatment beside it."""
    facts = _released(services, figures, people)
    study = {resolution: np.unique(parents(CELLS, resolution)) for resolution in RESOLUTIONS}
    codes = np.where(np.isin(parents(LEAVES, 8), CELLS[EAST]), "E", "W")
    membership = pa.table({"cell": LEAVES, "level": ["lad"] * len(LEAVES), "code": codes.tolist()})

    def cube_of(*sources: str) -> Cube:
        return make_cube(
            facts, study, area_codes={"lad": ("E", "W")}, snapped=False, sources=sources, membership=membership
        )

    beside = {name: cube_of(name) for name in ("residents", "deprivation", "treatment")}
    return replace(cube_of("list"), beside=beside)


def computed(kind: str, cube: Cube, *categories: str, **options: Any) -> Layer:
    """A layer of the town."""
    layer = kinds()[kind]
    own = layer.options.model_validate({"residents": "residents", **options})
    return layer.compute(
        cube, LayerRequest(f"a-{kind}", kind, "", categories or layer.categories(own) or (ALL,), 8, ("month",), own)
    )


def rows_of(layer: Layer, *, resolution: int = 8, category: str | None = None) -> dict[str, np.ndarray[Any, Any]]:
    """Columns of one map as arrays, null as NaN."""
    wanted = category or layer.spec.categories[0]
    table = layer.cells.filter(
        pa.array(
            [
                r == resolution and c == wanted
                for r, c in zip(*(layer.cells[n].to_pylist() for n in ("resolution", "category")), strict=True)
            ]
        )
    )
    return {name: table[name].to_pandas().to_numpy() for name in table.column_names}


def _released(
    services: tuple[dict[str, Any], ...], figures: tuple[dict[str, Any], ...], people: np.ndarray[Any, Any]
) -> ReleasedFacts:
    measures = [("residents", RESIDENTS, ALL, people), ("deprivation", INCOME_DEPRIVED, ALL, people * POOR)]
    measures += [
        ("deprivation", BY_DEPRIVATION, name, people * (number == DECILE)) for number, name in enumerate(DECILES)
    ]
    rows = [
        {"resolution": resolution, "cell": cell, "window": "2021-03", "source": source, "measure": measure, "category": category, "value": value, "status": "shown"}
        for source, measure, category, values in measures
        for resolution in RESOLUTIONS
        for cell, value in _summed(values, resolution)
        if value
    ]  # fmt: skip
    return ReleasedFacts(
        edition="open",
        windows=(),
        cells=pa.Table.from_pylist(rows, FACTS),
        areas=AREA_FACTS.empty_table(),
        unmapped=UNMAPPED.empty_table(),
        support=SUPPORT.empty_table(),
        names=NAMES.empty_table(),
        services=pa.Table.from_pylist(list(services), SERVICES),
        figures=pa.Table.from_pylist(list(figures), FIGURES),
    )


def _summed(values: np.ndarray[Any, Any], resolution: int) -> list[tuple[int, float]]:
    cells, place = np.unique(parents(CELLS, resolution), return_inverse=True)
    return list(zip(cells.tolist(), np.bincount(place, weights=values).tolist(), strict=True))
