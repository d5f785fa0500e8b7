"""How much a compressed file may unpack to. A table of text shrinks to a tenth or a thirtieth; a bomb to a thousandth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.errors import SchemaError

if TYPE_CHECKING:
    import zipfile

    from geointel.sources.base import RawFile

MOST_TIMES = 200
"""Most times its own size that a file may unpack to."""
SMALL = 100_000_000
"""Bytes that any file may unpack to."""


def refuse_bomb(archive: zipfile.ZipFile, raw: RawFile) -> None:
    """Raise ``SchemaError`` for an archive that says that it unpacks to more than any table does.

    A member never gives more bytes than it says. Members that share their bytes in the archive are each counted.
    """
    refuse_size(raw, sum(info.file_size for info in archive.infolist()))


def refuse_size(raw: RawFile, unpacked: int) -> None:
    """Raise ``SchemaError`` when a file has given, or says that it gives, too many bytes."""
    if unpacked > max(SMALL, MOST_TIMES * raw.path.stat().st_size):
        message = f"it unpacks to {unpacked:,} bytes or more, over {MOST_TIMES} times its own size."
        raise SchemaError(
            message, file=raw.name, remedy="Look at where it comes from. If it is right, unpack it first."
        )
