"""Clusters of hexagons in which something is beginning, whatever borders run through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from geointel.grid import centres, outline
from geointel.hotspots import Search, burst_scan
from geointel.layers.watch.places import areas_of, cells_by_area
from geointel.layers.watch.series import CELLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import Cluster
    from geointel.layers.cube import Cube
    from geointel.layers.watch.options import WatchOptions
    from geointel.layers.watch.series import Family, Series

WEAKEST = 0.05
MOST_REPLICAS = 9999
SHARE, MOST = 0.25, 5
"""Most of all incidents that a circle may hold, and most clusters of a category."""

FEATURES = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "window", "category", "class", "areas")),
        *((name, pa.int32()) for name in ("resolution", "rank", "events", "cells", "months")),
        *((name, pa.float64()) for name in ("expected", "llr", "p")),
        ("geometry", pa.binary()),
    ]
)


@dataclass(frozen=True)
class Found:
    """A cluster that is a signal: its hexagons, and the areas that it lies in, ``level:code`` each."""

    category: str
    rank: int
    cells: NDArray[np.int64]
    areas: tuple[str, ...]
    cluster: Cluster

    def feature_id(self, window: str, resolution: int) -> str:
        """Id of its shape."""
        return f"{window}:{self.category}:{resolution}:{self.rank}"


@dataclass(frozen=True)
class Clusters:
    """What was found in the newest month, and the level of p that the budget gives: NaN where nothing was looked for."""

    found: tuple[Found, ...]
    resolution: int
    level: float = float("nan")
    scans: int = 0
    replicas: int = 0


def clusters_of(cube: Cube, series: Series, options: WatchOptions, *, accepted: float) -> Clusters:
    """Circles of hexagons that have had more in the last months than their own past gives them, of the categories asked for.

    ``accepted`` are the false clusters a year: a build a month makes twelve scans of each category.
    """
    families = [f for f in series.families if f.kind == CELLS and f.category in options.clusters]
    if not families or accepted <= 0 or len(series.months) <= options.longest:
        return Clusters((), cube.lattices[0].resolution)
    level = min(WEAKEST, accepted / (12 * len(families)))
    replicas = min(MOST_REPLICAS, max(options.replicas, int(np.ceil(2 / level)) - 1))
    search = Search(share=SHARE, most=MOST, replicas=replicas)
    lattice = cube.lattices[0]
    cells = lattice.cells[lattice.supported]
    by_area = cells_by_area(cube)
    found = []
    for family in families:
        for rank, cluster in enumerate(_scan(series, family, cells, options, search=search), 1):
            if cluster.p <= level:
                own = cells[cluster.cells]
                found.append(Found(family.category, rank, own, areas_of(own, by_area), cluster))
    return Clusters(tuple(found), lattice.resolution, level, len(families), replicas)


def _scan(
    series: Series, family: Family, cells: NDArray[np.int64], options: WatchOptions, *, search: Search
) -> list[Cluster]:
    counts = series.counts[family.start : family.stop]
    lnglat = centres(cells)
    places = (lnglat[:, 1], lnglat[:, 0])
    return burst_scan(counts, places, longest=options.longest, seed=options.seed, search=search) or []


def features(found: Clusters, *, window: str) -> pa.Table:
    """Every cluster as a shape: the outline of its hexagons."""
    rows: list[Mapping[str, object]] = [
        {
            "id": one.feature_id(window, found.resolution),
            "window": window,
            "category": one.category,
            "resolution": found.resolution,
            "rank": one.rank,
            "class": "signal",
            "areas": "\n".join(one.areas),
            "events": one.cluster.events,
            "expected": one.cluster.expected,
            "llr": one.cluster.llr,
            "p": one.cluster.p,
            "cells": len(one.cells),
            "months": one.cluster.steps,
            "geometry": shapely.to_wkb(outline(np.sort(one.cells))),
        }
        for one in found.found
    ]
    return pa.Table.from_pylist(rows, FEATURES).sort_by("id")
