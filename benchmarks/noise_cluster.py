"""False clusters on noise, and how strong a cluster must be to be found: the layer ``cluster``.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/noise_cluster.py ../shared/data --out docs/validation/noise-cluster.md

Every map is simulated on the cells and totals of a real one: its size and its skewness are real, only its pattern is not.
The page is written anew after every row, so that a run can be stopped.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import noise_cluster_report as report
import noise_data
import numpy as np
from noise_cluster_maps import FINE, RealMap, beginnings, counts_of, planted, shares_of

from geointel.grid import centres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from noise_cluster_maps import Scanned

WINDOWS = {"year": ("2025-01", "2025-12"), "quarter": ("2025-10", "2025-12")}
CATEGORY = "drugs"
STUDIES: dict[str, Callable[[RealMap, int, int], Scanned]] = {
    "share": shares_of,
    "count": counts_of,
    "begin": beginnings,
}
RADII = (0, 1, 2)
TIMES = (1.0, 1.5, 2.0, 3.0)
"""At 1 nothing is planted: what is found there is false."""
CHUNK = 10
SEED = 100_000
"""Of the replicas, beyond that of their map."""


def real_maps(data: Path, resolutions: tuple[int, ...]) -> Iterator[RealMap]:
    """Every resolution, geography and window, coarse to fine."""
    records = {geography.name: noise_data.load(geography, data) for geography in noise_data.GEOGRAPHIES[:2]}
    for resolution in resolutions:
        for area, rows in records.items():
            cells = noise_data.supported(rows, resolution)
            lnglat = centres(cells)
            for window, (first, last) in WINDOWS.items():
                within = rows[rows["month"].between(first, last)]
                own = within[within["category"] == CATEGORY]
                months = sorted(own["month"].unique())
                yield RealMap(
                    name=(area, resolution, window),
                    cells=cells,
                    places=(lnglat[:, 1], lnglat[:, 0]),
                    every=noise_data.counts(within, cells, resolution),
                    by_month=np.column_stack(
                        [noise_data.counts(own[own["month"] == month], cells, resolution) for month in months]
                    ),
                )


def false_clusters(real: RealMap, part: str, seeds: range, *, pool: Executor) -> report.Row:
    """How many of the maps of a study had a cluster, by noise and null."""
    found: dict[str, int] = {}
    study = STUDIES[part]
    for scanned in pool.map(partial(study, real), seeds, [SEED + seed for seed in seeds], chunksize=CHUNK):
        for column, p in scanned.items():
            found[column] = found.get(column, 0) + int(p <= report.FALSE)
    return report.Row(
        real.name,
        len(real.cells),
        int(real.own.sum()),
        len(seeds),
        {name: found.get(name) for name in report.COLUMNS[part]},
    )


def power(real: RealMap, seeds: range, *, pool: Executor) -> Iterator[report.Power]:
    """How often planted clusters are found."""
    for radius in RADII:
        for times in TIMES:
            plant = partial(planted, real, radius=radius, times=times)
            hits = list(pool.map(plant, seeds, [SEED + seed for seed in seeds], chunksize=CHUNK))
            yield report.Power(real.name, radius, times, len(seeds), tuple(hit for hit in hits if hit is not None))


def measured(
    real: RealMap, options: argparse.Namespace, *, pool: Executor
) -> Iterator[tuple[str, report.Row | report.Power]]:
    """All that is measured on one real map."""
    _, resolution, window = real.name
    maps = options.fine if resolution >= FINE else options.seeds

    def seeds(number: int) -> range:
        return range(options.first, options.first + number)

    for part in ("share", "count"):
        if part in options.parts:
            yield part, false_clusters(real, part, seeds(maps), pool=pool)
    if "power" in options.parts and (resolution, window) == (report.POWER, "year"):
        for row in power(real, seeds(options.power), pool=pool):
            yield "power", row
    if "begin" in options.parts and window == "year":
        few = options.beginnings if resolution >= report.POWER else options.seeds
        yield "begin", false_clusters(real, "begin", seeds(min(few, maps)), pool=pool)


def main() -> int:
    """Write the tables; return 1 if a map of the layer's own test is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=200, help="maps of each row")
    parser.add_argument(
        "--first", type=int, default=5000, help="seed of the first map; the method was chosen on 0 to 2199"
    )
    parser.add_argument("--fine", type=int, default=200, help="maps of each row at resolution 8")
    parser.add_argument(
        "--beginnings", type=int, default=200, help="maps of each row of beginnings from resolution 7 on"
    )
    parser.add_argument("--power", type=int, default=100, help="maps of each planted cluster")
    parser.add_argument("--resolutions", type=int, nargs="+", default=(6, 7, 8))
    parser.add_argument("--workers", type=int, default=1, help="processes at a time")
    parser.add_argument("--parts", nargs="+", default=tuple(report.TEXTS), choices=tuple(report.TEXTS))
    options = parser.parse_args()
    page = report.Page(options.out, "python " + " ".join(sys.argv))
    with ProcessPoolExecutor(options.workers) as pool:
        for real in real_maps(options.data, tuple(options.resolutions)):
            for part, row in measured(real, options, pool=pool):
                page.add(part, row)
    return int(page.above_the_bar)


if __name__ == "__main__":
    sys.exit(main())
