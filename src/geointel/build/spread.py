"""Numbers of leaves as facts: summed to the published resolutions and to every level of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.grid.cells import parents
from geointel.ingest.areas import NOWHERE
from geointel.model import AREA_FACTS, FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.ingest.areas import StudyArea


def spread_facts(
    study: StudyArea,
    leaves: Mapping[str, NDArray[np.float64]],
    *,
    resolutions: Sequence[int],
    words: Mapping[str, str],
) -> tuple[pa.Table, pa.Table]:
    """``FACTS`` and ``AREA_FACTS``, rows that are not 0.

    ``leaves`` has the values of all study leaves by category, not rounded: every resolution and level has
    the same total. ``words`` are the source, measure, window and status of every row.
    """
    cells: list[pa.Table] = []
    areas: list[pa.Table] = []
    for category in sorted(leaves):
        values = leaves[category]
        given = {**words, "category": category}
        for resolution in resolutions:
            cell, place = np.unique(parents(study.leaves, resolution), return_inverse=True)
            summed = np.bincount(place, weights=values, minlength=len(cell))
            some = summed != 0
            own = {"resolution": np.full(int(some.sum()), resolution, dtype=np.int8), "cell": cell[some]}
            cells.append(_rows(FACTS, {**own, "value": summed[some]}, given))
        for level in study.levels:
            inside = level.of_leaf != NOWHERE
            summed = np.bincount(level.of_leaf[inside], weights=values[inside], minlength=len(level.codes))
            some = summed != 0
            codes = pa.array(level.codes, pa.string()).take(pa.array(np.flatnonzero(some)))
            areas.append(_rows(AREA_FACTS, {"code": codes, "value": summed[some]}, {**given, "level": level.id}))
    return _joined(cells, FACTS), _joined(areas, AREA_FACTS)


def _rows(schema: pa.Schema, columns: Mapping[str, object], words: Mapping[str, str]) -> pa.Table:
    size = len(pa.array(columns["value"]))
    every = {name: pa.array([word] * size, pa.string()) for name, word in words.items()} | dict(columns)
    return pa.table({name: pa.array(every[name]) for name in schema.names})


def _joined(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    filled = [table for table in tables if table.num_rows]
    return pa.concat_tables(filled).cast(schema) if filled else schema.empty_table()
