"""Totals of areas to leaf cells, conserved: an area's total goes to leaves of its own district alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geointel.errors import SchemaError
from geointel.grid.boundary import centres
from geointel.grid.cells import latlng_to_cell
from geointel.grid.cover import cell_polygons
from geointel.ingest.areas import NOWHERE, read_polygons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geointel.ingest.areas import StudyArea
    from geointel.sources.base import Outlines


FEWEST = 1 / 3
"""Of the postcodes that so many people usually have: where fewer are known, most of an area is beyond what the files know."""


@dataclass(frozen=True)
class Areas:
    """Areas with outlines (WGS 84), sorted by code.

    ``district`` is the position of the area of the first level that each belongs to, or −1 outside.
    """

    codes: tuple[str, ...]
    outlines: NDArray[np.object_]
    district: NDArray[np.int32]


@dataclass(frozen=True)
class Weights:
    """How each area's total is spread: ``area`` and ``leaf`` are positions, the shares of an area add up to 1.

    ``by_surface`` has the positions of areas that were spread evenly, since no or too few of their addresses are known.
    """

    area: NDArray[np.int64]
    leaf: NDArray[np.int64]
    share: NDArray[np.float64]
    by_surface: NDArray[np.int64]


def read_areas(
    outlines: Sequence[Outlines], root: Path, study: StudyArea, *, district_of: Mapping[str, str | None]
) -> Areas:
    """Outlines of every file, each with its district.

    ``district_of`` gives a code's district where a lookup knows it (None: another area's); any other belongs
    where most of its surface lies. Without files the areas are those of the study area's first level. Raises
    ``SchemaError``.
    """
    level = study.levels[0]
    if not outlines:
        return Areas(level.codes, level.outlines, np.arange(len(level.codes), dtype=np.int32))
    found: dict[str, BaseGeometry] = {}
    for one in outlines:
        found |= _read(one, root / one.file)
    codes = tuple(sorted(found))
    shapes = np.array([found[code] for code in codes], dtype=object)
    place = {code: number for number, code in enumerate(level.codes)}
    district = _by_surface(shapes, level.outlines)
    for number, code in enumerate(codes):
        if code in district_of:
            district[number] = place.get(district_of[code] or "", NOWHERE)
    return Areas(codes, shapes, district)


def _read(one: Outlines, path: Path) -> dict[str, BaseGeometry]:
    frame = read_polygons(path)
    if one.code not in frame.columns:
        have = ", ".join(str(name) for name in frame.columns if name != "geometry")
        message = f"there is no property {one.code!r}; the file has {have}."
        raise SchemaError(message, file=path, remedy="Correct `outlines` of the source.")
    frame = frame[frame[one.code].notna()]
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    parts: dict[str, list[BaseGeometry]] = {}
    for code, shape in zip(frame[one.code].astype(str), shapes, strict=True):
        parts.setdefault(code, []).append(shape)
    return {code: several[0] if len(several) == 1 else shapely.union_all(several) for code, several in parts.items()}


def _by_surface(shapes: NDArray[np.object_], districts: NDArray[np.object_]) -> NDArray[np.int32]:
    """District with the largest part of each area; −1 where more of it lies outside than in that part."""
    area, other = shapely.STRtree(districts).query(shapes, predicate="intersects")
    overlap = np.zeros((len(shapes), len(districts)))
    overlap[area, other] = shapely.area(shapely.intersection(shapes[area], districts[other]))
    best: NDArray[np.int32] = overlap.argmax(axis=1).astype(np.int32)
    outside = shapely.area(shapes) - overlap.sum(axis=1)
    largest = overlap.max(axis=1)
    best[(largest == 0) | (outside > largest)] = NOWHERE
    return best


def weigh(
    areas: Areas,
    study: StudyArea,
    *,
    points: Sequence[NDArray[np.float64]] = (),
    people: NDArray[np.float64] | None = None,
) -> Weights:
    """Shares of every area of the study area in its leaves.

    Each of ``points`` is a set of addresses (longitude and latitude, shape ``(n, 2)``), the surest first: an area is
    spread by how many addresses of the first set lie in each leaf that has enough of them for its ``people``
    (``FEWEST`` of what is usual; every area alike where people are not given), and by surface where none has. An area
    that no leaf of its district touches goes to the nearest of them.
    """
    surface = _overlaps(areas, study)
    found, bare = surface, np.ones(len(areas.codes), dtype=bool)
    for addresses in reversed(points):
        counted = _counts(areas, study, addresses)
        known = np.bincount(counted[0], weights=counted[2], minlength=len(areas.codes)).astype(np.float64)
        enough = _enough(known, people)
        found = _joined(_only(counted, enough), _only(found, ~enough))
        bare &= ~enough
    area, leaf, weight = found
    missing = np.setdiff1d(np.flatnonzero(areas.district != NOWHERE), area)
    near = _nearest(areas, study, missing)
    area, leaf = np.concatenate([area, missing]), np.concatenate([leaf, near])
    weight = np.concatenate([weight, np.ones(len(missing))])
    total = np.bincount(area, weights=weight, minlength=len(areas.codes))
    even = np.intersect1d(np.flatnonzero(bare), surface[0])
    return Weights(area, leaf, weight / total[area], even)


def _enough(addresses: NDArray[np.float64], people: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Which areas have at least ``FEWEST`` of the addresses that are usual for their people."""
    size = np.ones(len(addresses)) if people is None else np.nan_to_num(people)
    known = (addresses > 0) & (size > 0)
    if not known.any():
        return addresses > 0
    usual = float(np.median(addresses[known] / size[known]))
    enough: NDArray[np.bool_] = (addresses > 0) & (addresses >= FEWEST * usual * size)
    return enough


