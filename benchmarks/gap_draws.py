"""How long do draws of need take, and the gap and equity from them? Prints the table of `docs/validation/gap-draws.md`.

A made-up map: cells of Zipf-like residents in authorities of about 800 cells, three weightings, 200 draws. Run it with nothing else at work:

    python benchmarks/gap_draws.py
"""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geointel.gaps.equity import equity_of_need, equity_summary
from geointel.gaps.gap import gap_draws, gap_index
from geointel.gaps.need import NeedDraws, need_draws

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

DRAWS = 200
SIZES = (6_000, 230_000)


def made_up(cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64], Callable[[], NeedDraws]]:
    """Residents by decile of deprivation, access, and what makes the draws."""
    random = np.random.default_rng(cells)
    residents = np.floor(random.pareto(1.2, cells) * 40)
    poor = random.beta(2, 8, cells)
    authority = np.arange(cells) * max(2, cells // 800) // cells
    share = csr_array((np.ones(cells), authority, np.arange(cells + 1)), shape=(cells, authority[-1] + 1))
    weightings = [residents, residents * poor, residents * poor**2]
    estimate = share.T @ residents * 0.0095
    by_decile = np.zeros((cells, 10))
    for _ in range(3):  # parts of three small areas in a cell
        by_decile[np.arange(cells), random.integers(0, 10, cells)] += residents / 3
    limits = {"estimate": estimate, "lower": estimate * 0.85, "upper": estimate * 1.2}
    return by_decile, random.gamma(2, 0.5, cells), lambda: need_draws(weightings, share, **limits, seed=1, draws=DRAWS)


def timed(name: str, work: Callable[[], object]) -> str:
    """Seconds of the best of three runs, as a cell of the table."""
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    print(f"  {name}: {best:.3f} s", flush=True)
    return f"{best:.3f}"


def column(cells: int) -> dict[str, str]:
    """All timings of a map of so many cells."""
    print(f"{cells:,} cells, {DRAWS} draws")
    by_decile, access, make = made_up(cells)
    residents, need = by_decile.sum(axis=1), make()
    works: dict[str, Callable[[], object]] = {
        "`need_draws` (factors)": make,
        "`NeedDraws.interval`": lambda: need.interval,
        "`gap_index` of the estimate": lambda: gap_index(need.expected, -access, people=residents),
        "`gap_draws`: P(gap), interval of the rank": lambda: gap_draws(need, -access, people=residents),
        "`equity_summary`, 200 resamples": lambda: equity_summary(access, by_decile, line=0.5, seed=1, draws=DRAWS),
        "`equity_of_need`": lambda: equity_of_need(access, by_decile, need=need, line=0.5),
    }
    found = {name: timed(name, work) for name, work in works.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "Most memory of the process so far, MB": f"{peak:.0f}"}


def main() -> None:
    """Print one row for each piece of work, one column for each size."""
    columns = [column(cells) for cells in SIZES]
    print("\n| seconds | " + " | ".join(f"{cells:,} cells" for cells in SIZES) + " |")
    print("|---|" + "---:|" * len(SIZES))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(found[name] for found in columns) + " |")


if __name__ == "__main__":
    main()
