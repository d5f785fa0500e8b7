"""Finding and opening a source's files: globs, ``.gz`` and ``.zip``, headers, hashes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import shutil
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from geointel.errors import SchemaError
from geointel.sources.base import RawFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.sources.base import SourceKind

CHUNK = 1 << 20
MAX_HEADER = 1 << 16
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def find(source: str, patterns: Sequence[str], root: Path) -> list[RawFile]:
    """Files under ``root`` that match any pattern, in the order of their names, each once.

    Raises ``SchemaError`` when a pattern matches nothing: a mistyped path is not an empty source.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        absolute = Path(pattern).is_absolute()
        matches = [Path(pattern)] if absolute and Path(pattern).is_file() else []
        if not absolute:
            matches = [path for path in root.glob(pattern) if path.is_file()]
        if not matches:
            message = f"no file matches {pattern!r}."
            raise SchemaError(message, file=root, remedy="Correct `files` of the source, or give the root with --data.")
        found |= {_name(path, root): path for path in matches}
    return [_raw(source, path, name) for name, path in sorted(found.items())]


def unpack(raw: RawFile, kind: SourceKind, scratch: Path) -> Iterator[RawFile]:
    """The CSV files that a raw file holds: itself, or the members of an archive that the kind knows.

    Members are written under names of our own, so an archive cannot write outside ``scratch``.
    """
    if raw.path.suffix.lower() != ".zip":
        yield raw
        return
    try:
        with zipfile.ZipFile(raw.path) as archive:
            members = sorted(name for name in archive.namelist() if kind.is_member(name))
            if not members:
                message = f"the archive holds no {kind.kind} file."
                raise SchemaError(message, file=raw.name, remedy="Check that it is the archive you meant.")
            for number, member in enumerate(members):
                target = scratch / f"{raw.sha256[:12]}-{number}.csv"
                with archive.open(member) as inside, target.open("wb") as outside:
                    shutil.copyfileobj(inside, outside, CHUNK)
                yield replace(raw, path=target, name=f"{raw.name}/{member}")
    except BROKEN as error:
        if _system_refused(error):
            raise
        message = f"the archive cannot be read ({error})."
        raise SchemaError(message, file=raw.name, remedy="Download it again.") from error


def header(raw: RawFile, kind: SourceKind) -> list[str]:
    """Column names of a CSV file. Raises ``SchemaError`` when a required one is missing."""
    try:
        with open_binary(raw.path) as stream:
            line = stream.readline(MAX_HEADER)
    except BROKEN as error:
        message = f"the file cannot be opened ({error})."
        raise SchemaError(message, file=raw.name, remedy="Download it again.") from error
    if not line.strip():
        raise SchemaError("the file is empty.", file=raw.name, remedy="Download it again, or remove it.")
    try:
        names = next(csv.reader(io.StringIO(line.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        message = "this is not a text file in UTF-8."
        raise SchemaError(message, file=raw.name, row=1, remedy=f"Give a {kind.kind} CSV file.") from error
    names = [name.strip() for name in names]
    _check_columns(names, raw, kind)
    return names


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading bytes, decompressed when its name ends in ``.gz``."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def data_lines(path: Path) -> int:
    """Non-blank lines under the header; counts what a stray quote would swallow."""
    with open_binary(path) as stream:
        next(stream, None)
        return sum(1 for line in stream if line.strip())


def with_unix_newlines(raw: RawFile, target: Path) -> Path:
    """Copy a file with every line end as LF, for files that mix both kinds.

    Raises ``SchemaError`` for a compressed file that breaks off.
    """
    try:
        with open_binary(raw.path) as stream, target.open("wb") as outside:
            for line in stream:
                outside.write(line.rstrip(b"\r\n") + b"\n")
    except BROKEN as error:
        if _system_refused(error):
            raise
        target.unlink(missing_ok=True)
        message = f"the file breaks off or is damaged ({error})."
        raise SchemaError(message, file=raw.name, remedy="Download it again.") from error
    return target


def _system_refused(error: Exception) -> bool:
    """Whether the system, not the file, is at fault: no space, no permission."""
    return isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile) and error.errno is not None


def _check_columns(names: list[str], raw: RawFile, kind: SourceKind) -> None:
    missing = [" or ".join(choice) for choice in kind.required if not set(choice) & set(names)]
    if missing:
        message = f"the column {missing[0]!r} is missing; the header has {', '.join(names)[:200]!r}."
        raise SchemaError(message, file=raw.name, row=1, column=missing[0], remedy=f"Give a {kind.kind} file.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SchemaError(
            f"the column {twice[0]!r} stands in the header twice.", file=raw.name, row=1, remedy="Remove one of them."
        )


def _raw(source: str, path: Path, name: str) -> RawFile:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return RawFile(source=source, path=path, name=name, sha256=digest.hexdigest(), bytes=path.stat().st_size)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
