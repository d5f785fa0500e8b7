"""Speed of Gi* with its randomisation p and the false discovery rate, against esda's analytic Gi*.

Run with the peers' environment, from the repository's root::

    PYTHONPATH=src .bench-venv/bin/python benchmarks/gi_star.py --out benchmarks/gi_star.json

Both sides get their adjacency ready made, so only the statistics are timed: the least of several runs in
one thread. Ours goes on to the exact p, the adjusted p and the classes; esda's stops at z and the
normal p.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# One thread on both sides: set before numpy loads its libraries.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import esda
import h3.api.basic_int as h3
import libpysal
import numpy as np
from libpysal.graph import Graph

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, gi_star, randomisation_tail, signed_bins

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIZES = (10_000, 100_000)
MEAN, SIZE = 0.4, 0.3
"""Counts are negative binomial, as skewed as a month of recorded drug offences."""

TARGET = 10


def main() -> int:
    """Measure every size, print a table, write JSON; return 1 below the target at the largest size."""
    options = _options()
    rows = [measure(size, repeats=options.repeats) for size in options.sizes]
    for row in rows:
        print("{cells:>9,} cells  ours {ours_ms:8.2f} ms  esda {esda_ms:9.2f} ms  ratio {ratio:6.1f}".format(**row))
    if options.out:
        versions = {"esda": esda.__version__, "libpysal": libpysal.__version__, "numpy": np.__version__}
        options.out.write_text(json.dumps({"target": TARGET, "versions": versions, "rows": rows}, indent=1) + "\n")
    return int(rows[-1]["ratio"] < TARGET)


def measure(size: int, *, repeats: int) -> dict[str, Any]:
    """Least time of both sides on one map, and how far their z lie apart."""
    cells = disk(size)
    adjacency = neighbours(cells)
    random = np.random.default_rng(0)
    counts = random.poisson(random.gamma(SIZE, MEAN / SIZE, size))
    # Star weights with self, in esda's own graph: its adjacency holds the cell itself too.
    graph = Graph.from_sparse(adjacency).assign_self_weight()

    def ours() -> NDArray[np.float64]:
        found = gi_star(counts, adjacency)
        tail = randomisation_tail(counts, total=found.total, weight=found.weight)
        signed_bins(found.z, benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p)))
        return found.z

    def theirs() -> NDArray[np.float64]:
        return np.asarray(esda.G_Local(counts, graph, transform="B", star=None, permutations=0).Zs)

    difference = float(np.abs(ours() - theirs()).max())
    ours_seconds, theirs_seconds = least(ours, repeats), least(theirs, repeats)
    return {
        "cells": size,
        "ours_ms": 1e3 * ours_seconds,
        "esda_ms": 1e3 * theirs_seconds,
        "ratio": theirs_seconds / ours_seconds,
        "largest_difference_of_z": difference,
    }


def disk(size: int) -> NDArray[np.int64]:
    """The first ``size`` cells of resolution 8 around the middle of England, sorted."""
    steps = int(np.ceil(np.sqrt(size / 3)))
    cells = h3.grid_disk(h3.latlng_to_cell(52.9, -1.5, 8), steps)[:size]
    return np.sort(np.array(cells, dtype=np.int64))


def least(call: Callable[[], object], repeats: int) -> float:
    """Least seconds of several calls: what the code costs when nothing disturbs it."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
