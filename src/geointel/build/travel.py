"""Sources of travel times: read, reconciled row by row, and carried to the finest published cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel.build.events import require_rows
from geointel.build.report import BAD_ROW, BROKEN_SHOWN, SourceReport
from geointel.build.taken import Taken
from geointel.errors import SourceError
from geointel.ingest import files, travel, travel_files
from geointel.model import TRAVEL, HexFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.ingest.travel_files import Texts
    from geointel.sources.base import RawFile, TravelKind

SHOWN, LETTERS = 5, 100
"""Services named in a note at most, and letters of each."""


def take(source: Source, kind: TravelKind, site: Site) -> Taken:
    """Read every row of a matrix. Raises ``SourceError`` for a file that cannot be read, and without services."""
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    services = destinations(kind, site)
    finest = max(site.partnership.grid.publish)
    placed = [] if kind.origins is None else files.find(source.id, (kind.origins.file,), site.data)
    texts = travel_files.read(raw, kind)
    rows = travel.canonical(
        texts.rows,
        study=site.study,
        resolution=finest,
        edge_km=site.partnership.area.edge_km,
        destinations=services,
        origins=_origins(placed, kind, finest),
        file=raw[0].name,
    )
    report = _report(source, raw, texts, rows, services=services)
    require_rows(report, site.data)
    facts = HexFacts(travel=table(travel.means(rows), source.id, kind, texts.percentile))
    return Taken(source=source, raw=(*raw, *placed), report=report, facts=facts)


def destinations(kind: TravelKind, site: Site) -> dict[str, str]:
    """Names by which a matrix may call a service → ``source:id``; of one name in two sources the first counts.

    Raises ``SourceError`` where a source that the options name has no services.
    """
    found: dict[str, str] = {}
    for name in kind.services:
        taken = site.taken.get(name)
        ids = [] if taken is None else taken.facts.services["id"].to_pylist()
        if not ids:
            message = f"The travel times are to services of the source {name!r}, which has none."
            remedy = "Give as `services` the id of a source of services, such as one of the kind `services`."
            raise SourceError(message, remedy=remedy)
        for own in ids:
            found.setdefault(own, f"{name}:{own}")
            found[f"{name}:{own}"] = f"{name}:{own}"
    return found


def table(pairs: pa.Table, source: str, kind: TravelKind, percentile: float | None) -> pa.Table:
    """Minutes of pairs as the canonical table has them."""
    size = pairs.num_rows
    columns = {
        "source": pa.array([source] * size, pa.string()),
        "mode": pa.array([kind.mode] * size, pa.string()),
        "departure": pa.array([kind.departure] * size, pa.string()),
        "percentile": pa.array([percentile] * size, pa.float64()),
        **{name: pairs[name] for name in pairs.column_names},
    }
    return pa.table({name: columns[name] for name in TRAVEL.names}).cast(TRAVEL)


def _origins(placed: Sequence[RawFile], kind: TravelKind, resolution: int) -> dict[str, int] | None:
    if kind.origins is None:
        return None
    return travel_files.cells_of_ids(placed[0], kind.origins, kind, resolution=resolution)


def _report(
    source: Source, raw: Sequence[RawFile], texts: Texts, rows: pa.Table, *, services: Mapping[str, str]
) -> SourceReport:
    counted = Counter(rows["reason"].to_pylist())
    counted[BAD_ROW] += sum(texts.bad_lines.values())
    unmapped = {reason: counted[reason] for reason in travel.REASONS if counted[reason]}
    return SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(raw),
        read=rows.num_rows + sum(texts.bad_lines.values()),
        mapped=counted[None],
        unmapped=unmapped,
        notes=tuple(_notes(texts, rows, services)),
    )


def _notes(texts: Texts, rows: pa.Table, services: Mapping[str, str]) -> list[str]:
    """Which services have times, which names nobody knows, and lines that are no rows."""
    own = rows.filter(rows["reason"].is_null())
    timed, every = set(own["destination"].to_pylist()), set(services.values())
    without = sorted(every - timed)
    notes = [f"{len(timed)} of {len(every)} services have travel times"]
    if without:
        notes.append(f"services without a travel time: {_listed(without)}")
    strange = rows.filter(pc.equal(rows["reason"], travel.UNMATCHED))
    names = sorted({name for name in strange["to_id"].to_pylist() if name.strip() not in services})
    if names:
        notes.append(f"{len(names)} destinations are no services here: {_listed(names)}")
    broken = list(texts.bad_lines.items())[:BROKEN_SHOWN]
    return [*notes, *(f"{name}: {lines} lines are not rows" for name, lines in broken)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:LETTERS] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
