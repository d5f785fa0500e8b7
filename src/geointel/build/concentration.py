"""Who makes counts up: those of few persons or places, which an edition may not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from geointel import facts
from geointel.model import CONCENTRATION, CONTRIBUTORS, RECORD, RECORD_LOW, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from geointel.build.taken import Site, Taken

FEWEST, SHARE = 10, 0.5
"""The gate is told of every count that has fewer contributors, or of which one adds a greater share: no policy asks for more."""


def concentration(taken: Taken, site: Site, *, windows: ir.Table, membership: ir.Table) -> pa.Table:
    """Counts of a source that few persons or places make up, by cell and area; none where it does not tell them apart."""
    rows = taken.rows
    if rows is None or RECORD_LOW not in rows.columns:
        return CONCENTRATION.empty_table()
    parts = []
    for who in told(rows, site):
        counts = site.engine.register("contributed", site.engine.collect(facts.by_contributor(rows, who)))
        publish = site.partnership.grid.publish
        cells = facts.concentrated_cells(counts, windows, publish, fewest=FEWEST, share=SHARE)
        areas = facts.concentrated_areas(counts, windows, membership, fewest=FEWEST, share=SHARE)
        parts += [_typed(site.engine.collect(found), source=taken.source.id, of=who) for found in (cells, areas)]
    return pa.concat_tables([CONCENTRATION.empty_table(), *parts]).unify_dictionaries()


def told(rows: ir.Table, site: Site) -> Sequence[str]:
    """Which of ``CONTRIBUTORS`` some row of a source tells; the rows themselves where it tells none and they have weights."""
    named = {who: rows[f"{who}_key"].count() for who in CONTRIBUTORS if f"{who}_key" in rows.columns}
    if WEIGHT in rows.columns:
        named[RECORD] = (rows[WEIGHT] > 1).sum()
    if not named:
        return ()
    found = site.engine.collect(rows.agg(**named))
    some = [who for who in named if found[who][0].as_py()]
    return some if some == [RECORD] else [who for who in some if who != RECORD]


def _typed(table: pa.Table, *, source: str, of: str) -> pa.Table:
    given = {"source": source, "of": of}
    columns = {}
    for field in CONCENTRATION:
        if field.name in given:
            columns[field.name] = pa.array([given[field.name]] * table.num_rows, pa.string())
        elif field.name in table.column_names:
            columns[field.name] = table[field.name]
        else:
            columns[field.name] = pa.nulls(table.num_rows, field.type)
    return pa.table(columns).cast(CONCENTRATION)
