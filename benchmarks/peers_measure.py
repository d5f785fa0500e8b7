"""Agreement and speed of single methods against their peers, in one process and one thread; JSON to standard output.

Run by ``peers.py`` with the peers' environment. Both sides take turns, and what counts is the ratio of a turn: other work on
the machine slows both.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pymannkendall
from esda import G_Local
from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes
from gi_star import MEAN, SIZE, disk
from libpysal.graph import Graph
from pointpats.spacetime import Knox
from scipy import special, stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from geointel.grid import neighbours
from geointel.hotspots import (
    benjamini_hochberg,
    change,
    e_test,
    gi_star,
    global_rates,
    knox,
    local_rates,
    mann_kendall,
    randomisation_tail,
    signed_bins,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

CELLS, EVENTS, CUBE, MONTHS = 1_000_000, 20_000, 200_000, 36
NEAR, SOON, PERMUTATIONS = 250.0, 14, 99
PAIRS, SERIES = 300, 2_000
SEED = 7


@dataclass(frozen=True)
class Measured:
    """One comparison: medians of CPU seconds, the ratio of every turn, and the largest difference of the results."""

    id: str
    what: str
    peer: str
    size: str
    ours: float
    theirs: float
    ratios: tuple[float, ...]
    difference: float | None


def compare(
    ident: str,
    texts: tuple[str, str, str],
    ours: Callable[[], Any],
    theirs: Callable[[], Any],
    *,
    turns: int,
) -> Measured:
    """Take turns; each side gives one array."""
    own, other = [], []
    for _ in range(turns):
        seconds, found = timed(ours)
        own.append(seconds)
        seconds, expected = timed(theirs)
        other.append(seconds)
    ratios = tuple(sorted(b / a for a, b in zip(own, other, strict=True)))
    difference = float(np.nanmax(np.abs(np.asarray(found) - np.asarray(expected))))
    return Measured(ident, *texts, float(np.median(own)), float(np.median(other)), ratios, difference)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and result of one call."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def gi_star_of() -> Iterator[Measured]:
    """Gi* to its classes, against esda's analytic statistic alone, and against the formula with nothing around it."""
    adjacency = neighbours(disk(CELLS))
    random = np.random.default_rng(SEED)
    counts = random.poisson(random.gamma(SIZE, MEAN / SIZE, CELLS))
    graph = Graph.from_sparse(adjacency)

    def normal() -> NDArray[np.float64]:
        found = gi_star(counts, adjacency)
        benjamini_hochberg(found.p_normal)
        return found.z

    def exact() -> NDArray[np.float64]:
        found = gi_star(counts, adjacency)
        tail = randomisation_tail(counts, total=found.total, weight=found.weight)
        signed_bins(found.z, benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p)))
        return found.z

    def esda() -> NDArray[np.float64]:
        return np.asarray(G_Local(counts, graph, transform="B", permutations=0, star=True).Zs)

    def bare() -> NDArray[np.float64]:
        n, x = len(counts), counts.astype(np.float64)
        w = np.diff(adjacency.indptr) + 1
        z = (adjacency @ x + x - w * x.mean()) / (x.std() * np.sqrt((n * w - w * w) / (n - 1)))
        stats.false_discovery_control(special.erfc(np.abs(z) / np.sqrt(2)))
        return z

    size = f"{CELLS:,} cells"
    yield compare("gi-bare", ("Gi* + p + BH", "formula, normal p and BH in bare scipy", size), normal, bare, turns=9)
    yield compare("gi-esda", ("Gi* + p + BH", "esda G_Local (Graph), z and p alone", size), normal, esda, turns=5)
    text = "Gi* + randomisation tail + BH + classes"
    yield compare("gi-tail", (text, "esda G_Local (Graph), z and p alone", size), exact, esda, turns=5)


