"""Boundaries to the study area: which leaves are in it, and which area each belongs to.

A leaf that touches the study area is in it; it belongs to the area with which it overlaps most
(tie: lowest code). Every geography is then a union of leaves, so everything adds up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS

from geointel.errors import SchemaError
from geointel.grid.cells import parents
from geointel.grid.cover import shares, touching_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

WGS84 = CRS.from_epsg(4326)
TOPOJSON = "TopoJSON"
"""Name that GDAL has for the format."""
NOWHERE = -1


@dataclass(frozen=True)
class LevelChoice:
    """What a partnership says of an area level: a file with its properties, or groups of another level."""

    id: str
    title: str
    file: str | None = None
    code: str | None = None
    name: str | None = None
    only: tuple[str, ...] | None = None
    members_of: str | None = None
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Level:
    """One geography over the study area.

    ``codes``, ``names`` and ``outlines`` (shapely, WGS 84) are parallel and sorted by code.
    ``of_leaf`` gives, for every study leaf, the position of its area, or −1 for none.
    """

    id: str
    title: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    outlines: NDArray[np.object_]
    of_leaf: NDArray[np.int32]


@dataclass(frozen=True)
class StudyArea:
    """The declared study area: its leaves, sorted, and its levels, the first one defining it.

    ``beyond`` are cells outside it, sorted, by resolution: their records count in neighbour sums (``ingest.edge``).
    """

    leaf: int
    leaves: NDArray[np.int64]
    levels: tuple[Level, ...]
    beyond: Mapping[int, NDArray[np.int64]] = field(default_factory=dict)

    def cells(self, resolution: int) -> NDArray[np.int64]:
        """Study cells of a resolution, sorted: the parents of the study leaves."""
        return np.unique(parents(self.leaves, resolution))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the first level, in degrees."""
        west, south, east, north = shapely.total_bounds(self.levels[0].outlines).tolist()
        return west, south, east, north

    def membership(self) -> pa.Table:
        """Which area each study leaf belongs to, at every level: ``cell, level, code``."""
        parts = []
        for level in self.levels:
            inside = level.of_leaf != NOWHERE
            codes = pa.array(level.codes, pa.string()).take(pa.array(level.of_leaf[inside]))
            words = pa.array([level.id] * len(codes), pa.string())
            parts.append(pa.table({"cell": self.leaves[inside], "level": words, "code": codes}))
        return pa.concat_tables(parts)

    def area_of_cells(self, level: Level, resolution: int) -> NDArray[np.int32]:
        """Area with the most leaves in each study cell (tie: lowest code); −1 for none."""
        cells = parents(self.leaves, resolution)
        study, position = np.unique(cells, return_inverse=True)
        inside = level.of_leaf != NOWHERE
        votes = np.zeros((len(study), len(level.codes)), dtype=np.int32)
        np.add.at(votes, (position[inside], level.of_leaf[inside]), 1)
        best: NDArray[np.int32] = votes.argmax(axis=1).astype(np.int32)
        best[votes.sum(axis=1) == 0] = NOWHERE
        return best


def read_study_area(choices: Sequence[LevelChoice], root: Path, leaf: int) -> StudyArea:
    """Read every level's boundary and assign the leaves. Raises ``SchemaError`` for a bad file."""
    first = _outlines(choices[0], root)
    touched = {code: touching_cells(area, leaf) for code, _, area in first}
    leaves = np.unique(np.concatenate(list(touched.values())))
    levels: list[Level] = []
    for choice in choices:
        if choice.members_of is not None:
            whole = next(level for level in levels if level.id == choice.members_of)
            levels.append(_grouped(choice, whole))
        else:
            outlines = first if choice is choices[0] else _outlines(choice, root)
            levels.append(_assigned(choice, outlines, leaves, leaf))
    return StudyArea(leaf=leaf, leaves=leaves, levels=tuple(levels))


Outline = tuple[str, str, shapely.geometry.base.BaseGeometry]


