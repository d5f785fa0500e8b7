"""What the formats beside the street files share: the copy of the area, its small areas, postcodes and roads."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from geointel.demo import postcode_units, road_grid, small_areas
from geointel.demo.geography import BRITISH_NATIONAL_GRID, WGS84
from geointel.model import format_month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.demo.copies import Copy
    from geointel.demo.postcode_units import Units
    from geointel.demo.road_grid import Roads
    from geointel.demo.small_areas import SmallAreas

SYNTHETIC = "synthetic"
"""The word that names, descriptions and free columns carry."""


@dataclass(frozen=True)
class Written:
    """Files of one kind: the path or pattern below the folder, what they are, their rows, and what was planted."""

    path: str
    what: str
    rows: int
    planted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """The stage on which the formats are written.

    Attributes
    ----------
    directory
        Folder of the demonstration.
    months
        Month numbers of the run.
    metres
        float64 (n, 2): eastings and northings of the map points.
    """

    directory: Path
    copy: Copy
    months: range
    seed: int
    metres: NDArray[np.float64]
    areas: SmallAreas
    units: Units
    roads: Roads

    def rng(self, name: str) -> np.random.Generator:
        """Generator of one format: no format's draws change another's."""
        return _generator(self.seed, name)

    def month(self, since: int) -> str:
        """``YYYY-MM`` of a month counted from the first one."""
        return format_month(self.months[0] + since)

    def nearest_area(self, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        """Number of the small area at each easting and northing (n, 2): that of the nearest map point."""
        _, point = self.areas.tree.query(metres)
        found: NDArray[np.int64] = self.areas.owner[point]
        return found


def stage(directory: Path, copy: Copy, months: range, seed: int) -> Scene:
    """Lay out what the formats share."""
    points = copy.recording.points
    metres = to_metres(points.lnglat)
    areas = small_areas.tile(copy, metres, _generator(seed, "small areas"))
    return Scene(
        directory=directory,
        copy=copy,
        months=months,
        seed=seed,
        metres=metres,
        areas=areas,
        units=postcode_units.draw(metres, areas.owner, _generator(seed, "postcodes")),
        roads=road_grid.draw(copy.geography, _generator(seed, "roads")),
    )


def to_metres(lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Eastings and northings (n, 2) of degrees (n, 2)."""
    return np.column_stack(_transformer(WGS84, BRITISH_NATIONAL_GRID).transform(*lnglat.T))


def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes and latitudes (n, 2) of metres (n, 2)."""
    return np.column_stack(_transformer(BRITISH_NATIONAL_GRID, WGS84).transform(*metres.T))


@cache
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _generator(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, 0, 0, zlib.crc32(name.encode())])
