"""Rows of a snapshot as geodata frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geointel import content
from geointel.grid import boundaries, format_cells
from geointel.notebook.words import attribution, marking

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.notebook.view import View
    from geointel.snapshot import Edition

WGS84 = "EPSG:4326"


def cell_frame(view: View) -> gpd.GeoDataFrame:
    """One row a study cell: the layer's columns, ``place``, ``district``, outline."""
    rows = view.rows()
    cells = rows["cell"].to_numpy()
    frame = rows.to_pandas()
    for name, column in zip(rows.column_names, rows.itercolumns(), strict=True):
        if pa.types.is_dictionary(column.type):
            frame[name] = column.cast(pa.string()).to_pandas()
    frame["cell"] = format_cells(cells)
    frame["place"], frame["district"] = place_names(view.edition, rows["cell"])
    found = gpd.GeoDataFrame(frame, geometry=cell_polygons(cells), crs=WGS84)
    found.attrs = {
        "title": view.heading,
        "snapshot": view.edition.snapshot,
        "edition": view.edition.name,
        **marking(view.edition),
        "attribution": attribution(view.edition),
        "caveats": tuple(content.caveat(name).short for name in view.spec["caveats"]),
    }
    return found


def area_frame(edition: Edition, level: str | None) -> gpd.GeoDataFrame:
    """Outlines of the areas of one level, or of all."""
    rows = edition.areas()
    if level is not None:
        rows = rows.filter(pc.equal(rows["level"].cast(pa.string()), level))
    columns = {name: rows[name].cast(pa.string()).to_pandas() for name in ("level", "code", "name")}
    return gpd.GeoDataFrame(columns, geometry=shapely.from_wkb(rows["geometry"].to_numpy()), crs=WGS84)


def place_names(edition: Edition, cells: pa.ChunkedArray) -> tuple[list[str], list[str]]:
    """Name and district of each cell, as far as the edition names them."""
    places = edition.places()
    position = pc.index_in(cells, value_set=places["cell"].combine_chunks())
    names = [
        places[column].cast(pa.string()).take(position).fill_null("").to_pylist() for column in ("name", "district")
    ]
    return names[0], names[1]


def cell_polygons(cells: NDArray[np.int64]) -> NDArray[np.object_]:
    """Outline of each cell, shape ``(n,)``, longitude and latitude in degrees."""
    rings = boundaries(cells)
    owner = np.repeat(np.arange(len(cells)), rings.lengths)
    return np.asarray(shapely.polygons(shapely.linearrings(rings.lnglat, indices=owner)), dtype=np.object_)
