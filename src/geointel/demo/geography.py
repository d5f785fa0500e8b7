"""The real geography under the made-up records: district outlines, and where postcodes are.

The files are derived from the ONS Postcode Directory by ``scripts/derive_boundaries.py``.
"""

from __future__ import annotations

import csv
import importlib.resources
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from geointel.errors import GeointelError
from geointel.grid import parse_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DISTRICTS = "pan-lancashire-districts.geojson"
SETTLEMENT = "pan-lancashire-settlement.csv"
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2026. "
    "Contains Royal Mail data © Royal Mail copyright and database right 2026."
)
BRITISH_NATIONAL_GRID = 27700
WGS84 = 4326


@dataclass(frozen=True)
class Geography:
    """District outlines (WGS 84) and postcodes by H3 cell.

    ``codes``, ``names`` and ``outlines`` are parallel; so are ``cells`` int64 and ``postcodes`` int64.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    outlines: NDArray[np.object_]
    cells: NDArray[np.int64]
    postcodes: NDArray[np.int64]


def load(districts: Sequence[str] | None = None) -> Geography:
    """The districts of Pan-Lancashire, or some of them. The cells are those of all 14."""
    features = [
        feature
        for feature in json.loads(committed(DISTRICTS))["features"]
        if districts is None or feature["properties"]["code"] in districts
    ]
    rows = list(csv.DictReader(io.StringIO(committed(SETTLEMENT))))
    return Geography(
        codes=tuple(feature["properties"]["code"] for feature in features),
        names=tuple(feature["properties"]["name"] for feature in features),
        outlines=np.array([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]),
        cells=np.array([parse_cell(row["cell"]) for row in rows], dtype=np.int64),
        postcodes=np.array([row["postcodes"] for row in rows], dtype=np.int64),
    )


def committed(name: str) -> str:
    """Text of a boundary file: from the installed package, or from the checkout it runs in."""
    packaged = importlib.resources.files("geointel.demo") / name
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    checkout = Path(__file__).parents[3] / "data" / "boundaries" / name
    if checkout.is_file():
        return checkout.read_text(encoding="utf-8")
    message = f"The demonstration's boundary file {name} is missing from the installation."
    raise GeointelError(message, remedy="Install geointel again.")


def move(geography: Geography, place: tuple[float, float], number: int) -> Geography:
    """The same districts elsewhere, with codes and names of their own: a numbered copy."""
    return replace(
        geography,
        codes=tuple(f"C{number:02d}-{code}" for code in geography.codes),
        names=tuple(f"Copy {number:02d} {name}" for name in geography.names),
        outlines=shapely.transform(geography.outlines, lambda lnglat: np.round(moved(lnglat, place), 5)),
    )


def moved(lnglat: NDArray[np.float64], place: tuple[float, float]) -> NDArray[np.float64]:
    """Degrees (n, 2), moved east and north by metres of the British National Grid."""
    if place == (0.0, 0.0):
        return lnglat
    to_metres = pyproj.Transformer.from_crs(WGS84, BRITISH_NATIONAL_GRID, always_xy=True)
    easting, northing = to_metres.transform(*lnglat.T)
    to_degrees = pyproj.Transformer.from_crs(BRITISH_NATIONAL_GRID, WGS84, always_xy=True)
    return np.column_stack(to_degrees.transform(easting + place[0], northing + place[1]))


def to_geojson(geographies: Sequence[Geography]) -> str:
    """RFC 7946 text with the properties ``code`` and ``name``, one feature a line."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"code": code, "name": name},
                "geometry": json.loads(shapely.to_geojson(outline)),
            },
            separators=(",", ":"),
        )
        for geography in geographies
        for code, name, outline in zip(geography.codes, geography.names, geography.outlines, strict=True)
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
