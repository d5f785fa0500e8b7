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
from geointel.grid.neighbours import neighbours
from geointel.grid.outline import outline

__all__ = [
    "Rings",
    "boundaries",
    "centres",
    "format_cell",
    "format_cells",
    "latlng_to_cell",
    "neighbours",
    "outline",
    "parents",
    "parse_cell",
    "resolutions",
]
