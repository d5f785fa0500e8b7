"""Read a PMTiles archive: the directory is expanded once, a tile is a slice of mapped memory."""

from __future__ import annotations

import gzip
import json
import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pmtiles.tile import Compression, deserialize_directory, deserialize_header, zxy_to_tileid

from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pmtiles.tile import HeaderDict

_HEADER = 127


@dataclass(frozen=True)
class TileArchive:
    """An open archive.

    Attributes
    ----------
    path
        The file.
    places
        Tile number (PMTiles' Hilbert order over all zooms) to offset in the file and length.
    metadata
        The archive's JSON: layers, resolutions by zoom, cell counts.
    """

    path: Path
    places: dict[int, tuple[int, int]]
    metadata: dict[str, Any]
    mapped: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> TileArchive:
        """Map a file and expand its directory.

        Raises ``SnapshotNotFoundError`` where there is no file, ``SnapshotCorruptError`` where it is
        not a gzipped PMTiles 3 archive.
        """
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            message = f"There are no tiles at {path.name}."
            raise SnapshotNotFoundError(message, remedy="Build the snapshot again.") from error
        except ValueError as error:
            raise _corrupt(path) from error
        try:
            return cls(path, *_contents(mapped), mapped)
        except Exception as error:
            mapped.close()
            raise _corrupt(path) from error

    def get(self, z: int, x: int, y: int) -> bytes | None:
        """Give the stored, gzipped bytes of a tile; None where the archive has none."""
        try:
            place = self.places.get(zxy_to_tileid(z, x, y))
        except (ValueError, OverflowError):
            return None
        return None if place is None else self.mapped[place[0] : place[0] + place[1]]

    def raw(self, z: int, x: int, y: int) -> bytes | None:
        """Give a tile as plain MVT, one layer per category; None where the archive has none."""
        stored = self.get(z, x, y)
        return None if stored is None else gzip.decompress(stored)

    def close(self) -> None:
        """Let go of the file."""
        self.mapped.close()


def _contents(mapped: mmap.mmap) -> tuple[dict[int, tuple[int, int]], dict[str, Any]]:
    header = deserialize_header(mapped[:_HEADER])
    if header["tile_compression"] is not Compression.GZIP:
        message = "tiles are not gzipped"
        raise ValueError(message)
    start, length = header["metadata_offset"], header["metadata_length"]
    metadata = json.loads(gzip.decompress(mapped[start : start + length]))
    places = dict(_places(mapped, header, header["root_offset"], header["root_length"]))
    return places, metadata


def _places(mapped: mmap.mmap, header: HeaderDict, offset: int, length: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for entry in deserialize_directory(mapped[offset : offset + length]):
        if not entry.run_length:
            leaf = header["leaf_directory_offset"] + entry.offset
            yield from _places(mapped, header, leaf, entry.length)
        for step in range(entry.run_length):
            yield entry.tile_id + step, (header["tile_data_offset"] + entry.offset, entry.length)


def _corrupt(path: Path) -> SnapshotCorruptError:
    message = f"{path.name} is not a PMTiles archive."
    return SnapshotCorruptError(message, remedy="Run geointel verify on the snapshot, or build it again.")
