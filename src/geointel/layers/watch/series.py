"""Monthly counts of every place and category that is watched, as one array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.model import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.model import Window

CELLS = "cells"
"""Kind of place of the hexagons; the others are levels of areas."""


@dataclass(frozen=True)
class Family:
    """All series of one category and kind of place: rows ``start`` to ``stop`` of the counts, one for each place.

    ``known`` marks the places all of whose counts are shown.
    """

    kind: str
    category: str
    start: int
    stop: int
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Series:
    """Counts of shape ``(n, months)`` over the last unbroken run of months, oldest first.

    ``groups`` numbers the family of each row; ``judged`` are the columns of the months that are asked about. What is not known
    counts as 0 and is left out of every answer.
    """

    months: tuple[Window, ...]
    counts: NDArray[np.int64]
    groups: NDArray[np.int64]
    families: tuple[Family, ...]
    judged: tuple[int, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """The months that are judged."""
        return tuple(self.months[column] for column in self.judged)


def unbroken(cube: Cube, request: LayerRequest) -> tuple[Window, ...]:
    """The last months of the cube that follow each other without a gap.

    A month that is missing cuts the past off: nobody knows what it held. Raises ``MethodError`` where no months are asked for.
    """
    months = sorted((w for w in cube.windows if w.kind == "month"), key=lambda w: w.months)
    if not months or "month" not in request.window_kinds:
        message = f"The layer {request.id!r} watches months, and has none."
        raise MethodError(message, remedy='Let `windows` of the layer have "month".')
    first = len(months) - 1
    while first and months[first - 1].months[0] == months[first].months[0] - 1:
        first -= 1
    return tuple(months[first:])


def series_of(cube: Cube, request: LayerRequest, *, latest: int) -> Series:
    """Counts of every area level and of the hexagons of the cube's first resolution, for each category."""
    months = unbroken(cube, request)
    counts: list[NDArray[np.float64]] = []
    families: list[Family] = []
    groups: list[NDArray[np.int64]] = []
    row = 0
    for kind in (*cube.areas, CELLS):
        for category in request.categories:
            values = _counts(cube, kind, category, months)
            known = np.asarray(np.isfinite(values).all(axis=1))
            counts.append(np.where(known[:, None], values, 0.0))
            groups.append(np.full(len(values), len(families)))
            families.append(Family(kind, category, row, row + len(values), known))
            row += len(values)
    return Series(
        months=months,
        counts=np.concatenate(counts).astype(np.int64),
        groups=np.concatenate(groups).astype(np.int64),
        families=tuple(families),
        judged=tuple(range(max(0, len(months) - latest), len(months))),
    )


def _counts(cube: Cube, kind: str, category: str, months: Sequence[Window]) -> NDArray[np.float64]:
    """Incidents of each place and month, shape ``(places, months)``; of the supported hexagons."""
    if kind != CELLS:
        return np.column_stack([cube.areas[kind].dense(INCIDENTS, month.id, category) for month in months])
    lattice = cube.lattices[0]
    return np.column_stack([cube.map_counts(lattice, month.id, category).inside for month in months])
