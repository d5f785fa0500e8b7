"""Counts with their record keys → counts that may be shown: one look-up for every number of every table.

The same records have the same sum of keys wherever they are counted, so they always give the same number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure.rows import as_text
from geointel.errors import DisclosureError
from geointel.model import ALL, INCIDENTS, POSITIVES, SPECIAL, TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geointel.disclosure.noise import Noise

KEY = "key"
PART_OF = {SPECIAL: INCIDENTS, POSITIVES: TESTS, "positives-attended": "tests-attended"}
"""Measure → the one of which it is a part, and which it is never shown to exceed."""
WHOLES: dict[str, Callable[[str], str | None]] = {"measure": PART_OF.get, "category": lambda _: ALL}
"""Columns whose words can be parts of another: categories are parts of all of them."""


def perturbed(table: pa.Table, noise: Noise, base: NDArray[np.float64] | None = None) -> pa.Table:
    """Rows of counts with ``key`` → the rows that may be shown, without it; none of them is 0.

    ``base`` is what everybody knows of each count already, shape ``(n,)``: only the distance from it is changed, to either side.

    Raises ``DisclosureError`` for a count without a key.
    """
    if not table.num_rows:
        return without_key(table)
    require_keys(table)
    known = np.zeros(table.num_rows) if base is None else base
    beside = table["value"].to_numpy() - known
    moved = np.sign(beside) * shown(np.abs(beside), table[KEY].to_numpy(), noise)
    value = np.maximum(known + moved, 0.0)
    changed = without_key(table).set_column(table.schema.get_field_index("value"), "value", pa.array(value))
    for column, whole_of in WHOLES.items():
        if column in changed.column_names:
            changed = _parts_below_wholes(changed, column, whole_of)
    return changed.filter(pc.greater(changed["value"], 0.0))


def require_keys(table: pa.Table) -> None:
    """Raise ``DisclosureError`` for counts without keys: they would pass as they are."""
    if table.num_rows and (KEY not in table.column_names or table[KEY].null_count):
        message = f"Counts of the source {table['source'][0].as_py()!r} have no record keys, so they cannot be changed."
        raise DisclosureError(message, remedy='Give the source the method "none", or keep it out of the edition.')


def shown(value: NDArray[np.float64], key: NDArray[np.uint64], noise: Noise) -> NDArray[np.float64]:
    """What may be shown of counts, shape ``(n,)``. A weighed count is rounded to a whole one first."""
    return noise.shown(np.rint(value).astype(np.int64), key.astype(np.uint64)).astype(np.float64)


def without_key(table: pa.Table) -> pa.Table:
    """Rows without their record keys: these never pass the gate."""
    return table.drop_columns([KEY]) if KEY in table.column_names else table


def _parts_below_wholes(table: pa.Table, column: str, whole_of: Callable[[str], str | None]) -> pa.Table:
    """Rows in which no part is more than its whole: both were changed, by different amounts. A part whose whole is 0 is 0.

    What is shown follows from what would be shown, so nothing is given away by it, and no number is further from the truth than it may be.
    """
    words = table[column].cast(pa.string())
    have = set(words.unique().to_pylist())
    wholes = {word: whole for word in have if (whole := whole_of(word)) in have and whole != word}
    if not wholes:
        return table
    names = [name for name in table.column_names if name not in ("value", "status")]
    plain = pa.table({name: as_text(table[name]) for name in names})
    whole = plain.append_column("whole", table["value"])
    wanted = pa.array([wholes.get(word) for word in words.to_pylist()], pa.string())
    parts = plain.append_column("at", pa.array(np.arange(table.num_rows)))
    parts = parts.set_column(parts.schema.get_field_index(column), column, wanted).filter(pc.is_valid(wanted))
    joined = parts.join(whole, names, join_type="left outer")
    value = table["value"].to_numpy().copy()
    at = joined["at"].to_numpy()
    value[at] = np.minimum(value[at], joined["whole"].fill_null(0.0).to_numpy())
    return table.set_column(table.schema.get_field_index("value"), "value", pa.array(value))
