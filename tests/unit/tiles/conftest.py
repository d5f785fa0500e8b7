"""A small area in three resolutions, whose counts add up from fine to coarse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.grid import parents
from geointel.tiles import Frame, TileGeometry, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.tiles import Values

PRESTON = (53.76, -2.70)
CATEGORIES = ("all", "drugs")


def disk(resolution: int, k: int, place: tuple[float, float] = PRESTON) -> NDArray[np.int64]:
    return np.array(sorted(h3.grid_disk(h3.latlng_to_cell(*place, resolution), k)), dtype=np.int64)


def columns_of(counts: NDArray[np.float64], seed: int) -> dict[str, Values]:
    random = np.random.default_rng(seed)
    value = np.round(random.normal(size=counts.size), 6)
    hidden = random.random(counts.size) < 0.2
    value[hidden] = np.nan
    classes = np.where(value > 1, "hot-99", "none").astype(object)
    classes[hidden] = None
    return {
        "value": value,
        "class": classes,
        "support": counts.astype(np.int64) + 3,
        "status": Words(np.where(hidden, 1, 0), ("shown", "no-support")),
        "count": counts,
        "q": np.where(hidden, np.nan, random.random(counts.size)),
    }


@pytest.fixture(scope="session")
def frames() -> dict[int, Frame]:
    """Resolutions 6, 7 and 8 over the same 631 fine cells."""
    fine = disk(8, 14)
    random = np.random.default_rng(7)
    counts = {category: random.poisson(3, fine.size).astype(float) for category in CATEGORIES}
    found = {}
    for resolution in (6, 7, 8):
        cells, inverse = np.unique(parents(fine, resolution), return_inverse=True)
        categories = {
            category: columns_of(np.bincount(inverse, weights=values), seed=resolution)
            for category, values in counts.items()
        }
        found[resolution] = Frame(cells, categories)
    return found


@pytest.fixture(scope="session")
def geometry(frames: dict[int, Frame]) -> TileGeometry:
    """Outlines of the 631 fine cells."""
    return TileGeometry.of(frames[8].cells)
