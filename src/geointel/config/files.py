"""Faults that only the files show: missing, unreadable, or without what the partnership file names."""

from __future__ import annotations

import csv
import io
import zlib
from datetime import date
from typing import TYPE_CHECKING

import pyogrio

from geointel.config.agreement import expired
from geointel.config.faults import key_path
from geointel.config.kinds import did_you_mean, installed
from geointel.errors import Fault, SourceError
from geointel.ingest import areas, door, roads, travel_files
from geointel.ingest.files import find, header
from geointel.ingest.lines import open_binary
from geointel.sources.base import RoadKind, TextKind, TravelKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from geointel.config.area import AreaLevel, Lookup
    from geointel.config.faults import Location
    from geointel.config.kinds import Kinds
    from geointel.config.partnership import Partnership, Source
    from geointel.sources.base import RawFile, SourceKind

SHOWN_CODES = 5
UNREADABLE = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, UnicodeDecodeError)


def check(
    partnership: Partnership, data_root: Path, *, kinds: Kinds | None = None, today: date | None = None
) -> tuple[Fault, ...]:
    """Return every fault of the files that a partnership names; ``data_root`` is where their names begin.

    Reads outlines' properties and the first line of each source file; writes nothing. The agreements of the
    sources are looked at too: they may have expired ``today``.
    """
    have = installed() if kinds is None else kinds
    faults = list(expired(partnership, today or date.today()))  # noqa: DTZ011 - the day where the data is
    codes = _all_codes(partnership, data_root, faults)
    faults += _members(partnership, codes)
    for number, source in enumerate(partnership.sources):
        faults += _source(source, ("source", number), data_root, have)
        faults += _covers(source, number, partnership, codes)
        faults += _extent(source, key_path(("source", number, "extent")), data_root)
    return tuple(dict.fromkeys(faults))


def _all_codes(partnership: Partnership, root: Path, faults: list[Fault]) -> dict[str, frozenset[str] | None]:
    """Codes of each level, by its id; None where its file cannot be read. Adds the files' faults."""
    codes: dict[str, frozenset[str] | None] = {}
    for number, level in enumerate(partnership.area.levels):
        at: Location = ("area", "level", number)
        for place, lookup in enumerate(level.lookup):
            faults += _lookup(lookup, (*at, "lookup", place), root)
        if level.file is None:
            codes[level.id] = frozenset(level.members)
            continue
        found, problems = _outlines(level, at, root)
        codes[level.id] = found
        faults += problems
    return codes


def _outlines(level: AreaLevel, at: Location, root: Path) -> tuple[frozenset[str] | None, list[Fault]]:
    """Codes in a level's file, or None with the faults that keep it from being read."""
    path = root / str(level.file)
    key = key_path((*at, "file"))
    if not path.is_file():
        return None, [_no_file(key, path)]
    where = f"/vsigzip/{path.resolve()}" if path.suffix == ".gz" else str(path)
    try:
        info = pyogrio.read_info(where, force_total_bounds=True)
        missing = [name for name in (level.code, level.name) if name not in info["fields"]]
        if missing or info["geometry_type"] is None or _nowhere(info):
            return None, [*_properties(level, at, list(info["fields"])), *_geometry(info, key, path)]
        frame = pyogrio.read_dataframe(where, columns=[level.code], read_geometry=False)
    except UNREADABLE as error:
        message = f"{path} cannot be read as outlines ({str(error).splitlines()[0]})."
        return None, [Fault(key, message, "Give a file that GDAL reads, such as GeoJSON or GeoPackage.")]
    codes = frozenset(str(code) for code in frame[level.code])
    return _only(level, codes, at)


def _properties(level: AreaLevel, at: Location, fields: list[str]) -> Iterator[Fault]:
    for key, name in (("code", level.code), ("name", level.name)):
        if name is not None and name not in fields:
            message = f"{level.file} has no property {name!r}."
            yield Fault(key_path((*at, key)), message, did_you_mean(name, fields))


def _geometry(info: Mapping[str, object], key: str, path: Path) -> Iterator[Fault]:
    if info["geometry_type"] is None:
        yield Fault(key, f"{path} holds no outlines.", "Give a file with polygons.")
    elif _nowhere(info):
        remedy = "Save it with its coordinate system: a .prj file, or a GeoPackage."
        yield Fault(key, f"{path} does not say its coordinate system.", remedy)


def _nowhere(info: Mapping[str, object]) -> bool:
    """Whether nothing says in which coordinate system the outlines are."""
    return info["crs"] is None and not areas.in_degrees(info)


