"""False categories on noise, which planted hotspots are found, and what real data shows: the layer ``emerging``.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/noise_emerging.py ../shared/data --out docs/validation/noise-emerging.md

Noise has the size and the unevenness of a real year of months; nothing in it has to do with place or time, unless the
column says so.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import noise_data
import noise_emerging_report as report
import numpy as np

from geointel.grid import neighbours, parents
from geointel.hotspots import (
    EMERGING_CLASSES,
    benjamini_hochberg,
    emerging,
    emerging_codes,
    randomisation_tail,
    signed_bins,
    space_time_gi_star,
    space_time_tail,
)
from geointel.layers.emerging import STEPS_BACK, TREND_LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Counts = NDArray[np.int64]
    Rates = NDArray[np.float64]
    Adjacency = csr_array[np.float64, tuple[int, int]]
    Test = tuple[NDArray[np.float64], NDArray[np.float64]]
    """q, and the side it speaks of, of each cell and step."""

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
PARTNERSHIPS = noise_data.GEOGRAPHIES[:2]
RESOLUTIONS = (6, 7, 8)
CATEGORIES = ("drugs", "all")
BAR = 16
RISES = (1.25, 1.5, 2.0)
"""Times as much everywhere in the last month."""
STRENGTHS = (3, 5, 8, 16)
FULL = 7
"""Cells of a neighbourhood of which none is missing."""


@dataclass(frozen=True)
class Year:
    """One real year: its cells, their neighbours and counts of shape ``(n, 12)``."""

    place: tuple[str, int, str]
    adjacency: Adjacency
    counts: Counts


def own_test(counts: Counts, adjacency: Adjacency) -> Test:
    """The test of the layer: whole cells drawn from the year."""
    tail = space_time_tail(counts, adjacency, steps_back=STEPS_BACK)
    return benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p)), tail.side.astype(float)


def apart_test(counts: Counts, adjacency: Adjacency) -> Test:
    """The randomisation tail of one map on the flat cube: cells and months drawn apart from each other."""
    gi = space_time_gi_star(counts, adjacency, steps_back=STEPS_BACK)
    tail = randomisation_tail(counts.ravel(), total=gi.total.ravel(), weight=gi.weight.ravel())
    p = np.where(tail.insufficient, np.nan, tail.p).reshape(counts.shape)
    return benjamini_hochberg(p), gi.z


def normal_test(counts: Counts, adjacency: Adjacency) -> Test:
    """The usual test of space-time Gi*."""
    gi = space_time_gi_star(counts, adjacency, steps_back=STEPS_BACK)
    return benjamini_hochberg(gi.p_normal), gi.z


def has_category(test: Test) -> bool:
    """Whether any cell has another category than no pattern; the trend decides only which of them."""
    q, side = test
    bins = signed_bins(side, q)
    return bool(emerging_codes(bins, np.zeros(len(bins))).any())


def levels(counts: Counts, random: np.random.Generator) -> Rates:
    """Monthly rate of each cell, gamma with the mean and dispersion of the real year's map, shape ``(n, 1)``."""
    year = counts.sum(axis=1)
    mean, variance = float(year.mean()), float(year.var())
    size = mean**2 / max(variance - mean, 1e-9)
    return random.gamma(size, mean / size, (len(year), 1)) / counts.shape[1]


def poisson(counts: Counts, random: np.random.Generator) -> Counts:
    """One rate for all."""
    return random.poisson(counts.mean(), counts.shape)


def bursts(counts: Counts, random: np.random.Generator) -> Counts:
    """Negative binomial, cells and months apart, with the mean and variance of the real cube."""
    mean, variance = float(counts.mean()), float(counts.var())
    size = mean**2 / max(variance - mean, 1e-9)
    return random.poisson(random.gamma(size, mean / size, counts.shape))


def kept(counts: Counts, random: np.random.Generator) -> Counts:
    """Each cell has a level of its own that it keeps all year: a busy street stays busy."""
    return random.poisson(np.broadcast_to(levels(counts, random), counts.shape))


def risen(times: float) -> Callable[[Counts, np.random.Generator], Counts]:
    """Kept levels, and so many times as much everywhere in the last month."""

    def draw(counts: Counts, random: np.random.Generator) -> Counts:
        season = np.append(np.ones(counts.shape[1] - 1), times)
        return random.poisson(levels(counts, random) * season)

    return draw


def noise_row(year: Year, seeds: range) -> report.Noise:
    """Maps with any category, of each kind of noise and test."""
    own = [_false(year, draw, own_test, seeds) for draw in (poisson, bursts, kept)]
    apart = _false(year, kept, apart_test, seeds)
    usual = [_false(year, draw, normal_test, seeds) for draw in (poisson, bursts, kept)]
    rises = [_false(year, risen(times), own_test, seeds) for times in RISES]
    return report.Noise(year.place, len(year.counts), len(seeds), tuple(own), apart, tuple(usual), tuple(rises))


