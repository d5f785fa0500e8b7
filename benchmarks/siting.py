"""Speed of siting: proven plans against spopt with HiGHS, and the greedy plan at the size of a county.

Run with the peers' environment, from the repository's root::

    PYTHONPATH=src .bench-venv/bin/python benchmarks/siting.py --out benchmarks/siting.json

Both sides get the same matrix of minutes, build their model and prove the optimum (relative gap 0); seconds of the
processor, in turns, in one process. Cells lie in towns and between them, many people in a few and few in most. The
objectives are compared: a faster wrong answer is none. Times depend on the map as much as on its size: where places and
people are spread evenly and sites reach a tenth of all cells, both sides need most of a minute at 2,000 × 200.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path
from statistics import median as middle
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from geointel.gaps.siting import Terms, cover_most, greedy_cover, median

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

COVER = ((200, 50, 5), (1000, 100, 8), (2000, 200, 10), (5000, 300, 12), (10_000, 300, 12))
"""Cells, candidates and sites of the covering models."""
MEDIAN = (200, 40, 6)
TARGET = 15.0
"""Times faster than spopt and HiGHS at the largest covering model."""
COUNTY = 6000
"""Cells of resolution 8 in Lancashire, each of them a candidate."""
GREEDY_TARGET = 0.3
"""Seconds of the processor for five sites."""
SIDE = 60.0
TOWNS = 25
RADIUS = SIDE * float(np.sqrt(0.04 / np.pi))
"""About four in a hundred pairs are in range, more in towns."""
COUNTY_RADIUS = SIDE * float(np.sqrt(0.1 / np.pi))
"""A tenth of the pairs, which makes greedy slower."""


def main() -> int:
    """Measure every size, print a table, write JSON; return 1 where a target is missed."""
    warnings.simplefilter("ignore")  # the peers' deprecations
    options = _options()
    for warm_up in (spopt_cover, spopt_median):  # their first call imports
        warm_up(*instance(20, 5), sites=2)
    rows = [cover_row(*size, turns=options.turns) for size in COVER if size[0] <= options.largest]
    rows.append(median_row(*MEDIAN, turns=options.turns))
    seconds = greedy_seconds(turns=options.turns)
    print(
        f"greedy, 5 sites of {COUNTY:,} cells and candidates: {seconds:.3f} s of the processor, target {GREEDY_TARGET}"
    )
    if options.out:
        found = {"target": TARGET, "rows": rows, "greedy_seconds": round(seconds, 3), "greedy_target": GREEDY_TARGET}
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    largest = max((row for row in rows if row["what"] == "cover"), key=lambda row: row["cells"])
    return int(largest["times_faster"] < TARGET or seconds > GREEDY_TARGET)


def cover_row(n: int, k: int, p: int, *, turns: int) -> dict[str, Any]:
    """MCLP of both sides, and how far the greedy plan is from the proof."""
    costs, people = instance(n, k)
    minutes = stored(costs)
    terms = Terms(new=p)
    row = compared(
        lambda: cover_most(minutes, people, radius=RADIUS, terms=terms).objective,
        lambda: spopt_cover(costs, people, sites=p),
        turns=turns,
    )
    quick = greedy_cover(minutes, people, radius=RADIUS, terms=terms).objective
    return told(
        {"what": "cover", "cells": n, "candidates": k, "sites": p, **row, "greedy_gap": 1 - quick / row["objective"]}
    )


def median_row(n: int, k: int, p: int, *, turns: int) -> dict[str, Any]:
    """p-median of both sides."""
    costs, people = instance(n, k)
    minutes = stored(costs)
    row = compared(
        lambda: median(minutes, people, terms=Terms(new=p)).objective,
        lambda: spopt_median(costs, people, sites=p),
        turns=turns,
    )
    return told({"what": "median", "cells": n, "candidates": k, "sites": p, **row})


def compared(ours: Callable[[], float], theirs: Callable[[], float], *, turns: int) -> dict[str, Any]:
    """Median seconds of the processor of both, in turns. Raises ``ValueError`` if they do not find the same optimum."""
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(turns):
        found = []
        for name, call in (("ours", ours), ("theirs", theirs)):
            start = time.process_time()
            found.append(call())
            seconds[name].append(time.process_time() - start)
        if not np.isclose(*found, rtol=1e-6):
            message = f"The optima differ: {found}"
            raise ValueError(message)
    ratios = [b / a for a, b in zip(seconds["ours"], seconds["theirs"], strict=True)]
    return {
        "seconds": round(middle(seconds["ours"]), 4),
        "peer_seconds": round(middle(seconds["theirs"]), 4),
        "times_faster": round(middle(ratios), 1),
        "objective": found[0],
    }


def spopt_cover(costs: NDArray[np.float64], people: NDArray[np.float64], *, sites: int) -> float:
    """Most people covered, by spopt and HiGHS."""
    from spopt.locate import MCLP  # noqa: PLC0415

    found = MCLP.from_cost_matrix(costs, people, RADIUS, p_facilities=sites).solve(_highs())
    return float(found.problem.objective.value())


def spopt_median(costs: NDArray[np.float64], people: NDArray[np.float64], *, sites: int) -> float:
    """Fewest person-minutes, by spopt and HiGHS."""
    from spopt.locate import PMedian  # noqa: PLC0415

    found = PMedian.from_cost_matrix(costs, people, p_facilities=sites).solve(_highs())
    return float(found.problem.objective.value())


def greedy_seconds(*, turns: int) -> float:
    """Least seconds of the processor for five sites among all cells of a county."""
    random = np.random.default_rng(1)
    places, people = random.uniform(0, SIDE, (COUNTY, 2)), random.integers(0, 900, COUNTY).astype(float)
    pairs = KDTree(places).sparse_distance_matrix(KDTree(places), COUNTY_RADIUS, output_type="coo_matrix")
    minutes = csr_array(pairs)
    times = []
    for _ in range(max(turns, 3)):
        start = time.process_time()
        greedy_cover(minutes, people, radius=COUNTY_RADIUS, terms=Terms(new=5))
        times.append(time.process_time() - start)
    return min(times)


def instance(n: int, k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minutes of shape ``(n, k)``, and people of each cell: more than half of the cells in towns, candidates among cells."""
    random = np.random.default_rng(n + k)
    towns = random.uniform(0, SIDE, (TOWNS, 2))
    town = towns[random.integers(0, TOWNS, n)] + random.normal(0, SIDE / 25, (n, 2))
    cells = np.where((random.random(n) < 0.6)[:, None], town, random.uniform(0, SIDE, (n, 2)))
    sites = cells[random.choice(n, k, replace=False)]
    people = np.round(random.lognormal(3, 1.2, n))
    return np.hypot(*(cells[:, None] - sites[None]).transpose(2, 0, 1)), people


def stored(costs: NDArray[np.float64]) -> Any:
    """Every pair stored: turned into a sparse matrix by scipy, a cell would lose the site that stands in it."""
    n, k = costs.shape
    return csr_array((costs.ravel(), np.tile(np.arange(k), n), np.arange(0, n * k + 1, k)), shape=(n, k))


def told(row: dict[str, Any]) -> dict[str, Any]:
    """Print a row, and give it back."""
    size = f"{row['cells']:,} × {row['candidates']}, {row['sites']} sites"
    gap = f"  greedy within {100 * row['greedy_gap']:.2f} %" if "greedy_gap" in row else ""
    print(
        f"{row['what']:<7} {size:<24} ours {row['seconds']:8.3f} s  spopt {row['peer_seconds']:8.3f} s "
        f"{row['times_faster']:6.1f} times{gap}",
        flush=True,
    )
    return row


def _highs() -> Any:
    import pulp  # noqa: PLC0415

    return pulp.HiGHS(msg=False, gapRel=0.0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=COVER[-1][0], help="cells of the largest covering model")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
