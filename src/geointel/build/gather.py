"""Sources to raw facts: the only part of a build that opens an engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from geointel.build import agree, events, figures, outcomes, postcodes, raster, roads, services, traffic, travel
from geointel.build.count import count
from geointel.build.taken import Site
from geointel.errors import GeointelError, NotInThisVersionError
from geointel.model import HexFacts, in_order, windows_over
from geointel.sources.base import (
    EventKind,
    FigureKind,
    OutcomeKind,
    PostcodeKind,
    RasterKind,
    RoadKind,
    ServiceKind,
    TrafficKind,
    TravelKind,
    kinds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from geointel.build.report import SourceReport
    from geointel.build.taken import Announce, Taken
    from geointel.config import Partnership, Source
    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.model import Window
    from geointel.sources.base import RawFile

    Take = Callable[[Source, Any, Site], Taken]

TAKE: Mapping[str, Take] = {
    PostcodeKind.grain: postcodes.take,
    RoadKind.grain: roads.take,
    EventKind.grain: events.take,
    OutcomeKind.grain: outcomes.take,
    ServiceKind.grain: services.take,
    TravelKind.grain: travel.take,
    FigureKind.grain: figures.take,
    RasterKind.grain: raster.take,
    TrafficKind.grain: traffic.take,
}
"""How the sources of each grain are read, in the order in which they are: later ones may use earlier ones."""


@dataclass(frozen=True)
class Calendar:
    """Months that an edition has, those in between that it has not, and the windows of each source."""

    months: tuple[int, ...]
    missing: tuple[int, ...]
    windows: Mapping[str, tuple[Window, ...]]

    @property
    def every(self) -> tuple[Window, ...]:
        """Windows of any source."""
        return in_order([window for windows in self.windows.values() for window in windows])


@dataclass(frozen=True)
class Gathered:
    """Raw facts of all sources, before the gate, and what must be said about them."""

    facts: HexFacts
    span: range
    reports: tuple[SourceReport, ...]
    raw: Mapping[str, tuple[RawFile, ...]]
    source_months: Mapping[str, frozenset[int]]
    series: Mapping[str, tuple[str, ...]]
    agreement: tuple[dict[str, object], ...]

    def calendar(self, sources: Sequence[str]) -> Calendar:
        """Months and windows of an edition that knows these sources: a gap in another's is not its gap.

        Sources of one series are counted together, so they share their windows: those for which each of them
        has a file in every month. Sources without months, such as a census, have no part in it: an edition
        that knows no others has no months, and misses none.

        Raises ``GeointelError`` when the sources of a series have no month together.
        """
        dated = [name for name in sources if self.source_months[name]]
        windows: dict[str, tuple[Window, ...]] = {}
        every: set[int] = set()
        for name in dated:
            together = [other for other in self.series[name] if other in dated]
            have = frozenset.intersection(*(self.source_months[other] for other in together))
            if not have:
                message = f"There is no month for which each of these sources has a file: {', '.join(together)}."
                raise GeointelError(message, remedy="Check `files`, `period` and the `editions` of the sources.")
            windows[name] = windows_over(have, rolling=True)
            every |= have
        return Calendar(
            months=tuple(sorted(every)),
            missing=tuple(month for month in self.span if month not in every) if dated else (),
            windows=windows,
        )


def gather(
    partnership: Partnership,
    study: StudyArea,
    engine: Engine,
    *,
    data: Path,
    scratch: Path,
    announce: Announce,
    environment: Mapping[str, str] = os.environ,
) -> Gathered:
    """Ingest every source and count it; ``environment`` has the secrets. Raises ``SourceError`` for a file that cannot be read."""
    period = partnership.period
    span = None if period is None else range(period.start, period.stop)
    site = Site(partnership, study, engine, data, scratch, span, announce, environment=environment)
    taken = _take_all(partnership.sources, site)
    site = replace(site, taken={found.source.id: found for found in taken})
    every = frozenset[int]().union(*(found.months for found in taken))
    announce("Counting by cell, area and window")
    tables = [count(found, site, windows=windows_over(found.months, rolling=True)) for found in taken]
    return Gathered(
        facts=_concatenate(tables),
        span=span or range(min(every, default=0), max(every, default=-1) + 1),
        reports=tuple(found.report for found in taken),
        raw={found.source.id: found.raw for found in taken},
        source_months={found.source.id: found.months for found in taken},
        series=partnership.series,
        agreement=agree.report(
            partnership,
            study,
            engine,
            data=data,
            tables=[t.rows for t in taken if t.rows is not None and t.source.public and t.source.editions is None],
        ),
    )


def _take_all(sources: Sequence[Source], site: Site) -> list[Taken]:
    """Read the sources grain by grain; the result is in the order of the partnership file."""
    taken: dict[str, Taken] = {}
    for source in in_turn(sources):
        taken[source.id] = take(source, replace(site, taken=dict(taken)))
    return [taken[source.id] for source in sources]


def in_turn(sources: Sequence[Source]) -> list[Source]:
    """Sources in the order in which they are read: grain by grain. Raises ``NotInThisVersionError``."""
    grain_of = {source.id: kinds()[source.kind].grain for source in sources}
    strange = [source for source in sources if grain_of[source.id] not in TAKE]
    if strange:
        raise NotInThisVersionError(f"The source kind {strange[0].kind!r}", remedy="Leave the source out.")
    return [source for grain in TAKE for source in sources if grain_of[source.id] == grain]


def take(source: Source, site: Site) -> Taken:
    """Read one source as its grain is read. Raises ``SourceError`` for a file that cannot be read."""
    kind = kinds()[source.kind].configured(source.options)
    return TAKE[kind.grain](source, kind, site)


def _concatenate(tables: Sequence[HexFacts]) -> HexFacts:
    return HexFacts(
        **{field.name: _together([getattr(table, field.name) for table in tables]) for field in fields(HexFacts)}
    )


def _together(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables under each other; a source without record keys has null there."""
    return pa.concat_tables(tables, promote_options="default").unify_dictionaries()
