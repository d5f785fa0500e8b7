"""False classes of the layer ``moran`` on noise, whether its gate keeps its level, and which planted patterns it finds.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/noise_moran.py ../shared/data --out docs/validation/noise-moran.md

Every map is simulated on the cells and counts of a real one: its size and its skewness are real, only its pattern is not.
The usual ways to judge local Moran's I stand beside: p by the normal distribution and by 999 permutations.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import noise
import noise_data
import noise_moran_report
import numpy as np
from scipy import special

from geointel.grid import neighbours
from geointel.hotspots import MORAN_CLASSES, benjamini_hochberg, global_moran, local_moran, moran_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Counts = NDArray[np.int64]
    Adjacency = csr_array[np.float64, tuple[int, int]]

LEVEL = 0.05
PERMUTATIONS = 999
CATEGORIES = ("drugs", "all")
FULL = 6
"""Neighbours of a cell in which something is planted."""


@dataclass(frozen=True)
class RealMap:
    """One real map, and where it stands in the tables."""

    place: tuple[str, int, str, str]
    counts: Counts
    ring: Adjacency


def real_maps(data: Path) -> Iterator[RealMap]:
    """Every area, resolution, window and category."""
    for geography in noise_data.GEOGRAPHIES:
        records = noise_data.load(geography, data)
        for resolution in noise.RESOLUTIONS:
            cells = noise_data.supported(records, resolution)
            ring = neighbours(cells)
            for window, (first, last) in noise.WINDOWS.items():
                within = records[records["month"].between(first, last)]
                for category in CATEGORIES:
                    own = within if category == "all" else within[within["category"] == category]
                    counts = noise_data.counts(own, cells, resolution)
                    yield RealMap((geography.name, resolution, window, category), counts, ring)


def false_classes(real: RealMap, seeds: range) -> noise_moran_report.Noise:
    """How many maps without a pattern have a class, by method and kind of noise, and how many pass a gate."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, draw in noise.hotspot_noise(real.counts).items():
        for seed in seeds:
            counts = draw(np.random.default_rng([seed, *kind.encode()]))
            for method, false in judged(counts, real.ring, seed=seed).items():
                found[method, kind] += false
    return noise_moran_report.Noise(real.place, len(real.counts), len(seeds), dict(found), on_the_real(real))


def judged(counts: Counts, ring: Adjacency, *, seed: int) -> dict[str, bool]:
    """Whether the map has any class, by method, and whether it passes, by gate."""
    found = moran_map(counts, ring, seed=seed)
    whole, local = global_moran(counts, ring), local_moran(counts, ring, permutations=PERMUTATIONS, seed=seed)
    normal = special.erfc(np.abs(found.z) / np.sqrt(2))
    return {
        "published": bool((found.classes != "none").any()),
        "tail": bool((found.ungated != "none").any()),
        "normal": _any(normal),
        "normal, adjusted": _any(benjamini_hochberg(normal)),
        "permutation": _any(local.p),
        "permutation, adjusted": _any(benjamini_hochberg(local.p)),
        "gate": found.gate.passed,
        "gate, randomisation": whole.p <= LEVEL,
        "gate, normality": bool(special.erfc(abs(whole.z_normal) / np.sqrt(2)) <= LEVEL),
    }


def on_the_real(real: RealMap) -> dict[str, float]:
    """Cells of the real map by class and by the usual adjusted p, with the global I and its p."""
    found = moran_map(real.counts, real.ring, seed=1)
    normal = special.erfc(np.abs(found.z) / np.sqrt(2))
    permuted = local_moran(real.counts, real.ring, permutations=PERMUTATIONS, seed=1).p
    return {
        **{slug: float((found.classes == slug).sum()) for slug in MORAN_CLASSES},
        "normal, adjusted": float((benjamini_hochberg(normal) <= LEVEL).sum()),
        "permutation, adjusted": float((benjamini_hochberg(permuted) <= LEVEL).sum()),
        "i": found.gate.i,
        "p": found.gate.p,
    }


def _any(p: NDArray[np.float64]) -> bool:
    return bool((p <= LEVEL).any())


def power(real: RealMap, seeds: range) -> Iterator[noise_moran_report.Power]:
    """Share of planted patterns whose middle cell has the class, on the real map and on one without any pattern."""
    able = np.flatnonzero(np.diff(real.ring.indptr) == FULL)
    without = noise.hotspot_noise(real.counts)["negative binomial"]
    for background in ("real", "noise"):
        found: Counter[tuple[str, int]] = Counter()
        passed = 0
        for seed in seeds:
            random = np.random.default_rng([seed, *b"planted"])
            counts = real.counts if background == "real" else without(random)
            middle = int(random.choice(able))
            for pattern in noise_moran_report.PATTERNS:
                changed = plant(counts, real, middle, pattern, random)
                judged = moran_map(changed, real.ring, seed=seed)
                found[pattern] += bool(judged.classes[middle] == pattern[0])
                passed += judged.gate.passed
        shares = {pattern: found[pattern] / len(seeds) for pattern in noise_moran_report.PATTERNS}
        share = passed / len(seeds) / len(noise_moran_report.PATTERNS)
        yield noise_moran_report.Power(background, real.place, float(real.counts.mean()), share, shares)


def plant(counts: Counts, real: RealMap, middle: int, pattern: tuple[str, int], random: np.random.Generator) -> Counts:
    """The map with a cell and its ring drawn anew: high ones around so many times the map's mean, low ones empty."""
    (own, around), times = pattern[0].split("-"), pattern[1]
    ring = real.ring[[middle], :].indices
    mean = real.counts.mean() * times
    changed = counts.copy()
    changed[ring] = random.poisson(mean, len(ring)) if around == "high" else 0
    changed[middle] = random.poisson(mean) if own == "high" else 0
    return changed


def main() -> int:
    """Write the tables; return 1 if there are too many false maps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    seeds = range(options.seeds)
    rows: list[noise_moran_report.Noise] = []
    planted: list[noise_moran_report.Power] = []
    for real in real_maps(options.data):
        rows.append(false_classes(real, seeds))
        print(rows[-1].place, rows[-1].maps_with, flush=True)
        if real.place[0] == noise_data.GEOGRAPHIES[0].name and real.place[1] > noise.RESOLUTIONS[0]:
            planted += power(real, seeds)
            print(planted[-2:], flush=True)
    options.out.write_text(noise_moran_report.report(rows, planted, command="python " + " ".join(sys.argv)))
    return int(any(row.above_the_bar for row in rows))


if __name__ == "__main__":
    sys.exit(main())
