"""How much of what came next the hottest cells of a map held.

Hit rate and PAI (Chainey, Tompson and Uhlig 2008, Security Journal 21, doi:10.1057/palgrave.sj.8350066),
PAI* and PEI (Hunt 2016, NIJ forecasting challenge), RRI (Levine 2008, Security Journal 21). Cells of one
H3 resolution count as equal in area. Where the cut falls among equal scores, the expected value under
random ties is given: the order of the rows must not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

SHARES = (0.01, 0.02, 0.05, 0.10)
"""Shares of the area at which accuracy is published; fixed before looking."""


@dataclass(frozen=True)
class Capture:
    """Events in chosen areas, with the indices made of them; all arrays have one shape, or fit it.

    ``events`` of ``total`` fell in ``area`` of ``whole`` (any one unit of area); ``best`` is the most that
    the same number of equal cells could have held, NaN where cells differ in area. Every index is NaN
    where it is undefined, as when nothing happened at all.
    """

    events: NDArray[np.float64]
    total: NDArray[np.float64]
    area: NDArray[np.float64]
    whole: NDArray[np.float64]
    best: NDArray[np.float64]

    @property
    def hit_rate(self) -> NDArray[np.float64]:
        """Share of all events that fell in the area."""
        return _ratio(self.events, self.total)

    @property
    def area_share(self) -> NDArray[np.float64]:
        """Share of the whole that was chosen."""
        return _ratio(self.area, self.whole)

    @property
    def pai(self) -> NDArray[np.float64]:
        """Hit rate over share of area: 1 is no better than chance."""
        return _ratio(self.hit_rate, self.area_share)

    @property
    def pai_star(self) -> NDArray[np.float64]:
        """Largest PAI that the same area could have had."""
        return _ratio(_ratio(self.best, self.total), self.area_share)

    @property
    def pei(self) -> NDArray[np.float64]:
        """PAI over the largest possible, from 0 to 1."""
        return _ratio(self.events, self.best)

    @property
    def search_efficiency(self) -> NDArray[np.float64]:
        """Events for each unit of area chosen (search efficiency rate)."""
        return _ratio(self.events, self.area)

    def binomial_interval(self, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Jeffreys interval of the hit rate, as if each event fell by itself; NaN where nothing happened.

        Brown, Cai and DasGupta 2001, Statistical Science 16, doi:10.1214/ss/1009213286.
        """
        tail = (1.0 - level) / 2.0
        inside, outside = self.events + 0.5, self.total - self.events + 0.5
        lower, upper = (betaincinv(inside, outside, q) for q in (tail, 1.0 - tail))
        lower, upper = np.where(self.events == 0, 0.0, lower), np.where(self.events == self.total, 1.0, upper)
        none = self.total == 0
        return np.where(none, np.nan, lower), np.where(none, np.nan, upper)

    def penalised_pai(self, alpha: float = 0.5) -> NDArray[np.float64]:
        """Hit rate over share of area to the power ``alpha``, which rewards tiny areas less."""
        return _ratio(self.hit_rate, self.area_share**alpha)


@dataclass(frozen=True)
class Hits:
    """Events in the k cells of the highest scores, each array of shape ``(len(k),)``.

    ``expected`` under random ties; ``lowest`` and ``highest`` as the ties could fall.
    """

    expected: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True)
class BackTest:
    """A sequence of maps, each judged by what came after it.

    ``events`` (expected under random ties) and ``best`` have shape ``(origins, shares)``, ``total`` has
    ``(origins,)``; ``chosen`` is the number of cells at each share, of ``cells`` in all.
    """

    events: NDArray[np.float64]
    best: NDArray[np.float64]
    total: NDArray[np.float64]
    chosen: NDArray[np.int64]
    cells: int

    def pooled(self) -> Capture:
        """All origins together, each array of shape ``(shares,)``."""
        return self._capture(self.events.sum(axis=0), self.best.sum(axis=0), self.total.sum())

    def resampled(self, draws: NDArray[np.int64]) -> Capture:
        """The pooled result of each row of ``draws`` (origin numbers), of shape ``(draws, shares)``.

        Pass the same draws to a rival's back-test of the same origins, and the difference of both has
        an interval of its own.
        """
        total = self.total[draws].sum(axis=1)[:, None]
        return self._capture(self.events[draws].sum(axis=1), self.best[draws].sum(axis=1), total)

    def _capture(self, events: NDArray[np.float64], best: NDArray[np.float64], total: ArrayLike) -> Capture:
        whole = np.broadcast_to(np.asarray(total, dtype=np.float64), events.shape)
        return Capture(events, whole, self.chosen.astype(float), np.asarray(float(self.cells)), best)


