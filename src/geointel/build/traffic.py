"""Sources of traffic: count points of roads, and kilometres driven in a year by cell and area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from geointel import facts
from geointel.build.count import typed
from geointel.build.events import account, notes, require_rows
from geointel.build.taken import Taken
from geointel.ingest import files, incidents
from geointel.model import AREA_FACTS, FACTS, UNMAPPED, HexFacts, format_month

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.engine.base import Engine
    from geointel.sources.base import TrafficKind


def take(source: Source, kind: TrafficKind, site: Site) -> Taken:
    """Read a source of traffic. It has years and no calendar of months. Raises ``SourceError`` for a file that cannot be read."""
    engine = site.engine
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = incidents.stage(engine, kind, raw, site.scratch)
    path = site.scratch / f"{source.id}.parquet"
    engine.write(incidents.canonical(engine, staged, study=site.study, period=None), path)
    table = engine.read([path])
    report = account(source, engine, table, staged)
    require_rows(report, site.data)
    report = replace(report, notes=tuple(notes(engine, kind, staged)))
    return Taken(source=source, raw=tuple(raw), report=report, facts=_counted(source, kind, table, site))


def _counted(source: Source, kind: TrafficKind, table: ir.Table, site: Site) -> HexFacts:
    """Facts by cell and area, each year a window of twelve months."""
    engine = site.engine
    windows = engine.register("years_of_traffic", _years(engine, table))
    membership = engine.register("membership", site.study.membership())
    leaves = engine.register("traffic_counts", engine.collect(facts.by_leaf(table, kind.measures)))
    resolutions = site.partnership.grid.publish
    return HexFacts(
        cells=typed(engine.collect(facts.cell_facts(leaves, windows, resolutions)), FACTS, source=source.id),
        areas=typed(engine.collect(facts.area_facts(leaves, windows, membership)), AREA_FACTS, source=source.id),
        unmapped=typed(engine.collect(facts.unmapped_facts(table, windows)), UNMAPPED, source=source.id),
    )


def _years(engine: Engine, table: ir.Table) -> pa.Table:
    """The twelve months to each December that has a row, and that December, in which its rows stand."""
    months = engine.collect(table.filter(table.month.notnull()).select("month").distinct().order_by("month"))["month"]
    names = pa.array([f"12m:{format_month(month)}" for month in months.to_pylist()], pa.string())
    return pa.table({"window": names, "month": months.combine_chunks().cast(pa.int32())})
