"""``emerging``: how do hotspots come and go over the twelve months of a year?

Every month of a year is tested against the whole year, cell and ring together with the month before it, and the months of
a cell make one of seventeen categories. Months of one cell are alike, so the usual tests find patterns on nearly
every map of bursty counts (``docs/validation/noise-emerging.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import (
    EMERGING_CLASSES,
    benjamini_hochberg,
    emerging,
    space_time_gi_star,
    space_time_tail,
)
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe, edge, tests
from geointel.layers.lattice import MapCounts
from geointel.model import Column, Layer, LayerSpec, format_month

if TYPE_CHECKING:
    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

RING = 1
STEPS_BACK = 1
STEP_LEVEL = 0.10
"""A month is hot or cold where q is at most this: the weakest of the classes of ``hotspot``, as in the method's source."""
TREND_LEVEL = 0.05


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Categories of every resolution, year and category asked for."""
    windows = _years(cube, request)
    blocks = [
        _block(lattice, window, category, _months(cube, lattice, window, category))
        for lattice in cube.lattices
        for window in windows
        for category in request.categories
    ]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows),
        cells=rows.assemble(blocks, EMERGING_CLASSES),
    )


def _years(cube: Cube, request: LayerRequest) -> tuple[Window, ...]:
    """Raises ``MethodError`` where no year is asked for: shorter windows have too few months for a pattern."""
    windows = tuple(window for window in rows.asked_windows(cube, request) if window.kind == "year")
    if not windows:
        message = f"The layer {request.id!r} needs windows of twelve months, and has none."
        raise MethodError(message, remedy='Add months, or give the layer `windows = ["year"]`.')
    return windows


def _months(cube: Cube, lattice: Lattice, window: Window, category: str) -> MapCounts:
    """Counts in each month, oldest first, of the supported cells and of those beyond the border, shape ``(n, months)``."""
    months = [cube.map_counts(lattice, format_month(month), category) for month in window.months]
    return MapCounts(np.column_stack([m.inside for m in months]), np.column_stack([m.beyond for m in months]))


def _block(lattice: Lattice, window: Window, category: str, counts: MapCounts) -> rows.Block:
    x, beyond = counts.inside, lattice.outside(counts.beyond)
    tail = space_time_tail(x, lattice.ring, steps_back=STEPS_BACK, beyond=beyond)
    q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
    z = space_time_gi_star(x, lattice.ring, steps_back=STEPS_BACK, beyond=beyond).z
    found = emerging(z, q, side=tail.side, level=TREND_LEVEL, steps_back=STEPS_BACK)
    insufficient = np.all(tail.insufficient, axis=1)
    total = lattice.around(MapCounts(x.sum(axis=1), counts.beyond.sum(axis=1)))
    codes = np.full(len(lattice.cells), -1, dtype=np.int64)
    codes[lattice.supported] = np.where(insufficient, -1, found.code)
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        # Where no month could be hot, "in none of them" would say more than is known.
        value=lattice.spread(np.where(insufficient, np.nan, found.share_hot)),
        classes=codes,
        support=np.nan_to_num(lattice.spread(total), nan=-1).astype(np.int64),
        status=rows.tested_status(lattice.supported, insufficient),
        columns={
            "trend_z": lattice.spread(found.trend_z),
            "trend_p": lattice.spread(found.trend_p),
            "last_z": lattice.spread(found.last_z),
        },
    )


def _spec(cube: Cube, request: LayerRequest, windows: tuple[Window, ...]) -> LayerSpec:
    cells = tests(cube)
    steps = max(len(window.months) for window in windows)
    return describe(
        cube,
        request,
        windows,
        classes=content.named_classes("emerging"),
        columns=(
            Column("value", content.layer_words("emerging").value_label, digits=2),
            "support",
            "last_z",
            "trend_z",
            "trend_p",
        ),
        parameters={
            "ring": RING,
            "edge": edge(cube),
            "steps": "month",
            "steps_back": STEPS_BACK,
            "step_level": STEP_LEVEL,
            "trend": "mann-kendall, hamed-rao, without the first month",
            "trend_level": TREND_LEVEL,
            "adjustment": "benjamini-hochberg",
            "tests": {resolution: number * steps for resolution, number in cells.items()},
        },
    )


LAYER = LayerKind(
    kind="emerging",
    title="How hotspots come and go",
    question="Which hotspots are new, lasting, growing or fading?",
    unit="share of months",
    compute=compute,
    refuses={},
)