def _outlines(choice: LevelChoice, root: Path) -> list[Outline]:
    """Code, name and repaired WGS 84 outline of every area, dissolved by code, sorted."""
    path = root / str(choice.file)
    frame = read_polygons(path)
    for column in (choice.code, choice.name):
        if column not in frame.columns:
            have = ", ".join(str(name) for name in frame.columns if name != "geometry")
            message = f"there is no property {column!r}; the file has {have}."
            raise SchemaError(message, file=path, remedy="Correct `code` and `name` of the area level.")
    if choice.only is None and bool(frame[choice.code].isna().any()):
        raise SchemaError(
            f"an area has no {choice.code!r}.", file=path, remedy="Give it a code, or name codes in `only`."
        )
    found: list[Outline] = []
    for code, rows in frame.groupby(frame[choice.code].astype(str), sort=True):
        if choice.only is not None and str(code) not in choice.only:
            continue
        area = shapely.union_all(shapely.make_valid(rows.geometry.to_numpy()))
        found.append((str(code), str(rows[choice.name].iloc[0]), area))
    if not found:
        raise SchemaError("it holds no area that the level asks for.", file=path, remedy="Correct `only` or `file`.")
    return found


def read_polygons(path: Path) -> gpd.GeoDataFrame:
    """The polygons of any OGR file, ``.gz`` too, in WGS 84. Raises ``SchemaError``."""
    where = f"/vsigzip/{path.resolve()}" if path.suffix == ".gz" else str(path)
    try:
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(where)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, UnicodeDecodeError) as error:
        message = f"the boundary cannot be read ({str(error).splitlines()[0]})."
        raise SchemaError(message, file=path, remedy="Give a file that GDAL reads: GeoJSON, GeoPackage …") from error
    polygons = "geometry" in frame.columns and frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if frame.empty or "geometry" not in frame.columns or not bool(np.any(polygons)):
        raise SchemaError("it holds no polygon.", file=path, remedy="Give the areas' outlines.")
    frame = frame[polygons]
    if frame.crs is None and in_degrees(pyogrio.read_info(where, force_total_bounds=True)):
        frame = frame.set_crs(WGS84)
    if frame.crs is None:
        raise SchemaError(
            "it does not say its coordinate system.",
            file=path,
            remedy="Save it with its CRS (a .prj file, or GeoPackage).",
        )
    return frame.to_crs(WGS84)


def in_degrees(info: Mapping[str, Any]) -> bool:
    """Whether outlines that do not say their coordinate system are in degrees nevertheless.

    ``info`` is what ``pyogrio.read_info`` says, with total bounds. TopoJSON has no place for a coordinate system
    and holds degrees, as GeoJSON does. Bounds that cannot be degrees are those of a projected copy.
    """
    if info["driver"] != TOPOJSON or info["total_bounds"] is None:
        return False
    west, south, east, north = info["total_bounds"]
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _assigned(choice: LevelChoice, outlines: list[Outline], leaves: NDArray[np.int64], leaf: int) -> Level:
    """Level from outlines: each leaf to the area with the largest overlap, tie to the lowest code."""
    best = np.zeros(len(leaves))
    owner = np.full(len(leaves), NOWHERE, dtype=np.int32)
    for position, (_, _, area) in enumerate(outlines):
        cells = np.intersect1d(touching_cells(area, leaf), leaves, assume_unique=True)
        share = shares(area, cells)
        where = np.searchsorted(leaves, cells)
        better = (share > best[where]) | (owner[where] == NOWHERE)
        owner[where[better]] = position
        best[where[better]] = share[better]
    codes, names, areas = zip(*outlines, strict=True)
    return Level(
        id=choice.id,
        title=choice.title,
        codes=tuple(codes),
        names=tuple(names),
        outlines=np.array(areas, dtype=object),
        of_leaf=owner,
    )


def _grouped(choice: LevelChoice, whole: Level) -> Level:
    """Level that groups another's areas. The group's name is its code."""
    position = {code: number for number, code in enumerate(whole.codes)}
    names = tuple(sorted(choice.members))
    owner = np.full(len(whole.codes) + 1, NOWHERE, dtype=np.int32)
    outlines = np.empty(len(names), dtype=object)
    for number, name in enumerate(names):
        members = [position[code] for code in choice.members[name] if code in position]
        if len(members) != len(choice.members[name]):
            wrong = sorted(set(choice.members[name]) - set(position))
            message = f"{name!r} of the level {choice.id!r} names {', '.join(wrong)}, which {whole.id!r} does not have."
            raise SchemaError(message, file=choice.id, remedy=f"Use codes of the level {whole.id!r}.")
        owner[members] = number
        outlines[number] = shapely.union_all(whole.outlines[members])
    return Level(
        id=choice.id,
        title=choice.title,
        codes=names,
        names=names,
        outlines=outlines,
        of_leaf=owner[whole.of_leaf],
    )