def _only(level: AreaLevel, codes: frozenset[str], at: Location) -> tuple[frozenset[str], list[Fault]]:
    if level.only is None:
        return codes, []
    faults = [
        Fault(key_path((*at, "only", place)), f"{level.file} has no area {code!r}.", _near(code, codes))
        for place, code in enumerate(level.only)
        if code not in codes
    ]
    return codes & frozenset(level.only), faults


def _lookup(lookup: Lookup, at: Location, root: Path) -> Iterator[Fault]:
    path = root / lookup.file
    if not path.is_file():
        yield _no_file(key_path((*at, "file")), path)
        return
    try:
        with io.TextIOWrapper(open_binary(path), encoding="utf-8-sig", newline="") as stream:
            columns = next(csv.reader(stream), [])
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        yield Fault(key_path((*at, "file")), f"{path} cannot be read ({error}).", "Give a CSV file in UTF-8.")
        return
    for key, name in (("from", lookup.source_code), ("to", lookup.level_code)):
        if name not in columns:
            yield Fault(key_path((*at, key)), f"{lookup.file} has no column {name!r}.", did_you_mean(name, columns))


def _members(partnership: Partnership, codes: Mapping[str, frozenset[str] | None]) -> Iterator[Fault]:
    for number, level in enumerate(partnership.area.levels):
        have = codes.get(level.members_of or "")
        if have is None:
            continue
        for name, members in level.members.items():
            for place, code in enumerate(members):
                if code not in have:
                    key = key_path(("area", "level", number, "members", name, place))
                    yield Fault(key, f"The level {level.members_of!r} has no area {code!r}.", _near(code, have))


def _source(source: Source, at: Location, root: Path, kinds: Kinds) -> Iterator[Fault]:
    """Patterns that match nothing, and files that are not what the kind reads."""
    kind = kinds.sources[source.kind].configured(source.options)
    if kind.package is not None and not kind.package.installed:
        message = f"The source is read from the package {kind.package.module!r}, which is not installed."
        yield Fault(key_path(at), message, kind.package.remedy)
    for place, pattern in enumerate(source.files):
        key = key_path((*at, "files", place)) if len(source.files) > 1 else key_path((*at, "files"))
        try:
            found = find(source.id, (pattern,), root)
        except (SourceError, ValueError, OSError):
            remedy = "Correct the pattern, or say where the files are with --data."
            yield Fault(key, f"No file under {root} matches {pattern!r}.", remedy)
            continue
        for raw in found:
            try:
                _look(raw, kind)
            except SourceError as error:
                yield Fault(key, error.message, error.remedy)


def _look(raw: RawFile, kind: SourceKind) -> None:
    """Raise ``SourceError`` when a file is not what the kind reads, as far as its beginning shows."""
    if isinstance(kind, TextKind) and kind.door is not None:
        door.look(raw, kind, kind.door)
    elif isinstance(kind, TextKind) and raw.path.suffix.lower() != ".zip":
        header(raw, kind)
    elif isinstance(kind, RoadKind):
        roads.header(raw)
    elif isinstance(kind, TravelKind):
        travel_files.look(raw, kind)


def _covers(
    source: Source, number: int, partnership: Partnership, codes: Mapping[str, frozenset[str] | None]
) -> Iterator[Fault]:
    if source.covers in (None, partnership.id) or None in codes.values():
        return
    have = {code for level in codes.values() if level is not None for code in level}
    if source.covers not in have:
        message = f"There is no area {source.covers!r} in any level."
        remedy = f"Give an area code, or the partnership's id, {partnership.id!r}."
        yield Fault(key_path(("source", number, "covers")), message, remedy)


def _extent(source: Source, key: str, root: Path) -> Iterator[Fault]:
    """What keeps the outlines of the land that a source covers from being read."""
    if source.extent is None:
        return
    if not (root / source.extent).is_file():
        yield _no_file(key, root / source.extent)
        return
    try:
        areas.read_polygons(root / source.extent)
    except SourceError as error:
        yield Fault(key, error.message, error.remedy)


def _near(code: str, codes: Collection[str]) -> str:
    some = sorted(codes)
    listed = ", ".join(some[:SHOWN_CODES]) + (" …" if len(some) > SHOWN_CODES else "")
    return did_you_mean(code, some, listed)


def _no_file(key: str, path: Path) -> Fault:
    return Fault(key, f"There is no file {path}.", "Correct the name, or say where the data is with --data.")
