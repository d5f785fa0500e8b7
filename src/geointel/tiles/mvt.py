"""Mapbox Vector Tiles 2.1 of whole hexagons, a zoom at a time and without a loop over features.

Three stages, so that the categories of a layer share the costly first two:

1. ``tiles_of`` (or ``cover_of`` for one tile) says which cells are in which tiles;
2. ``prepare`` quantises and encodes their outlines;
3. ``encode_layers`` adds the properties of one category and gives the layer of every tile.

A layer is a complete MVT tile by itself; tiles with several layers are the layers end to end.
Cells are never clipped, so a cell has the same shape in every tile of a zoom, and neighbours share
their edge exactly. Specification: https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.tiles.columns import CELL, Columns, Values, cell_entries
from geointel.tiles.cover import Cover, Tile, cover_of
from geointel.tiles.ids import compact_ids
from geointel.tiles.quantise import quantise
from geointel.tiles.ragged import Ragged, join, pieces, sizes, take, varints, weave, zigzag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.tiles.geometry import TileGeometry

_SPARSE = 64
"""Above so many possible keys for each one in use, sorting is quicker than a table."""

_MOVE_TO, _CLOSE = 9, 15
_LAYER, _KEY, _FEATURE, _NAME = b"\x1a", b"\x1a", b"\x12", b"\x0a"
_VERSION_2, _EXTENT = b"\x78\x02", b"\x28\x80\x20"
_ID, _TAGS, _POLYGON_GEOMETRY = b"\x08", b"\x12", b"\x18\x03\x22"


@dataclass(frozen=True)
class Shapes:
    """The outlines of a cover, encoded: everything of its features except the properties.

    ``bodies`` has id, type and geometry of every feature, ``cells`` the value of its ``cell`` property.
    """

    cover: Cover
    bodies: Ragged
    cells: Ragged


def prepare(geometry: TileGeometry, cover: Cover) -> Shapes:
    """Quantise and encode the outlines of a cover, once for all categories.

    Raises ``GridError`` for cells of resolution 15, which have no feature id.
    """
    offsets, xy = quantise(geometry, cover)
    ids = varints(compact_ids(geometry.cells[cover.rows]))
    outlines = _commands(offsets, xy)
    bodies = weave(cover.rows.size, _ID, ids, _POLYGON_GEOMETRY, sizes(outlines), outlines)
    return Shapes(cover, bodies, cell_entries(geometry.cells[cover.rows]))


def prepare_tile(geometry: TileGeometry, tile: Tile) -> Shapes:
    """``prepare`` for one tile."""
    return prepare(geometry, cover_of(geometry, tile))


def encode_layers(shapes: Shapes, columns: Columns, *, name: str) -> list[bytes]:
    """Encode the layer ``name`` of every tile of a cover, in the cover's order.

    ``columns`` are those of the geometry's cells, coded by ``Columns.of``. Features are in the
    cells' order; each has the compact id, ``cell`` and those properties that are not null.
    """
    cover = shapes.cover
    tags, values = _tags(cover, columns)
    tag_sizes = sizes(tags)
    inner = shapes.bodies.lengths + len(_TAGS) + tag_sizes.lengths + tags.lengths
    lengths = varints(inner.view(np.uint64))
    features = weave(cover.rows.size, _FEATURE, lengths, shapes.bodies, _TAGS, tag_sizes, tags)
    text = name.encode()
    head = _VERSION_2 + _NAME + _varint(len(text)) + text + _EXTENT + _keys((CELL, *columns.names))
    strings = (join(features, cover.counts), join(shapes.cells, cover.counts), values)
    parts = [pieces(string) for string in strings]
    bodies = [head + b"".join(part) for part in zip(*parts, strict=True)]
    return [_LAYER + _varint(len(body)) + body for body in bodies]


def encode_tile(geometry: TileGeometry, tile: Tile, columns: Columns | Mapping[str, Values], *, name: str) -> bytes:
    """One tile with one layer, not compressed; empty where there is nothing."""
    coded = columns if isinstance(columns, Columns) else Columns.of(columns, geometry.cells.size)
    layers = encode_layers(prepare_tile(geometry, Tile(*tile)), coded, name=name)
    return layers[0] if layers else b""


def _commands(offsets: NDArray[np.int64], xy: NDArray[np.int64]) -> Ragged:
    """Geometry of every ring: move to the first point, lines to the others, close."""
    starts, lengths = offsets[:-1], np.diff(offsets)
    steps = np.diff(xy, axis=0, prepend=0)
    steps[starts] = xy[starts]
    steps = zigzag(steps)
    counts = 2 * lengths + 3
    ends = np.cumsum(counts)
    heads = ends - counts
    tokens = np.empty(int(ends[-1]) if ends.size else 0, dtype=np.uint64)
    tokens[heads] = _MOVE_TO
    tokens[heads + 3] = ((lengths - 1) << 3) | 2
    tokens[ends - 1] = _CLOSE
    place = np.arange(len(xy)) - np.repeat(starts, lengths)
    at = np.repeat(heads, lengths) + 1 + 2 * place + (place > 0)
    tokens[at] = steps[:, 0]
    tokens[at + 1] = steps[:, 1]
    return join(varints(tokens), counts)


def _tags(cover: Cover, columns: Columns) -> tuple[Ragged, Ragged]:
    """Tags of every feature, and for every tile the values that they point at, those of ``cell`` left out.

    In a tile the values of ``cell`` come first, one for each feature, then the distinct values of
    each property in turn.
    """
    tiles = np.arange(cover.counts.size)
    tile = np.repeat(tiles, cover.counts)
    codes = columns.codes[cover.rows]
    present = codes >= 0
    properties = present.sum(axis=1)
    size = max(1, columns.entries.lengths.size)
    keys = (codes + tile[:, None] * size)[present]
    distinct, place = _distinct(keys, tiles.size * size)
    counts = np.bincount(distinct // size, minlength=tiles.size)
    before = np.cumsum(counts) - counts  # values of earlier tiles
    tokens = np.empty((cover.rows.size, 1 + len(columns.names), 2), dtype=np.uint64)
    tokens[:, :, 0] = np.arange(1 + len(columns.names))
    tokens[:, 0, 1] = np.arange(cover.rows.size) - (np.cumsum(cover.counts) - cover.counts)[tile]
    tokens[:, 1:, 1][present] = place + np.repeat((cover.counts - before)[tile], properties)
    kept = np.concatenate((np.ones((cover.rows.size, 1), dtype=np.bool_), present), axis=1)
    tags = join(varints(tokens[kept].reshape(-1)), 2 * (1 + properties))
    return tags, join(take(columns.entries, distinct % size), counts)


def _distinct(keys: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ascending distinct keys, and the place of each key among them; keys are below ``limit``."""
    if limit > _SPARSE * keys.size:
        return np.unique(keys, return_inverse=True)
    seen = np.zeros(limit, dtype=np.bool_)
    seen[keys] = True
    distinct = np.flatnonzero(seen)
    place = np.empty(limit, dtype=np.int64)
    place[distinct] = np.arange(distinct.size)
    return distinct, place[keys]


def _keys(names: tuple[str, ...]) -> bytes:
    texts = [name.encode() for name in names]
    return b"".join(_KEY + _varint(len(text)) + text for text in texts)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
