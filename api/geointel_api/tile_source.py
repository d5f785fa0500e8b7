"""Where a tile's bytes come from: the layer's archive, else the encoder."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import pyarrow as pa

from geointel.errors import SnapshotNotFoundError
from geointel.tiles import Columns, Tile, Words, category_layer, compress, encode_tile
from geointel.tiles.tilejson import tile_properties
from geointel_api.columns import coded, numbers

if TYPE_CHECKING:
    from geointel.tiles import Values
    from geointel_api.view import View

KEPT = 16


class TileSource:
    """Encodes tiles and keeps the coded columns of the views that were used last."""

    def __init__(self) -> None:
        self._columns: OrderedDict[tuple[object, ...], Columns] = OrderedDict()

    def packed(self, view: View, snapshot: str, tile: tuple[int, int, int]) -> bytes:
        """Gzipped MVT of one tile, empty where there is no cell."""
        plain = archived(view, tile)
        if plain is None:
            plain = self.encoded(view, snapshot, tile)
        return compress(plain) if plain else b""

    def encoded(self, view: View, snapshot: str, tile: tuple[int, int, int]) -> bytes:
        """The tile as the encoder writes it, not packed; empty where there is no cell."""
        geometry = view.edition.geometry(view.resolution, view.cells())
        return encode_tile(geometry, Tile(*tile), self._coded(view, snapshot), name=view.category)

    def _coded(self, view: View, snapshot: str) -> Columns:
        key = (snapshot, view.edition.name, *view.address.values())
        if key not in self._columns:
            values = properties_of(view)
            self._columns[key] = Columns.of(values, view.rows().num_rows)
            if len(self._columns) > KEPT:
                self._columns.popitem(last=False)
        self._columns.move_to_end(key)
        return self._columns[key]


def archived(view: View, tile: tuple[int, int, int]) -> bytes | None:
    """The tile as the archive has it (empty where it has none), or ``None`` for a view that is not archived."""
    try:
        archive = view.edition.archive(view.layer)
    except SnapshotNotFoundError:
        return None
    window = archive.metadata.get("window", view.spec["default"]["window"])
    if window != view.window or view.category not in {entry["id"] for entry in archive.metadata["vector_layers"]}:
        return None
    stored = archive.raw(*tile)
    return b"" if stored is None else category_layer(stored, view.category)


def properties_of(view: View) -> dict[str, Values]:
    """Columns of a view's features as the encoder takes them."""
    table = view.rows()
    return {name: _values(table[name]) for name in tile_properties(view.spec) if name in table.column_names}


def _values(column: pa.ChunkedArray) -> Values:
    return Words(*coded(column)) if pa.types.is_dictionary(column.type) else numbers(column)
