"""Seconds of the processor that emerging hotspots take, against a limit.

Run from the repository's root::

    python benchmarks/emerging_speed.py

The counts are made up, with the size and unevenness of the police records of a county: 2,364 hexagons of resolution 8 and 36
months. One cube of all 36 months goes through the whole method, and is held to the limit; the layer, whose windows are the 25
years within these months, is timed beside it, without one. Exits with 1 above the limit.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, emerging, space_time_gi_star, space_time_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Adjacency = csr_array[np.float64, tuple[int, int]]

CELLS = 2364
MONTHS = 36
YEAR = 12
MEANS = {"drugs": 0.2, "all": 5.0}
"""Incidents of a hexagon in a month."""
SHAPE = 0.25
"""Of the gamma distribution of levels: few busy hexagons, many quiet ones."""
LIMIT = 0.5
REPEATS = 5


def made_up(mean: float, *, seed: int) -> tuple[NDArray[np.int64], Adjacency]:
    """Counts of shape ``(CELLS, MONTHS)`` and the neighbours of their cells."""
    random = np.random.default_rng(seed)
    around = sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 8), 31))
    cells = np.sort(random.choice(np.array(around, dtype=np.int64), CELLS, replace=False))
    levels = random.gamma(SHAPE, mean / SHAPE, (CELLS, 1))
    return random.poisson(np.broadcast_to(levels, (CELLS, MONTHS))), neighbours(cells)


def classify(counts: NDArray[np.int64], adjacency: Adjacency) -> None:
    """All that the layer computes of one cube."""
    tail = space_time_tail(counts, adjacency)
    q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
    emerging(space_time_gi_star(counts, adjacency).z, q, side=tail.side, steps_back=1)


def seconds(counts: NDArray[np.int64], adjacency: Adjacency, *, months: int) -> float:
    """Least processor time of some runs over every run of so many months."""
    took = []
    for _ in range(REPEATS):
        start = time.process_time()
        for first in range(counts.shape[1] - months + 1):
            classify(counts[:, first : first + months], adjacency)
        took.append(time.process_time() - start)
    return min(took)


def main() -> int:
    """Print the figures; return 1 above the limit."""
    over = False
    for category, mean in MEANS.items():
        counts, adjacency = made_up(mean, seed=1)
        whole, years = (seconds(counts, adjacency, months=months) for months in (MONTHS, YEAR))
        over |= whole > LIMIT
        print(f"emerging, {category}, {CELLS:,} cells × {MONTHS} months: {whole:.3f} s CPU (limit {LIMIT} s)")
        print(
            f"  its {MONTHS - YEAR + 1} years of {YEAR} months: {years:.2f} s CPU, {years / (MONTHS - YEAR + 1):.3f} s each"
        )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
