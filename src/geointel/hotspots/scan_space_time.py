"""The prospective space-time permutation scan: is something beginning somewhere?

Kulldorff, Heffernan, Hartman, Assunção and Mostashari (2005), PLoS Medicine 2(3):e59,
doi:10.1371/journal.pmed.0020059. It needs events alone: a place busy at all times, and a time busy in all
places, are no cluster. Only windows that last to the final step are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.scan import USUAL, Cluster, simulated_p, strongest_apart
from geointel.hotspots.scan_likelihood import LEAST, poisson_llr, zone_ratios
from geointel.hotspots.scan_zones import circles
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from geointel.hotspots.scan_likelihood import ZoneRatios
    from geointel.hotspots.scan_nulls import Draw
    from geointel.hotspots.scan_zones import Search, Zones

BLOCK = 1 << 18
"""Numbers worked on at a time."""

DEALS = 1 << 24
"""Counts of simulated maps held at a time (4 bytes each)."""


@dataclass(frozen=True)
class _Windows:
    """Events by cell and age (0 is the final step), and what each window holds in all.

    ``sizes`` are the events of each cell, ``spans`` those of each window of 1, 2 … steps.
    """

    cell: NDArray[np.int64]
    age: NDArray[np.int64]
    sizes: NDArray[np.int64]
    spans: NDArray[np.int64]

    def counts(self, age: NDArray[np.int64]) -> NDArray[np.int32]:
        """Events of each cell within each window, shape ``(n, windows)``, when they have these ages."""
        width, n = len(self.spans), len(self.sizes)
        late = age < width
        table = np.bincount(self.cell[late] * width + age[late], minlength=n * width).reshape(n, width)
        return np.cumsum(table, axis=1, dtype=np.int32)


def permutation_scan(
    events: tuple[ArrayLike, ArrayLike],
    places: tuple[ArrayLike, ArrayLike],
    *,
    steps: int,
    longest: int,
    seed: int,
    search: Search = USUAL,
    draw: Draw | None = None,
) -> list[Cluster]:
    """Most likely clusters that are alive in the final step, the strongest first.

    Parameters
    ----------
    events
        Row number of the cell, and step from 0, of each event; two arrays of shape ``(events,)``.
    places
        Latitude and longitude of each cell's centre in degrees, shape ``(n,)``.
    steps
        Number of steps of the whole period.
    longest
        Most steps that a cluster may last, below ``steps``.
    seed
        Of the simulations.
    draw
        Gives the step of each event in one simulation; left out, the events exchange their steps. Events that come in
        bursts need simulations that keep a burst together: see ``scan_nulls``.

    Notes
    -----
    Expected is events of the circle times events of the window over all events. Every simulation looks at
    all circles and windows: give ``search`` a smaller share for a large area.

    Raises
    ------
    MethodError
        If an event lies outside the cells or the period, or there are too many cells.
    """
    windows = _windows(events, cells=np.size(places[0]), steps=steps, longest=longest)
    zones = circles(*places, windows.sizes, share=search.share)
    counts = windows.counts(windows.age)
    best, last, spans = _best_windows(zones, windows, counts)
    found = []
    for centre in strongest_apart(zones, best, last, most=search.most):
        cells, span = zones.cells(centre, int(last[centre])), int(spans[centre])
        c = int(counts[cells, span - 1].sum())
        expected = float(windows.sizes[cells].sum()) * float(windows.spans[span - 1]) / len(windows.cell)
        found.append((cells, c, expected, float(best[centre]), span))
    random = np.random.default_rng(seed)

    def ages() -> NDArray[np.int64]:
        return random.permutation(windows.age) if draw is None else steps - 1 - draw(random)

    maxima = _maxima(zones, windows, [ages] * search.replicas)
    return [
        Cluster(cells, c, expected, llr, float("nan"), simulated_p(llr, maxima), span)
        for cells, c, expected, llr, span in found
    ]


def _windows(events: tuple[ArrayLike, ArrayLike], *, cells: int, steps: int, longest: int) -> _Windows:
    cell, step = (whole_numbers(values, "cell or step") for values in events)
    outside = cell.max(initial=0) >= cells or step.max(initial=0) >= steps
    if cell.shape != step.shape or outside or not 1 <= longest < steps:
        message = "Events lie outside the cells or steps, or a cluster may last the whole period."
        raise MethodError(message, remedy="Number cells and steps from 0, and let clusters be shorter than the period.")
    age = steps - 1 - step
    spans = np.cumsum(np.bincount(age, minlength=steps)[:longest])
    return _Windows(cell, age, np.bincount(cell, minlength=cells), spans)


def _best_windows(
    zones: Zones, windows: _Windows, counts: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Highest likelihood ratio of each centre's circles and windows, where that circle ends, the window's length."""
    total = len(windows.cell)
    best, last, spans = [], [], []
    for order, allowed in zones.parts(_rows(zones, windows)):
        sizes = np.cumsum(windows.sizes[order], axis=1)[:, :, None]
        inside = np.cumsum(counts[order], axis=1)
        llr = poisson_llr(inside, sizes * (windows.spans / total), total)
        llr[~allowed[:, :, None] | (inside < LEAST)] = 0.0
        flat = llr.reshape(len(order), -1)
        top = flat.argmax(axis=1)
        best.append(flat.max(axis=1))
        last.append(top // len(windows.spans))
        spans.append(top % len(windows.spans) + 1)
    return np.concatenate(best), np.concatenate(last), np.concatenate(spans)


def _maxima(zones: Zones, windows: _Windows, ages: list[Callable[[], NDArray[np.int64]]]) -> NDArray[np.float64]:
    """Largest likelihood ratio of each simulation, given what draws its ages; some simulations at a time."""
    total = len(windows.cell)
    maxima = np.zeros(len(ages))
    held = max(1, DEALS // (len(windows.sizes) * len(windows.spans)))
    for start in range(0, len(ages), held):
        deals = [windows.counts(age()) for age in ages[start : start + held]]
        spans = [deal.sum(axis=0, dtype=np.int64) for deal in deals]
        for order, allowed in zones.parts(_rows(zones, windows)):
            sizes = np.cumsum(windows.sizes[order], axis=1)[:, :, None]
            known: dict[bytes, ZoneRatios] = {}
            for number, (deal, span) in enumerate(zip(deals, spans, strict=True), start):
                # A simulation that only exchanges steps keeps the events of each window.
                if span.tobytes() not in known:
                    known = {span.tobytes(): zone_ratios(sizes * (span / total), total, allowed[:, :, None])}
                counts = np.cumsum(deal[order], axis=1, dtype=np.int32)
                maxima[number] = max(maxima[number], float(known[span.tobytes()].of(counts).max()))
    return maxima


def _rows(zones: Zones, windows: _Windows) -> int:
    """Centres worked on at a time."""
    return max(1, BLOCK // (int(zones.order.shape[1]) * len(windows.spans)))
