"""Power: which planted hotspots the published tests find, by strength, usual records and window.

Run from the repository's root on a built demonstration, and on police.uk archives where they are to hand::

    geointel demo build/demo --scale county --no-serve
    python benchmarks/power.py build/demo --data ../shared/data --out docs/validation/power.md

A real map keeps its counts; on one cell and the cells around it, new counts are drawn around a multiple of
what is usual there.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import noise
import noise_data
import numpy as np
import power_planted
import power_report

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, dispersion, excess, gi_star, randomisation_tail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Counts = NDArray[np.int64]

FACTORS = (1, 2, 3, 5, 8, 12)
LEVELS = (1, 5, 10, 20, 40, 80, 160)
"""Least usual records a year in cell and ring; the last has no upper end."""

WINDOWS = {"year": ("2025-01", "2025-12"), "quarter": ("2025-07", "2025-09"), "month": ("2025-07", "2025-07")}
"""First and last month; the longest window first, because it says what is usual and sets the floor."""

DEMO_WINDOWS = {"year": "12m:2025-12", "quarter": "2025-Q3", "month": "2025-07"}
RESOLUTIONS = {"Lancashire": (8, 7), "demonstration": (8,)}
LEVEL = 0.05
SPREAD = 10.0
"""Size of the negative binomial: the variance of the sum of a place is its mean plus its mean² / 10.

