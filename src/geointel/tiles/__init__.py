"""Map tiles of H3 cells: encode, archive, describe, draw.

Import-light on purpose: the web process needs numpy, h3, pmtiles and pyarrow for tiles.
"""

from geointel.tiles.archive import Frame, bounds, compress, write_archive
from geointel.tiles.columns import Columns, Values, Words, columns_from_table
from geointel.tiles.cover import Cover, Tile, cover_of, tiles_of
from geointel.tiles.geometry import TileGeometry
from geointel.tiles.ids import cells_of_ids, compact_ids
from geointel.tiles.layers import category_layer, layer_names
from geointel.tiles.mvt import Shapes, encode_layers, encode_tile, prepare, prepare_tile
from geointel.tiles.reader import TileArchive
from geointel.tiles.zoom import MAXZOOM, MINZOOM, resolution_for_zoom, resolutions_by_zoom

__all__ = [
    "MAXZOOM",
    "MINZOOM",
    "Columns",
    "Cover",
    "Frame",
    "Shapes",
    "Tile",
    "TileArchive",
    "TileGeometry",
    "Values",
    "Words",
    "bounds",
    "category_layer",
    "cells_of_ids",
    "columns_from_table",
    "compact_ids",
    "compress",
    "cover_of",
    "encode_layers",
    "encode_tile",
    "layer_names",
    "prepare",
    "prepare_tile",
    "resolution_for_zoom",
    "resolutions_by_zoom",
    "tiles_of",
    "write_archive",
]
