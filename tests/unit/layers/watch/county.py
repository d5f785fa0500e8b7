"""A made-up county with two districts, neighbours beyond its border, and rises that were planted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa

from geointel.grid import around, centres, parents
from geointel.layers.base import LayerRequest, kinds
from geointel.layers.cube import Cube, make_cube, with_beyond
from geointel.model import (
    AREA_FACTS,
    FACTS,
    INCIDENTS,
    NAMES,
    SUPPORT,
    UNMAPPED,
    ReleasedFacts,
    Window,
    parse_month,
    windows_over,
)

if TYPE_CHECKING:
    from geointel.model import Layer

LEAVES = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(53.82, -3.05, 8), 12), dtype=np.int64))
RESOLUTIONS = (6, 7, 8)
CATEGORIES = ("drugs", "robbery", "all")
LAST = parse_month("2025-12")
LEVELS = {"lad": ("E", "W"), "cdp": ("Both",)}
WEST = centres(LEAVES)[:, 0] < np.median(centres(LEAVES)[:, 0])
BEYOND = {level: around(np.unique(parents(LEAVES, level)), 2) for level in RESOLUTIONS}
RISE = {"window": "2025-12", "category": "robbery", "level": "lad", "code": "W"}
"""Planted: robbery in the west in the last month, four times the usual."""
LASTING = 5
"""Planted: drugs in the east in so many last months, four times the usual."""


def months(number: int, gap: int | None = None) -> tuple[int, ...]:
    """Months to December 2025, without the ``gap``-th."""
    return tuple(month for place, month in enumerate(range(LAST - number + 1, LAST + 1)) if place != gap)


@cache
def counts(number: int, *, rise: bool = True) -> dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
    """By category, shape ``(leaf, month)``."""
    random = np.random.default_rng(3)
    shape = (len(LEAVES), number)
    found = {"drugs": random.poisson(0.05, shape), "robbery": random.poisson(0.1, shape)}
    if rise:
        found["robbery"][WEST, -1] = random.poisson(0.4, int(WEST.sum()))
        lasting = found["drugs"][~WEST, -LASTING:]
        found["drugs"][~WEST, -LASTING:] = random.poisson(0.2, lasting.shape)
    return {**found, "all": found["drugs"] + found["robbery"]}


def county(number: int = 20, *, gap: int | None = None, rise: bool = True, edge: bool = True) -> Cube:
    """Cube of a county with so many months."""
    known = windows_over(months(number, gap), rolling=True)
    facts = _released(number, known, rise=rise)
    cube = make_cube(
        facts,
        {level: np.unique(parents(LEAVES, level)) for level in RESOLUTIONS},
        area_codes=LEVELS,
        snapped=True,
        membership=_membership(),
    )
    return with_beyond(cube, facts, BEYOND, km=20.0) if edge else cube


def signals(cube: Cube, *categories: str, windows: tuple[str, ...] = ("month",), **options: object) -> Layer:
    kind = kinds()["signals"]
    asked = LayerRequest(
        id="signals",
        kind="signals",
        title="",
        categories=categories or CATEGORIES,
        default_resolution=8,
        window_kinds=windows,
        options=kind.options.model_validate({"simulated_years": 10, **options}),
    )
    return kind.compute(cube, asked)


def _membership() -> pa.Table:
    codes = np.where(WEST, "W", "E").tolist()
    return pa.table(
        {
            "cell": np.tile(LEAVES, 2),
            "level": ["lad"] * len(LEAVES) + ["cdp"] * len(LEAVES),
            "code": codes + ["Both"] * len(LEAVES),
        }
    )


def _released(number: int, known: tuple[Window, ...], *, rise: bool) -> ReleasedFacts:
    first = LAST - number + 1
    cells, areas, beyond = [], [], []
    for window in (w for w in known if w.kind == "month"):
        for category, each in counts(number, rise=rise).items():
            shared = {"window": window.id, "source": "police", "measure": INCIDENTS, "category": category}
            shared["status"] = "shown"
            now = each[:, window.months[0] - first]
            for level in RESOLUTIONS:
                own, place = np.unique(parents(LEAVES, level), return_inverse=True)
                totals = np.bincount(place, weights=now)
                cells += [
                    {**shared, "resolution": level, "cell": cell, "value": total}
                    for cell, total in zip(own.tolist(), totals.tolist(), strict=True)
                    if total
                ]
                beyond += [
                    {**shared, "resolution": level, "cell": cell, "value": 2.0} for cell in BEYOND[level].tolist()
                ]
            for level, code, total in (
                ("lad", "E", now[~WEST].sum()),
                ("lad", "W", now[WEST].sum()),
                ("cdp", "Both", now.sum()),
            ):
                areas.append({**shared, "level": level, "code": code, "value": float(total)})
    support = [
        {"source": "police", "resolution": level, "cell": cell}
        for level in RESOLUTIONS
        for cell in (*np.unique(parents(LEAVES, level)).tolist()[1:], *BEYOND[level].tolist())
    ]
    return ReleasedFacts(
        edition="partner",
        windows=known,
        cells=pa.Table.from_pylist(cells, FACTS),
        areas=pa.Table.from_pylist(areas, AREA_FACTS),
        unmapped=pa.Table.from_pylist([], UNMAPPED),
        support=pa.Table.from_pylist(support, SUPPORT),
        names=pa.Table.from_pylist([], NAMES),
        beyond=pa.Table.from_pylist(beyond, FACTS),
    )


def without_support(cube: Cube) -> Cube:
    """The same where nothing was ever recorded."""
    lattices = tuple(replace(one, supported=np.zeros(len(one.cells), dtype=bool)) for one in cube.lattices)
    return replace(cube, lattices=lattices)
