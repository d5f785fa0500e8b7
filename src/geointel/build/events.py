"""Sources of events: read, and every row reconciled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geointel import facts
from geointel.build.owners import figures_of_owners
from geointel.build.report import SourceReport
from geointel.build.secret import keyed, record_secret
from geointel.build.snapped import roads_for
from geointel.build.taken import Taken
from geointel.errors import SchemaError
from geointel.ingest import extras, files, incidents, linked
from geointel.model import HexFacts
from geointel.sources.base import OutcomeKind, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind

NOTES_SHOWN = 5


def take(source: Source, kind: EventKind, site: Site) -> Taken:
    """Read every row of a source of events. Raises ``SourceError`` for a file that cannot be read."""
    engine, kind = site.engine, keyed(kind, site)
    secret = record_secret(source, site)
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = incidents.stage(engine, kind, raw, site.scratch, keyed=secret is not None)
    refuse_ruined(engine, kind, staged)
    drawn, roads = roads_for(kind, staged, site, source=source.id)
    table = incidents.canonical(
        engine,
        staged,
        study=site.study,
        period=site.span,
        wanted=incidents.Wanted(kind.by_code, _has_outcomes(source, site), roads, secret),
    )
    path = site.scratch / f"{source.id}.parquet"
    engine.write(table, path)
    table = engine.read([path])
    months = incidents.months_of(engine, kind, staged)
    if site.span is not None:
        months = frozenset(month for month in months if month in site.span)
    report = account(source, engine, table, staged)
    require_rows(report, site.data)
    figures = figures_of_owners(engine, kind, staged, source=source.id, span=site.span)
    told = (*notes(engine, kind, staged), *outside_files(engine, table, months))
    return Taken(
        source=source,
        raw=tuple(raw),
        report=replace(report, notes=told),
        months=months,
        rows=table,
        facts=HexFacts(figures=figures, stretches=drawn),
    )


def _has_outcomes(source: Source, site: Site) -> bool:
    """Whether a source of outcomes may be joined to this one: its IDs are then kept, as hashes."""
    others = [(other, kinds()[other.kind]) for other in site.partnership.sources]
    return any(
        isinstance(kind, OutcomeKind)
        and kind.joins == source.kind
        and getattr(other.options, "of", None) in {None, source.id}
        for other, kind in others
    )


def refuse_ruined(engine: Engine, kind: EventKind, staged: Sequence[StagedFile]) -> None:
    """Raise ``SchemaError`` for a file with a fault that makes all of it useless."""
    for name, fault, n in extras.faults(engine, staged) if kind.fatal else ():
        if fault in kind.fatal:
            raise SchemaError(f"{fault} ({n} rows).", file=name, remedy=kind.fatal[fault])


def account(source: Source, engine: Engine, table: ir.Table, staged: Sequence[StagedFile]) -> SourceReport:
    """What became of every row, without notes."""
    counted = {row["reason"]: int(row["n"]) for row in engine.collect(facts.reconciliation(table)).to_pylist()}
    mapped = counted.pop(None, 0)
    counted[incidents.BAD_ROW] = counted.get(incidents.BAD_ROW, 0) + sum(file.bad_lines for file in staged)
    unmapped: Mapping[str, int] = {reason: counted[reason] for reason in incidents.EVERY_REASON if counted.get(reason)}
    return SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(staged),
        read=mapped + sum(unmapped.values()),
        mapped=mapped,
        unmapped=unmapped,
    )


def notes(engine: Engine, kind: EventKind, staged: Sequence[StagedFile]) -> Iterator[str]:
    """What an operator should look at: words that nobody knows, rows with a fault, files with broken lines."""
    for word, n in incidents.unknown_words(engine, staged)[:NOTES_SHOWN]:
        yield f"{n} {kind.note.format(word=word)}"
    for name, fault, n in extras.faults(engine, staged)[:NOTES_SHOWN]:
        yield f"{name}: {n} rows cannot be used: {fault}"
    for name, time, n in extras.strange_times(engine, staged)[:NOTES_SHOWN]:
        yield f"{name}: {n} rows have a time that does not exist, such as {time!r}; their hour is not used"
    yield from linked.checked(engine, staged)
    for file in [file for file in staged if file.bad_lines][:NOTES_SHOWN]:
        yield f"{file.raw.name}: {file.bad_lines} lines are not rows"


def outside_files(engine: Engine, table: ir.Table, months: frozenset[int]) -> tuple[str, ...]:
    """Mapped rows of months that no file stands for: they are in no window, and somebody must know."""
    stray = table.filter(table.reason.isnull(), ~table.month.isin(sorted(months)))
    found = int(engine.collect(stray.agg(n=stray.count()))["n"][0].as_py())
    return (f"{found} mapped rows have a month that no file stands for; they are in no window",) if found else ()


def require_rows(report: SourceReport, data: Path) -> None:
    """A source none of whose rows lies in the study area is a wrong boundary or a wrong file.

    One none of whose rows has coordinates is not: it still gives totals.
    """
    placed = set(report.unmapped) - {incidents.NO_LOCATION, incidents.BAD_ROW, incidents.OUTSIDE_PERIOD}
    if report.read and not report.mapped and (placed or incidents.NO_LOCATION not in report.unmapped):
        why = ", ".join(f"{reason} {n}" for reason, n in report.unmapped.items())
        raise SchemaError(
            f"none of the {report.read} rows of the source {report.id!r} can be mapped ({why}).",
            file=data,
            remedy="Check that the boundary contains the data, and the period.",
        )
