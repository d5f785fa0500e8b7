"""Counts of the months that decide what is shown, with their record keys, on arrays of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure.cell_key import KEY, shown
from geointel.disclosure.policy import year_of
from geointel.disclosure.rows import as_text
from geointel.model import ALL, INCIDENTS, RESIDENTS, TESTS, YEAR, format_month

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.noise import Noise


@dataclass(frozen=True)
class Totals:
    """What may be shown of counts over some months: ``rows`` have a place and, in ``shown``, a count."""

    rows: pa.Table
    shown: NDArray[np.float64]


def trailing(months: Collection[int], year: int) -> tuple[int, ...]:
    """The twelve months by which the partition of a financial year is drawn, fewer where there are fewer.

    Those up to the last month that is known of the year that ends with ``year``; where the data begin too late for twelve, the first twelve.
    """
    known = sorted(months)
    last = max(month for month in known if year_of(month) == year)
    before = [month for month in known if last - YEAR < month <= last]
    return tuple(before if len(before) == YEAR else known[:YEAR] if known[0] > last - YEAR else before)


def totals(table: pa.Table, months: Sequence[int], noise: Noise, *, place: Sequence[str]) -> Totals:
    """Changed counts of all categories together over ``months``, of each place of raw rows of one source.

    They are worked out as every other number is, from the counts and keys of single months. ``place`` are the columns that make one.
    """
    window = pc.is_in(table["window"].cast(pa.string()), value_set=pa.array([format_month(m) for m in months]))
    rows = table.filter(window)
    rows = _every_category(main_measure(rows))
    plain = pa.table({name: as_text(rows[name]) for name in place})
    found = plain.group_by(list(place), use_threads=False).aggregate([])
    at = _position(plain, found)
    n, key = np.zeros(found.num_rows), np.zeros(found.num_rows, dtype=np.uint64)
    np.add.at(n, at, rows["value"].to_numpy())
    np.add.at(key, at, rows[KEY].to_numpy())
    return Totals(found, shown(n, key, noise))


def residents(cells: pa.Table, resolution: int, study: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Residents of study cells, by the source of residents that counts most; None where there is none.

    ``cells`` are raw rows of sources that are public.
    """
    rows = cells.filter(pc.equal(cells["measure"].cast(pa.string()), RESIDENTS))
    rows = _every_category(rows.filter(pc.equal(rows["resolution"], resolution)))
    best: NDArray[np.float64] | None = None
    for source in rows["source"].cast(pa.string()).unique().to_pylist():
        own = rows.filter(pc.equal(rows["source"].cast(pa.string()), source))
        latest = max(own["window"].cast(pa.string()).unique().to_pylist())
        own = own.filter(pc.equal(own["window"].cast(pa.string()), latest))
        found = np.zeros(len(study))
        cell, value = own["cell"].to_numpy(), own["value"].to_numpy()
        inside = np.isin(cell, study)
        np.add.at(found, np.searchsorted(study, cell[inside]), value[inside])
        best = found if best is None or found.sum() > best.sum() else best
    return best


def main_measure(rows: pa.Table) -> pa.Table:
    """Rows of the measure that counts records."""
    measure = rows["measure"].cast(pa.string())
    return rows.filter(pc.equal(measure, main_of(measure.unique().to_pylist())))


def main_of(measures: Collection[str]) -> str:
    """The measure that counts records: incidents, or else tests."""
    return next((name for name in (INCIDENTS, TESTS) if name in measures), min(measures, default=INCIDENTS))


def _every_category(rows: pa.Table) -> pa.Table:
    """Rows of all categories together; of each category where they are never added up."""
    category = rows["category"].cast(pa.string())
    every = pc.equal(category, ALL)
    return rows.filter(every) if pc.any(every).as_py() else rows


def _position(rows: pa.Table, found: pa.Table) -> NDArray[np.int64]:
    """Which row of ``found`` has the place of each of ``rows``."""
    numbered = found.append_column("at", pa.array(np.arange(found.num_rows)))
    order = rows.append_column("row", pa.array(np.arange(rows.num_rows)))
    joined = order.join(numbered, rows.column_names, join_type="inner").sort_by("row")
    return np.asarray(joined["at"].to_numpy(), dtype=np.int64)