def knox_of() -> Iterator[Measured]:
    """Events at their own places and days, in a town of 20 by 20 km over three years; close: 250 m and 14 days."""
    random = np.random.default_rng(SEED)
    places = random.uniform(0, 20_000, (EVENTS, 2)).round(1)
    days = random.integers(0, 3 * 365, EVENTS)

    def ours() -> NDArray[np.int64]:
        # A band holds its lower end and not its upper: pointpats counts what is at most 14 days apart.
        bands = ((0.0, NEAR), (0.0, float(SOON + 1)))
        return knox(
            places, days, bands, precision=("exact", "day"), metric="euclidean", permutations=PERMUTATIONS, seed=1
        ).observed.ravel()

    def theirs() -> NDArray[np.int64]:
        return np.array([Knox(places, days[:, None], NEAR, SOON, permutations=PERMUTATIONS).statistic_])

    size = f"{EVENTS:,} events, {PERMUTATIONS} permutations"
    yield compare("knox", ("Knox table, one band of each", "pointpats Knox", size), ours, theirs, turns=3)


def rates_of() -> Iterator[Measured]:
    """Marshall's empirical Bayes, of the whole and of cell and ring."""
    random = np.random.default_rng(SEED)
    base = random.integers(50, 3_000, CUBE).astype(np.float64)
    events = random.poisson(base * random.gamma(4, 0.001, CUBE)).astype(np.float64)
    adjacency = neighbours(disk(CUBE))
    size = f"{CUBE:,} cells"
    yield compare(
        "eb",
        ("Empirical Bayes, whole area", "esda Empirical_Bayes", size),
        lambda: global_rates(events, base).rate,
        lambda: np.asarray(Empirical_Bayes(events, base).r).ravel(),
        turns=7,
    )
    few = 20_000
    small = neighbours(disk(few))
    weights = Graph.from_sparse(small).to_W()
    yield compare(
        "eb-local",
        ("Empirical Bayes, cell and ring", "esda Spatial_Empirical_Bayes (W)", f"{few:,} cells"),
        lambda: local_rates(events[:few], base[:few], small).rate,
        lambda: np.asarray(Spatial_Empirical_Bayes(events[:few], base[:few], weights).r).ravel(),
        turns=3,
    )
    series = random.poisson(0.6, (CUBE, MONTHS)).astype(np.float64)
    before, after = series[:, -24:-12].sum(axis=1), series[:, -12:].sum(axis=1)

    def all_three() -> None:
        global_rates(events, base)
        local_rates(events, base, adjacency)
        change(before, after)
        mann_kendall(series)

    seconds = [timed(all_three)[0] for _ in range(5)]
    text = "Empirical Bayes (both) + change + Mann-Kendall"
    size = f"{CUBE:,} cells × {MONTHS} months"
    yield Measured("cube", text, "", size, float(np.median(seconds)), np.nan, tuple(sorted(seconds)), None)


def series_of() -> Iterator[Measured]:
    """Trends and changes, against peers that take one series or pair at a time."""
    random = np.random.default_rng(SEED)
    series = random.poisson(1.5, (SERIES, MONTHS)).astype(np.float64)
    yield compare(
        "mann-kendall",
        ("Mann-Kendall, p", "pymannkendall original_test", f"{SERIES:,} series of {MONTHS}"),
        lambda: mann_kendall(series).p,
        lambda: np.array([pymannkendall.original_test(one).p for one in series]),
        turns=3,
    )
    before, after = random.poisson(6, (2, PAIRS)) + np.array([[1], [0]])
    for ident, method, call in (
        ("exact", "exact-cond", lambda: change(before, after, exposure_after=1.5).p),
        ("mid-p", "cond-midp", lambda: change(before, after, exposure_after=1.5).p_mid),
        ("e-test", "etest", lambda: e_test(before, after, exposure_after=1.5)),
    ):
        texts = (f"Change, {ident}", f"statsmodels test_poisson_2indep ({method})", f"{PAIRS} pairs of counts")
        yield compare(
            f"change-{ident}",
            texts,
            call,
            lambda method=method: np.array(
                [poisson_2indep(b, 1.5, a, 1.0, method=method).pvalue for a, b in zip(before, after, strict=True)]
            ),
            turns=3,
        )


def main() -> int:
    """Measure everything and write JSON lines."""
    warnings.simplefilter("ignore")  # the peers' deprecations
    for part in (gi_star_of, knox_of, rates_of, series_of):
        for measured in part():
            print(json.dumps(asdict(measured)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
