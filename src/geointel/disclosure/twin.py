"""A source that repeats public rows: a police force's own extract of what is published, and more.

Whoever takes the public rows from it is left with what is not public. So only that surplus is changed, as every other count is, and
the public count is added again: a number that equals the public one proves nothing.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def surplus(rows: pa.Table, public: pa.Table) -> pa.Table:
    """Raw rows of a source with what each counts beside the public rows of the same place, window, measure and category."""
    value = rows["value"].to_numpy()
    beside = np.maximum(value - _counted(rows, public), 0.0)
    return rows.set_column(rows.schema.get_field_index("value"), "value", pa.array(beside))


def with_public(changed: pa.Table, rows: pa.Table, public: pa.Table) -> pa.Table:
    """Released rows: the changed surplus and the public count of every place where the source has a row.

    ``changed`` has no row where the surplus is shown as 0.
    """
    every = rows.select(changed.column_names)
    base = np.minimum(_counted(rows, public), rows["value"].to_numpy())
    value = base + _counted(rows, changed)
    found = every.set_column(every.schema.get_field_index("value"), "value", pa.array(value))
    return found.filter(pc.greater(found["value"], 0.0))


def _counted(rows: pa.Table, other: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What ``other`` counts at the place, window, measure and category of each row; 0 where it has none."""
    names = [name for name in rows.column_names if name not in ("source", "value", "status", "key")]
    own = pa.table({name: _plain(rows[name]) for name in names}).append_column("at", pa.array(np.arange(rows.num_rows)))
    theirs = pa.table({name: _plain(other[name]) for name in names}).append_column("count", other["value"])
    joined = own.join(theirs, names, join_type="left outer").sort_by("at")
    return np.asarray(joined["count"].fill_null(0.0).to_numpy(), dtype=np.float64)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
