"""Near repeat: are events that are close in space closer in time than they would be by chance?

Knox (1964), Applied Statistics 13(1), doi:10.2307/2985220, with the table of distance and time bands of
Ratcliffe's Near Repeat Calculator and R NearRepeat. Distances are between true places and times between true
dates: months, or records moved to map points, would answer another question and are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import spatial

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

BLOCK = 1 << 18
"""Pairs worked on at a time."""

MOST_PAIRS = 100_000_000
"""Most pairs within the last finite distance (8 bytes each)."""


@dataclass(frozen=True)
class NearRepeat:
    """Pairs by distance band (rows) and time band (columns).

    ``observed`` counts each pair once; ``expected`` is the mean after exchanging the times; ``ratio`` is
    observed over expected, NaN where nothing is expected; ``p`` = (simulations with as many + 1) / (R + 1).
    """

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    ratio: NDArray[np.float64]
    p: NDArray[np.float64]


def knox(
    places: ArrayLike,
    days: ArrayLike,
    bands: tuple[Sequence[float], Sequence[float]],
    *,
    precision: tuple[Literal["exact", "snapped"], Literal["day", "month"]],
    metric: Literal["manhattan", "euclidean"] = "manhattan",
    permutations: int = 999,
    seed: int,
) -> NearRepeat:
    """Knox table of all pairs of events.

    Parameters
    ----------
    places
        Points on a plane in metres, shape ``(n, 2)``.
    days
        Day of each event, ``datetime64`` or a whole number, shape ``(n,)``.
    bands
        Ascending ends of the distance bands and of the time bands in days, from 0; each band holds its
        lower end and not its upper. ``inf`` as the last end means no limit. A band from 0 to a small
        distance holds exact repeats.
    precision
        What is known of places and of times.

    Raises
    ------
    MethodError
        If places are snapped or times are months, said or seen (all dates are the same day of a month);
        if shapes or bands are wrong, or there are too many close pairs.
    """
    _refuse(precision)
    points, time = np.asarray(places, dtype=np.float64), _whole_days(days)
    if points.shape != (len(time), 2) or not np.isfinite(points).all():
        message = f"Places of shape {points.shape} do not fit {len(time)} days, or are not finite."
        raise MethodError(message, remedy="Pass one point of the plane and one day for each event.")
    distances, times = (_ends(values) for values in bands)
    pairs = _Pairs(*_close_pairs(points, distances, metric), times, open_ended=np.isinf(distances[-1]))
    observed = pairs.table(time)
    random = np.random.default_rng(seed)
    total, reached = np.zeros(observed.shape), np.zeros(observed.shape)
    # Numbers of a whole word are shuffled faster, in the same order; the table is made of short ones.
    words = time.astype(np.int64)
    for _ in range(permutations):
        simulated = pairs.table(random.permutation(words).astype(time.dtype))
        total += simulated
        reached += simulated >= observed
    expected = total / permutations if permutations else np.full(observed.shape, np.nan)
    ratio = observed / np.where(expected > 0, expected, np.nan)
    p = (reached + 1) / (permutations + 1) if permutations else expected
    return NearRepeat(observed, expected, ratio, p)


@dataclass(frozen=True)
class _Pairs:
    """Close pairs sorted by distance band, ``starts`` where each band begins and the last ends."""

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    starts: NDArray[np.int64]
    times: NDArray[np.float64]
    open_ended: bool

    def table(self, time: NDArray[np.integer]) -> NDArray[np.int64]:
        """Pairs in each band if the events have these times."""
        rows = [self._row(time, first, last) for first, last in pairwise(self.starts.tolist())]
        if self.open_ended:
            # All pairs that are not close: what they are in all does not change when times are exchanged.
            rows.append(_all_pairs(time, self.times) - np.sum(rows, axis=0, dtype=np.int64))
        return np.array(rows)

    def _row(self, time: NDArray[np.integer], first: int, last: int) -> NDArray[np.int64]:
        below = np.zeros(len(self.times), dtype=np.int64)
        for start in range(first, last, BLOCK):
            part = slice(start, min(start + BLOCK, last))
            apart = np.abs(time.take(self.first[part]) - time.take(self.second[part]))
            # Days are whole, and comparing them with whole numbers is quickest; none is below 0.
            for place, end in enumerate(self.times[1:].tolist(), 1):
                below[place] += len(apart) if math.isinf(end) else np.count_nonzero(apart < math.ceil(end))
        return np.diff(below)


def _close_pairs(
    points: NDArray[np.float64], ends: NDArray[np.float64], metric: str
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Both events of each pair below the last finite end, sorted by band, and where the bands begin."""
    finite = ends[np.isfinite(ends)]
    order = 1 if metric == "manhattan" else 2
    tree = spatial.KDTree(points)
    # Counting takes longer than finding: only where there might be too many.
    if (
        _as_close_along_x(points, finite[-1]) > MOST_PAIRS
        and tree.count_neighbors(tree, finite[-1], p=order) > 2 * MOST_PAIRS
    ):
        message = f"Too many pairs of events are closer than {finite[-1]:g}."
        raise MethodError(message, remedy="Use smaller distance bands, or a shorter period.")
    pairs = tree.query_pairs(finite[-1], p=order, output_type="ndarray").astype(np.int32)
    steps = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
    apart = steps.sum(axis=1) if order == 1 else np.sqrt(np.square(steps).sum(axis=1))
    band = np.searchsorted(finite, apart, side="right") - 1
    sort = np.argsort(band, kind="stable")
    starts = np.searchsorted(band[sort], np.arange(len(finite)))
    return pairs[sort, 0], pairs[sort, 1], starts


