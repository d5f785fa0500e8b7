"""Facts on either side of the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geointel.model.tables import (
    AREA_FACTS,
    BOUNDED,
    CONCENTRATION,
    FACTS,
    FIGURES,
    HIDDEN,
    NAMES,
    PROFILE,
    ROAD_COUNTS,
    ROADS,
    SERVICES,
    STRETCHES,
    SUPPORT,
    TRAVEL,
    UNMAPPED,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from geointel.model.period import Window


@dataclass(frozen=True)
class HexFacts:
    """What the sources have, before the gate. Never leaves the build.

    Every table has the column ``source``, and follows the schema of its name in ``model.tables``. A source
    fills those that its grain has; the others are empty. ``beyond`` are facts of cells outside the study area.
    Counts of a source that a policy may change have their ``key`` too, and say in ``concentration`` who makes them up; ``bounded`` are counts in which no person has more than some records.
    """

    cells: pa.Table = field(default_factory=FACTS.empty_table)
    areas: pa.Table = field(default_factory=AREA_FACTS.empty_table)
    unmapped: pa.Table = field(default_factory=UNMAPPED.empty_table)
    beyond: pa.Table = field(default_factory=FACTS.empty_table)
    support: pa.Table = field(default_factory=SUPPORT.empty_table)
    names: pa.Table = field(default_factory=NAMES.empty_table)
    profile: pa.Table = field(default_factory=PROFILE.empty_table)
    services: pa.Table = field(default_factory=SERVICES.empty_table)
    figures: pa.Table = field(default_factory=FIGURES.empty_table)
    roads: pa.Table = field(default_factory=ROADS.empty_table)
    stretches: pa.Table = field(default_factory=STRETCHES.empty_table)
    road_counts: pa.Table = field(default_factory=ROAD_COUNTS.empty_table)
    travel: pa.Table = field(default_factory=TRAVEL.empty_table)
    concentration: pa.Table = field(default_factory=CONCENTRATION.empty_table)
    bounded: pa.Table = field(default_factory=BOUNDED.empty_table)


@dataclass(frozen=True)
class ReleasedFacts:
    """What one edition may know. Made only by ``disclosure.release``.

    Everything after the gate is arithmetic on these numbers. ``windows`` are those of any source: which of
    them a source has, its rows show. ``beyond`` are facts of cells outside the study area, for neighbour sums alone:
    no file of a snapshot has them. ``hidden`` are cells and areas that are not shown: they have no rows in ``cells`` and ``areas``.
    """

    edition: str
    windows: tuple[Window, ...]
    cells: pa.Table
    areas: pa.Table
    unmapped: pa.Table
    support: pa.Table
    names: pa.Table
    beyond: pa.Table = field(default_factory=FACTS.empty_table)
    profile: pa.Table = field(default_factory=PROFILE.empty_table)
    services: pa.Table = field(default_factory=SERVICES.empty_table)
    figures: pa.Table = field(default_factory=FIGURES.empty_table)
    roads: pa.Table = field(default_factory=ROADS.empty_table)
    stretches: pa.Table = field(default_factory=STRETCHES.empty_table)
    road_counts: pa.Table = field(default_factory=ROAD_COUNTS.empty_table)
    travel: pa.Table = field(default_factory=TRAVEL.empty_table)
    hidden: pa.Table = field(default_factory=HIDDEN.empty_table)
