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
from geointel.hotspots.scan_zones import Search, Zones, circles
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geointel.hotspots.scan_nulls import Draw

BLOCK = 1 << 17
"""Numbers worked on at a time."""

USUAL = Search()


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
    places: tuple[ArrayLike, ArrayLike] | Zones,
    *,
    seed: int,
    search: Search = USUAL,
    draw: Draw | None = None,
    inflation: ArrayLike = 1.0,
) -> list[Cluster]:
    """Most likely clusters, the strongest first, none overlapping a stronger one.

    Parameters
    ----------
    events, people
        Whole events and population of each cell, shape ``(n,)``.
    places
        Latitude and longitude of each cell's centre in degrees; or the circles around them, where many maps share them.
    seed
        Of the simulated maps.
    draw
        Gives the counts of one simulated map, with the same total; left out, the events are dealt out by population.
        Counts that vary more than that need maps that do so, too: see ``scan_nulls``.
    inflation
        How many times the variance of a cell's count is that of a Poisson count, shape ``(n,)``. The ratio of a circle is
        divided by the mean of its cells, weighted by people (quasi-likelihood): otherwise the few cells whose counts vary
        most decide what is unusual anywhere.

    Raises
    ------
    MethodError
        If counts are not whole, shapes differ, a draw has another total, or there are too many cells.
    """
    x = whole_numbers(events, "count")
    zones = places if isinstance(places, Zones) else circles(*places, people, share=search.share)
    mass = np.asarray(people, dtype=np.float64)
    total = int(x.sum())
    if x.shape != mass.shape:
        message = f"{x.shape} counts do not fit {mass.shape} populations."
        raise MethodError(message, remedy="Pass one count and one population for each cell.")
    expected = mass * (total / mass.sum())
    varying = np.broadcast_to(np.asarray(inflation, dtype=np.float64), x.shape) * expected
    best, last = _best_circles(zones, x, expected, varying)
    found = []
    for centre in strongest_apart(zones, best, last, most=search.most):
        cells = zones.cells(centre, int(last[centre]))
        c, e = int(x[cells].sum()), float(expected[cells].sum())
        found.append((cells, c, e, float(best[centre]), float(relative_risk(c, e, total))))
    simulated = _simulated(mass / mass.sum(), total, draw, search=search, seed=seed)
    maxima = _maxima(zones, simulated.T, expected, varying)
    return [Cluster(*values, simulated_p(values[3], maxima)) for values in found]


def strongest_apart(zones: Zones, best: NDArray[np.float64], last: NDArray[np.int64], *, most: int) -> list[int]:
    """Centres of up to ``most`` zones of highest score above 0 that share no cell.

    ``best`` is the highest score of each centre, and ``last`` the place at which that zone ends. Only this
    zone of each centre stands for election, as in SaTScan: what lies beside a strong cluster is mostly
    its shadow.
    """
    taken = np.zeros(len(best), dtype=bool)
    found: list[int] = []
    for centre in np.argsort(-best, kind="stable").tolist():
        cells = zones.order[centre, : last[centre] + 1]
        if len(found) == most or best[centre] <= 0:
            break
        if not taken[cells].any():
            taken[cells] = True
            found.append(centre)
    return found


def simulated_p(llr: float, maxima: NDArray[np.float64]) -> float:
    """(r + 1)/(R + 1), where r of R simulated maxima reach ``llr``; NaN without any."""
    reached = int(np.count_nonzero(maxima >= llr * (1 - 1e-12)))
    return (reached + 1) / (len(maxima) + 1) if len(maxima) else float("nan")


def _simulated(
    chances: NDArray[np.float64], total: int, draw: Draw | None, *, search: Search, seed: int
) -> NDArray[np.int64]:
    """Counts of the simulated maps, shape ``(replicas, n)``; dealt out by ``chances`` without a ``draw``."""
    random = np.random.default_rng(seed)
    if draw is None:
        return random.multinomial(total, chances, size=search.replicas)
    simulated = np.empty((search.replicas, len(chances)), dtype=np.int64)
    for replica in simulated:
        replica[:] = draw(random)
    if (simulated.sum(axis=1) != total).any():
        message = "A simulated map has another number of events than the map."
        raise MethodError(message, remedy="Draw counts with the same total.")
    return simulated


def _best_circles(
    zones: Zones, x: NDArray[np.int64], expected: NDArray[np.float64], varying: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Highest likelihood ratio of each centre's circles, and the place at which that circle ends."""
    best, last = [], []
    for order, allowed in zones.parts(max(1, BLOCK // zones.order.shape[1])):
        counts = np.cumsum(x[order], axis=1)
        inside = np.cumsum(expected[order], axis=1)
        llr = poisson_llr(counts, inside, float(x.sum())) * _calming(inside, varying[order])
        llr[~allowed | (counts < LEAST)] = 0.0
        best.append(llr.max(axis=1))
        last.append(llr.argmax(axis=1))
    return np.concatenate(best), np.concatenate(last)


def _maxima(
    zones: Zones, simulated: NDArray[np.int64], expected: NDArray[np.float64], varying: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Largest likelihood ratio of each simulated map, shape ``(replicas,)``; ``simulated`` has cells first."""
    maxima, total = np.zeros(simulated.shape[1]), int(simulated[:, :1].sum())
    deals = np.ascontiguousarray(simulated, dtype=np.int32)
    for order, allowed in zones.parts(max(1, BLOCK // max(zones.order.shape[1] * deals.shape[1], 1))):
        inside = np.cumsum(expected[order], axis=1)
        ratios = zone_ratios(inside[:, :, None], total, allowed[:, :, None])
        counts = np.cumsum(deals[order], axis=1, dtype=np.int32)
        strength = ratios.of(counts)
        strength *= _calming(inside, varying[order])[:, :, None]
        np.maximum(maxima, strength.max(axis=(0, 1)), out=maxima)
    return maxima


def _calming(inside: NDArray[np.float64], varying: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the ratio of each circle is multiplied by: expected over variance; 1 where nothing is expected."""
    variance = np.cumsum(varying, axis=1)
    return np.divide(inside, variance, out=np.ones(inside.shape), where=variance > 0)
