"""What a source has of the land beyond the border: counts and support of cells that neighbour sums may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geointel import facts
from geointel.grid.cells import parents
from geointel.ingest.areas import read_polygons
from geointel.ingest.edge import covered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.ingest.areas import StudyArea
    from geointel.sources.base import EventKind

    Cells = Mapping[int, NDArray[np.int64]]
    """Cells outside the study area, by resolution."""


def reached(source: Source, site: Site) -> Cells:
    """Cells beyond the border that a source covers: those of the study area's edge, within its ``extent`` if it has one.

    The files of a police force hold a few stray records of land that is another force's. Such a cell would be a
    neighbour with next to nothing in it, which is not true. Raises ``SchemaError`` for outlines that cannot be read.
    """
    if source.extent is None:
        return site.study.beyond
    land = shapely.union_all(shapely.make_valid(read_polygons(site.data / source.extent).geometry.to_numpy()))
    shapely.prepare(land)
    return {resolution: cells[covered(cells, land)] for resolution, cells in site.study.beyond.items()}


def counts(rows: ir.Table, site: Site, kind: EventKind, windows: ir.Table, *, cells: Cells) -> ir.Table:
    """Facts of some cells outside the study area, as ``facts.cell_facts`` gives them."""
    engine = site.engine
    outside = engine.collect(facts.leaves_outside(rows))["cell"].to_numpy()
    near = np.zeros(len(outside), dtype=bool)
    for resolution, wanted in cells.items():
        near |= np.isin(parents(outside, resolution), wanted)
    leaves = engine.register("leaves_beyond", pa.table({"cell": outside[near]}))
    counted = engine.register("beyond_counts", engine.collect(facts.by_leaf_beyond(rows, leaves, kind.measures)))
    table = engine.register("cells_beyond", pa.table({"cell": _every(cells)}))
    return facts.cell_facts(facts.without(counted, kind.area_measures), windows, site.partnership.grid.publish, table)


def supported(support: pa.Table, study: StudyArea, cells: Cells, *, snapped: bool) -> pa.Table:
    """Support without the cells beyond the border that the source does not cover.

    With true coordinates every cell of the study area is supported anyway; beyond the border, those of ``cells`` that
    have a record: nothing else shows that the source reaches so far.
    """
    if not snapped:
        return support.filter(pc.is_in(support["cell"], value_set=pa.array(_every(cells))))
    others = np.setdiff1d(_every(study.beyond), _every(cells))
    return support.filter(pc.invert(pc.is_in(support["cell"], value_set=pa.array(others))))


def _every(cells: Cells) -> NDArray[np.int64]:
    """Cells of all resolutions; a cell tells its own."""
    return np.concatenate([np.empty(0, dtype=np.int64), *cells.values()])
