"""One PMTiles archive per layer: every category, every zoom, written once and never changed.

A tile of the archive is one MVT layer per category, end to end, named by the category. Format:
https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geointel.errors import SnapshotError
from geointel.tiles.columns import CELL, Columns, is_text
from geointel.tiles.cover import tiles_of
from geointel.tiles.geometry import TileGeometry
from geointel.tiles.mvt import encode_layers, prepare
from geointel.tiles.zoom import MAXZOOM, MINZOOM, resolutions_by_zoom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.tiles.columns import Values

_GZIP = 31  # zlib's window bits for a gzip wrapper; its header carries no time and no file name
_LEVEL = 6
_DEGREE = 10_000_000


@dataclass(frozen=True)
class Frame:
    """One resolution of a layer: n cells, and for every category the columns of those cells.

    ``cells`` int64 (n,) ascending; ``categories`` maps the category to its columns by name, each as
    ``columns.Columns.of`` takes them. Every frame of an archive has the same categories.
    """

    cells: NDArray[np.int64]
    categories: Mapping[str, Mapping[str, Values]]


@dataclass(frozen=True)
class _Coded:
    geometry: TileGeometry
    columns: dict[str, Columns]


def write_archive(path: Path, frames: Mapping[int, Frame], *, metadata: Mapping[str, Any]) -> int:
    """Write a PMTiles archive of zooms 5 to 13 and return how many tiles it has.

    Parameters
    ----------
    path
        The file to write; its folder exists.
    frames
        A frame per published resolution. Each zoom shows the one of ``zoom.resolution_for_zoom``,
        as computed, never gathered from finer cells.
    metadata
        What people read: ``name``, ``description``, ``attribution``, and ``fields`` (property to
        its description). Layers, resolutions by zoom and cell counts are added here.

    The same input gives the same bytes. Raises ``SnapshotError`` when there is no cell at all.
    """
    shown = resolutions_by_zoom(frames)
    coded = {resolution: _coded(frames[resolution]) for resolution in sorted(set(shown.values()))}
    if not any(part.geometry.cells.size for part in coded.values()):
        message = f"{path.name}: a layer without cells has no tiles."
        raise SnapshotError(message, remedy="Check the study area and the published resolutions.")
    written = 0
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for zoom, resolution in sorted(shown.items()):
            for number, tile in _tiles(coded[resolution], zoom):
                writer.write_tile(number, compress(tile))
                written += 1
        writer.finalize(_header(coded[max(coded)].geometry), _metadata(frames, shown, metadata))
    return written


def compress(tile: bytes, level: int = _LEVEL) -> bytes:
    """Gzip a tile, to the same bytes every time; ``level`` 1 is quickest, 9 smallest."""
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(tile) + packer.flush()


def _coded(frame: Frame) -> _Coded:
    size = frame.cells.size
    columns = {name: Columns.of(values, size) for name, values in frame.categories.items()}
    return _Coded(TileGeometry.of(frame.cells), columns)


def _tiles(part: _Coded, zoom: int) -> Iterator[tuple[int, bytes]]:
    """Give number and bytes of every tile of a zoom, by number: the archive is clustered."""
    shapes = prepare(part.geometry, tiles_of(part.geometry, zoom))
    layers = [encode_layers(shapes, columns, name=category) for category, columns in part.columns.items()]
    numbers = [zxy_to_tileid(*tile) for tile in shapes.cover.tiles]
    for index in np.argsort(numbers).tolist():
        yield numbers[index], b"".join(layer[index] for layer in layers)


def bounds(geometry: TileGeometry) -> tuple[float, float, float, float]:
    """West, south, east, north of whole cells in degrees, limited to the world."""
    west, north = geometry.low.min(axis=0)
    east, south = geometry.high.max(axis=0)
    lng = np.clip(np.array([west, east]) * 360.0 - 180.0, -180.0, 180.0)
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.clip([south, north], 0.0, 1.0)))))
    return float(lng[0]), float(lat[0]), float(lng[1]), float(lat[1])


def _header(geometry: TileGeometry) -> dict[str, Any]:
    west, south, east, north = (round(degrees * _DEGREE) for degrees in bounds(geometry))
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": MINZOOM,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _metadata(frames: Mapping[int, Frame], shown: Mapping[int, int], given: Mapping[str, Any]) -> dict[str, Any]:
    words = {key: value for key, value in given.items() if key != "fields"}
    described: Mapping[str, str] = given.get("fields", {})
    first = frames[min(frames)]
    layers = [
        {
            "id": category,
            "minzoom": MINZOOM,
            "maxzoom": MAXZOOM,
            "fields": {CELL: "String"}
            | {name: "String" if is_text(values) else "Number" for name, values in columns.items()},
            "descriptions": {name: described[name] for name in (CELL, *columns) if name in described},
        }
        for category, columns in first.categories.items()
    ]
    return {
        **words,
        "type": "overlay",
        "format": "pbf",
        "vector_layers": layers,
        "resolutions": {str(zoom): resolution for zoom, resolution in sorted(shown.items())},
        "cells": {str(resolution): int(frames[resolution].cells.size) for resolution in sorted(frames)},
    }
