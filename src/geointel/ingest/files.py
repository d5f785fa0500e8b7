"""Finding and opening a source's files: globs, ``.gz`` and ``.zip``, headers, hashes."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geointel.errors import SchemaError
from geointel.ingest.lines import BROKEN, CHUNK, LineCount, open_binary, system_refused
from geointel.ingest.unpacked import refuse_bomb
from geointel.sources.base import RawFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.sources.base import SourceKind

MAX_HEADER = 1 << 16
FILE = "file"
"""Column that the engine adds to a text table."""
FOREIGN_MEMBERS = "__MACOSX/"
"""Folder that one packer adds, with a shadow of every file under the same name."""


def find(source: str, patterns: Sequence[str], root: Path) -> list[RawFile]:
    """Files under ``root`` that match any pattern, in the order of their names, each once.

    Raises ``SchemaError`` when a pattern matches nothing: a mistyped path is not an empty source.
    """
    found: dict[Path, tuple[str, Path]] = {}
    for pattern in patterns:
        absolute = Path(pattern).is_absolute()
        matches = [Path(pattern)] if absolute and Path(pattern).is_file() else []
        if not absolute:
            matches = [path for path in root.glob(pattern) if path.is_file()]
        if not matches:
            message = f"no file matches {pattern!r}."
            raise SchemaError(message, file=root, remedy="Correct `files` of the source, or give the root with --data.")
        for path in sorted(matches):
            found.setdefault(path.resolve(), (_name(path, root), path))
    with ThreadPoolExecutor() as pool:  # hashing leaves the interpreter free
        return list(pool.map(lambda named: _raw(source, named[1], named[0]), sorted(found.values())))


def unpack(raw: RawFile, kind: SourceKind, scratch: Path) -> Iterator[RawFile]:
    """The CSV files that a raw file holds: itself, or the members of an archive that the kind knows.

    Members are written under names of our own, so an archive cannot write outside ``scratch``.
    """
    if raw.path.suffix.lower() != ".zip":
        yield raw
        return
    try:
        with zipfile.ZipFile(raw.path) as archive:
            for number, member in enumerate(_members(archive, raw, kind)):
                target = scratch / f"{_short_digest(raw.name)}-{number}.csv"
                with archive.open(member) as inside, target.open("wb") as outside:
                    shutil.copyfileobj(inside, outside, CHUNK)
                yield replace(raw, path=target, name=f"{raw.name}/{member}", lines=None)
    except BROKEN as error:
        raise _broken_archive(raw, error) from error


def members(raw: RawFile, kind: SourceKind) -> list[str]:
    """Names of the files in an archive that the kind knows, in order; nothing is written."""
    try:
        with zipfile.ZipFile(raw.path) as archive:
            return _members(archive, raw, kind)
    except BROKEN as error:
        raise _broken_archive(raw, error) from error


def _members(archive: zipfile.ZipFile, raw: RawFile, kind: SourceKind) -> list[str]:
    refuse_bomb(archive, raw)
    found = sorted({name for name in archive.namelist() if _is_own(name) and kind.is_member(name)})
    if not found:
        message = f"the archive holds no {kind.kind} file."
        raise SchemaError(message, file=raw.name, remedy="Check that it is the archive you meant.")
    return found


def _broken_archive(raw: RawFile, error: Exception) -> SchemaError:
    if system_refused(error):
        raise error
    message = f"the archive cannot be read ({error})."
    return SchemaError(message, file=raw.name, remedy="Download it again.")


def header(raw: RawFile, kind: SourceKind) -> list[str]:
    """Column names of a text file. Raises ``SchemaError`` when a required one is missing."""
    try:
        with open_binary(raw.path) as stream:
            line = stream.readline(MAX_HEADER)
    except BROKEN as error:
        message = f"the file cannot be opened ({error})."
        raise SchemaError(message, file=raw.name, remedy="Download it again.") from error
    if not line.strip():
        raise SchemaError("the file is empty.", file=raw.name, remedy="Download it again, or remove it.")
    try:
        text = io.StringIO(line.decode(kind.form.encoding), newline="")
        names = next(csv.reader(text, delimiter=kind.form.separator))
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"this is not a text file in {kind.form.encoding.removesuffix('-sig').upper()}."
        raise SchemaError(message, file=raw.name, row=1, remedy=f"Give a {kind.kind} CSV file.") from error
    if kind.form.names:
        most, least = len(kind.form.names), kind.form.least or len(kind.form.names)
        if not least <= len(names) <= most:
            asked = f"{most}" if least == most else f"{least} to {most}"
            message = f"it has {len(names)} columns, and a {kind.kind} file has {asked}."
            raise SchemaError(message, file=raw.name, row=1, remedy=f"Give a {kind.kind} file without a header line.")
        return list(kind.form.names[: len(names)])
    names = [_column(name.strip(), number) for number, name in enumerate(names, start=1)]
    _check_columns(names, raw, kind)
    return names


def _column(name: str, number: int) -> str:
    """A column's name; one without a name, or with the one that the engine adds, gets its number."""
    return name if name and name.casefold() != FILE else f"{name or 'column'} {number}"


def _is_own(member: str) -> bool:
    """Whether an archive's member is a file that somebody put there, and no shadow of one."""
    return not member.startswith(FOREIGN_MEMBERS) and not member.rpartition("/")[2].startswith("._")


def _short_digest(name: str) -> str:
    """A file name of our own that only this raw file has: two archives may hold the same bytes."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _check_columns(names: list[str], raw: RawFile, kind: SourceKind) -> None:
    missing = [" or ".join(choice) for choice in kind.required if not set(choice) & set(names)]
    if missing:
        message = f"the column {missing[0]!r} is missing; the header has {', '.join(names)[:200]!r}."
        raise SchemaError(message, file=raw.name, row=1, column=missing[0], remedy=f"Give a {kind.kind} file.")
    folded = [name.casefold() for name in names]
    twice = [name for number, name in enumerate(names) if name.casefold() in folded[:number]]
    if twice:
        raise SchemaError(
            f"the column {twice[0]!r} stands in the header twice.", file=raw.name, row=1, remedy="Remove one of them."
        )


def _raw(source: str, path: Path, name: str) -> RawFile:
    """One reading gives the hash, and the lines of a text file that is no packed one."""
    digest, count = hashlib.sha256(), LineCount()
    text = path.suffix.lower() == ".csv"
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            if text:
                count.add(chunk)
    lines = count.lines() if text else None
    return RawFile(source, path, name, digest.hexdigest(), path.stat().st_size, lines)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