def _false(
    year: Year,
    draw: Callable[[Counts, np.random.Generator], Counts],
    test: Callable[[Counts, Adjacency], Test],
    seeds: range,
) -> int:
    maps = (draw(year.counts, np.random.default_rng(seed)) for seed in seeds)
    return sum(has_category(test(counts, year.adjacency)) for counts in maps)


def shapes(strength: float) -> dict[str, NDArray[np.float64]]:
    """Times the map's mean in each month of a planted hotspot; 0 leaves the month as it is."""
    last, ramp = np.zeros(12), np.linspace(0.5, 1.5, 12)
    run = last.copy()
    last[-1:], run[-4:] = strength, strength
    return {
        "new-hot": last,
        "consecutive-hot": run,
        "intensifying-hot": strength * ramp,
        "persistent-hot": np.full(12, float(strength)),
        "diminishing-hot": strength * ramp[::-1],
    }


def planted(year: Year, seeds: range) -> Iterator[report.Planted]:
    """What hotspots planted in cell and ring are called, among cells that keep their levels."""
    for strength in STRENGTHS:
        for name, shape in shapes(strength).items():
            yield report.Planted(year.place, strength, name, len(seeds), dict(called(year, shape, seeds)))


def called(year: Year, shape: Rates, seeds: range) -> Counter[str]:
    """Category of the planted cell on each map; ``shape`` is in times the map's mean, 0 for what stays as it is."""
    whole = np.flatnonzero(np.diff(year.adjacency.indptr) + 1 == FULL)
    named: Counter[str] = Counter()
    for seed in seeds:
        random = np.random.default_rng(seed)
        rates = np.broadcast_to(levels(year.counts, random), year.counts.shape).copy()
        cell = int(random.choice(whole))
        around = [cell, *year.adjacency.indices[year.adjacency.indptr[cell] : year.adjacency.indptr[cell + 1]]]
        rates[around] = np.where(shape > 0, shape * year.counts.mean(), rates[around])
        named[category_of(random.poisson(rates), year.adjacency, cell)] += 1
    return named


def category_of(counts: Counts, adjacency: Adjacency, cell: int) -> str:
    """Category of one cell, judged among all."""
    (q, side), one = own_test(counts, adjacency), slice(cell, cell + 1)
    z = space_time_gi_star(counts, adjacency, steps_back=STEPS_BACK).z
    return EMERGING_CLASSES[
        int(emerging(z[one], q[one], side=side[one], level=TREND_LEVEL, steps_back=STEPS_BACK).code[0])
    ]


def real_row(year: Year) -> report.Real:
    """How many cells of the real year have each category."""
    q, side = own_test(year.counts, year.adjacency)
    z = space_time_gi_star(year.counts, year.adjacency, steps_back=STEPS_BACK).z
    code = emerging(z, q, side=side, level=TREND_LEVEL, steps_back=STEPS_BACK).code
    found = np.bincount(code[~np.isnan(q).all(axis=1)], minlength=len(EMERGING_CLASSES)).tolist()
    months = year.counts.sum(axis=0)
    named = {slug: number for slug, number in zip(EMERGING_CLASSES, found, strict=True) if number}
    largest = (MONTHS[int(months.argmax())], *(float(n / months.mean()) for n in (months.max(), months[-1])))
    return report.Real(year.place, len(code), int(np.isnan(q).all(axis=1).sum()), largest, named)


def years(data: Path) -> Iterator[Year]:
    """The real months of 2025 of every partnership, resolution and category."""
    for geography in PARTNERSHIPS:
        records = noise_data.load(geography, data)
        for resolution in RESOLUTIONS:
            cells = noise_data.supported(records, resolution)
            adjacency = neighbours(cells)
            for category in CATEGORIES:
                own = records if category == "all" else records[records["category"] == category]
                yield Year((geography.name, resolution, category), adjacency, _cube(own, cells, resolution))


def _cube(records: pd.DataFrame, cells: NDArray[np.int64], resolution: int) -> Counts:
    months = [records["cell"].to_numpy()[(records["month"] == month).to_numpy()] for month in MONTHS]
    places = [np.searchsorted(cells, parents(leaves, resolution)) for leaves in months]
    return np.column_stack([np.bincount(place, minlength=len(cells)) for place in places])


def main() -> int:
    """Write the page; return 1 if a kind of noise is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    noise: list[report.Noise] = []
    found: list[report.Planted] = []
    real: list[report.Real] = []
    for year in years(options.data):
        noise.append(noise_row(year, range(options.seeds)))
        print(noise[-1], flush=True)
        found += planted(year, range(options.seeds // 2))
        real.append(real_row(year))
        print(real[-1], flush=True)
    command = "python " + " ".join(sys.argv)
    options.out.write_text(report.page(noise, found, real, command=command), encoding="utf-8")
    return int(any(n > BAR * row.maps / 200 for row in noise for n in row.own))


if __name__ == "__main__":
    sys.exit(main())
