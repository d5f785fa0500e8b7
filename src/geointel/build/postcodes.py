"""Sources of postcodes: read, reconciled, and kept on the engine for the sources after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel import facts
from geointel.build.report import reconciled
from geointel.build.taken import Taken
from geointel.ingest import files, postcodes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.sources.base import PostcodeKind


def take(source: Source, kind: PostcodeKind, site: Site) -> Taken:
    """Read every postcode of a source.

    Raises ``SourceError`` for a file that cannot be read, ``EngineError`` when the directory's package is missing.
    """
    engine = site.engine
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files{' and the directory' if kind.package else ''}")
    staged = postcodes.stage(engine, kind, raw, site.scratch)
    directory = site.scratch / f"{source.id}-directory.parquet" if kind.package else None
    if kind.package is not None and directory is not None:
        postcodes.read_directory(kind.package, directory)
    path = site.scratch / f"{source.id}.parquet"
    engine.write(postcodes.canonical(engine, staged, directory), path)
    table = engine.read([path])
    counted = {row["reason"]: int(row["n"]) for row in engine.collect(facts.reconciliation(table)).to_pylist()}
    report = reconciled(source, staged, counted, reasons=postcodes.REASONS)
    return Taken(source=source, raw=tuple(raw), report=report, places=postcodes.places(table))


def known(site: Site) -> ir.Table | None:
    """Places of the postcodes of every source before; the first source that has a postcode says where it is."""
    tables = [taken.places for taken in site.taken.values() if taken.places is not None]
    if len(tables) <= 1:
        return next(iter(tables), None)
    ranked = [table.mutate(turn=ibis.literal(number)) for number, table in enumerate(tables)]
    together = ibis.union(*ranked)
    first = ibis.window(group_by="postcode", order_by="turn")
    return together.filter(ibis.row_number().over(first) == 0).drop("turn")
