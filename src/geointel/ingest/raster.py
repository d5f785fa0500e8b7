"""A grid of people to leaf cells: read in windows, every person kept.

A pixel's people are shared over points inside it that stand closer together than the leaves are wide. Who lives
in a leaf of the study area is counted there; the others are counted together. Nothing is rounded.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import rasterio
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geointel.errors import SchemaError
from geointel.grid.cells import latlng_to_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geointel.ingest.areas import StudyArea
    from geointel.sources.base import RasterKind, RawFile

BAD_ROW, OUTSIDE_AREA, NO_DATA = "bad-row", "outside-area", "no-data"
REASONS = (BAD_ROW, OUTSIDE_AREA, NO_DATA)
"""In the order in which they apply."""

WINDOW = 512
"""Pixels along a side of what is read at once."""
POINTS = 1 << 19
"""Points that are turned to cells at once."""
CACHE_MB = 64
PER_EDGE = 2
"""Points per edge of a leaf: twice as close as would put one into every leaf."""
EQUAL_AREA = "EPSG:6933"
"""Cylindrical projection that keeps surfaces on the WGS 84 ellipsoid."""
USUAL_NO_DATA = -9999.0
LOWEST = -1e30
"""Whatever is below stands for "no data", as −3.4e38 does."""
MARGIN = 0.05
"""Degrees round the study area in which pixels are looked at closely."""


@dataclass(frozen=True)
class Reading:
    """What one grid holds. ``leaves`` are people of each study leaf; ``outside`` of all other places.

    ``pixels`` are all of the grid; ``unmapped`` those of them that are not in the study area, by reason.
    """

    leaves: NDArray[np.float64]
    outside: float
    pixels: int
    unmapped: dict[str, int]


@dataclass(frozen=True)
class _Grid:
    """An opened grid: ``across`` and ``down`` are points per pixel along each side."""

    data: rasterio.DatasetReader
    crs: CRS
    density: bool
    across: int
    down: int


def read(raw: RawFile, kind: RasterKind, study: StudyArea) -> Reading:
    """Read one grid in bounded memory. Raises ``SchemaError`` for a file that is no grid of one band of people."""
    leaves = np.zeros(len(study.leaves))
    outside, pixels, unmapped = 0.0, 0, dict.fromkeys(REASONS, 0)
    try:
        with rasterio.Env(GDAL_CACHEMAX=CACHE_MB), _open(raw) as data:
            grid = _grid(raw, kind, data, study.leaf)
            pixels = data.width * data.height
            for row, column, people, reasons in _blocks(grid):
                for reason, n in reasons.items():
                    unmapped[reason] += n
                inside, mapped = _to_leaves(grid, study, row, column, people=people, leaves=leaves)
                unmapped[OUTSIDE_AREA] += len(people) - mapped
                outside += float(people.sum()) - inside
    except (RasterioError, OSError) as error:
        message = f"the grid cannot be read ({str(error).splitlines()[0]})."
        raise SchemaError(message, file=raw.name, remedy="Give a raster that GDAL reads, such as a GeoTIFF.") from error
    return Reading(leaves, outside, pixels, {reason: n for reason, n in unmapped.items() if n})


def _open(raw: RawFile) -> rasterio.DatasetReader:
    where = f"/vsigzip/{raw.path.resolve()}" if raw.path.suffix == ".gz" else str(raw.path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # said below, as an error
        return rasterio.open(where)


def _grid(raw: RawFile, kind: RasterKind, data: rasterio.DatasetReader, leaf: int) -> _Grid:
    if data.count != 1:
        message = f"it has {data.count} bands, and a grid of people has one."
        raise SchemaError(message, file=raw.name, remedy="Save the band of people as a file of its own.")
    if not np.issubdtype(np.dtype(data.dtypes[0]), np.number) or data.dtypes[0].startswith("complex"):
        raise SchemaError("its pixels are no numbers.", file=raw.name, remedy="Save it as 32-bit floating point.")
    crs = _crs(raw, kind, data)
    if data.transform.is_identity or data.transform.determinant == 0:
        raise SchemaError(
            "it does not say where its pixels are.", file=raw.name, remedy="Save it with its geotransform."
        )
    step = h3.average_hexagon_edge_length(leaf, unit="m") / PER_EDGE
    width, height = _pixel_metres(data, crs)
    across, down = max(1, int(np.ceil(width / step))), max(1, int(np.ceil(height / step)))
    return _Grid(data, crs, kind.density, across, down)


def _crs(raw: RawFile, kind: RasterKind, data: rasterio.DatasetReader) -> CRS:
    """The file's own coordinate system, or the one that the source gives; never a guess."""
    try:
        own = None if data.crs is None else CRS.from_user_input(data.crs.to_wkt())
        given = None if kind.crs is None else CRS.from_user_input(kind.crs)
    except CRSError as error:
        message = f"its coordinate system is not known ({str(error).splitlines()[0]})."
        raise SchemaError(message, file=raw.name, remedy='Write it as `crs = "EPSG:27700"`.') from error
    if own is None and given is None:
        raise SchemaError(
            "it does not say its coordinate system.",
            file=raw.name,
            remedy='Write it in the source, for British National Grid as `crs = "EPSG:27700"`.',
        )
    if own is not None and given is not None and not own.equals(given, ignore_axis_order=True):
        message = f"it is in {own.name}, not in {kind.crs}."
        raise SchemaError(message, file=raw.name, remedy="Remove `crs` from the source.")
    found = given if own is None else own
    assert found is not None  # noqa: S101 - for the type checker: both were looked at above
    return found


