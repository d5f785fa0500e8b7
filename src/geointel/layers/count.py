"""``count``: how many incidents were recorded here?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.model import INCIDENTS, Column, Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.model import Window


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Incidents per cell and area, in classes that stay the same from window to window."""
    windows = rows.asked_windows(cube, request)
    breaks = {
        str(resolution): {category: _breaks(cube, resolution, windows, category) for category in request.categories}
        for resolution in cube.resolutions
    }
    blocks = [
        _cells(cube, number, window, category, breaks[str(cube.resolutions[number])][category][window.kind])
        for number in range(len(cube.lattices))
        for window in windows
        for category in request.categories
    ]
    areas = [
        _areas(cube, level, window, category)
        for level in cube.areas
        for window in windows
        for category in request.categories
    ]
    return Layer(
        edition=cube.edition,
        spec=describe(
            cube,
            request,
            windows,
            classes=content.count_classes(),
            columns=("value", Column("special_share", content.column("special_share"), unit="share", digits=2)),
            parameters={"quantiles": rows.QUANTILES},
            breaks=breaks,
        ),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
    )


def class_breaks(values: NDArray[np.float64]) -> list[int]:
    """Upper bounds of classes 1 to 4 from non-zero counts: 20, 40, 60, 80 %, whole and distinct."""
    if not len(values):
        return []
    bounds: list[int] = np.unique(np.rint(np.quantile(values, rows.QUANTILES)).astype(np.int64)).tolist()
    return bounds


def classify(values: NDArray[np.float64], breaks: Sequence[int]) -> NDArray[np.int64]:
    """Class of each count: 0 for zero, then 1 more than the number of bounds it exceeds."""
    above = np.searchsorted(np.asarray(breaks, dtype=np.float64), values, side="left") + 1
    return np.where(values > 0, above, 0).astype(np.int64)


def _breaks(cube: Cube, resolution: int, windows: tuple[Window, ...], category: str) -> dict[str, list[int]]:
    """One set of bounds for each length of window."""
    counts = cube.cells[resolution]
    found: dict[str, list[int]] = {}
    for kind in dict.fromkeys(window.kind for window in windows):
        values = [counts.dense(INCIDENTS, w.id, category) for w in windows if w.kind == kind]
        together = np.concatenate(values)
        found[kind] = class_breaks(together[together > 0])
    return found


def _cells(cube: Cube, number: int, window: Window, category: str, breaks: list[int]) -> rows.Block:
    lattice = cube.lattices[number]
    counts = cube.cells[lattice.resolution]
    value = counts.dense(INCIDENTS, window.id, category)
    supported = lattice.supported
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=np.where(supported, value, np.nan),
        classes=np.where(supported, classify(value, breaks), -1),
        support=np.where(supported, value, -1).astype(np.int64),
        status=np.where(supported, rows.SHOWN, rows.NO_SUPPORT).astype(object),
        columns={"special_share": rows.special_share(counts, window.id, category)},
    )


def _areas(cube: Cube, level: str, window: Window, category: str) -> rows.Block:
    """Counts of whole areas have no class: areas differ in size, so equal colours would mislead."""
    counts = cube.areas[level]
    value = counts.dense(INCIDENTS, window.id, category)
    return rows.Block(
        place=rows.area_place(level, cube.area_codes[level]),
        window=window.id,
        category=category,
        value=value,
        classes=np.full(len(value), -1, dtype=np.int64),
        support=value.astype(np.int64),
        status=np.full(len(value), rows.SHOWN, dtype=object),
        columns={"special_share": rows.special_share(counts, window.id, category)},
    )


LAYER = LayerKind(
    kind="count",
    title="Count of recorded incidents",
    question="How many incidents were recorded here?",
    unit="recorded incidents",
    compute=compute,
    refuses={},
)