def capture(chosen: ArrayLike, events: ArrayLike, areas: ArrayLike | None = None) -> Capture:
    """What a given choice of cells held, as arrays without a dimension.

    Parameters
    ----------
    chosen
        True for each chosen cell, shape ``(n,)``.
    events
        Events of each cell after the choice was made, shape ``(n,)``.
    areas
        Area of each cell; by default all are one. Where they differ there is no PAI* and no PEI.

    Raises
    ------
    MethodError
        If the shapes differ or the numbers are not finite.
    """
    inside = np.asarray(chosen, dtype=bool)
    x = _finite(events, inside.shape)
    size = np.ones(x.shape) if areas is None else _finite(areas, inside.shape)
    equal = x.size > 0 and size.min() == size.max()
    best = np.sort(x)[::-1][: np.count_nonzero(inside)].sum() if equal else np.nan
    return Capture(*(np.asarray(float(v)) for v in (x[inside].sum(), x.sum(), size[inside].sum(), size.sum(), best)))


def hits(scores: ArrayLike, events: ArrayLike, cells: ArrayLike) -> Hits:
    """Events in the cells of the highest scores.

    Parameters
    ----------
    scores, events
        Score of each cell and what it held afterwards, shape ``(n,)``.
    cells
        How many cells are chosen, from 0 to n; any number of choices.

    Raises
    ------
    MethodError
        If the shapes differ, a number is not finite, or there are fewer cells than asked for.
    """
    score = _finite(scores, np.shape(scores))
    x, k = _finite(events, score.shape), np.asarray(cells, dtype=np.int64)
    if k.min(initial=0) < 0 or k.max(initial=0) > x.size:
        message = f"There are {x.size} cells to choose from."
        raise MethodError(message, remedy="Choose between none and all of them.")
    low = x[np.lexsort([x, -score])]
    high = x[np.lexsort([-x, -score])]
    # Between the ends of groups of equal scores the expected value rises evenly.
    ends = np.concatenate([[0], np.flatnonzero(np.diff(np.sort(-score))) + 1, [x.size]])
    lowest, highest = (np.concatenate([[0.0], np.cumsum(values)]) for values in (low, high))
    return Hits(np.interp(k, ends, lowest[ends]), lowest[k], highest[k])


def cells_of_shares(shares: Sequence[float], cells: int) -> NDArray[np.int64]:
    """Whole number of cells nearest to each share of ``cells``, at least one (of one or more)."""
    return np.clip(np.floor(np.asarray(shares) * cells + 0.5).astype(np.int64), min(1, cells), cells)


def back_test(pairs: Iterable[tuple[ArrayLike, ArrayLike]], *, shares: Sequence[float] = SHARES) -> BackTest:
    """Judge each map by the counts that came after it.

    Parameters
    ----------
    pairs
        For each origin in time, scores made of what was known then and the counts of the next step,
        both of shape ``(n,)`` with the same n cells throughout. A baseline is a back-test of its own,
        with last year's or last month's counts for scores.
    shares
        Shares of the area, between 0 and 1.

    Raises
    ------
    MethodError
        If there is no pair, or the maps do not have the same cells.
    """
    events, best, total, sizes = [], [], [], set()
    for scores, counts in pairs:
        x = np.asarray(counts, dtype=np.float64)
        sizes.add(x.size)
        chosen = cells_of_shares(shares, x.size)
        events.append(hits(scores, x, chosen).expected)
        best.append(hits(x, x, chosen).expected)
        total.append(x.sum())
    if len(sizes) != 1:
        message = "The maps of a back-test must be of the same cells."
        raise MethodError(message, remedy="Pass at least one map, and each with the cells of the first.")
    return BackTest(np.array(events), np.array(best), np.array(total), chosen, sizes.pop())


def block_draws(steps: int, *, block: int, replicates: int = 999, seed: int) -> NDArray[np.int64]:
    """Step numbers resampled in blocks of neighbouring steps, shape ``(replicates, steps)``.

    Circular block bootstrap (Politis and Romano 1992): blocks of ``block`` steps start anywhere and run on
    from the last step to the first. The percentiles of few steps (below about 20) make an interval that
    is too narrow: pass weeks where the records have them, and say how many steps there were.

    Raises ``MethodError`` unless 1 ≤ ``block`` ≤ ``steps``.
    """
    if not 1 <= block <= steps:
        message = f"Blocks of {block} do not fit {steps} steps."
        raise MethodError(message, remedy="Use a block between 1 and the number of steps.")
    starts = np.random.default_rng(seed).integers(steps, size=(replicates, -(-steps // block), 1))
    drawn: NDArray[np.int64] = (starts + np.arange(block)).reshape(replicates, -1)[:, :steps] % steps
    return drawn


def percentile_interval(
    resampled: NDArray[np.float64], *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper percentiles over the first axis; NaN where a replicate is undefined."""
    tail = (1.0 - level) / 2.0
    lower, upper = np.quantile(resampled, [tail, 1.0 - tail], axis=0)
    return lower, upper


def recapture_index(after: Capture, before: Capture) -> NDArray[np.float64]:
    """RRI: events in the area after against before, over the same ratio of all events (Levine 2008)."""
    return _ratio(_ratio(after.events, before.events), _ratio(after.total, before.total))


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotient, NaN where the divisor is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, np.divide(above, below))


def _finite(values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.shape != shape or x.ndim != 1 or not np.isfinite(x).all():
        message = f"Numbers of shape {x.shape}, where finite ones of shape {shape} are needed."
        raise MethodError(message, remedy="Pass one finite number for each cell; leave out cells without one.")
    return x
