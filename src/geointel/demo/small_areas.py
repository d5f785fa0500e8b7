"""Small areas that tile the districts, and who lives in them: all made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import KDTree

from geointel.demo.plant import LNG_PER_LAT
from geointel.grid import centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.copies import Copy
    from geointel.demo.geography import Geography

PEOPLE_PER_POSTCODE = 26.5
"""Residents for each real postcode of the area, about what a census finds."""
UNEVENNESS = 0.22
"""Standard deviation of the logarithm of the areas' sizes."""
BANDS = ("0_17", "18_24", "25_34", "35_44", "45_54", "55_64", "65_over")
"""Ages, first and last."""
SHARES = (0.205, 0.085, 0.13, 0.125, 0.125, 0.13, 0.20)
EVENNESS = 60
"""The larger, the more alike the areas' ages are."""
DECIMALS = 5


@dataclass(frozen=True)
class SmallAreas:
    """The areas in the order of their numbers.

    Attributes
    ----------
    codes, names
        Texts, as in the street files.
    district
        int64 (n,): number of the district.
    outlines
        Polygons, WGS 84: together each district's outline.
    residents
        int64 (n, bands): people by age band.
    owner
        int64 (points,): the area of each map point.
    tree
        Map points in metres, to find the nearest.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    district: NDArray[np.int64]
    outlines: NDArray[np.object_]
    residents: NDArray[np.int64]
    owner: NDArray[np.int64]
    tree: KDTree


def tile(copy: Copy, metres: NDArray[np.float64], rng: np.random.Generator) -> SmallAreas:
    """The areas of the map points: all land that is nearer to theirs than to another's in the district."""
    points = copy.recording.points
    owner = copy.places.rank[: len(points.lnglat)]
    first = np.unique(owner, return_index=True)[1]
    return SmallAreas(
        codes=tuple(copy.places.area_code[i].as_py() for i in first.tolist()),
        names=tuple(copy.places.area_name[i].as_py() for i in first.tolist()),
        district=points.district[first],
        outlines=_outlines(copy.geography, points.lnglat, points.district, owner),
        residents=_residents(copy.geography, points.district[first], rng),
        owner=owner,
        tree=KDTree(metres),
    )


def _outlines(
    geography: Geography, lnglat: NDArray[np.float64], district: NDArray[np.int64], owner: NDArray[np.int64]
) -> NDArray[np.object_]:
    found = np.full(owner.max() + 1, shapely.Polygon(), dtype=object)
    squeeze = np.array([LNG_PER_LAT, 1.0])
    for number, outline in enumerate(geography.outlines):
        here = np.flatnonzero(district == number)
        places, once = np.unique(lnglat[here] * squeeze, axis=0, return_index=True)
        whole = shapely.transform(outline, lambda xy: xy * squeeze)
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(places), extend_to=whole, ordered=True))
        mine = owner[here[once]]
        for area in np.unique(mine):
            part = shapely.intersection(shapely.coverage_union_all(cells[mine == area]), whole)
            found[area] = _tidy(shapely.transform(part, lambda xy: np.round(xy / squeeze, DECIMALS)))
    return found


def _tidy(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape's polygons, valid."""
    parts = shapely.get_parts(shape if shapely.is_valid(shape) else shapely.make_valid(shape))
    flat = [part for part in parts if shapely.get_dimensions(part) == 2]
    return shapely.orient_polygons(shapely.union_all(flat))


def _residents(geography: Geography, district: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """People by area and age band: those of a district go with its postcodes."""
    sizes = rng.lognormal(sigma=UNEVENNESS, size=len(district))
    middle = centres(geography.cells)
    for number, outline in enumerate(geography.outlines):
        postcodes = geography.postcodes[shapely.contains_xy(outline, middle[:, 0], middle[:, 1])].sum()
        here = district == number
        sizes[here] *= PEOPLE_PER_POSTCODE * postcodes / sizes[here].sum()
    shares = rng.dirichlet(np.array(SHARES) * EVENNESS, size=len(district))
    residents: NDArray[np.int64] = rng.multinomial(np.round(sizes).astype(np.int64), shares)
    return residents