def _as_close_along_x(points: NDArray[np.float64], end: float) -> int:
    """Pairs that are close along one axis: never fewer than are close."""
    x = np.sort(points[:, 0])
    return int((np.searchsorted(x, x + end, side="right") - np.arange(len(x)) - 1).sum())


def _all_pairs(time: NDArray[np.integer], ends: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of pairs in each time band among all events, by a look-up in sorted times."""
    ordered = np.sort(time)
    place = np.arange(len(time))
    below = [int((np.searchsorted(ordered, ordered + end, side="left") - place - 1).clip(0).sum()) for end in ends]
    return np.diff(below)


def _refuse(precision: tuple[str, str]) -> None:
    if precision[0] != "exact":
        message = "Records moved to map points repeat exactly where nothing was repeated."
        raise MethodError(message, remedy="Use events with their own places.")
    if precision[1] != "day":
        message = "Months cannot say which events followed each other within days."
        raise MethodError(message, remedy="Use events with their own dates.")


def _whole_days(days: ArrayLike) -> NDArray[np.integer]:
    given = np.asarray(days)
    if given.dtype.kind == "M":
        dates = given.astype("datetime64[D]")
        of_month = dates - dates.astype("datetime64[M]")
        if len(np.unique(dates)) > 1 and len(np.unique(of_month)) == 1:
            message = "All dates are the same day of a month: they say the month only."
            raise MethodError(message, remedy="Use events with their own dates.")
        given = dates.astype(np.int64)
    if given.ndim != 1 or not np.isfinite(given).all() or (given != np.floor(given)).any():
        message = "The days are not whole."
        raise MethodError(message, remedy="Pass dates, or days as whole numbers.")
    if not given.size:
        return np.empty(0, dtype=np.int32)
    since: NDArray[np.int64] = (given - given.min()).astype(np.int64)
    # Short numbers stay in the processor's cache.
    return since.astype(np.int16 if since.max() <= np.iinfo(np.int16).max else np.int32)


def _ends(values: Sequence[float]) -> NDArray[np.float64]:
    ends = np.asarray(values, dtype=np.float64)
    if len(ends) < 2 or ends[0] != 0 or not (ends[1:] > ends[:-1]).all() or not np.isfinite(ends[:-1]).all():
        message = f"The bands {list(values)} are not ascending ends from 0."
        raise MethodError(message, remedy="Give the ends of the bands from 0 up; the last may be infinite.")
    return ends
