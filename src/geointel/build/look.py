"""``look``: what a build would make of the sources, without computing or publishing anything."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geointel.build.build import levels_of
from geointel.build.gather import in_turn, take
from geointel.build.taken import Site
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import ConfigError, Fault, SourceError
from geointel.ingest.areas import read_study_area
from geointel.model import format_month

if TYPE_CHECKING:
    from geointel.build.report import SourceReport
    from geointel.build.taken import Announce, Taken
    from geointel.config import Partnership

DECIMALS = 4
NEVER_LOOKED_FOR = ("bad-row", "bad-date", "outside-period")
"""Reasons that a row has before anybody asks where it lies."""
NO_PLACE = ("no-location", "bad-coordinates", "not-geocoded")


@dataclass(frozen=True)
class Looked:
    """What became of every row of one source, and for which months it has files.

    ``months`` and ``missing`` (those in between, or in the period, without a file) are empty for a source
    without a calendar, such as a census.
    """

    report: SourceReport
    months: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def located(self) -> float | None:
        """Share of the rows that have a place among those of which it was asked; None where there is none."""
        lost = self.report.unmapped
        asked = self.report.read - sum(lost.get(reason, 0) for reason in NEVER_LOOKED_FOR)
        return (asked - sum(lost.get(reason, 0) for reason in NO_PLACE)) / asked if asked else None

    @property
    def mapped(self) -> float | None:
        """Share of the rows read that are mapped; None where no row was read."""
        return self.report.mapped / self.report.read if self.report.read else None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: the keys of ``build --json``, months, shares and notes."""
        report, shares = self.report, {"located": self.located, "mapped_share": self.mapped}
        return {
            **{name: getattr(report, name) for name in ("id", "kind", "files", "read", "mapped")},
            "unmapped": dict(report.unmapped),
            "first": format_month(self.months[0]) if self.months else None,
            "last": format_month(self.months[-1]) if self.months else None,
            "missing": [format_month(month) for month in self.missing],
            **{name: None if share is None else round(share, DECIMALS) for name, share in shares.items()},
            "notes": list(report.notes),
        }


@dataclass(frozen=True)
class Look:
    """What was found in each source that can be read, in the partnership's order, and the faults of the others."""

    sources: tuple[Looked, ...]
    faults: tuple[Fault, ...]


def look(partnership: Partnership, *, data: Path, announce: Announce = lambda _: None) -> Look:
    """Read every source as a build would, in a temporary folder that only this user can open.

    One source that cannot be read does not hide the faults of the next.
    """
    data, period = data.resolve(), partnership.period
    announce("Reading boundaries")
    try:
        study = read_study_area(levels_of(partnership), data, partnership.grid.leaf)
    except SourceError as error:
        return Look((), (Fault("area.level", error.message, error.remedy),))
    span = None if period is None else range(period.start, period.stop)
    with tempfile.TemporaryDirectory(prefix="geointel-check-") as scratch:
        engine = DuckDBEngine(Path(scratch))
        try:
            return _look(partnership, Site(partnership, study, engine, data, Path(scratch), span, announce))
        finally:
            engine.close()


def _look(partnership: Partnership, site: Site) -> Look:
    taken: dict[str, Taken] = {}
    faults: dict[str, Fault] = {}
    number = {source.id: position for position, source in enumerate(partnership.sources)}
    for source in in_turn(partnership.sources):
        try:
            taken[source.id] = take(source, replace(site, taken=dict(taken)))
        except SourceError as error:
            faults[source.id] = Fault(f"source[{number[source.id]}]", error.message, error.remedy)
        except ConfigError as error:  # a secret is missing
            faults[source.id] = error.faults[0]
    names = [source.id for source in partnership.sources]
    return Look(
        sources=tuple(_looked(taken[name], site.span) for name in names if name in taken),
        faults=tuple(faults[name] for name in names if name in faults),
    )


def _looked(taken: Taken, span: range | None) -> Looked:
    months = tuple(sorted(taken.months))
    expected = span or range(months[0], months[-1] + 1) if months else ()
    return Looked(taken.report, months, tuple(month for month in expected if month not in taken.months))