Counts of cell and ring vary from month to month by a size of 6 (0.5 to 2 a month) to 15 (more than 2) in 2025.
"""


@dataclass(frozen=True)
class RealMap:
    """One real map; arrays are by supported cell, shape ``(n,)``.

    ``usual`` is what a cell's year leads one to expect in the window, ``yearly`` the year's records of cell and ring,
    ``floor`` the dispersion of the year (0 for the year itself).
    """

    area: str
    resolution: int
    window: str
    ring: csr_array[np.float64, tuple[int, int]]
    drugs: Counts
    every: Counts
    usual: NDArray[np.float64]
    yearly: Counts
    floor: float


def real_maps(
    area: str, resolution: int, cells: NDArray[np.int64], counts: dict[str, tuple[Counts, Counts]]
) -> list[RealMap]:
    """Maps of one area and resolution. ``counts`` are drug offences and all records by window, the year first."""
    ring = neighbours(cells)
    year_drugs, year_every = counts["year"]
    yearly = np.rint(year_drugs + ring @ year_drugs).astype(np.int64)
    return [
        RealMap(
            area=area,
            resolution=resolution,
            window=window,
            ring=ring,
            drugs=drugs,
            every=every,
            usual=year_drugs * (drugs.sum() / year_drugs.sum()),
            yearly=yearly,
            floor=0.0 if window == "year" else dispersion(year_drugs, year_every),
        )
        for window, (drugs, every) in counts.items()
    ]


def demonstration_maps(demo: power_planted.Demonstration) -> Iterator[RealMap]:
    """The published counts of a demonstration, planted places and all."""
    for published in demo.maps:
        if published.resolution in RESOLUTIONS["demonstration"]:
            counts = {
                window: (published.counts["drugs", name], published.counts["all", name])
                for window, name in DEMO_WINDOWS.items()
            }
            yield from real_maps("demonstration", published.resolution, published.cells, counts)


def archive_maps(data: Path) -> Iterator[RealMap]:
    """Recorded offences of 2025 in the first study area of the noise study."""
    geography = noise_data.GEOGRAPHIES[0]
    rows = noise_data.load(geography, data)
    for resolution in RESOLUTIONS[geography.name]:
        cells = noise_data.supported(rows, resolution)
        counts = {}
        for window, (first, last) in WINDOWS.items():
            within = rows[rows["month"].between(first, last)]
            own = noise_data.counts(within[within["category"] == power_planted.CATEGORY], cells, resolution)
            counts[window] = own, noise_data.counts(within, cells, resolution)
        yield from real_maps(geography.name, resolution, cells, counts)


def hot_cells(real: RealMap) -> dict[str, NDArray[np.bool_]]:
    """Cells classed hot at 95 % or stronger, bool ``(n,)``, by method."""
    return {**hotspot_test(real), "excess": excess_test(real)}


def hotspot_test(real: RealMap) -> dict[str, NDArray[np.bool_]]:
    """Hot cells by the randomisation tail, as published, and by the normal tail."""
    gi = gi_star(real.drugs, real.ring)
    tail = randomisation_tail(real.drugs, total=gi.total, weight=gi.weight)
    tails = {"randomisation": np.where(tail.insufficient, np.nan, tail.p), "normal": gi.p_normal}
    return {method: (benjamini_hochberg(p) <= LEVEL) & (gi.z > 0) for method, p in tails.items()}


def excess_test(real: RealMap) -> NDArray[np.bool_]:
    """Cells with more drug offences than their other records lead one to expect, as published."""
    found = excess(real.drugs, real.every, neighbours=real.ring, rho_floor=real.floor)
    q = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p))
    hot: NDArray[np.bool_] = (q <= LEVEL) & (found.ratio > 1)
    return hot


def plant(real: RealMap, middle: int, factor: float, random: np.random.Generator) -> RealMap:
    """The map with new drug offences in one cell and its ring; all its other records stay.

    One gamma draw for the place, then Poisson by cell: negative binomial around ``factor`` times the usual.
    """
    cells = np.append(real.ring[[middle], :].indices, middle)
    mean = factor * real.usual[cells] * random.gamma(SPREAD, 1 / SPREAD)
    drugs = real.drugs.copy()
    drugs[cells] = random.poisson(mean)
    return replace(real, drugs=drugs, every=real.every - real.drugs + drugs)


def power(real: RealMap, seeds: range) -> Iterator[power_report.Power]:
    """Share of planted places whose middle cell is hot, by usual records a year and factor.

    A seed stands for the same place in every window and with every factor.
    """
    for least, most in zip(LEVELS, (*LEVELS[1:], np.inf), strict=True):
        able = np.flatnonzero((real.yearly >= least) & (real.yearly < most))
        if not len(able):
            continue
        places = [int(np.random.default_rng([seed, least]).choice(able)) for seed in seeds]
        members = [np.append(real.ring[[place], :].indices, place) for place in places]
        usual = float(np.mean([real.usual[cells].sum() for cells in members]))
        for factor in FACTORS:
            found = dict.fromkeys(power_report.METHODS, 0)
            for seed, place in zip(seeds, places, strict=True):
                random = np.random.default_rng([seed, least, factor, *real.window.encode()])
                for method, hot in hot_cells(plant(real, place, factor, random)).items():
                    found[method] += bool(hot[place])
            shares = {method: count / len(places) for method, count in found.items()}
            yield power_report.Power(least, usual, factor, shares)


def false_hotspots(real: RealMap, seeds: range) -> dict[str, power_report.FalseHotspots]:
    """Share of maps without a pattern that show a hotspot, and how many hot cells they have in the mean.

    For both tails the counts are negative binomial with the map's mean and variance; for excess, the shares are
    beta-binomial on the map's own records.
    """
    uneven = noise.hotspot_noise(real.drugs)["negative binomial"]
    shares = noise.excess_noise(real.drugs, real.every)["beta-binomial"]
    cells: dict[str, list[int]] = {method: [] for method in power_report.METHODS}
    for seed in seeds:
        random = np.random.default_rng([seed, *b"noise"])
        found = hotspot_test(replace(real, drugs=uneven(random)))
        found["excess"] = excess_test(replace(real, drugs=shares(random)[0]))
        for method, hot in found.items():
            cells[method].append(int(hot.sum()))
    return {
        method: power_report.FalseHotspots(float(np.mean(np.array(some) > 0)), float(np.mean(some)))
        for method, some in cells.items()
    }


def study(real: RealMap, seeds: range, noise_seeds: range) -> power_report.Study:
    """Everything about one map: what is hot, what would be found, what would be found for nothing."""
    full = np.diff(real.ring.indptr) == 6
    total = np.rint(real.drugs + real.ring @ real.drugs).astype(np.int64)
    hot = hot_cells(real)
    return power_report.Study(
        area=real.area,
        resolution=real.resolution,
        window=real.window,
        cells=len(total),
        records=int(real.drugs.sum()),
        hot={method: int(some.sum()) for method, some in hot.items()},
        least={method: int(total[some & full].min()) if (some & full).any() else None for method, some in hot.items()},
        power=tuple(power(real, seeds)),
        false=false_hotspots(real, noise_seeds),
    )


def main() -> int:
    """Judge the demonstration's places, plant on every map, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("demo", type=Path, help="folder of a built demonstration")
    parser.add_argument("--data", type=Path, help="folder with police.uk archives and boundaries")
    parser.add_argument("--seeds", type=int, default=30, help="places for each level of usual records")
    parser.add_argument("--noise-seeds", type=int, default=50, help="maps without a pattern")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    demo = power_planted.read(options.demo)
    maps = list(demonstration_maps(demo))
    if options.data is not None and options.data.is_dir():
        maps = [*archive_maps(options.data), *maps]
    first = options.first_seed
    studies = []
    for real in maps:
        seeds, noise_seeds = (range(first, first + n) for n in (options.seeds, options.noise_seeds))
        studies.append(study(real, seeds, noise_seeds))
        print(real.area, real.resolution, real.window, studies[-1].hot, flush=True)
    settings = power_report.Settings(
        command="python " + " ".join(sys.argv),
        demo=str(options.demo),
        places=options.seeds,
        noise=options.noise_seeds,
        factors=FACTORS,
        spread=SPREAD,
    )
    places, elsewhere = power_planted.judge_places(demo), power_planted.judge_elsewhere(demo)
    options.out.write_text(power_report.report(demo, places, elsewhere, studies, settings=settings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
