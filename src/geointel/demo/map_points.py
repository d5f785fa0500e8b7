"""Map points: where records are snapped to, how many each draws, and what the files call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geointel.demo.geography import moved
from geointel.demo.mix import CATEGORIES, SPECIAL_POINTS, STREETS
from geointel.grid import boundaries, centres, latlng_to_cell, parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.geography import Geography

CROWDING = 0.8
"""Map points per cell go with postcodes to this power: a denser street still has one point."""
CENTRALITY = 0.3
"""Records per map point go with the postcodes of its cell to this power."""
UNEVENNESS = 1.1
"""Standard deviation of the logarithm of a map point's pull."""
HOTSPOT_RESOLUTION = 8
LEAF_RESOLUTION = 9
"""Records are indexed here; a coarser cell is the parent, which near its border is not the cell of the point."""
SORTING_RESOLUTION = 10
POINTS_PER_AREA = 21
"""Map points in one small area (LSOA)."""
AREAS_PER_GROUP = 5
"""Small areas in one group (MSOA)."""
OUTSIDE_POINTS = 40
OUTSIDE_WIDTH = 0.04
"""Points outside the area stand within this of its bounding box, degrees."""
FAR_OUTSIDE = (2.5, 56.2)
"""A point in the North Sea: one row must not stretch a map."""
TRIES = 4
"""Points drawn for each one wanted: in a cell on the coast some fall into the sea."""
CELL_WIDTH = 0.01
"""More than the radius of a cell, degrees."""
DECIMALS = 6
HERE = (0.0, 0.0)


@dataclass(frozen=True)
class MapPoints:
    """Points of one copy of the area, in the order of their small areas.

    Attributes
    ----------
    lnglat
        float64 (n, 2), degrees rounded to 6 decimals.
    cell
        int64 (n,), H3 cell at resolution 8: the parent of the leaf.
    district
        Number of the district, (n,).
    special
        Number of the special kind, or −1 for a street, (n,).
    street
        Number of the street's name, (n,).
    weights
        float64 (categories, n): each point's share of a category; rows sum to 1.
    outside
        float64 (m, 2): points outside the area.
    """

    lnglat: NDArray[np.float64]
    cell: NDArray[np.int64]
    district: NDArray[np.int64]
    special: NDArray[np.int64]
    street: NDArray[np.int64]
    weights: NDArray[np.float64]
    outside: NDArray[np.float64]


def draw(geography: Geography, rng: np.random.Generator, *, count: int, place: tuple[float, float] = HERE) -> MapPoints:
    """About ``count`` map points, dense where postcodes are, moved by ``place`` metres at the end."""
    lnglat, postcodes, district = _scatter(geography, rng, count)
    fine = latlng_to_cell(lnglat[:, 1], lnglat[:, 0], SORTING_RESOLUTION)
    order = np.lexsort((fine, district))
    lnglat = np.round(moved(lnglat[order], place), DECIMALS)
    special, weights = _weights(postcodes[order], rng)
    outside = np.round(moved(_outside(geography, rng), place), DECIMALS)
    return MapPoints(
        lnglat=lnglat,
        cell=parents(latlng_to_cell(lnglat[:, 1], lnglat[:, 0], LEAF_RESOLUTION), HOTSPOT_RESOLUTION),
        district=district[order],
        special=special,
        street=rng.integers(len(STREETS), size=len(order)),
        weights=weights,
        outside=np.vstack([outside, [FAR_OUTSIDE]]),
    )


def _scatter(
    geography: Geography, rng: np.random.Generator, count: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points at random in the inhabited cells, the postcodes of their cell, and their district."""
    middle = centres(geography.cells)
    near = shapely.dwithin(shapely.points(middle), shapely.union_all(geography.outlines), CELL_WIDTH)
    share = geography.postcodes**CROWDING * near
    wanted = rng.multinomial(count, share / share.sum())
    number = np.repeat(np.arange(len(wanted)), TRIES * wanted)
    lnglat = _within(geography.cells, number, rng)
    district = _district(geography, lnglat)
    usable = np.flatnonzero(district >= 0)
    first = np.searchsorted(number[usable], number[usable])
    keep = usable[np.arange(len(usable)) - first < wanted[number[usable]]]
    return lnglat[keep], geography.postcodes[number[keep]], district[keep]


def _within(cells: NDArray[np.int64], number: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A random point in each of the numbered cells: in one of the triangles around its centre."""
    rings, middle = boundaries(cells), centres(cells)
    first, length = rings.offsets[number], rings.lengths[number]
    corner = rng.integers(length)
    a, b = rng.random((2, len(number), 1))
    beyond = a + b > 1  # fold the parallelogram onto its triangle
    a, b = np.where(beyond, 1 - a, a), np.where(beyond, 1 - b, b)
    start = middle[number]
    to_this = rings.lnglat[first + corner] - start
    to_next = rings.lnglat[first + (corner + 1) % length] - start
    points: NDArray[np.float64] = start + a * to_this + b * to_next
    return points


def _district(geography: Geography, lnglat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the district that each point stands in, −1 for none."""
    found = np.full(len(lnglat), -1, dtype=np.int64)
    for number, outline in enumerate(geography.outlines):
        shapely.prepare(outline)
        found[shapely.contains_xy(outline, lnglat[:, 0], lnglat[:, 1])] = number
    return found


def _weights(postcodes: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    n = len(postcodes)
    shares = np.array([kind.share for kind in SPECIAL_POINTS])
    special = rng.choice(len(shares) + 1, size=n, p=np.append(shares, 1 - shares.sum()))
    special[special == len(shares)] = -1
    pull = np.append([kind.pull for kind in SPECIAL_POINTS], 1.0)[special]
    pull = pull * postcodes**CENTRALITY * rng.lognormal(sigma=UNEVENNESS, size=n)
    weights = np.empty((len(CATEGORIES), n))
    for i, category in enumerate(CATEGORIES):
        affinity = np.append([kind.affinity.get(category.slug, 1.0) for kind in SPECIAL_POINTS], 1.0)[special]
        weights[i] = pull * affinity * rng.gamma(category.spread, size=n)
    return special, weights / weights.sum(axis=1, keepdims=True)


def _outside(geography: Geography, rng: np.random.Generator) -> NDArray[np.float64]:
    west, south, east, north = shapely.total_bounds(geography.outlines)
    low = (west - OUTSIDE_WIDTH, south - OUTSIDE_WIDTH)
    high = (east + OUTSIDE_WIDTH, north + OUTSIDE_WIDTH)
    drawn = rng.uniform(low, high, size=(8 * OUTSIDE_POINTS, 2))
    # A leaf cell that touches the area is in it, so stay well clear of the border.
    near = shapely.dwithin(shapely.points(drawn), shapely.union_all(geography.outlines), OUTSIDE_WIDTH / 4)
    outside: NDArray[np.float64] = drawn[~near][:OUTSIDE_POINTS]
    return outside
