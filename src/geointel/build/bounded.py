"""Counts in which a person has no more than some records, for editions that promise privacy to persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from geointel import facts
from geointel.config import protected_in
from geointel.model import BOUNDED, RECORD_LOW, YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from geointel.build.taken import Site, Taken
    from geointel.model import Window

MARCH = 2
"""The last month of a financial year, counted from 0."""


def bounded(taken: Taken, site: Site, *, windows: Sequence[Window]) -> pa.Table:
    """Counts of a source by cell and financial year, for each ``max_records`` of a policy; none where it cannot tell persons apart."""
    rows = taken.rows
    if rows is None or RECORD_LOW not in rows.columns or "person_key" not in rows.columns:
        return BOUNDED.empty_table()
    months = [(w.id, month) for w in windows if w.kind == "year" and w.months[-1] % YEAR == MARCH for month in w.months]
    schema = pa.schema([("window", pa.string()), ("month", pa.int32())])
    pairs = pa.Table.from_pylist([{"window": name, "month": month} for name, month in months], schema)
    years = site.engine.register("financial_years", pairs)
    return pa.concat_tables(
        [BOUNDED.empty_table(), *[_counted(taken, site, rows, years=years, most=most) for most in _asked(taken, site)]]
    ).unify_dictionaries()


def _asked(taken: Taken, site: Site) -> list[int]:
    """Every ``max_records`` that an edition has for the source."""
    editions = protected_in(site.partnership, taken.source)
    policies = [site.partnership.editions[edition].policy_for(taken.source.id) for edition in editions]
    return sorted({policy.max_records for policy in policies if policy.method == "dp"})


def _counted(taken: Taken, site: Site, rows: ir.Table, *, years: ir.Table, most: int) -> pa.Table:
    leaves = facts.by_leaf(facts.bounded(rows, most), facts.ONE)
    leaves = site.engine.register("bounded_leaves", site.engine.collect(leaves))
    found = site.engine.collect(facts.cell_facts(leaves, years, site.partnership.grid.publish))
    told = {"source": taken.source.id, "status": "shown", "most": most}
    columns = {
        field.name: pa.array([told[field.name]] * found.num_rows) if field.name in told else found[field.name]
        for field in BOUNDED
    }
    return pa.table(columns).cast(BOUNDED) if found.num_rows else BOUNDED.empty_table()
