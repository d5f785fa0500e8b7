"""Sources of outcomes: joined to the incidents that were read before them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from geointel.build import events
from geointel.build.taken import Taken
from geointel.ingest import files, incidents, outcomes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.sources.base import OutcomeKind


def take(source: Source, kind: OutcomeKind, site: Site) -> Taken:
    """Read every outcome and find its incident. Raises ``SourceError`` for a file that cannot be read."""
    engine = site.engine
    known = _incidents(source, kind, site)
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = incidents.stage(engine, kind, raw, site.scratch)
    table = outcomes.canonical(
        engine, staged, known, study=site.study, period=site.span, groups=tuple(kind.measures.values())
    )
    path = site.scratch / f"{source.id}.parquet"
    engine.write(table, path)
    table = engine.read([path])
    months = incidents.months_of(engine, kind, staged)
    if site.span is not None:
        months = frozenset(month for month in months if month in site.span)
    report = events.account(source, engine, table, staged)
    notes = (*events.notes(engine, kind, staged), *events.outside_files(engine, table, months))
    return Taken(source=source, raw=tuple(raw), report=replace(report, notes=notes), months=months, rows=table)


def _incidents(source: Source, kind: OutcomeKind, site: Site) -> ir.Table:
    """Rows of the sources whose outcomes these are; the partnership file was checked to have one."""
    wanted = getattr(source.options, "of", None)
    found = [
        taken.rows.select("key", "second_key", "month", "category", "cell", "area_code", "reason")
        for name, taken in site.taken.items()
        if taken.rows is not None and taken.source.kind == kind.joins and wanted in {None, name}
    ]
    return ibis.union(*found) if len(found) > 1 else found[0]
