"""Postcodes of an area that does not exist, at points where people live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

AREA = "ZZ"
"""No post town has this postcode area."""
EVERY = 2
"""One postcode for so many map points."""
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters that stand in the second half of a postcode."""
SECTORS = 9
REACH = 20.0
"""Standard deviation of the distance from the map point, metres."""
RETIRED = "ZZ98 9ZZ"
"""In no list: for the service whose postcode cannot be found."""
NOWHERE = "ZZ98 9AA"
"""In the list with quality 90: nobody knows where it is."""


@dataclass(frozen=True)
class Units:
    """Postcodes with one space, in ascending order of their map points.

    ``metres`` int64 (n, 2) are eastings and northings; ``quality`` int64 (n,) is 10 to 50; ``area`` int64 (n,)
    is the number of the small area.
    """

    codes: tuple[str, ...]
    metres: NDArray[np.int64]
    quality: NDArray[np.int64]
    area: NDArray[np.int64]


def draw(metres: NDArray[np.float64], owner: NDArray[np.int64], rng: np.random.Generator) -> Units:
    """One postcode for every second map point, numbered along the small areas, two areas to a sector."""
    chosen = np.arange(0, len(metres), EVERY)
    sector = owner[chosen] // 2
    within = np.arange(len(chosen)) - np.searchsorted(sector, sector)
    pairs = zip(sector.tolist(), within.tolist(), strict=True)
    moved = metres[chosen] + rng.normal(scale=REACH, size=(len(chosen), 2))
    return Units(
        codes=tuple(_code(number, unit) for number, unit in pairs),
        metres=np.round(moved).astype(np.int64),
        quality=rng.choice([10, 20, 50], p=[0.95, 0.03, 0.02], size=len(chosen)),
        area=owner[chosen],
    )


def _code(sector: int, unit: int) -> str:
    first, second = divmod(unit, len(LETTERS))
    return f"{AREA}{sector // SECTORS + 1} {sector % SECTORS + 1}{LETTERS[first]}{LETTERS[second]}"
