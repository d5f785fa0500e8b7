"""Excess: more (or fewer) records of a category than all records of the place lead one to expect.

The number S of the category in a cell and its ring is compared with a beta-binomial of all E records
there: the area's share, with records of one cell alike to the degree that the map itself shows. The
dispersion is doubled on purpose, so few cells reach a class on a real map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.beta_binomial import BetaBinomial
from geointel.hotspots.tails import out_of_reach, two_sided, whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from geointel.hotspots.beyond import Beyond

LOW, HIGH = 0.025, 0.975
CAUTION = 2.0
"""Factor on the estimated dispersion."""

HIGHEST = 1 - 1e-9
"""A correlation of 1 would be all or nothing; the doubled estimate of an extreme map stops before."""


@dataclass(frozen=True)
class Excess:
    """Observed against expected in cell and ring; arrays have shape ``(n,)``.

    ``ratio`` = ``events`` / ``expected``; ``lower`` and ``upper`` are the 2.5 and 97.5 % points of the
    events, if the area's share held, divided by ``expected``; ``p`` is two-sided. Where cell and ring have
    no record, and throughout a map of which none or all records are of the category, these are NaN (p
    is 1). ``insufficient`` marks cells where neither no event nor as many as possible would have
    p ≤ .05: leave them out of the multiple testing. ``events`` and ``exposure`` are S and E, the sums over
    cell and ring. ``rho`` is the dispersion used, doubled and not below the floor.
    """

    ratio: NDArray[np.float64]
    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    p: NDArray[np.float64]
    insufficient: NDArray[np.bool_]
    rho: float
    events: NDArray[np.int64]
    exposure: NDArray[np.int64]


def excess(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    neighbours: csr_array[np.float64, tuple[int, int]],
    beyond: tuple[Beyond, Beyond] | None = None,
    rho_floor: float = 0.0,
) -> Excess:
    """Beta-binomial excess of a category among all records, for each cell and its ring.

    Parameters
    ----------
    events, exposure
        Records of the category and all records (the category among them) of each supported cell, whole,
        shape ``(n,)``, ``events ≤ exposure``.
    neighbours
        Binary adjacency without self, shape ``(n, n)``, as ``geointel.grid.neighbours`` gives it.
    beyond
        Neighbours outside the map, with their events and with all their records: they count in S, E and the pairs of
        records; the share and the dispersion stay those of the map.
    rho_floor
        ``rho`` of the longest window of the same map: a short window shows too little to say less.

    Raises
    ------
    MethodError
        If counts are not whole, shapes differ, or a cell has more events than records.
    """
    x, e = whole_numbers(events, "count"), whole_numbers(exposure, "count")
    _check(x, e, neighbours)
    share = float(x.sum() / e.sum()) if e.any() else 0.0
    rho = max(dispersion(x, e), rho_floor)
    s, total, pairs = (_with_ring(values, neighbours) for values in (x, e, e * (e - 1)))
    most = np.full(len(x), x.sum())
    if beyond is not None:
        events_beyond, *others = _outside(beyond, len(x))
        s, total, pairs = (own + other for own, other in zip((s, total, pairs), (events_beyond, *others), strict=True))
        most += events_beyond
    if not 0 < share < 1:
        return _without_variation(s, total, share=share, rho=rho)
    shared = pairs / np.maximum(total * (total - 1), 1)
    null = BetaBinomial(total, share, np.minimum(rho * shared, HIGHEST))
    bounds, p, insufficient = _test(s, null, most=most)
    expected = share * total.astype(np.float64)
    with np.errstate(invalid="ignore"):
        ratio, lower, upper = (values / np.where(total > 0, expected, np.nan) for values in (s, *bounds))
    return Excess(ratio, expected, lower, upper, p, insufficient, rho, s, total)


def dispersion(events: NDArray[np.int64], exposure: NDArray[np.int64]) -> float:
    """Doubled correlation between records of one cell, by the method of moments, at least 0.

    2·max(0, (Σ(x − eπ)²/(eπ(1 − π)) − (n − 1)) / Σ(e − 1)) over the n cells with records.
    """
    some = exposure > 0
    x, e = events[some].astype(np.float64), exposure[some].astype(np.float64)
    share = x.sum() / e.sum() if e.size else 0.0
    freedom = (e - 1).sum()
    if not 0 < share < 1 or freedom == 0:
        return 0.0
    chi_squared = (np.square(x - e * share) / (e * share * (1 - share))).sum()
    return CAUTION * max(0.0, float((chi_squared - (e.size - 1)) / freedom))


def _check(x: NDArray[np.int64], e: NDArray[np.int64], neighbours: csr_array[np.float64, tuple[int, int]]) -> None:
    if x.ndim != 1 or x.shape != e.shape or neighbours.shape != (x.size, x.size):
        message = f"{x.shape} events, {e.shape} records and an adjacency of {neighbours.shape} do not fit."
        raise MethodError(message, remedy="Pass one of each for each row of the adjacency, in its order.")
    if (x > e).any():
        message = "A cell has more records of the category than records."
        raise MethodError(message, remedy="Count all categories together in the exposure.")


def _with_ring(values: NDArray[np.int64], neighbours: csr_array[np.float64, tuple[int, int]]) -> NDArray[np.int64]:
    """Sum over cell and ring; whole numbers are exact up to 2**53."""
    own = values.astype(np.float64)
    return np.rint(np.asarray(neighbours @ own, dtype=np.float64) + own).astype(np.int64)


def _outside(beyond: tuple[Beyond, Beyond], n: int) -> tuple[NDArray[np.int64], ...]:
    """Events, records and pairs of records in the neighbours beyond the map, shape ``(n,)`` each."""
    events, exposure = (part.of(n) for part in beyond)
    y, f = whole_numbers(events.counts, "count"), whole_numbers(exposure.counts, "count")
    if y.shape != f.shape or (y > f).any():
        message = "Beyond the map a cell has more records of the category than records."
        raise MethodError(message, remedy="Pass events and records of the same cells, all categories counted together.")
    outer = exposure.neighbours
    sums = [np.rint(outer @ values.astype(np.float64)).astype(np.int64) for values in (y, f, f * (f - 1))]
    return tuple(sums)


def _test(
    s: NDArray[np.int64], null: BetaBinomial, *, most: NDArray[np.int64]
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64], NDArray[np.bool_]]:
    """Interval of S, two-sided p, and where no possible S, up to ``most`` events, could reach significance."""
    low, high, p, best = np.empty((4, len(s)))
    largest = np.minimum(null.trials, most)
    for block in null.blocks(s):
        rows = block.rows
        low[rows], high[rows] = block.quantiles(LOW, HIGH)
        p[rows] = two_sided(*block.tails(s[rows]))
        none = 2.0 * block.chances[block.starts] / block.sums
        best[rows] = np.minimum(none, two_sided(*block.tails(largest[rows])))
    return (low, high), p, out_of_reach(best)


def _without_variation(s: NDArray[np.int64], total: NDArray[np.int64], *, share: float, rho: float) -> Excess:
    nothing = np.full(len(s), np.nan)
    certain = np.ones(len(s), dtype=bool)
    return Excess(
        nothing, share * total.astype(np.float64), nothing, nothing, certain.astype(float), certain, rho, s, total
    )
