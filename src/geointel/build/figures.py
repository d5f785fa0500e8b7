"""Sources of figures: read, reconciled, and either kept by area or spread to cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel import facts
from geointel.build.codes import districts, known_areas, known_codes, levels_of, links_of
from geointel.build.events import require_rows
from geointel.build.people import addresses, residents_by_area, spread_notes, spread_people
from geointel.build.report import SourceReport
from geointel.build.spread import spread_facts
from geointel.build.taken import Taken
from geointel.errors import SchemaError
from geointel.ingest import figures, files
from geointel.ingest.spread import read_areas, weigh
from geointel.ingest.vintages import bridge
from geointel.model import FIGURES, HexFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.ingest.spread import Areas
    from geointel.ingest.text import StagedFile
    from geointel.ingest.vintages import Successors
    from geointel.sources.base import FigureKind

SHOWN_CODES = 5


def take(source: Source, kind: FigureKind, site: Site) -> Taken:
    """Read every row of a source of figures. Raises ``SourceError`` for a file that cannot be read."""
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    staged = figures.stage(site.engine, kind, raw, site.scratch)
    links = links_of(kind, site)
    placed = kind.measure or kind.outlines
    areas = read_areas(kind.outlines, site.data, site.study, district_of=districts(site)) if placed else None
    known = known_codes(kind, site)
    if areas is not None:
        known = known_areas(areas, links, elsewhere=known.elsewhere)
    room = site.scratch / f"{source.id}-figures"
    room.mkdir()
    rows, each = figures.canonical(site.engine, staged, known, kind=kind, scratch=room)
    report = _report(source, site, rows, staged)
    require_rows(report, site.data)
    if areas is None or kind.measure is None:
        own = _checked(source, kind, site, site.engine.collect(each))
        facts_found = HexFacts(figures=own)
        if areas is not None and kind.people is not None:
            cells, by_level, notes = spread_people(source, site, kind.people(own), areas=areas, figures=own)
            facts_found = replace(facts_found, cells=cells, areas=by_level)
            report = replace(report, notes=(*report.notes, *notes))
        return Taken(source=source, raw=tuple(raw), report=report, facts=facts_found)
    total = site.engine.collect(figures.totals(each))
    found, notes = _spread(source, kind, site, total, areas=areas, links=links)
    report = replace(report, notes=(*report.notes, *notes))
    return Taken(source=source, raw=tuple(raw), report=report, facts=found)


def _report(source: Source, site: Site, table: ir.Table, staged: Sequence[StagedFile]) -> SourceReport:
    counted = {row["reason"]: int(row["n"]) for row in site.engine.collect(facts.reconciliation(table)).to_pylist()}
    mapped = counted.pop(None, 0)
    counted[figures.BAD_ROW] = counted.get(figures.BAD_ROW, 0) + sum(file.bad_lines for file in staged)
    unmapped = {reason: counted[reason] for reason in figures.REASONS if counted.get(reason)}
    return SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(staged),
        read=mapped + sum(unmapped.values()),
        mapped=mapped,
        unmapped=unmapped,
        notes=_strangers(site, table),
    )


def _strangers(site: Site, table: ir.Table) -> tuple[str, ...]:
    """Codes that neither an outline nor a lookup knows: they may be of another vintage."""
    lost = table.filter(table.reason == figures.UNMATCHED).select("code").distinct().order_by("code")
    codes = site.engine.collect(lost.limit(SHOWN_CODES))["code"].to_pylist()
    return (f"area codes that nothing here knows, such as {', '.join(codes)}",) if codes else ()


def _checked(source: Source, kind: FigureKind, site: Site, found: pa.Table) -> pa.Table:
    """Collected figures as ``FIGURES``. Raises ``SchemaError`` where they contradict each other."""
    figures.require_one_a_key(found, source=source.id)
    wrong = kind.check(found) if kind.check is not None else None
    if wrong is not None:
        raise SchemaError(wrong, file=source.id, remedy="Correct the file, or the options of the source.")
    return _as_figures(source, kind, site, found)


def _counted(kind: FigureKind, total: pa.Table) -> pa.Table:
    """Totals as they were counted, each with the code of its own vintage."""
    words = {
        "indicator": kind.measure,
        "label": "Residents",
        "unit": "people",
        "period": kind.reference,
        "status": "shown",
    }
    given = {name: pa.array([word] * total.num_rows, pa.string()) for name, word in words.items()}
    return pa.table({**{name: total[name] for name in total.column_names}, **given})


def _as_figures(source: Source, kind: FigureKind, site: Site, table: pa.Table) -> pa.Table:
    if not table.num_rows:
        return FIGURES.empty_table()
    level_of = {
        code: site.study.levels[number].id
        for number in reversed(levels_of(kind, site))
        for code in site.study.levels[number].codes
    }
    columns = {name: table[name] for name in table.column_names}
    columns["source"] = pa.array([source.id] * table.num_rows, pa.string())
    columns["level"] = pa.array([level_of.get(code) for code in table["code"].to_pylist()], pa.string())
    empty = pa.nulls(table.num_rows)
    found = pa.table({field.name: columns.get(field.name, empty) for field in FIGURES}).cast(FIGURES)
    keys = [(name, "ascending") for name in ("indicator", "period", "method", "group", "code")]
    plain = pa.table({name: found[name].cast(pa.string()) for name, _ in keys})
    return found.take(pc.sort_indices(plain, keys))


def _spread(
    source: Source, kind: FigureKind, site: Site, total: pa.Table, *, areas: Areas, links: Successors
) -> tuple[HexFacts, tuple[str, ...]]:
    """Totals spread to leaves, and what an operator should know: an area's total goes to leaves of its own district alone."""
    residents = residents_by_area(site)
    groups = {
        group: _by_area(total.filter(pc.equal(total["group"], group)), areas, links, residents=residents)
        for group in pc.unique(total["group"]).to_pylist()
    }
    people = np.sum(list(groups.values()), axis=0) if groups else None
    weights = weigh(areas, site.study, points=addresses(site), people=people)
    leaves: dict[str, NDArray[np.float64]] = {}
    for group, by_area in groups.items():
        each = by_area[weights.area] * weights.share
        summed = np.bincount(weights.leaf, weights=each, minlength=len(site.study.leaves))
        leaves[group] = summed.astype(np.float64)
    cells, by_level = spread_facts(
        site.study,
        leaves,
        resolutions=site.partnership.grid.publish,
        words={"source": source.id, "measure": str(kind.measure), "window": str(kind.reference), "status": "shown"},
    )
    own = _as_figures(source, kind, site, _counted(kind, total))
    return HexFacts(cells=cells, areas=by_level, figures=own), spread_notes(weights, areas)


def _by_area(part: pa.Table, areas: Areas, links: Successors, *, residents: Mapping[str, float]) -> NDArray[np.float64]:
    """Totals in the order of the areas' codes; those of another vintage are carried over."""
    over = bridge(part["code"].to_pylist(), areas.codes, links, residents=residents)
    found = np.zeros(len(areas.codes))
    place = np.searchsorted(np.array(areas.codes), np.array(over.codes))
    found[place] = over.sums(part["value"].to_numpy())
    return found
