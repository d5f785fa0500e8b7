"""Does a cell stay hot when the size of the cells or of the ring is another?

A hotspot that depends on one choice of scale is the choice's, not the place's (the modifiable areal unit
problem: Openshaw 1984, CATMOG 38).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.grid import parents, resolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Setting = tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True)
class Stability:
    """How each cell fares over the settings, arrays of shape ``(n,)``.

    ``hot`` and ``cold`` are shares of the ``settings`` that judged the cell, NaN where none did.
    """

    hot: NDArray[np.float64]
    cold: NDArray[np.float64]
    settings: NDArray[np.int64]


def stability(cells: ArrayLike, settings: Sequence[Setting]) -> Stability:
    """Share of settings, each a resolution and a ring size, in which each cell is hot or cold.

    Parameters
    ----------
    cells
        Cells of one resolution, shape ``(n,)``.
    settings
        For each setting its tested cells, of one resolution, and their signed classes (above 0 hot,
        below 0 cold, 0 neither), both of shape ``(m,)``. A cell is hot where its parent is, in a coarser
        setting, and where some cell within it is, in a finer one. A cell may then be both hot and cold.

    Raises
    ------
    MethodError
        If cells and classes differ in shape, or a setting mixes resolutions.
    """
    own = np.asarray(cells, dtype=np.int64)
    level = _resolution(own)
    judged, hot, cold = np.zeros((3, len(own)))
    for tested, classes in settings:
        theirs, sign = np.asarray(tested, dtype=np.int64), np.asarray(classes)
        if theirs.shape != sign.shape:
            message = f"{sign.shape} classes do not fit {theirs.shape} cells."
            raise MethodError(message, remedy="Pass one class for each tested cell of the setting.")
        if not theirs.size or not own.size:
            continue
        common = min(level, _resolution(theirs))
        here, there = parents(own, common), parents(theirs, common)
        judged += np.isin(here, there)
        hot += np.isin(here, there[sign > 0])
        cold += np.isin(here, there[sign < 0])
    seen = np.where(judged > 0, judged, np.nan)
    return Stability(hot / seen, cold / seen, judged.astype(np.int64))


def _resolution(cells: NDArray[np.int64]) -> int:
    levels = np.unique(resolutions(cells))
    if len(levels) > 1:
        message = f"The cells are of resolutions {', '.join(map(str, levels))}."
        raise MethodError(message, remedy="Pass each resolution as a setting of its own.")
    return int(levels[0]) if len(levels) else 0
