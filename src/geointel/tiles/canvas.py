"""Cells and outlines as SVG path data on a sheet of tenths of a pixel, in Web Mercator."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geointel.tiles.geometry import TileGeometry, project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

TENTHS = 10
"""Path data is in tenths of a pixel, as whole numbers: short, and finer than a screen."""

_HALF_PIXEL = TENTHS / 2
LETTER = 0.56
"""Width of an average letter, in font sizes."""


@dataclass(frozen=True)
class Outline:
    """An area drawn over the cells: its name (may be empty) and polygons in degrees."""

    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Label:
    """A name and the point of its middle, in pixels."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Canvas:
    """A map sheet: world coordinates of its north-west corner, pixels per world, size in pixels."""

    origin: tuple[float, float]
    scale: float
    size: tuple[float, float]

    @classmethod
    def fit(cls, bbox: Sequence[float], size: tuple[float, float]) -> Canvas:
        """Fit west, south, east, north (degrees) into a sheet, in the middle of it."""
        west, south, east, north = bbox
        corners = project(np.array([[west, north], [east, south]]))
        span = np.maximum(corners[1] - corners[0], 1e-9)
        scale = float((np.array(size) / span).min())
        x, y = (corners.mean(axis=0) - np.array(size) / scale / 2).tolist()
        return cls((x, y), scale, size)

    def place(self, lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees to tenths of a pixel, float64 (n, 2)."""
        return self._tenths(project(lnglat))

    def cell_paths(self, cells: NDArray[np.int64]) -> tuple[list[str], float]:
        """Path data of every cell, empty where it is off the sheet, and their median width in pixels."""
        geometry = TileGeometry.of(cells)
        points = np.rint(self._tenths(geometry.xy)).astype(np.int64).tolist()
        low, high = self._tenths(geometry.low), self._tenths(geometry.high)
        inside = (high >= 0) & (low <= np.array(self.size) * TENTHS)
        seen: list[bool] = (inside[:, 0] & inside[:, 1]).tolist()
        rings = pairwise(geometry.offsets.tolist())
        paths = [_path(points[start:end]) if on else "" for (start, end), on in zip(rings, seen, strict=True)]
        width = float(np.median(high[:, 0] - low[:, 0])) / TENTHS if cells.size else 0.0
        return paths, width

    def outline_path(self, outline: Outline) -> str:
        """Path data of an area, simplified to half a pixel."""
        drawn = shapely.transform(outline.geometry, self.place).simplify(_HALF_PIXEL)
        rings = shapely.get_rings(shapely.get_parts(drawn))
        return "".join(_path(np.rint(shapely.get_coordinates(ring)[:-1]).astype(np.int64).tolist()) for ring in rings)

    def labels(self, outlines: Iterable[Outline], font: float) -> list[Label]:
        """Names inside their areas, the largest areas first, none over another or off the sheet."""
        kept: list[Label] = []
        for outline in sorted(outlines, key=lambda area: (-area.geometry.area, area.name)):
            point = self.place(shapely.get_coordinates(outline.geometry.representative_point()))[0] / TENTHS
            label = Label(outline.name, round(float(point[0]), 1), round(float(point[1]), 1))
            if outline.name and self._inside(label, font) and not any(_overlap(label, other, font) for other in kept):
                kept.append(label)
        return kept

    def _tenths(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        tenths: NDArray[np.float64] = (xy - np.array(self.origin)) * (self.scale * TENTHS)
        return tenths

    def _inside(self, label: Label, font: float) -> bool:
        half = text_width(label.text, font) / 2
        return half <= label.x <= self.size[0] - half and font <= label.y <= self.size[1] - font


def outlines_from_table(areas: pa.Table, level: str) -> tuple[Outline, ...]:
    """Outlines of one level of an edition's areas (columns level, name, geometry as WKB)."""
    rows = zip(*(areas.column(name).to_pylist() for name in ("level", "name", "geometry")), strict=True)
    return tuple(Outline(name, shapely.from_wkb(wkb)) for own, name, wkb in rows if own == level)


def text_width(text: str, font: float) -> float:
    """Estimate the width of a text in pixels."""
    return len(text) * font * LETTER


def _overlap(one: Label, other: Label, font: float) -> bool:
    apart = (text_width(one.text, font) + text_width(other.text, font)) / 2
    return abs(one.x - other.x) < apart and abs(one.y - other.y) < font * 1.2


def _path(points: list[list[int]]) -> str:
    """Write a closed ring: an absolute first point, then steps between rounded points."""
    if not points:
        return ""
    (x, y), *rest = points
    steps = []
    at = (x, y)
    for px, py in rest:
        steps.append(f"{px - at[0]},{py - at[1]}")
        at = (px, py)
    return f"M{x},{y}l{' '.join(steps)}z"
