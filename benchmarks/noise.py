"""False classes on noise: how often a map without any pattern shows a class at 95 % or stronger.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/noise.py ../shared/data --out docs/validation/noise.md

Every map is simulated on the cells, counts and records of a real one: its size and its skewness are
real, only its pattern is not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import noise_data
import noise_report
import numpy as np

from geointel.grid import neighbours
from geointel.hotspots import (
    benjamini_hochberg,
    dispersion,
    excess,
    gi_star,
    randomisation_tail,
    signed_bins,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Counts = NDArray[np.int64]
    Adjacency = csr_array[np.float64, tuple[int, int]]
    Draw = Callable[[np.random.Generator], Counts]
    DrawPair = Callable[[np.random.Generator], tuple[Counts, Counts]]

FALSE_CLASS = 2
"""A class at 95 % or stronger: q ≤ .05."""

CATEGORY = "drugs"
RESOLUTIONS = (6, 7, 8)
WINDOWS = {"year": ("2025-01", "2025-12"), "month": ("2025-07", "2025-07")}
"""First and last month; the longest window first, because it sets the floor of the others."""

LEAST_DISPERSION = 1e-5


def study(
    cells: NDArray[np.int64],
    counts_by_category: Mapping[str, Counts],
    exposure: Counts,
    seeds: Iterable[int],
    *,
    rho_floors: Mapping[str, float] | None = None,
) -> list[noise_report.Result]:
    """Share of noise maps with a false class, by category, method and kind of noise.

    Parameters
    ----------
    cells
        Supported cells of one resolution, sorted, shape ``(n,)``.
    counts_by_category
        Real counts of each category, shape ``(n,)``; ``all`` has no excess.
    exposure
        All records of each cell, shape ``(n,)``.
    seeds
        One noise map of each kind for each.
    rho_floors
        Dispersion of the longest window of each category; 0 where it is not given.
    """
    adjacency = neighbours(cells)
    seeds = list(seeds)
    found = []
    for category, counts in counts_by_category.items():
        for noise, draw in hotspot_noise(counts).items():
            found += _judge_hotspots(category, noise, [draw(_generator(s, noise)) for s in seeds], adjacency)
        if category != "all":
            for noise, draw_pair in excess_noise(counts, exposure).items():
                maps = [draw_pair(_generator(s, noise)) for s in seeds]
                floor = (rho_floors or {}).get(category, 0.0)
                found.append(_judge_excess(category, noise, maps, adjacency, rho_floor=floor))
    return found


def hotspot_noise(counts: Counts) -> dict[str, Draw]:
    """Return maps whose counts have nothing to do with place, by kind of noise."""
    n, mean, variance = counts.size, float(counts.mean()), float(counts.var())

    def poisson(random: np.random.Generator) -> Counts:
        return random.poisson(mean, n)

    def negative_binomial(random: np.random.Generator) -> Counts:
        if variance <= mean or mean == 0:
            return random.poisson(mean, n)
        size = mean**2 / (variance - mean)
        return random.poisson(random.gamma(size, mean / size, n))

    return {
        "Poisson": poisson,
        "negative binomial": negative_binomial,
        "real counts permuted": lambda random: random.permutation(counts),
    }


def excess_noise(counts: Counts, exposure: Counts) -> dict[str, DrawPair]:
    """Return maps in which the category's share has nothing to do with place."""
    share = counts.sum() / max(exposure.sum(), 1)
    spread = max(dispersion(counts, exposure) / 2, LEAST_DISPERSION)
    real = counts[exposure > 0] / exposure[exposure > 0]

    def with_shares(random: np.random.Generator, shares: NDArray[np.float64] | float) -> tuple[Counts, Counts]:
        return random.binomial(exposure, shares), exposure

    def beta_binomial(random: np.random.Generator) -> tuple[Counts, Counts]:
        scale = 1 / min(spread, 1 - LEAST_DISPERSION) - 1
        return with_shares(random, random.beta(share * scale, (1 - share) * scale, exposure.size))

    def permuted(random: np.random.Generator) -> tuple[Counts, Counts]:
        order = random.permutation(exposure.size)
        return counts[order], exposure[order]

    return {
        "binomial": lambda random: with_shares(random, share),
        "beta-binomial": beta_binomial,
        "real shares resampled": lambda random: with_shares(random, random.choice(real, exposure.size)),
        "real pairs permuted": permuted,
    }


