"""Speed of the enhanced two-step floating catchment against pysal's ``access``, and of a change of one service.

Run with the peers' environment, from the repository's root::

    PYTHONPATH=src .bench-venv/bin/python benchmarks/catchment.py --out benchmarks/catchment.json

Both sides get demand, supply and travel times ready made, ours as a sparse matrix, the peer's as tables; weights are part of what is timed.
They take turns, and what counts is CPU seconds, the least of several turns. A change is one service closed and another
opened elsewhere at once, and an answer for every origin.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from access import Access
from scipy.sparse import csr_array

from geointel.gaps.catchment import two_step
from geointel.gaps.impedance import E2SFCA_STEPS, steps, weighted
from geointel.gaps.what_if import column_of, contribution, with_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geointel.gaps.by_pair import Pairs

SIZES = ((10_000, 100), (10_000, 1_000), (100_000, 100), (100_000, 1_000))
DENSITY = 0.1
"""Share of the pairs that can be travelled."""

LARGE = 1_000_000
"""From so many pairs on the peer takes seconds, and has one turn."""

TARGET, LARGEST_TARGET = 70, 100
"""Times faster than the peer, at every size and at the largest."""


def main() -> int:
    """Measure every size, print a table, write JSON; return 1 below a target."""
    warnings.simplefilter("ignore")  # the peer's deprecations
    logging.disable(logging.INFO)  # a line for every turn of the peer
    options = _options()
    rows = [measure(origins, services, turns=options.turns) for origins, services in SIZES[: options.sizes]]
    if options.out:
        versions = {name: version(name) for name in ("access", "numpy", "pandas", "scipy")}
        found = {"target": TARGET, "largest_target": LARGEST_TARGET, "versions": versions, "rows": rows}
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    largest = rows[-1]["times_faster"] < LARGEST_TARGET and len(rows) == len(SIZES)
    return int(largest or any(row["times_faster"] < TARGET for row in rows))


def measure(origins: int, services: int, *, turns: int) -> dict[str, Any]:
    """Seconds of both sides for one size, how far they lie apart, and seconds of a change."""
    demand, supply, minutes = made(origins, services)
    peer = theirs(demand, supply, minutes)
    own, other = [], []
    for turn in range(turns):
        seconds, found = timed(lambda: ours(demand, supply, minutes))
        own.append(seconds)
        if turn == 0 or minutes.nnz < LARGE:
            seconds, expected = timed(peer)
            other.append(seconds)
    change, column = changes(demand, supply, minutes)
    row = {
        "origins": origins,
        "services": services,
        "pairs": int(minutes.nnz),
        "seconds": round(min(own), 6),
        "access_seconds": round(min(other), 4),
        "times_faster": round(min(other) / min(own), 1),
        "largest_relative_difference": float(np.abs(found - expected).max() / np.abs(expected).max()),
        "one_service_microseconds": round(1e6 * column, 1),
        "close_and_open_microseconds": round(1e6 * change, 1),
    }
    print("  ".join(f"{name} {value:,}" for name, value in row.items()))
    return row


def made(origins: int, services: int) -> tuple[NDArray[np.float64], NDArray[np.float64], Pairs]:
    """Demand, supply, and times up to an hour of a tenth of the pairs."""
    random = np.random.default_rng(0)
    number = random.binomial(services, DENSITY, origins)
    reached = np.concatenate([np.sort(random.choice(services, k, replace=False)) for k in number])
    first = np.concatenate([[0], np.cumsum(number)])
    times = np.round(random.uniform(0, 60, len(reached)), 2)
    minutes = csr_array((times, reached.astype(np.int32), first.astype(np.int32)), shape=(origins, services))
    return random.poisson(100, origins) + 1.0, random.poisson(20, services) + 1.0, minutes


def ours(demand: NDArray[np.float64], supply: NDArray[np.float64], minutes: Pairs) -> NDArray[np.float64]:
    """Weights, both steps and all checks of the input."""
    return two_step(demand, supply, weighted(minutes, steps(E2SFCA_STEPS))).access


def theirs(
    demand: NDArray[np.float64], supply: NDArray[np.float64], minutes: Pairs
) -> Callable[[], NDArray[np.float64]]:
    """The peer's method on the same numbers; an origin without services in its answer has 0."""
    origin = np.repeat(np.arange(len(demand)), np.diff(minutes.indptr))
    tables = Access(
        demand_df=pd.DataFrame({"id": np.arange(len(demand)), "demand": demand}),
        demand_index="id",
        demand_value="demand",
        supply_df=pd.DataFrame({"id": np.arange(len(supply)), "supply": supply}),
        supply_index="id",
        supply_value="supply",
        cost_df=pd.DataFrame({"origin": origin, "dest": minutes.indices, "cost": minutes.data}),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )

    def run() -> NDArray[np.float64]:
        found = tables.enhanced_two_stage_fca(name="e2sfca")["e2sfca_supply"]
        return found.reindex(np.arange(len(demand))).fillna(0).to_numpy()

    return run


def changes(demand: NDArray[np.float64], supply: NDArray[np.float64], minutes: Pairs) -> tuple[float, float]:
    """Median wall seconds: one service closed and another opened, with the new access of all; and one column alone."""
    weights = weighted(minutes, steps(E2SFCA_STEPS))
    access = two_step(demand, supply, weights).access
    columns = weights.tocsc()
    whole, alone = [], []
    for service in range(51):
        begin = time.perf_counter()
        added = contribution(column_of(columns, service), demand, supply[service])
        alone.append(time.perf_counter() - begin)
        gone = contribution(column_of(columns, service + 1), demand, supply[service + 1])
        with_change(access, before=[gone], after=[added])
        whole.append(time.perf_counter() - begin)
    return float(np.median(whole)), float(np.median(alone))


def timed(call: Callable[[], NDArray[np.float64]]) -> tuple[float, NDArray[np.float64]]:
    """CPU seconds and the result."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many sizes, from the smallest on")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
