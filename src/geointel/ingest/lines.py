"""Lines of a text file: counted as they come, and made regular where they are not.

A CSV reader is fast on regular files and surprising on others: mixed line ends cost it rows, and a quote
that is never closed swallows the rows behind it. No source kind has fields that hold a line break, so a
line is a row, and what is wrong with one line stays with that line.
"""

from __future__ import annotations

import csv
import errno
import gzip
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from geointel.errors import SchemaError
from geointel.ingest.unpacked import refuse_size
from geointel.sources.base import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geointel.sources.base import RawFile, TextForm

CHUNK = 1 << 18
"""Bytes read at once: what a processor keeps near."""
FEED = ord("\n")
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What reading a damaged file or archive raises."""


class LineCount:
    """Counts the lines of a text that goes by in chunks, and sees whether they are regular.

    They are when every line ends the same way and there is no quote.
    """

    def __init__(self) -> None:
        self._feeds = self._returns = 0
        self._quotes = False
        self._last = b""

    def add(self, chunk: bytes) -> None:
        """The next chunk, which is not empty."""
        self._feeds += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == FEED))
        self._returns += chunk.count(b"\r") if b"\r" in chunk else 0
        self._quotes = self._quotes or b'"' in chunk
        self._last = chunk[-1:]

    def lines(self) -> Lines:
        """What was seen so far, as a whole text."""
        unended = self._last not in (b"", b"\n")
        same = self._returns == 0 or (self._returns == self._feeds and not unended)
        return Lines(self._feeds + unended, same and not self._quotes)


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading bytes, decompressed when its name ends in ``.gz``."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def system_refused(error: Exception) -> bool:
    """Whether the system, not the file, is at fault: no space, no permission.

    An invalid argument is the file's fault: a damaged archive that points before its own beginning.
    """
    if not isinstance(error, OSError) or isinstance(error, gzip.BadGzipFile):
        return False
    return error.errno not in (None, errno.EINVAL)


def look(raw: RawFile) -> Lines:
    """Lines of a file: those that are known already, else it is read to its end.

    Raises ``SchemaError`` for a compressed file that breaks off or whose checksum differs: the engine would
    not notice. The same for one that grows out of all proportion.
    """
    if raw.lines is not None:
        return raw.lines
    count, size = LineCount(), 0
    try:
        with open_binary(raw.path) as stream:
            while chunk := stream.read(CHUNK):
                count.add(chunk)
                size += len(chunk)
                refuse_size(raw, size)
    except BROKEN as error:
        if system_refused(error):
            raise
        message = f"the file breaks off or is damaged ({error})."
        raise SchemaError(message, file=raw.name, remedy="Download it again.") from error
    return count.lines()


def data_lines(path: Path) -> int:
    """Lines under the header that are not blank."""
    with open_binary(path) as stream:
        next(stream, None)
        return sum(1 for line in stream if line.strip())


def make_regular(path: Path, target: Path) -> int:
    """Copy a file with LF at the end of every line, without the lines that are no CSV by themselves.

    Returns how many lines were left out. The copy is never compressed.
    """
    left_out = 0
    with open_binary(path) as stream, target.open("wb") as outside:
        for line in physical_lines(stream):
            if b'"' in line and not _is_whole(line):
                left_out += 1
            else:
                outside.write(line + b"\n")
    return left_out


def make_plain(path: Path, target: Path, form: TextForm) -> int:
    """Copy a file of another form as comma-separated UTF-8 with a header, without the lines that are no rows.

    A line is none when it cannot be decoded, or opens a quote and does not close it. Returns how many were left out.
    """
    left_out = 0
    with open_binary(path) as stream, target.open("w", encoding="utf-8", newline="") as outside:
        writer = csv.writer(outside, lineterminator="\n")
        if form.names:
            writer.writerow(form.names)
        for line in physical_lines(stream):
            try:
                row = next(csv.reader([line.decode(form.encoding)], delimiter=form.separator, strict=True), [])
            except (UnicodeDecodeError, csv.Error):
                left_out += 1
            else:
                writer.writerow(row) if row else outside.write("\n")
    return left_out


def physical_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their ends: LF, CR LF or CR."""
    for line in stream:
        yield from line.splitlines()


def _is_whole(line: bytes) -> bool:
    """Whether every quote that a line opens is closed in it."""
    try:
        next(csv.reader([line.decode("utf-8", errors="replace")], strict=True))
    except (csv.Error, StopIteration):
        return False
    return True
