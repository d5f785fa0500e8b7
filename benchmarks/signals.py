"""Seconds of the processor that signals take, against a limit and beside a peer.

Run from the repository's root::

    python benchmarks/signals.py

The counts are made up, with the size and unevenness of the police records of a county: 15 categories in 190 middle-layer areas over 36
months, about one series in six with five or more a month. All of them are judged in every month that has a history, and their
thresholds are found from 40 simulated years: together they are held to the limit. Where statsmodels is installed, the same
number of quasi-Poisson models, each fitted twice as Farrington's are, is timed with its GLM in a loop. Exits with 1 above the limit.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots import MONTHS, budget_of, farrington, watch
from geointel.hotspots.watch import FARRINGTON, MONTHLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

AREAS, CATEGORIES, LENGTH = 190, 15, 36
MEAN, SHAPE = 2.5, 0.7
"""Of the gamma distribution of monthly means: most series are sparse."""
DISPERSION = 0.1
YEARS = 40
LIMIT = 5.0
REPEATS = 3
MODELS = 60
"""Series of the peer's loop: it is slow."""


def made_up(seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts of shape ``(AREAS * CATEGORIES, LENGTH)``, and the category of each."""
    random = np.random.default_rng(seed)
    n, size = AREAS * CATEGORIES, 1 / DISPERSION
    mean = random.gamma(SHAPE, MEAN / SHAPE, n)
    counts = random.negative_binomial(size, (size / (size + mean))[:, None], (n, LENGTH))
    return counts, np.repeat(np.arange(CATEGORIES), AREAS)


def least(work: Callable[[], object]) -> float:
    """Least processor time of some runs."""
    took = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def with_statsmodels(counts: NDArray[np.int64]) -> float:
    """Seconds a series that two models a series take, for one month: season and intercept, then with other weights."""
    import statsmodels.api as sm  # noqa: PLC0415 - only in the peers' environment

    past = counts[:, : LENGTH - 1 - MONTHLY.left_out]
    season = (np.arange(past.shape[1]) % 12) // 3
    design = np.column_stack([np.ones(past.shape[1]), *(season == number for number in (1, 2, 3))]).astype(float)

    def loop() -> None:
        for row in past[:MODELS]:
            first = sm.GLM(row, design, family=sm.families.Poisson()).fit(scale="X2")
            weights = np.where(first.resid_anscombe > MONTHLY.reweight, 0.5, 1.0)
            sm.GLM(row, design, family=sm.families.Poisson(), freq_weights=weights).fit(scale="X2")

    return least(loop) / MODELS


def main() -> int:
    """Print the figures; return 1 above the limit."""
    counts, groups = made_up(1)
    steps = list(range(MONTHS.least, LENGTH))
    found = watch(counts, groups, steps)
    judging = least(lambda: watch(counts, groups, steps))
    budgeting = least(lambda: budget_of(counts, groups, accepted=12, years=YEARS, seed=1))
    total = judging + budgeting
    share = float((found.method == FARRINGTON).mean())
    print(
        f"{len(counts):,} series × {LENGTH} months ({share:.0%} of the judgements by Farrington), seconds of the processor:"
    )
    print(
        f"  judged {judging:.2f}, thresholds from {YEARS} simulated years {budgeting:.2f}, together {total:.2f} (limit {LIMIT})"
    )
    busy = counts[counts.mean(axis=1) >= MONTHS.few]
    ours = least(lambda: farrington(busy, [LENGTH - 1], MONTHLY, limits=False)) / len(busy)
    if find_spec("statsmodels") is None:
        print("  statsmodels is not installed: no ratio")
    else:
        peer = with_statsmodels(busy)
        print(
            f"  Farrington, one series and month: {1e6 * ours:.0f} µs; statsmodels GLM in a loop {1e6 * peer:.0f} µs, {peer / ours:.0f} times as long"
        )
    return int(total > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
