"""H3 verbs on arrays. A cell is a signed ``int64``; a string only at a web door."""

from geointel.grid.boundary import Rings, boundaries, centres
from geointel.grid.cells import (
    format_cell,
    format_cells,
    latlng_to_cell,
    parents,
    parse_cell,
    resolutions,
)
from geointel.grid.neighbours import around, neighbours
from geointel.grid.outline import outline
from geointel.grid.plane import middle, on_plane, spacing

__all__ = [
    "Rings",
    "around",
    "boundaries",
    "centres",
    "format_cell",
    "format_cells",
    "latlng_to_cell",
    "middle",
    "neighbours",
    "on_plane",
    "outline",
    "parents",
    "parse_cell",
    "resolutions",
    "spacing",
]