def _generator(seed: int, noise: str) -> np.random.Generator:
    return np.random.default_rng([seed, *noise.encode()])


def _judge_hotspots(category: str, noise: str, maps: list[Counts], adjacency: Adjacency) -> list[noise_report.Result]:
    false = {"randomisation": 0, "normal": 0}
    tested = {"randomisation": 0, "normal": 0}
    for counts in maps:
        gi = gi_star(counts, adjacency)
        tail = randomisation_tail(counts, total=gi.total, weight=gi.weight)
        for method, p in (("randomisation", np.where(tail.insufficient, np.nan, tail.p)), ("normal", gi.p_normal)):
            false[method] += _has_class(gi.z, p)
            tested[method] += int(np.count_nonzero(~np.isnan(p)))
    return [
        noise_report.Result(
            category, method, noise, len(maps), false[method], adjacency.shape[0], tested[method] / len(maps)
        )
        for method in false
    ]


def _judge_excess(
    category: str, noise: str, maps: list[tuple[Counts, Counts]], adjacency: Adjacency, *, rho_floor: float
) -> noise_report.Result:
    false = tested = 0
    for counts, exposure in maps:
        found = excess(counts, exposure, neighbours=adjacency, rho_floor=rho_floor)
        p = np.where(found.insufficient, np.nan, found.p)
        false += _has_class(found.ratio - 1, p)
        tested += int(np.count_nonzero(~np.isnan(p)))
    return noise_report.Result(category, "excess", noise, len(maps), false, adjacency.shape[0], tested / len(maps))


def _has_class(z: NDArray[np.float64], p: NDArray[np.float64]) -> bool:
    return bool((np.abs(signed_bins(z, benjamini_hochberg(p))) >= FALSE_CLASS).any())


def study_geography(geography: noise_data.Geography, data: Path, seeds: Iterable[int]) -> Iterator[noise_report.Row]:
    """Yield the results of every resolution and window of one study area.

    A month stands there twice: with the dispersion of its year as floor, as it is published, and alone.
    """
    rows = noise_data.load(geography, data)
    for resolution in RESOLUTIONS:
        cells = noise_data.supported(rows, resolution)
        floors: dict[str, float] = {}
        for window, (first, last) in WINDOWS.items():
            within = rows[rows["month"].between(first, last)]
            exposure = noise_data.counts(within, cells, resolution)
            drugs = noise_data.counts(within[within["category"] == CATEGORY], cells, resolution)
            counts = {CATEGORY: drugs, "all": exposure}
            for result in study(cells, counts, exposure, seeds, rho_floors=floors):
                yield noise_report.Row(geography.name, resolution, window, result)
            if floors:
                for result in study(cells, {CATEGORY: drugs}, exposure, seeds):
                    if result.method == "excess":
                        yield noise_report.Row(geography.name, resolution, f"{window}, no floor", result)
            floors = {CATEGORY: dispersion(drugs, exposure)}


def main() -> int:
    """Run every geography, write the tables; return 1 if a kind with a bar is above it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    found = []
    for geography in noise_data.GEOGRAPHIES:
        for row in study_geography(geography, options.data, range(options.seeds)):
            print(row, flush=True)
            found.append(row)
    options.out.write_text(noise_report.report(found, command="python " + " ".join(sys.argv)))
    return int(any(row.above_the_bar for row in found))


if __name__ == "__main__":
    sys.exit(main())
