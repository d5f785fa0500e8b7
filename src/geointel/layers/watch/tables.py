"""The list of signals, as the web service gives it: one row for each place, category and month that has one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geointel.grid import format_cells
from geointel.hotspots.watch import METHODS
from geointel.layers.watch.places import areas_of, cells_by_area
from geointel.layers.watch.series import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from geointel.layers.cube import Cube
    from geointel.layers.watch.border import Beyond
    from geointel.layers.watch.clusters import Clusters
    from geointel.layers.watch.judged import Judged
    from geointel.layers.watch.places import Area

CELL, CLUSTER, AREA = "cell", "cluster", "area"
SCAN = "scan"
"""Method of a cluster."""

SIGNALS = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "place", "level", "code", "window", "category", "method", "areas")),
        *((name, pa.float64()) for name in ("observed", "expected", "upper", "value", "p", "latency", "months")),
        *((name, pa.float64()) for name in ("beyond_cells", "beyond_observed", "beyond_expected")),
    ]
)
"""``place`` is area, cell or cluster; ``code`` that of the area, the hexagon, or the cluster's feature; ``areas`` are those that it
lies in, ``level:code`` each, on lines of their own."""


@dataclass(frozen=True)
class _Desk:
    """What every row of the list is written from: ``newest`` is the newest month that any source of the edition has."""

    layer: str
    cube: Cube
    judged: Judged
    by_area: Mapping[Area, NDArray[np.int64]]
    beyond: Beyond | None
    newest: int

    def row(
        self, category: str, column: int, cells: NDArray[np.int64], *, counts: tuple[float, float]
    ) -> dict[str, Any]:
        """What all rows have: observed and expected here, and beyond the border near these hexagons."""
        window, (observed, expected) = self.judged.series.months[column], counts
        near = None if self.beyond is None else self.beyond.near(cells, category, column)
        return {
            "category": category,
            "window": window.id,
            "observed": observed,
            "expected": expected,
            "value": observed / expected if expected > 0 else None,
            "latency": float(self.newest - window.months[-1]),
            "beyond_cells": None if near is None else float(near.cells),
            "beyond_observed": None if near is None else near.observed,
            "beyond_expected": None if near is None else near.expected,
        }


def signals_table(
    layer: str, cube: Cube, judged: Judged, clusters: Clusters, *, beyond: Beyond | None, newest: int
) -> pa.Table:
    """All signals: the newest month first, and in a month those with the smallest p."""
    desk = _Desk(layer, cube, judged, cells_by_area(cube), beyond, newest)
    rows = [*_of_series(desk), *_of_clusters(desk, clusters)]
    rows.sort(key=lambda row: (row["p"], row["id"]))
    rows.sort(key=lambda row: row["window"], reverse=True)
    return pa.Table.from_pylist(rows, SIGNALS)


def signal_id(layer: str, category: str, place: str, window: str) -> str:
    """Sixteen hexadecimal digits that stay the same from build to build."""
    return hashlib.sha256(f"{layer}\t{category}\t{place}\t{window}".encode()).hexdigest()[:16]


def _of_series(desk: _Desk) -> Iterator[dict[str, Any]]:
    """Signals of areas and hexagons."""
    series, answers, lattice = desk.judged.series, desk.judged.answers, desk.cube.lattices[0]
    cells = lattice.cells[lattice.supported]
    names = format_cells(cells)
    for family in series.families:
        for row, place in zip(*np.nonzero(desk.judged.signals[family.start : family.stop]), strict=True):
            at, column = family.start + row, series.judged[place]
            if family.kind == CELLS:
                level, code, own = None, names[row], cells[row : row + 1]
                areas = areas_of(own, desk.by_area)
            else:
                level, code = family.kind, desk.cube.area_codes[family.kind][row]
                own, areas = desk.by_area.get((level, code), cells[:0]), (f"{level}:{code}",)
            counts = float(series.counts[at, column]), float(answers.expected[at, place])
            yield {
                **desk.row(family.category, column, own, counts=counts),
                "id": signal_id(desk.layer, family.category, f"{level or CELL}:{code}", series.months[column].id),
                "place": AREA if level else CELL,
                "level": level,
                "code": code,
                "areas": "\n".join(areas),
                "method": METHODS[answers.method[at, place]],
                "upper": float(answers.upper[at, place]),
                "p": float(answers.p[at, place]),
                "months": 1.0,
            }


def _of_clusters(desk: _Desk, clusters: Clusters) -> Iterator[dict[str, Any]]:
    """Signals of clusters, all of the newest month."""
    column = len(desk.judged.series.months) - 1
    window = desk.judged.series.months[column].id
    for one in clusters.found:
        counts = float(one.cluster.events), one.cluster.expected
        place = f"{CLUSTER}:{' '.join(format_cells(np.sort(one.cells)))}"
        yield {
            **desk.row(one.category, column, one.cells, counts=counts),
            "id": signal_id(desk.layer, one.category, place, window),
            "place": CLUSTER,
            "level": None,
            "code": one.feature_id(window, clusters.resolution),
            "areas": "\n".join(one.areas),
            "method": SCAN,
            "upper": None,
            "p": one.cluster.p,
            "months": float(one.cluster.steps),
        }
