"""The spatial scan statistic: the circle whose events are least like those of the rest.

Kulldorff (1997), doi:10.1080/03610929708831995, discrete Poisson, high rates. The cluster is the finding: that it
is significant does not make each of its cells so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.scan_likelihood import LEAST, poisson_llr, relative_risk, zone_ratios
from geointel.hotspots.scan_zones import circles
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.hotspots.scan_zones import Zones

BLOCK = 1 << 17
"""Numbers worked on at a time."""


@dataclass(frozen=True)
class Cluster:
    """One cluster: ``cells`` are sorted row numbers, ``llr`` its likelihood ratio.

    ``p`` compares it with the strongest cluster of each simulated map, (r + 1)/(R + 1); it is NaN without
    simulations. ``relative_risk`` is NaN where all events are inside. ``steps`` is the number of the last
    steps it lasts, 0 for a cluster without time.
    """

    cells: NDArray[np.int32]
    events: int
    expected: float
    llr: float
    relative_risk: float
    p: float
    steps: int = 0


def poisson_scan(
    events: ArrayLike,
    people: ArrayLike,
    places: tuple[ArrayLike, ArrayLike],
    *,
    share: float = 0.5,
    most: int = 1,
    replicas: int = 999,
    seed: int,
) -> list[Cluster]:
    """Most likely clusters, the strongest first, none overlapping a stronger one.

    Parameters
    ----------
    events, people
        Whole events and population of each cell, shape ``(n,)``.
    places
        Latitude and longitude of each cell's centre in degrees.
    share
        Most of all people that a circle may hold.
    most
        Number of clusters asked for; there may be fewer.
    replicas
        Simulated maps with the same total, dealt out by population.

    Raises
    ------
    MethodError
        If counts are not whole, shapes differ, or there are too many cells.
    """
    x, zones = whole_numbers(events, "count"), circles(*places, people, share=share)
    mass = np.asarray(people, dtype=np.float64)
    total = int(x.sum())
    if x.shape != mass.shape:
        message = f"{x.shape} counts do not fit {mass.shape} populations."
        raise MethodError(message, remedy="Pass one count and one population for each cell.")
    expected = mass * (total / mass.sum())
    scores, counts, means = _scores(zones, x, expected)
    found = []
    for centre, last in strongest_apart(zones, scores, most):
        llr, c, e = (float(values[centre, last]) for values in (scores, counts, means))
        found.append((zones.cells(centre, last), round(c), e, llr, float(relative_risk(c, e, total))))
    random = np.random.default_rng(seed)
    simulated = random.multinomial(total, mass / mass.sum(), size=replicas)
    maxima = _maxima(zones, simulated.T, expected, total)
    return [Cluster(*values, simulated_p(values[3], maxima)) for values in found]


def strongest_apart(zones: Zones, scores: NDArray[np.float64], most: int) -> list[tuple[int, int]]:
    """Centre and last place of up to ``most`` zones of highest score above 0 that share no cell.

    Only the best zone of each centre stands for election, as in SaTScan: what lies beside a strong
    cluster is mostly its shadow.
    """
    allowed = np.where(zones.allowed, scores, 0.0)
    last = np.argmax(allowed, axis=1)
    best = allowed[np.arange(len(last)), last]
    taken = np.zeros(len(last), dtype=bool)
    found: list[tuple[int, int]] = []
    for centre in np.argsort(-best, kind="stable").tolist():
        cells = zones.order[centre, : last[centre] + 1]
        if len(found) == most or best[centre] <= 0:
            break
        if not taken[cells].any():
            taken[cells] = True
            found.append((centre, int(last[centre])))
    return found


def simulated_p(llr: float, maxima: NDArray[np.float64]) -> float:
    """(r + 1)/(R + 1), where r of R simulated maxima reach ``llr``; NaN without any."""
    reached = int(np.count_nonzero(maxima >= llr * (1 - 1e-12)))
    return (reached + 1) / (len(maxima) + 1) if len(maxima) else float("nan")


def _scores(
    zones: Zones, x: NDArray[np.int64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Likelihood ratio, events and expectation of every zone."""
    counts = np.cumsum(x[zones.order], axis=1).astype(np.float64)
    means = np.cumsum(expected[zones.order], axis=1)
    scores = np.where(counts >= LEAST, poisson_llr(counts, means, float(x.sum())), 0.0)
    return scores, counts, means


def _maxima(
    zones: Zones, simulated: NDArray[np.int64], expected: NDArray[np.float64], total: int
) -> NDArray[np.float64]:
    """Largest likelihood ratio of each simulated map, shape ``(replicas,)``; ``simulated`` has cells first."""
    maxima = np.zeros(simulated.shape[1])
    deals = np.ascontiguousarray(simulated, dtype=np.int32)
    for order, allowed in zones.parts(max(1, BLOCK // max(zones.order.shape[1] * deals.shape[1], 1))):
        ratios = zone_ratios(np.cumsum(expected[order], axis=1)[:, :, None], total, allowed[:, :, None])
        counts = np.cumsum(deals[order], axis=1, dtype=np.int32)
        np.maximum(maxima, ratios.of(counts).max(axis=(0, 1)), out=maxima)
    return maxima
