"""A source that repeats public rows: a police force's own extract of what is published, and more.

Whoever takes the public rows from it is left with what is not public. So the distance from the public count is changed, as every other count is,
and the public count is added again: a number that equals the public one proves nothing. The same holds where the source has less than is public,
as where the published points were moved to other cells: its own count would otherwise stand there as it is.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from geointel.disclosure.rows import as_text


def counted(rows: pa.Table, other: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What ``other`` counts at the place, window, measure and category of each row; 0 where it has none."""
    names = [name for name in rows.column_names if name not in ("source", "value", "status", "key")]
    own = pa.table({name: as_text(rows[name]) for name in names}).append_column(
        "at", pa.array(np.arange(rows.num_rows))
    )
    theirs = pa.table({name: as_text(other[name]) for name in names}).append_column("count", other["value"])
    joined = own.join(theirs, names, join_type="left outer").sort_by("at")
    return np.asarray(joined["count"].fill_null(0.0).to_numpy(), dtype=np.float64)
