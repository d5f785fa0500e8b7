"""Sources of events read and counted as a build does it, up to the gate."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel.build.gather import gather
from geointel.config import load
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest.areas import read_study_area

from .street import halves, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geointel.build.gather import Gathered

CONFIG = """
[partnership]
id = "small"
name = "Small Partnership"

{area}

[edition.open]
policy = {{ method = "none" }}

{sources}
"""
HALVES = """
[[area.level]]
id = "lad"
file = "area.geojson"
code = "code"
name = "name"

[[area.level]]
id = "cdp"
members_of = "lad"
members = { "Whole square" = ["E", "W"] }
"""


@dataclass(frozen=True)
class Counted:
    """What the sources gave."""

    gathered: Gathered

    def report(self, source: str) -> Any:
        """What became of a source's rows."""
        return next(report for report in self.gathered.reports if report.id == source)

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        """Rows of one table of facts, where columns have these values."""
        every = getattr(self.gathered.facts, table).to_pylist()
        return [row for row in every if all(row[name] == value for name, value in where.items())]

    def sum(self, table: str, **where: object) -> float:
        """Sum of the values of these rows."""
        return float(sum(row["value"] for row in self.rows(table, **where)))


def source(kind: str, files: str = "**/*.csv*", **options: str) -> str:
    """One ``[[source]]`` whose id is its kind."""
    lines = [f'id = "{kind}"', f'kind = "{kind}"', f'files = "{files}"']
    return "\n".join(["[[source]]", *lines, *(f'{key} = "{value}"' for key, value in options.items()), ""])


def counted(folder: Path, sources: str, *, data: Path, area: str = HALVES) -> Counted:
    """Read and count sources whose files are under ``data``."""
    config = folder / "partnership.toml"
    config.write_text(CONFIG.format(area=area, sources=sources), encoding="utf-8")
    partnership = load(config)
    scratch = folder / "scratch"
    scratch.mkdir()
    levels_of = importlib.import_module("geointel.build.build").levels_of
    study = read_study_area(levels_of(partnership), data, partnership.grid.leaf)
    engine = DuckDBEngine(scratch, threads=1)
    try:
        found = gather(partnership, study, engine, data=data, scratch=scratch, announce=lambda _: None)
    finally:
        engine.close()
    return Counted(found)


def counted_files(folder: Path, sources: str, contents: Mapping[str, str | bytes]) -> Counted:
    """The same from files written by hand, on a square in two halves."""
    data = write(folder / "data", {"area.geojson": halves(), **contents})
    return counted(folder, sources, data=data)
