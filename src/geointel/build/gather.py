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
class Calendar:
    """Months that every source of an edition has, those in between that some has not, and their windows."""

    months: tuple[int, ...]
    missing: tuple[int, ...]
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Gathered:
    """Raw facts of all sources, before the gate, and what must be said about them."""

    facts: HexFacts
    span: range
    reports: tuple[SourceReport, ...]
    raw: Mapping[str, tuple[RawFile, ...]]
    source_months: Mapping[str, frozenset[int]]
    agreement: tuple[dict[str, object], ...]

    def calendar(self, sources: Sequence[str]) -> Calendar:
        """Months and windows of an edition that knows these sources: a gap in another's is not its gap.

        An edition without a source has empty maps of the months that all sources have.

        Raises ``GeointelError`` when there is no month that all of them have.
        """
        have = frozenset.intersection(*(self.source_months[source] for source in sources or self.source_months))
        if not have:
            message = f"There is no month for which every source has a file ({', '.join(sources)})."
            raise GeointelError(message, remedy="Check `files`, `period` and the `editions` of the sources.")
        return Calendar(
            months=tuple(sorted(have)),
            missing=tuple(month for month in self.span if month not in have),
            windows=windows_over(have, rolling=True),
        )


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
    every = frozenset.union(*(rows.months for rows in found))
    windows = windows_over(every, rolling=True)
    announce("Counting by cell, area and window")
    tables = [_count(rows, study, engine, windows=windows, resolutions=partnership.grid.publish) for rows in found]
    return Gathered(
        facts=_concatenate(tables),
        span=span or range(min(every, default=0), max(every, default=-1) + 1),
        reports=tuple(rows.report for rows in found),
        raw={rows.source.id: rows.raw for rows in found},
        source_months={rows.source.id: rows.months for rows in found},
        agreement=agree.report(
            partnership,
            study,
            engine,
            data=data,
            tables=[rows.table for rows in found if rows.source.public and rows.source.editions is None],
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
        notes=(*_notes(engine, staged), *_outside_files(engine, table, months)),
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


def _outside_files(engine: Engine, table: ir.Table, months: frozenset[int]) -> tuple[str, ...]:
    """Mapped rows of months that no file stands for: they are in no window, and somebody must know."""
    stray = table.filter(table.reason.isnull(), ~table.month.isin(sorted(months)))
    found = int(engine.collect(stray.agg(n=stray.count()))["n"][0].as_py())
    return (f"{found} mapped rows have a month that no file stands for; they are in no window",) if found else ()


def _require_rows(report: SourceReport, data: Path) -> None:
    """A source none of whose rows lies in the study area is a wrong boundary or a wrong file."""
    if report.read and not report.mapped:
        why = ", ".join(f"{reason} {n}" for reason, n in report.unmapped.items())
        raise SchemaError(
            f"none of the {report.read} rows of the source {report.id!r} can be mapped ({why}).",
            file=data,
            remedy="Check that the boundary contains the data, and the period.",
        )


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
