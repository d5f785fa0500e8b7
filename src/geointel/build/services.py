"""Sources of services: read, reconciled, and put on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa

from geointel import facts
from geointel.build import postcodes as places
from geointel.build.report import reconciled
from geointel.build.taken import Taken
from geointel.ingest import files, hours, postcodes, services
from geointel.ingest.nearest import not_found
from geointel.ingest.points import to_degrees
from geointel.model import SERVICES, HexFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import ibis.expr.types as ir

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import ServiceKind

FAULTS_SHOWN, LOST_SHOWN = 10, 1_000
DECIMALS = 6
"""Of a degree: a tenth of a metre."""
LISTS = ("substances", "eligible_areas")


def take(source: Source, kind: ServiceKind, site: Site) -> Taken:
    """Read every row of a list of services. Raises ``SourceError`` for a file that cannot be read."""
    engine = site.engine
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = services.stage(engine, kind, raw, site.scratch)
    known = places.known(site)
    path = site.scratch / f"{source.id}.parquet"
    edge_km = site.partnership.area.edge_km
    engine.write(services.canonical(engine, kind, staged, places=known, study=site.study, edge_km=edge_km), path)
    table = engine.read([path])
    counted = {row["reason"]: int(row["n"]) for row in engine.collect(facts.reconciliation(table)).to_pylist()}
    notes = [*_undated(kind, staged), *_located(engine, table, known), *_faults(engine, table, staged)]
    report = reconciled(source, staged, counted, reasons=services.REASONS, notes=notes)
    active = engine.collect(table.filter(table.reason.isnull() | table.near).order_by("id", "file", "line"))
    return Taken(source=source, raw=tuple(raw), report=report, facts=HexFacts(services=_services(active, source.id)))


def _services(active: pa.Table, source: str) -> pa.Table:
    """Canonical rows of active services → ``SERVICES``."""
    lng, lat = to_degrees(active)
    columns: dict[str, Any] = {name: active[name] for name in SERVICES.names if name in active.column_names}
    codes = active["postcode"].to_pylist()
    columns |= {
        "source": pa.array([source] * active.num_rows, pa.string()),
        "postcode": [None if code is None else postcodes.spelt(code) for code in codes],
        "lat": np.round(lat, DECIMALS),
        "lng": np.round(lng, DECIMALS),
        "inside": [not near for near in active["near"].to_pylist()],
        "hours": [hours.spelt(text) for text in active["hours"].to_pylist()],
        **{name: [_listed(text) for text in active[name].to_pylist()] for name in LISTS},
    }
    arrays = [pa.array(c, field.type) if isinstance(c := columns[field.name], list) else c for field in SERVICES]
    return pa.table(dict(zip(SERVICES.names, arrays, strict=True))).cast(SERVICES)


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [word.strip() for word in text.replace(",", ";").split(";") if word.strip()]


def _undated(kind: ServiceKind, staged: Sequence[StagedFile]) -> list[str]:
    """Files that do not say of which date they are."""
    names = [file.raw.name for file in staged if services.as_of(kind, file.raw.name) is None]
    return [f"{name} has no date; give `as_of` to the source" for name in names]


def _located(engine: Engine, table: ir.Table, known: ir.Table | None) -> list[str]:
    """How many of the rows that have only a postcode were found, and each that was not, with the nearest known."""
    lost = table.lost_postcode.notnull()
    counts = engine.collect(table.agg(rows=table.postcode.notnull().sum(), lost=lost.sum())).to_pylist()[0]
    rows, missing = int(counts["rows"] or 0), int(counts["lost"] or 0)
    if not missing:
        return []
    if known is None:
        return [f"{missing} rows have only a postcode, and there is no source of the kind 'postcodes'"]
    wanted = table.filter(table.reason == postcodes.NOT_GEOCODED).group_by(postcode="lost_postcode")
    wanted = wanted.agg(n=ibis._.count())
    share = f"{rows - missing} of {rows} postcodes of rows were found ({1 - missing / rows:.1%})"
    listed = [str(lost) for lost in not_found(engine, wanted, known, most=LOST_SHOWN)]
    more = int(engine.collect(wanted.agg(n=wanted.count()))["n"][0].as_py()) - len(listed)
    return [share, *listed, *([f"and {more} other postcodes"] if more else [])]


def _faults(engine: Engine, table: ir.Table, staged: Sequence[StagedFile]) -> list[str]:
    """Rows that cannot be used, by file and row, and what is wrong with them."""
    bad = table.filter(table.fault.notnull()).order_by("file", "line").limit(FAULTS_SHOWN)
    names = {file.number: file.raw.name for file in staged}
    rows = engine.collect(bad.select("file", "line", "name", "fault")).to_pylist()
    return [f"{names[row['file']]}, row {row['line']} ({row['name'] or 'no name'}): {row['fault']}" for row in rows]
