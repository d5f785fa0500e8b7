"""Roads as stretches of at most half a kilometre, on which events are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely
from shapely.ops import substring

from geointel.grid.cells import latlng_to_cell
from geointel.model import STRETCHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LONGEST = 500.0
"""Metres. A longer edge is cut into equal parts."""


@dataclass(frozen=True)
class Roads:
    """Edges of roads: lines in WGS 84, their metres, the nodes at their ends, number or name and class; ``(n,)`` each."""

    lines: NDArray[np.object_]
    metres: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    road: Sequence[str]
    road_class: Sequence[str]


def cut(roads: Roads, *, source: str, leaf: int) -> pa.Table:
    """Edges as ``STRETCHES``, numbered in their order.

    Where an edge is cut the new nodes have numbers above all others, so that stretches stay joined.
    """
    metres, start, end = roads.metres, roads.start, roads.end
    parts = np.maximum(np.ceil(metres / LONGEST), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(parts)), parts)
    turn = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    first, last = turn == 0, turn == parts[edge] - 1
    free = int(max(start.max(initial=0), end.max(initial=0))) + 1
    inner = free + np.cumsum(~last) - 1
    begin = np.where(first, start[edge], np.append(0, inner[:-1])[: len(edge)])
    stop = np.where(last, end[edge], inner)
    pieces = _pieces(roads.lines[edge], turn / parts[edge], (turn + 1) / parts[edge])
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    columns = {
        "source": [source] * len(edge),
        "stretch": np.arange(len(edge)),
        "road": [roads.road[number] for number in edge.tolist()],
        "road_class": [roads.road_class[number] for number in edge.tolist()],
        "metres": metres[edge] / parts[edge],
        "start": begin,
        "end": stop,
        "geometry": shapely.to_wkb(pieces),
        "cell": latlng_to_cell(shapely.get_y(middle), shapely.get_x(middle), leaf),
    }
    return pa.table({name: pa.array(column) for name, column in columns.items()}).cast(STRETCHES)


def inside(stretches: pa.Table, leaves: NDArray[np.int64]) -> pa.Table:
    """Those whose middle lies in the study area, numbered anew."""
    own = stretches.filter(pa.array(np.isin(stretches["cell"].to_numpy(), leaves)))
    number = pa.array(np.arange(own.num_rows), STRETCHES.field("stretch").type)
    return own.set_column(own.schema.get_field_index("stretch"), STRETCHES.field("stretch"), number)


def _pieces(lines: NDArray[np.object_], begin: NDArray[np.float64], stop: NDArray[np.float64]) -> NDArray[np.object_]:
    """Part of each line between two shares of its length."""
    found = lines.copy()
    for number in np.flatnonzero((begin > 0) | (stop < 1)).tolist():
        found[number] = substring(lines[number], begin[number], stop[number], normalized=True)
    return found