def _pixel_metres(data: rasterio.DatasetReader, crs: CRS) -> tuple[float, float]:
    """Width and height of the largest pixel, in metres: in degrees those nearest to the equator are widest."""
    geod = CRS.from_epsg(4326).get_geod()
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    sizes = []
    for row in (0, data.height // 2, data.height - 1):
        x, y = _place(data, np.array([0.0, 1.0, 0.0]), np.array([row, row, row + 1.0]))
        lng, lat = to_degrees.transform(x, y)
        if not np.isfinite([lng, lat]).all() or geod is None:
            continue
        _, _, metres = geod.inv([lng[0], lng[0]], [lat[0], lat[0]], lng[1:], lat[1:])
        sizes.append(metres)
    if not sizes:
        raise SchemaError("its pixels are nowhere on Earth.", file=data.name, remedy="Correct its coordinate system.")
    width, height = np.max(sizes, axis=0)
    return float(width), float(height)


def _place(
    data: rasterio.DatasetReader, column: NDArray[np.number[Any]], row: NDArray[np.number[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of points that are given in pixels."""
    to = data.transform
    return to.a * column + to.b * row + to.c, to.d * column + to.e * row + to.f


_Block = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]", dict[str, int]]


def _blocks(grid: _Grid) -> Iterator[_Block]:
    """Row, column and people of the pixels that have people or none, window by window; and the others by reason."""
    data = grid.data
    for top in range(0, data.height, WINDOW):
        for left in range(0, data.width, WINDOW):
            window = Window(left, top, min(WINDOW, data.width - left), min(WINDOW, data.height - top))
            values = data.read(1, window=window, masked=True)
            plain = values.filled(np.nan if values.dtype.kind == "f" else 0).astype(np.float64)
            absent = np.ma.getmaskarray(values) | ~np.isfinite(plain) | (plain < LOWEST) | (plain == USUAL_NO_DATA)
            wrong = ~absent & (plain < 0)
            row, column = np.nonzero(~absent & ~wrong)
            people = plain[row, column]
            row, column = row + top, column + left
            if grid.density:
                people = people * _square_km(grid, row, column)
            yield row, column, people, {NO_DATA: int(absent.sum()), BAD_ROW: int(wrong.sum())}


def _square_km(grid: _Grid, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
    """Surface of pixels on the ellipsoid."""
    project = Transformer.from_crs(grid.crs, EQUAL_AREA, always_xy=True)
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    x, y = np.array(
        [project.transform(*_place(grid.data, column + across, row + down)) for across, down in corners]
    ).transpose(1, 0, 2)
    doubled = np.sum(x * np.roll(y, -1, axis=0) - np.roll(x, -1, axis=0) * y, axis=0)
    surface: NDArray[np.float64] = np.abs(doubled) / 2 / 1e6
    return surface


def _to_leaves(
    grid: _Grid,
    study: StudyArea,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    *,
    people: NDArray[np.float64],
    leaves: NDArray[np.float64],
) -> tuple[float, int]:
    """Add the people of pixels to ``leaves``; return how many were added, and how many pixels lie in the area."""
    near = np.flatnonzero(_is_near(grid, study, row, column))
    added, mapped = 0.0, 0
    each = grid.across * grid.down
    size = max(1, POINTS // each)
    for start in range(0, len(near), size):
        part = near[start : start + size]
        cells = _cells(grid, row[part], column[part], study.leaf)
        place = np.minimum(np.searchsorted(study.leaves, cells), len(study.leaves) - 1)
        inside = study.leaves[place] == cells
        share = np.repeat(people[part] / each, each)
        leaves += np.bincount(place[inside], weights=share[inside], minlength=len(leaves))
        added += float(share[inside].sum())
        mapped += int(inside.reshape(-1, each).any(axis=1).sum())
    return added, mapped


def _is_near(grid: _Grid, study: StudyArea, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a pixel's box of degrees meets that of the study area."""
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    lng, lat = np.array(
        [to_degrees.transform(*_place(grid.data, column + across, row + down)) for across, down in corners]
    ).transpose(1, 0, 2)
    west, south, east, north = study.bounds
    near: NDArray[np.bool_] = (
        (lng.max(axis=0) >= west - MARGIN)
        & (lng.min(axis=0) <= east + MARGIN)
        & (lat.max(axis=0) >= south - MARGIN)
        & (lat.min(axis=0) <= north + MARGIN)
    )
    return near


def _cells(grid: _Grid, row: NDArray[np.int64], column: NDArray[np.int64], leaf: int) -> NDArray[np.int64]:
    """Leaf cell of every point of every pixel, pixel after pixel."""
    across = (np.arange(grid.across) + 0.5) / grid.across
    down = (np.arange(grid.down) + 0.5) / grid.down
    inner_x, inner_y = (part.ravel() for part in np.meshgrid(across, down))
    x = (column[:, None] + inner_x[None, :]).ravel()
    y = (row[:, None] + inner_y[None, :]).ravel()
    lng, lat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(*_place(grid.data, x, y))
    return latlng_to_cell(lat, lng, leaf)
