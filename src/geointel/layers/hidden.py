"""What a layer says of places that the gate does not show: that it does not, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.layers.rows import INSUFFICIENT, NO_SUPPORT
from geointel.layers.rows import SHOWN as VISIBLE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geointel.model import Layer, ReleasedFacts

SUPPRESSED, COARSENED = "suppressed", "coarsened"
SHOWN = frozenset({VISIBLE, INSUFFICIENT})
PLACES = ("resolution", "cell", "level", "code")
GROUNDS = (*PLACES, "window", "category")
"""Columns that say which row it is."""


def with_hidden(
    layer: Layer, released: ReleasedFacts, sources: Sequence[str], *, zero_hidden: Collection[str] = ()
) -> Layer:
    """The layer with the status of places that are hidden in some year, and of counts below their owner's floor.

    A method leaves hidden cells out as it does cells without support; only the gate knows which is which. ``sources`` are
    those that the layer counts: what is hidden of one beside them, its own columns say. ``zero_hidden`` are sources of which a place without a count is
    not shown either.
    """
    names = pa.array(sources, pa.string())
    hidden, cells, areas = (
        table.filter(pc.is_in(table["source"].cast(pa.string()), value_set=names))
        for table in (released.hidden, released.cells, released.areas)
    )
    floored = [source for source in sources if source in zero_hidden]
    own = _listed(_blanked(_renamed(layer.cells, hidden), cells), cells, floored)
    by_area = layer.areas
    if by_area is not None:
        by_area = _listed(_blanked(_with_areas(by_area, hidden, layer.cells), areas), areas, floored)
    return replace(layer, cells=own, areas=by_area)


def _renamed(rows: pa.Table, hidden: pa.Table) -> pa.Table:
    """Cells without support that are hidden bear the word for it: coarsened where a parent is shown in some year."""
    hidden = hidden.filter(pc.is_valid(hidden["cell"]))
    if not hidden.num_rows or "cell" not in rows.column_names:
        return rows
    coarse = hidden.filter(pc.equal(hidden["status"].cast(pa.string()), COARSENED))["cell"].to_numpy()
    status = np.array(rows["status"].to_pylist(), dtype=object)
    cell = rows["cell"].to_numpy()
    gone = (status == NO_SUPPORT) & np.isin(cell, hidden["cell"].to_numpy())
    status[gone] = SUPPRESSED
    status[gone & np.isin(cell, coarse)] = COARSENED
    return _with_status(rows, status)


def _with_areas(rows: pa.Table, hidden: pa.Table, cells: pa.Table) -> pa.Table:
    """Rows of areas, and of those that are hidden, with nothing but their status, in every map; of those of ``cells`` where no area is shown."""
    gone = sorted({(row["level"], row["code"]) for row in hidden.to_pylist() if row["level"] is not None})
    if not gone:
        return rows
    told = rows if rows.num_rows else cells
    maps = sorted(set(zip(told["window"].to_pylist(), told["category"].to_pylist(), strict=True)))
    added = [
        {"level": level, "code": code, "window": window, "category": category, "status": SUPPRESSED}
        for level, code in gone
        for window, category in maps
    ]
    more = pa.Table.from_pylist(added, schema=rows.schema)
    return pa.concat_tables([rows, more]).unify_dictionaries().combine_chunks()


def _blanked(rows: pa.Table, facts: pa.Table) -> pa.Table:
    """Rows in which a count below its owner's floor has a part show nothing."""
    unknown = facts.filter(pc.is_null(facts["value"]))
    if not unknown.num_rows:
        return rows
    return _without_values(rows, _have(rows, unknown))


def _listed(rows: pa.Table, facts: pa.Table, sources: Sequence[str]) -> pa.Table:
    """Rows of places without a count of sources whose zeros are not shown, which show nothing."""
    for source in sources:
        own = facts.filter(pc.equal(facts["source"].cast(pa.string()), source))
        shown = np.array([word in SHOWN for word in rows["status"].to_pylist()])
        rows = _without_values(rows, shown & ~_have(rows, own))
    return rows


def _have(rows: pa.Table, facts: pa.Table) -> NDArray[np.bool_]:
    """Rows for whose place, window and category there is a fact."""
    names = [name for name in GROUNDS if name in rows.column_names and name in facts.column_names]
    keys = set(zip(*(facts[name].to_pylist() for name in names), strict=True))
    return np.array([key in keys for key in zip(*(rows[name].to_pylist() for name in names), strict=True)], dtype=bool)


def _without_values(rows: pa.Table, gone: NDArray[np.bool_]) -> pa.Table:
    """Rows of which some show nothing but that they are hidden."""
    status = np.array(rows["status"].to_pylist(), dtype=object)
    status[gone] = SUPPRESSED
    keep = pa.array(~gone)
    for place, name in enumerate(rows.column_names):
        if name not in GROUNDS and name != "status":
            rows = rows.set_column(
                place, rows.schema.field(place), pc.if_else(keep, rows[name], pa.scalar(None, rows[name].type))
            )
    return _with_status(rows, status)


def _with_status(rows: pa.Table, status: NDArray[np.object_]) -> pa.Table:
    place = rows.schema.get_field_index("status")
    kind = rows.schema.field(place).type
    return rows.set_column(
        place, rows.schema.field(place), pa.array(status, pa.string()).dictionary_encode().cast(kind)
    )
