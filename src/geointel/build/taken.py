"""What a build hands to each source, and what it takes from it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geointel.model import HexFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.build.report import SourceReport
    from geointel.config import Partnership, Source
    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.sources.base import RawFile

    Announce = Callable[[str], None]


@dataclass(frozen=True)
class Site:
    """What every source of a build is given.

    ``environment`` has the partnership's secrets, by the names that its file gives them. ``span`` are the months that count, or None for all; ``taken`` what the sources before this one gave,
    by their id: postcodes come first, then events, then all others.
    """

    partnership: Partnership
    study: StudyArea
    engine: Engine
    data: Path
    scratch: Path
    span: range | None
    announce: Announce
    taken: Mapping[str, Taken] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


@dataclass(frozen=True)
class Taken:
    """What one source gave.

    ``months`` are those for which it has a file; empty for a source without a calendar, such as a census.
    ``rows`` are canonical event rows on the engine, which are counted when all calendars are known.
    ``facts`` is what is counted already. ``places`` are where postcodes are, on the engine: ``postcode`` in
    capital letters without a space, each once, ``x, y, osgb`` as in ``ingest.points``,
    and whether it is ``current``.
    """

    source: Source
    raw: tuple[RawFile, ...]
    report: SourceReport
    months: frozenset[int] = frozenset()
    rows: ir.Table | None = None
    facts: HexFacts = field(default_factory=HexFacts)
    places: ir.Table | None = None
