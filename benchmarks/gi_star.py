"""Speed of Gi* with its exact p and the false discovery rate, against esda's analytic Gi*.

Run with the peers' environment, from the repository's root::

    PYTHONPATH=src .bench-venv/bin/python benchmarks/gi_star.py --out benchmarks/gi_star.json

Both sides get the adjacency ready made, so only the statistics are timed: the least CPU time of several
runs. Ours goes on from z to the randomisation p, the adjusted p and the classes; esda's stops at z and the
normal p. esda is asked three ways: with a ``Graph`` or the older ``W`` and ``star=True``, where it adds the
cell itself, and with a ``Graph`` that holds it already.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import esda
import h3.api.basic_int as h3
import libpysal
import numpy as np
from libpysal.graph import Graph

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, gi_star, randomisation_tail, signed_bins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Adjacency = csr_array[np.float64, tuple[int, int]]

SIZES = (10_000, 100_000)
MEAN, SIZE = 0.4, 0.3
"""Counts are negative binomial, as skewed as a month of recorded drug offences."""

TARGET = 10
"""Times faster than esda with a Graph, at the largest size."""

LARGEST_W = 100_000
"""Above this many cells a ``W`` takes minutes to build."""


def main() -> int:
    """Measure every size, print a table, write JSON; return 1 below the target at the largest size."""
    warnings.simplefilter("ignore")  # the peers' deprecations
    options = _options()
    rows = [measure(size, repeats=options.repeats) for size in options.sizes]
    if options.out:
        versions = {"esda": esda.__version__, "libpysal": libpysal.__version__, "numpy": np.__version__}
        options.out.write_text(json.dumps({"target": TARGET, "versions": versions, "rows": rows}, indent=1) + "\n")
    return int(rows[-1]["times_faster"]["graph"] < TARGET)


def measure(size: int, *, repeats: int) -> dict[str, Any]:
    """Least CPU seconds of both sides on one map, and how far their z lie apart."""
    cells = disk(size)
    adjacency = neighbours(cells)
    random = np.random.default_rng(0)
    counts = random.poisson(random.gamma(SIZE, MEAN / SIZE, size))
    own, z = least(ours, (counts, adjacency), repeats=repeats)
    seconds, furthest = {}, 0.0
    for name, graph, options in peers(adjacency):
        seconds[name], their_z = least(theirs, (counts, graph, options), repeats=min(repeats, 3))
        furthest = max(furthest, float(np.abs(their_z - z).max()))
        ratio = seconds[name] / own
        print(
            f"{size:>9,} cells  ours {1e3 * own:7.2f} ms  {name:16} {1e3 * seconds[name]:8.1f} ms  {ratio:6.1f} times"
        )
    return {
        "cells": size,
        "seconds": round(own, 5),
        "esda_seconds": {name: round(value, 5) for name, value in seconds.items()},
        "times_faster": {name: round(value / own, 1) for name, value in seconds.items()},
        "largest_difference_of_z": furthest,
    }


def ours(counts: NDArray[np.int64], adjacency: Adjacency) -> NDArray[np.float64]:
    """Everything a published map needs: z, exact p, q, classes."""
    found = gi_star(counts, adjacency)
    tail = randomisation_tail(counts, total=found.total, weight=found.weight)
    signed_bins(found.z, benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p)))
    return found.z


def theirs(counts: NDArray[np.int64], graph: Any, options: dict[str, Any]) -> NDArray[np.float64]:
    """Analytic Gi* of esda."""
    return np.asarray(esda.G_Local(counts, graph, transform="B", permutations=0, **options).Zs)


def peers(adjacency: Adjacency) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield esda's ways to the same weights; the cell itself has weight 1 in all of them."""
    graph = Graph.from_sparse(adjacency)
    yield "graph", graph, {"star": True}
    yield "graph with self", graph.assign_self_weight(), {"star": None}
    if adjacency.shape[0] <= LARGEST_W:
        yield "W", graph.to_W(), {"star": True}


def disk(size: int) -> NDArray[np.int64]:
    """Return ``size`` cells of resolution 8 around the middle of England, sorted."""
    steps = int(np.ceil(np.sqrt(size / 3)))
    cells = h3.grid_disk(h3.latlng_to_cell(52.9, -1.5, 8), steps)[:size]
    return np.sort(np.array(cells, dtype=np.int64))


def least(
    call: Callable[..., NDArray[np.float64]], arguments: tuple[Any, ...], *, repeats: int
) -> tuple[float, NDArray[np.float64]]:
    """Least CPU seconds of several calls (what the code costs when nothing disturbs it), and the result."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = call(*arguments)
        times.append(time.process_time() - start)
    return min(times), result


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
