"""One source of each kind with small files, to be damaged and read again and again."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geointel.build.build import levels_of
from geointel.build.gather import in_turn, take
from geointel.build.taken import Site
from geointel.config import load
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import EngineError, GeointelError
from geointel.ingest.areas import read_study_area
from geointel.sources.base import EventKind, PostcodeKind, RoadKind, TextKind, kinds

from .mutations import mutated, mutated_bytes
from .other_formats import OTHER, POINTS

if TYPE_CHECKING:
    from geointel.build.report import SourceReport
    from geointel.build.taken import Taken
    from geointel.config import Partnership, Source

LINES = 31
"""A header, and thirty rows."""
USED_BY_OTHERS = (PostcodeKind.grain, EventKind.grain)
ROADS = Path(__file__).parents[1] / "golden" / "sources" / "roads" / "in" / "town-2025-01.osm"
"""A small file of roads in the same town: lines of XML cannot be cut."""


@dataclass(frozen=True)
class Case:
    """A kind, its files as they come or in another format."""

    kind: str
    ending: str = ""

    def __str__(self) -> str:
        return f"{self.kind}{self.ending}"

    @property
    def lines(self) -> bool:
        """Whether its files are lines of text."""
        return not self.ending and isinstance(kinds()[self.kind], TextKind)


@dataclass(frozen=True)
class Outcome:
    """What came of a damaged file: a report, or the error that refused it.

    ``rows`` is how many rows the files have, counted without the reader; None where that cannot be told.
    """

    seed: int
    damage: str
    rows: int | None
    report: SourceReport | None
    error: Exception | None

    @property
    def fault(self) -> str | None:
        """What is wrong with how the file was treated, or None."""
        where = f"seed {self.seed} ({self.damage}): "
        if self.report is None:
            return None if _is_a_refusal(self.error) else f"{where}{self.error!r}"
        counted = self.report.mapped + sum(self.report.unmapped.values())
        if self.report.read == counted and self.rows in (None, counted):
            return None
        return f"{where}{self.rows} rows in the files, {self.report.read} read, {counted} accounted for"


@dataclass(frozen=True)
class Bench:
    """A source, its files as they should be, and what it is read with."""

    case: Case
    source: Source
    files: dict[Path, bytes]
    site: Site

    def damaged(self, seed: int) -> Outcome:
        """Damage one file, read the source, and put the file back."""
        path, content = list(self.files.items())[seed // 12 % len(self.files)]
        damage, spoilt = (mutated if self.case.lines else mutated_bytes)(content, seed)
        path.write_bytes(spoilt)
        scratch = self.site.scratch / str(seed)
        scratch.mkdir()
        report = error = None
        try:
            report = take(self.source, replace(self.site, scratch=scratch)).report
        except Exception as caught:  # noqa: BLE001 - which ones there are is the question
            error = caught
        finally:
            rows = _rows(self.case, [file.read_bytes() for file in self.files])
            path.write_bytes(content)
            shutil.rmtree(scratch)
        return Outcome(seed, f"{path.name}: {damage}", rows, report, error)


@contextmanager
def bench(case: Case, demo: Path, folder: Path) -> Iterator[Bench]:
    """A copy of the demonstration whose files of one source are small; postcodes and events are read whole before."""
    data, scratch = folder / "data", folder / "scratch"
    shutil.copytree(demo, data)
    scratch.mkdir()
    partnership = load(data / "partnership.toml")
    source = source_of(partnership, case.kind)
    engine = DuckDBEngine(scratch, threads=1)
    try:
        study = read_study_area(levels_of(partnership), data, partnership.grid.leaf)
        site = Site(partnership, study, engine, data, scratch, None, lambda _: None)
        site = replace(site, taken=_taken_before(source, site))
        source, files = _small(case, source, data)
        room = scratch / "seeds"
        room.mkdir()
        yield Bench(case, source, files, replace(site, scratch=room))
    finally:
        engine.close()


def source_of(partnership: Partnership, kind: str) -> Source:
    """The first source of a kind. Every kind has one in a demonstration."""
    return next(source for source in partnership.sources if source.kind == kind)


def cut(path: Path) -> bytes:
    """The file with few rows; a grid as it is, it is small."""
    content = path.read_bytes()
    if path.suffix == ".osm":
        return ROADS.read_bytes()
    return b"".join(content.splitlines(keepends=True)[:LINES]) if path.suffix == ".csv" else content


def _taken_before(source: Source, site: Site) -> dict[str, Taken]:
    wanted = {"postcodes"} | {getattr(kinds()[source.kind], "joins", "postcodes")}
    taken: dict[str, Taken] = {}
    for other in in_turn(site.partnership.sources):
        if other.kind in wanted and other.kind != source.kind:
            taken[other.id] = take(other, replace(site, taken=dict(taken)))
    return taken


def _small(case: Case, source: Source, data: Path) -> tuple[Source, dict[Path, bytes]]:
    """The source as the case has it, and its files."""
    files = {}
    for path in sorted(path for pattern in source.files for path in data.glob(pattern)):
        content = cut(path)
        if case.ending:
            path.unlink()
            path = path.with_name(path.name.partition(".")[0] + case.ending)
            content = OTHER[case.ending](content)
        path.write_bytes(content)
        files[path] = content
    options: Any = source.options
    if case.ending in POINTS:
        options = options.model_copy(update={"columns": options.columns.model_copy(update={"lat": None, "lng": None})})
    names = tuple(path.relative_to(data).as_posix() for path in files)
    return replace(source, files=names, options=options), files


def _is_a_refusal(error: Exception | None) -> bool:
    """An engine that stops is none: it says nothing of the file, and its remedy would be of no use."""
    if not isinstance(error, GeointelError) or isinstance(error, EngineError):
        return False
    return bool(error.message and error.remedy)


def _rows(case: Case, contents: list[bytes]) -> int | None:
    """Rows of files, without the reader: lines that are not blank, less the headers; ways that are tagged as roads."""
    kind = kinds()[case.kind]
    if isinstance(kind, TextKind) and case.lines:
        heads = 0 if kind.form.names else len(contents)
        return sum(bool(line.strip()) for content in contents for line in content.splitlines()) - heads
    if isinstance(kind, RoadKind) and not case.ending:
        try:
            ways = [way for content in contents for way in ET.fromstring(content).iter("way")]
        except ET.ParseError:
            return None
        return sum(any(tag.get("k") == kind.key for tag in way.iter("tag")) for way in ways)
    return None
