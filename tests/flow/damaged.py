"""One source of each kind with small files, to be damaged and read again and again."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geointel.build.build import levels_of
from geointel.build.gather import in_turn, take
from geointel.build.taken import Site
from geointel.config import load
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import EngineError, GeointelError, SchemaError
from geointel.ingest.areas import read_study_area
from geointel.sources.base import FigureKind, RoadKind, TextKind, kinds

from .mutations import MUTATIONS, mutated, mutated_bytes, mutated_fields
from .other_formats import OTHER, POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.build.report import SourceReport
    from geointel.build.taken import Taken
    from geointel.config import Partnership, Source

LINES = 31
"""A header, and thirty rows."""
DAMAGED = "damaged"
"""Folder of damaged files, below the data folder."""
ROADS = Path(__file__).parents[1] / "golden" / "sources" / "roads" / "in" / "town-2025-01.osm"
"""A small file of roads in the same town: lines of XML cannot be cut."""


PACKED = (".csv.gz", ".zip", ".xlsx")
"""Formats of which every other file is damaged before it is packed: after that, hardly one can be read."""


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

    @property
    def forgiving(self) -> bool:
        """Whether some damage lets a file be read: a compressed grid, JSON and packed roads stop at nearly all."""
        return isinstance(kinds()[self.kind], TextKind) and self.ending not in (".geojson", ".osm.pbf")


@dataclass(frozen=True)
class Damaged:
    """A damaged file: where it lies, what was done to it, and how many rows it has, counted without the reader.

    ``rows`` is None where that cannot be told.
    """

    seed: int
    path: Path
    damage: str
    rows: int | None

    def __str__(self) -> str:
        return f"seed {self.seed} ({self.path.name}: {self.damage})"


@dataclass
class Found:
    """What came of damaged files so far: how many were refused and read, and what is wrong with how they were."""

    refused: int = 0
    read: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """A source, its files as they should be, and what it is read with."""

    case: Case
    source: Source
    files: dict[Path, bytes]
    texts: tuple[bytes, ...]
    site: Site

    @property
    def together(self) -> bool:
        """Whether damaged files can be read beside each other: figures of an area may not contradict each other."""
        return self.case.lines and kinds()[self.case.kind].grain != FigureKind.grain

    def mapped(self) -> int:
        """How many rows of the undamaged files are mapped: of a source that maps none, damage would say little."""
        outcome = self._take([])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.mapped

    def read(self, seeds: Sequence[int], found: Found) -> None:
        """Damage a file for each seed, and read them all at once, without those that are refused."""
        damaged = [self._damage(seed) for seed in seeds]
        while damaged:
            outcome = self._take([one.path for one in damaged])
            refused = [one for one in damaged if _is_refusal(outcome, one.path, self.site.data)]
            if not refused and len(damaged) > 1 and self._fault(damaged, outcome):
                for one in damaged:
                    self._judge([one], self._take([one.path]), found)
                break
            gone = refused or damaged
            self._judge(gone, outcome, found)
            damaged = [one for one in damaged if one not in gone]
        shutil.rmtree(self.site.data / DAMAGED)

    def _damage(self, seed: int) -> Damaged:
        number = seed // len(MUTATIONS) % len(self.files)
        path, content = list(self.files.items())[number]
        if self.case.ending in PACKED and seed % 2:
            how, text = mutated_fields(self.texts[number], seed // 2)
            spoilt = OTHER[self.case.ending](text)
        else:
            how, spoilt = (mutated if self.case.lines else mutated_bytes)(content, seed)
        target = self.site.data / DAMAGED / f"{seed:03d}" / path.name
        target.parent.mkdir(parents=True)
        target.write_bytes(spoilt)
        return Damaged(seed, target, how, rows_of(self.case, spoilt))

    def _take(self, paths: Sequence[Path]) -> SourceReport | Exception:
        """Read the damaged files, with the whole ones that they belong to."""
        names = {path.name for path in paths}
        whole = [path for path in self.files if path.name not in names or len(paths) > 1]
        files = tuple(path.relative_to(self.site.data).as_posix() for path in (*whole, *paths))
        self.site.scratch.mkdir()
        try:
            return take(replace(self.source, files=files), self.site).report
        except Exception as error:  # noqa: BLE001 - which ones there are is the question
            return error
        finally:
            shutil.rmtree(self.site.scratch)

    def _judge(self, damaged: Sequence[Damaged], outcome: SourceReport | Exception, found: Found) -> None:
        if isinstance(outcome, Exception):
            found.refused += len(damaged)
        else:
            found.read += len(damaged)
        fault = self._fault(damaged, outcome)
        if fault:
            found.faults.append(f"{', '.join(map(str, damaged))}: {fault}")

    def _fault(self, damaged: Sequence[Damaged], outcome: SourceReport | Exception) -> str | None:
        """What is wrong with how these files were treated, or None."""
        if isinstance(outcome, Exception):
            return None if len(damaged) == 1 and _says_what_to_do(outcome) else repr(outcome)
        rows, counted = self._rows(damaged), outcome.mapped + sum(outcome.unmapped.values())
        if outcome.read == counted and rows in (None, counted):
            return None
        return f"{rows} rows in the files, {outcome.read} read, {counted} accounted for"

    def _rows(self, damaged: Sequence[Damaged]) -> int | None:
        """Rows of the damaged files and of the whole ones read with them."""
        names = {one.path.name for one in damaged}
        whole = [rows_of(self.case, self.files[path]) for path in self.files if path.name not in names]
        if len(damaged) > 1:
            whole = [rows_of(self.case, content) for content in self.files.values()]
        every = [*whole, *(one.rows for one in damaged)]
        return None if None in every else sum(rows for rows in every if rows is not None)


@contextmanager
def bench(case: Case, demo: Path, folder: Path) -> Iterator[Bench]:
    """A copy of the demonstration whose files of one source are small; postcodes, events and services are read whole before."""
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
        source, files, texts = _small(case, source, data)
        yield Bench(case, source, files, texts, replace(site, scratch=scratch / "take"))
    finally:
        engine.close()


def source_of(partnership: Partnership, kind: str) -> Source:
    """The first source of a kind. Raises ``LookupError`` where the demonstration writes none."""
    for source in partnership.sources:
        if source.kind == kind:
            return source
    raise LookupError(
        f"the demonstration writes no file of the kind {kind!r}, so it cannot be damaged; see geointel.demo"
    )


def cut(path: Path) -> bytes:
    """The file with few rows; a grid as it is, it is small."""
    content = path.read_bytes()
    if path.suffix == ".osm":
        return ROADS.read_bytes()
    return b"".join(content.splitlines(keepends=True)[:LINES]) if path.suffix == ".csv" else content


def _taken_before(source: Source, site: Site) -> dict[str, Taken]:
    wanted = {"postcodes"} | {getattr(kinds()[source.kind], "joins", "postcodes")}
    named = getattr(source.options, "services", ())
    lists = {named} if isinstance(named, str) else set(named)
    taken: dict[str, Taken] = {}
    for other in in_turn(site.partnership.sources):
        if (other.kind in wanted or other.id in lists) and other.kind != source.kind:
            taken[other.id] = take(other, replace(site, taken=dict(taken)))
    return taken


def _small(case: Case, source: Source, data: Path) -> tuple[Source, dict[Path, bytes], tuple[bytes, ...]]:
    """The source as the case has it, its files, and what they were before they were packed."""
    files, texts = {}, []
    for path in sorted(path for pattern in source.files for path in data.glob(pattern)):
        content, target = cut(path), path
        texts.append(content)
        if case.ending:
            path.unlink()
            content, target = OTHER[case.ending](content), path.with_name(path.name.partition(".")[0] + case.ending)
        target.write_bytes(content)
        files[target] = content
    options: Any = source.options
    if case.ending in POINTS:
        options = options.model_copy(update={"columns": options.columns.model_copy(update={"lat": None, "lng": None})})
    names = tuple(path.relative_to(data).as_posix() for path in files)
    return replace(source, files=names, options=options), files, tuple(texts)


def _is_refusal(outcome: SourceReport | Exception, path: Path, data: Path) -> bool:
    """Whether an error is about this file."""
    return isinstance(outcome, SchemaError) and path.relative_to(data).as_posix() in outcome.file


def _says_what_to_do(error: Exception) -> bool:
    """Whether an error is ours and of use. That the engine stopped says nothing of the file."""
    if not isinstance(error, GeointelError) or isinstance(error, EngineError):
        return False
    return bool(error.message and error.remedy)


def rows_of(case: Case, content: bytes) -> int | None:
    """Rows, without the reader: lines that are not blank, less the header; ways that are tagged as roads."""
    kind = kinds()[case.kind]
    if isinstance(kind, TextKind) and case.lines:
        return sum(bool(line.strip()) for line in content.splitlines()) - (not kind.form.names)
    if isinstance(kind, RoadKind) and not case.ending:
        try:
            ways = list(ET.fromstring(content).iter("way"))  # noqa: S314 - our own sample
        except ET.ParseError:
            return None
        return sum(any(tag.get("k") == kind.key for tag in way.iter("tag")) for way in ways)
    return None
