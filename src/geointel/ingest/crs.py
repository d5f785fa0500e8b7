"""Coordinates of any system, as text → degrees, or British grid as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geointel.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BRITISH_GRID, DEGREES = 27700, 4326
DECIMALS = 7
"""Of a degree: a centimetre."""
LARGEST = 1e9
"""No system on Earth has larger coordinates, and beyond it a projection returns nonsense."""
NOT_A_PLACE = "not a place"


@dataclass(frozen=True)
class Places:
    """How coordinates become those of ``ingest.points``: ``osgb`` says which of its two systems they are in."""

    osgb: bool
    transformer: Transformer | None

    def moved(self, x: Sequence[str], y: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """Coordinates in text. What is no number stays as it is, and so does 0,0: neither is a place anywhere."""
        if self.transformer is None:
            return x, y
        numbers = np.array([[_number(a), _number(b)] for a, b in zip(x, y, strict=True)], dtype=np.float64)
        numbers = numbers.reshape(-1, 2)
        stays = np.asarray(np.isnan(numbers).any(axis=1) | ~numbers.any(axis=1))
        lng, lat = self.transformer.transform(numbers[:, 0], numbers[:, 1])
        return _texts(x, lng, stays), _texts(y, lat, stays)


def places(crs: str, *, file: str) -> Places:
    """How to move coordinates of a system. Raises ``SchemaError`` when there is none of that name."""
    try:
        system = CRS.from_user_input(crs)
        known = system.to_epsg()
        if known in (BRITISH_GRID, DEGREES):
            return Places(osgb=known == BRITISH_GRID, transformer=None)
        return Places(osgb=False, transformer=Transformer.from_crs(system, CRS.from_epsg(DEGREES), always_xy=True))
    except CRSError as error:
        message = "its coordinate system is not known."
        remedy = 'Save it with its coordinate system, or write crs = "EPSG:…" in `columns`.'
        raise SchemaError(message, file=file, remedy=remedy) from error


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return np.nan
    return found if abs(found) < LARGEST else np.nan


def _texts(given: Sequence[str], moved: NDArray[np.float64], stays: NDArray[np.bool_]) -> list[str]:
    return [
        before if stay else f"{after:.{DECIMALS}f}" if np.isfinite(after) else NOT_A_PLACE
        for before, after, stay in zip(given, moved, stays, strict=True)
    ]
