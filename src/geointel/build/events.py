"""Sources of events: read, reconciled, then counted by cell, area and window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from geointel import facts
from geointel.build.report import SourceReport
from geointel.build.secret import keyed
from geointel.build.taken import Taken
from geointel.errors import SchemaError
from geointel.ingest import files, incidents
from geointel.model import AREA_FACTS, FACTS, NAMES, SUPPORT, UNMAPPED, HexFacts
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.model import Window
    from geointel.sources.base import EventKind

UNKNOWN_SHOWN = 5


def take(source: Source, kind: EventKind, site: Site) -> Taken:
    """Read every row of a source of events. Raises ``SourceError`` for a file that cannot be read."""
    engine, kind = site.engine, keyed(kind, site)
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = incidents.stage(engine, kind, raw, site.scratch)
    table = incidents.canonical(engine, staged, study=site.study, period=site.span)
    path = site.scratch / f"{source.id}.parquet"
    engine.write(table, path)
    table = engine.read([path])
    months = incidents.months_of(engine, kind, staged)
    if site.span is not None:
        months = frozenset(month for month in months if month in site.span)
    report = _report(source, engine, table, staged, months)
    require_rows(report, site.data)
    return Taken(source=source, raw=tuple(raw), report=report, months=months, rows=table)


def _report(
    source: Source,
    engine: Engine,
    table: ir.Table,
    staged: Sequence[StagedFile],
    months: frozenset[int],
) -> SourceReport:
    counted = {row["reason"]: int(row["n"]) for row in engine.collect(facts.reconciliation(table)).to_pylist()}
    mapped = counted.pop(None, 0)
    counted[incidents.BAD_ROW] = counted.get(incidents.BAD_ROW, 0) + sum(file.bad_lines for file in staged)
    unmapped = {reason: counted[reason] for reason in incidents.REASONS if counted.get(reason)}
    return SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(staged),
        read=mapped + sum(unmapped.values()),
        mapped=mapped,
        unmapped=unmapped,
        notes=(*_notes(engine, staged), *_outside_files(engine, table, months)),
    )


def _notes(engine: Engine, staged: Sequence[StagedFile]) -> tuple[str, ...]:
    """What an operator should look at: words no year used, files with broken lines."""
    words = incidents.unknown_words(engine, staged)
    notes = [f"{n} rows have the crime type {word!r}, which is not known" for word, n in words[:UNKNOWN_SHOWN]]
    broken = [file for file in staged if file.bad_lines]
    notes += [f"{file.raw.name}: {file.bad_lines} lines are not rows" for file in broken[:UNKNOWN_SHOWN]]
    return tuple(notes)


def _outside_files(engine: Engine, table: ir.Table, months: frozenset[int]) -> tuple[str, ...]:
    """Mapped rows of months that no file stands for: they are in no window, and somebody must know."""
    stray = table.filter(table.reason.isnull(), ~table.month.isin(sorted(months)))
    found = int(engine.collect(stray.agg(n=stray.count()))["n"][0].as_py())
    return (f"{found} mapped rows have a month that no file stands for; they are in no window",) if found else ()


def require_rows(report: SourceReport, data: Path) -> None:
    """A source none of whose rows lies in the study area is a wrong boundary or a wrong file."""
    if report.read and not report.mapped:
        why = ", ".join(f"{reason} {n}" for reason, n in report.unmapped.items())
        raise SchemaError(
            f"none of the {report.read} rows of the source {report.id!r} can be mapped ({why}).",
            file=data,
            remedy="Check that the boundary contains the data, and the period.",
        )


def count(taken: Taken, site: Site, *, windows: Sequence[Window]) -> HexFacts:
    """Count a source's rows over windows."""
    snapped = getattr(kinds()[taken.source.kind], "snapped", False)
    rows, engine, resolutions = taken.rows, site.engine, site.partnership.grid.publish
    if rows is None:
        return taken.facts
    pairs = [(window.id, month) for window in windows for month in window.months]
    window_table = engine.register(
        "windows",
        pa.table({"window": [w for w, _ in pairs], "month": pa.array([m for _, m in pairs], pa.int32())}),
    )
    membership = engine.register("membership", site.study.membership())
    leaves = engine.register("leaf_counts", engine.collect(facts.by_leaf(rows)))
    name = taken.source.id

    def collect(expr: ir.Table, schema: pa.Schema) -> pa.Table:
        return typed(engine.collect(expr), schema, source=name)

    return HexFacts(
        cells=collect(facts.cell_facts(leaves, window_table, resolutions), FACTS),
        areas=collect(facts.area_facts(leaves, window_table, membership), AREA_FACTS),
        unmapped=collect(facts.unmapped_facts(rows, window_table), UNMAPPED),
        support=collect(facts.support(rows, resolutions), SUPPORT) if snapped else SUPPORT.empty_table(),
        names=collect(facts.names(rows, resolutions), NAMES),
    )


def typed(table: pa.Table, schema: pa.Schema, *, source: str) -> pa.Table:
    """Bring collected rows to a canonical schema: the source's id and the status are added here."""
    given = {"source": source, "status": "shown"}
    columns = {
        field.name: pa.array([given[field.name]] * table.num_rows, pa.string())
        if field.name in given
        else table[field.name]
        for field in schema
    }
    return pa.table(columns).cast(schema) if table.num_rows else schema.empty_table()