_Triples = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]


def _overlaps(areas: Areas, study: StudyArea) -> _Triples:
    """Area, leaf of the same district, and the surface they share, where it is not 0.

    In degrees: within one area the scale is the same, so it does not change the shares.
    """
    polygons = cell_polygons(study.leaves)
    area, leaf = shapely.STRtree(polygons).query(areas.outlines, predicate="intersects")
    same = (areas.district[area] != NOWHERE) & (areas.district[area] == study.levels[0].of_leaf[leaf])
    area, leaf = area[same].astype(np.int64), leaf[same].astype(np.int64)
    surface = shapely.area(shapely.intersection(areas.outlines[area], polygons[leaf]))
    some = surface > 0
    return area[some], leaf[some], surface[some]


def _counts(areas: Areas, study: StudyArea, points: NDArray[np.float64]) -> _Triples:
    """Area, leaf of the same district, and how many points lie in both."""
    point, area = shapely.STRtree(areas.outlines).query(shapely.points(points), predicate="intersects")
    cells = latlng_to_cell(points[point, 1], points[point, 0], study.leaf)
    leaf = np.minimum(np.searchsorted(study.leaves, cells), len(study.leaves) - 1)
    same = (study.leaves[leaf] == cells) & (areas.district[area] != NOWHERE)
    same &= areas.district[area] == study.levels[0].of_leaf[leaf]
    pair, n = np.unique(np.stack([area[same], leaf[same]]), axis=1, return_counts=True)
    return pair[0], pair[1], n.astype(np.float64)


def _only(triples: _Triples, chosen: NDArray[np.bool_]) -> _Triples:
    """Those of the chosen areas."""
    area, leaf, weight = triples
    own = chosen[area]
    return area[own], leaf[own], weight[own]


def _joined(one: _Triples, other: _Triples) -> _Triples:
    area, leaf, weight = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    return area, leaf, weight


def _nearest(areas: Areas, study: StudyArea, missing: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leaf of the same district nearest to the middle of each area; of any district where its own has no leaf."""
    found = np.zeros(len(missing), dtype=np.int64)
    of_leaf = study.levels[0].of_leaf
    for district in np.unique(areas.district[missing]):
        leaves = np.flatnonzero(of_leaf == district)
        if not len(leaves):
            leaves = np.arange(len(of_leaf))
        which = np.flatnonzero(areas.district[missing] == district)
        middle = shapely.point_on_surface(areas.outlines[missing[which]])
        tree = shapely.STRtree([shapely.Point(point) for point in centres(study.leaves[leaves])])
        found[which] = leaves[tree.nearest(middle)]
    return found
