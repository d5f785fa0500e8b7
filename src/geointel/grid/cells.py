"""H3 indexes on arrays: parents, resolutions, strings, points.

Bit layout: https://h3geo.org/docs/core-library/h3Indexing. Bit 63 is always 0, so a cell fits a
signed 64-bit integer in every engine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from geointel.errors import GridError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MAX_RESOLUTION = 15
RESOLUTION_SHIFT = 52
RESOLUTION_MASK = 15 << RESOLUTION_SHIFT
DIGIT_BITS = 3


def check_resolution(resolution: int) -> int:
    """Return ``resolution`` if H3 has it; raise ``GridError`` if not."""
    if not 0 <= resolution <= MAX_RESOLUTION:
        message = f"{resolution} is not an H3 resolution."
        raise GridError(message, remedy=f"Use a whole number from 0 to {MAX_RESOLUTION}.")
    return resolution


def unused_digits(resolution: int) -> int:
    """Bits that a cell of this resolution has set below its own digits."""
    return (1 << (DIGIT_BITS * (MAX_RESOLUTION - check_resolution(resolution)))) - 1


def resolutions(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Resolution of each cell, shape ``(n,)``."""
    return (np.asarray(cells, dtype=np.int64) >> RESOLUTION_SHIFT) & 15


def parents(cells: NDArray[np.int64], resolution: int) -> NDArray[np.int64]:
    """Parent of each cell at ``resolution``, shape ``(n,)``, by bit arithmetic alone.

    A cell of that resolution is its own parent. Raises ``GridError`` where a cell is coarser.
    """
    cells = np.asarray(cells, dtype=np.int64)
    if cells.size and int(resolutions(cells).min()) < resolution:
        message = f"A cell is coarser than resolution {resolution} and has no parent there."
        raise GridError(message, remedy="Ask for a coarser resolution.")
    unused = unused_digits(resolution)
    parent: NDArray[np.int64] = (cells & ~np.int64(RESOLUTION_MASK)) | (resolution << RESOLUTION_SHIFT) | unused
    return parent


def latlng_to_cell(lat: NDArray[np.float64], lng: NDArray[np.float64], resolution: int) -> NDArray[np.int64]:
    """Cell of each point in degrees (WGS 84), shape ``(n,)``.

    h3-py is not vectorised: give it distinct points.
    """
    check_resolution(resolution)
    index = h3.latlng_to_cell
    points = zip(lat.tolist(), lng.tolist(), strict=True)
    return np.fromiter((index(y, x, resolution) for y, x in points), dtype=np.int64, count=len(lat))


def format_cell(cell: int) -> str:
    """The 15-character string of a cell. The only spelling that leaves by a web door."""
    return f"{cell:x}"


def format_cells(cells: Iterable[int]) -> list[str]:
    """``format_cell`` for every cell."""
    return [format_cell(int(cell)) for cell in cells]


_DIGITS = re.compile(rf"[0-9A-Fa-f]{{1,{MAX_RESOLUTION + 1}}}")
"""``int`` would take a sign, spaces and underscores too."""


def parse_cell(text: str) -> int:
    """The cell of a 15-character string. Raises ``GridError`` for anything that is not one."""
    cell = int(text, 16) if _DIGITS.fullmatch(text) else 0
    if not h3.is_valid_cell(cell):
        message = f"{text[:40]!r} is not an H3 cell."
        raise GridError(message, remedy="Give the 15-character index, for example 8819438965fffff.")
    return cell
