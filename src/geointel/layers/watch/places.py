"""Which hexagons an area has, and which areas a hexagon lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.grid import parents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.layers.cube import Cube

    Area = tuple[str, str]
    """Level and code."""


def cells_by_area(cube: Cube) -> Mapping[Area, NDArray[np.int64]]:
    """Hexagons of the cube's first resolution that have a leaf in each area; sorted."""
    table = cube.membership
    if table is None or not table.num_rows:
        return {}
    cells = parents(table["cell"].to_numpy(), cube.lattices[0].resolution)
    areas = list(zip(*(table[name].cast(pa.string()).to_pylist() for name in ("level", "code")), strict=True))
    distinct = list(dict.fromkeys(areas))
    number = {area: place for place, area in enumerate(distinct)}
    place = np.array([number[area] for area in areas])
    return {area: np.unique(cells[place == own]) for area, own in number.items()}


def areas_of(cells: NDArray[np.int64], by_area: Mapping[Area, NDArray[np.int64]]) -> tuple[str, ...]:
    """Areas that have any of some hexagons, ``level:code`` each, sorted."""
    return tuple(sorted(f"{level}:{code}" for (level, code), own in by_area.items() if np.isin(cells, own).any()))
