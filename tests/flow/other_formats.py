"""The demonstration's files in the other formats that a source may come in."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas
import pyarrow.csv
import pyarrow.parquet as pq
import shapely

from ..partner import workbook

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
"""Formats that hold points instead of columns of coordinates."""


def as_gz(content: bytes) -> bytes:
    """The same, compressed."""
    return gzip.compress(content, mtime=0)


def as_zip(content: bytes) -> bytes:
    """An archive of one file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("2025-12/2025-12-inside-street.csv"), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def as_parquet(content: bytes) -> bytes:
    """A table with the types that the columns look like."""
    held = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(io.BytesIO(content)), held)
    return held.getvalue()


def as_xlsx(content: bytes) -> bytes:
    """A workbook of texts."""
    return workbook([line.split(",") for line in content.decode().splitlines()])


def as_points(content: bytes, ending: str) -> bytes:
    """A file of points, without columns of coordinates."""
    table = pyarrow.csv.read_csv(io.BytesIO(content)).to_pydict()
    pairs = zip(table.pop("longitude"), table.pop("latitude"), strict=True)
    points = [None if lng is None else shapely.Point(lng, lat) for lng, lat in pairs]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"points{ending}"
        frame = geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:4326")
        frame.to_file(path, driver=POINTS[ending], engine="pyogrio")
        return path.read_bytes()


def as_pbf(content: bytes) -> bytes:
    """Roads as they are most often passed on."""
    import osmium

    with tempfile.TemporaryDirectory() as folder:
        text, packed = Path(folder) / "roads.osm", Path(folder) / "roads.osm.pbf"
        text.write_bytes(content)
        with osmium.SimpleWriter(packed) as writer:
            for thing in osmium.FileProcessor(text):
                writer.add(thing)
        return packed.read_bytes()


OTHER: dict[str, Callable[[bytes], bytes]] = {
    ".csv.gz": as_gz,
    ".zip": as_zip,
    ".parquet": as_parquet,
    ".xlsx": as_xlsx,
    ".gpkg": partial(as_points, ending=".gpkg"),
    ".geojson": partial(as_points, ending=".geojson"),
    ".osm.pbf": as_pbf,
}
"""Ending → the content of a text file in that format."""
