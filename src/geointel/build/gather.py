"""Sources to raw facts: the only part of a build that opens an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from geointel import facts
from geointel.build import agree
from geointel.build.report import SourceReport
from geointel.errors import GeointelError, SchemaError
from geointel.ingest import files, incidents
from geointel.model import AREA_FACTS, FACTS, NAMES, SUPPORT, UNMAPPED, HexFacts, windows_over
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.config import Partnership, Source
    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.model import Window
    from geointel.sources.base import RawFile

    Announce = Callable[[str], None]

UNKNOWN_SHOWN = 5


@dataclass(frozen=True)
class Gathered:
    """Raw facts of all sources, before the gate, and what must be said about them."""

    facts: HexFacts
    windows: tuple[Window, ...]
    months: tuple[int, ...]
    missing: tuple[int, ...]
    reports: tuple[SourceReport, ...]
    raw: Mapping[str, tuple[RawFile, ...]]
    source_months: Mapping[str, frozenset[int]]
    agreement: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class _Rows:
    """One source's canonical rows on the engine."""

    source: Source
    raw: tuple[RawFile, ...]
    table: ir.Table
    months: frozenset[int]
    report: SourceReport


def gather(
    partnership: Partnership, study: StudyArea, engine: Engine, *, data: Path, scratch: Path, announce: Announce
) -> Gathered:
    """Ingest every source and count it. Raises ``SourceError`` for a file that cannot be read."""
    period = partnership.period
    span = None if period is None else range(period.start, period.stop)
    found = [
        _ingest(source, study, engine, data=data, scratch=scratch, span=span, announce=announce)
        for source in partnership.sources
    ]
    months, missing = _months([rows.months for rows in found], span)
    windows = windows_over(months, rolling=True)
    announce("Counting by cell, area and window")
    tables = [_count(rows, study, engine, windows=windows, resolutions=partnership.grid.publish) for rows in found]
    return Gathered(
        facts=_concatenate(tables),
        windows=windows,
        months=months,
        missing=missing,
        reports=tuple(rows.report for rows in found),
        raw={rows.source.id: rows.raw for rows in found},
        source_months={rows.source.id: rows.months for rows in found},
        agreement=agree.report(
            partnership, study, engine, data=data, tables=[r.table for r in found if r.source.public]
        ),
    )


def _ingest(
    source: Source,
    study: StudyArea,
    engine: Engine,
    *,
    data: Path,
    scratch: Path,
    span: range | None,
    announce: Announce,
) -> _Rows:
    kind = kinds()[source.kind]
    raw = files.find(source.id, source.files, data)
    announce(f"Reading {source.id}: {len(raw)} files")
    staged = incidents.stage(engine, kind, raw, scratch)
    table = incidents.canonical(engine, staged, study=study, period=span)
    path = scratch / f"{source.id}.parquet"
    engine.write(table, path)
    table = engine.read([path])
    months = incidents.months_of(engine, staged)
    if span is not None:
        months = frozenset(month for month in months if month in span)
    counted = {row["reason"]: int(row["n"]) for row in engine.collect(facts.reconciliation(table)).to_pylist()}
    mapped = counted.pop(None, 0)
    counted[incidents.BAD_ROW] = counted.get(incidents.BAD_ROW, 0) + sum(file.bad_lines for file in staged)
    unmapped = {reason: counted[reason] for reason in incidents.REASONS if counted.get(reason)}
    report = SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(staged),
        read=mapped + sum(unmapped.values()),
        mapped=mapped,
        unmapped=unmapped,
        notes=_notes(engine, staged),
    )
    _require_rows(report, data)
    return _Rows(source=source, raw=tuple(raw), table=table, months=months, report=report)


def _notes(engine: Engine, staged: Sequence[incidents.StagedFile]) -> tuple[str, ...]:
    """What an operator should look at: words no year used, files with broken lines."""
    words = incidents.unknown_words(engine, staged)
    notes = [f"{n} rows have the crime type {word!r}, which is not known" for word, n in words[:UNKNOWN_SHOWN]]
    broken = [file for file in staged if file.bad_lines]
    notes += [f"{file.raw.name}: {file.bad_lines} lines are not rows" for file in broken[:UNKNOWN_SHOWN]]
    return tuple(notes)


def _require_rows(report: SourceReport, data: Path) -> None:
    """A source none of whose rows lies in the study area is a wrong boundary or a wrong file."""
    if report.read and not report.mapped:
        why = ", ".join(f"{reason} {n}" for reason, n in report.unmapped.items())
        raise SchemaError(
            f"none of the {report.read} rows of the source {report.id!r} can be mapped ({why}).",
            file=data,
            remedy="Check that the boundary contains the data, and the period.",
        )


def _months(by_source: Sequence[frozenset[int]], span: range | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Months that every source has, and those in between that some source has not."""
    have = frozenset.intersection(*by_source)
    every = frozenset.union(*by_source)
    if not have:
        message = "There is no month for which every source has a file."
        raise GeointelError(message, remedy="Check `files` and `period`.")
    if span is None:
        span = range(min(every), max(every) + 1)
    return tuple(sorted(have)), tuple(month for month in span if month not in have)


def _count(
    rows: _Rows, study: StudyArea, engine: Engine, *, windows: tuple[Window, ...], resolutions: tuple[int, ...]
) -> HexFacts:
    """Count one source."""
    pairs = [(window.id, month) for window in windows for month in window.months]
    window_table = engine.register(
        "windows",
        pa.table({"window": [w for w, _ in pairs], "month": pa.array([m for _, m in pairs], pa.int32())}),
    )
    membership = engine.register("membership", study.membership())
    leaves = engine.register("leaf_counts", engine.collect(facts.by_leaf(rows.table)))
    name = rows.source.id

    def collect(expr: ir.Table, schema: pa.Schema) -> pa.Table:
        return _typed(engine.collect(expr), schema, source=name)

    return HexFacts(
        cells=collect(facts.cell_facts(leaves, window_table, resolutions), FACTS),
        areas=collect(facts.area_facts(leaves, window_table, membership), AREA_FACTS),
        unmapped=collect(facts.unmapped_facts(rows.table, window_table), UNMAPPED),
        support=collect(facts.support(rows.table, resolutions), SUPPORT),
        names=collect(facts.names(rows.table, resolutions), NAMES),
    )


def _typed(table: pa.Table, schema: pa.Schema, *, source: str) -> pa.Table:
    """Bring collected rows to a canonical schema: the source's id and the status are added here."""
    given = {"source": source, "status": "shown"}
    columns = {
        field.name: pa.array([given[field.name]] * table.num_rows, pa.string())
        if field.name in given
        else table[field.name]
        for field in schema
    }
    return pa.table(columns).cast(schema) if table.num_rows else schema.empty_table()


def _concatenate(tables: Sequence[HexFacts]) -> HexFacts:
    def together(name: str) -> pa.Table:
        return pa.concat_tables([getattr(table, name) for table in tables]).unify_dictionaries()

    return HexFacts(
        cells=together("cells"),
        areas=together("areas"),
        unmapped=together("unmapped"),
        support=together("support"),
        names=together("names"),
    )
