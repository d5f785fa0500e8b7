"""Is access fair? All measures of one map with their intervals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.draws import blocks, interval_over
from geointel.gaps.inequality import concentration_index, gini
from geointel.gaps.palma import palma
from geointel.gaps.poverty import poverty
from geointel.gaps.theil import theil

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from geointel.gaps.need import NeedDraws

DECILES = 10


@dataclass(frozen=True)
class EquityMeasures:
    """Measures of one map, each of shape ``()``, or of d draws of it, each ``(d,)``.

    ``concentration`` and ``concentration_corrected`` are above 0 where access is with the less deprived. ``below``, ``below_gap`` and
    ``below_severity`` are FGT0, 1 and 2 below the line. ``mean_by_decile (..., 10)`` is the mean access of the people of each decile
    of deprivation, the most deprived first; NaN where nobody lives in one.
    """

    gini: NDArray[np.float64]
    palma: NDArray[np.float64]
    concentration: NDArray[np.float64]
    concentration_corrected: NDArray[np.float64]
    theil: NDArray[np.float64]
    theil_within: NDArray[np.float64]
    theil_between: NDArray[np.float64]
    below: NDArray[np.float64]
    below_gap: NDArray[np.float64]
    below_severity: NDArray[np.float64]
    mean_by_decile: NDArray[np.float64]


@dataclass(frozen=True)
class Equity:
    """Measures of a map, and draws of them from which the interval comes.

    Draws of two maps with the same cells, seed and number of draws belong together one by one: the interval of a difference, such as after
    and before a scenario, is ``interval_over(after.draws.gini - before.draws.gini)``.
    """

    value: EquityMeasures
    draws: EquityMeasures

    @property
    def lower(self) -> EquityMeasures:
        """Lower ends of the 95 % intervals."""
        return self._end(0)

    @property
    def upper(self) -> EquityMeasures:
        """Upper ends of the 95 % intervals."""
        return self._end(1)

    def _end(self, which: int) -> EquityMeasures:
        ends = {one.name: np.asarray(interval_over(getattr(self.draws, one.name))[which]) for one in fields(self.draws)}
        return EquityMeasures(**ends)


def equity_summary(
    access: ArrayLike, people_by_decile: ArrayLike, *, line: float, seed: int, draws: int = 400
) -> Equity:
    """Equity of access among residents, with intervals by resampling cells.

    A unit is a cell's people in one decile; all units of a cell have its access and are drawn together, since they are not independent.
    Each draw counts every cell a Poisson(1) number of times, which is the bootstrap for many cells (Hanley and MacGibbon 2006, Comput
    Methods Programs Biomed 83). The interval says how much hangs on a few cells. It says nothing of errors in travel time or capacity.

    Parameters
    ----------
    access
        Of each cell, shape ``(n,)``.
    people_by_decile
        Residents of each cell by decile of deprivation, the most deprived first, shape ``(n, 10)``.
    line
        Standard of access below which people are counted as poor in access.
    seed, draws
        Of the resampling; how many draws.

    Raises
    ------
    MethodError
        If a value is negative or not finite, the shapes do not agree, there is no draw or the line is not above 0.
    """
    x, people = _map(access, people_by_decile)
    random = np.random.default_rng(seed)
    return _equity(
        x,
        people,
        line=line,
        centre=np.ones(x.size),
        factors=lambda block: random.poisson(1.0, (block.stop - block.start, x.size)).astype(np.float64),
        draws=draws,
    )


def equity_of_need(access: ArrayLike, people_by_decile: ArrayLike, *, need: NeedDraws, line: float) -> Equity:
    """Equity of access among those in need, with intervals from the draws of need.

    Those in need of a cell are taken to live in its deciles as its residents do; cells without residents or estimate are left out.
    Other parameters and errors are those of ``equity_summary``.
    """
    x, people = _map(access, people_by_decile)
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(people / people.sum(axis=1, keepdims=True))
    return _equity(
        x,
        shares,
        line=line,
        centre=np.nan_to_num(need.expected),
        factors=lambda block: np.nan_to_num(need.cells(block)),
        draws=len(need.mix),
    )


def _map(access: ArrayLike, people_by_decile: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = amounts(access, "access")
    people = amounts(people_by_decile, "number of people", last=DECILES)
    if x.ndim != 1 or people.shape != (x.size, DECILES):
        raise MethodError(
            f"Access of shape {x.shape} and people of shape {people.shape} are not of the same cells.",
            remedy="Pass access (cells) and people (cells, 10).",
        )
    return x, people


def _equity(
    x: NDArray[np.float64],
    people: NDArray[np.float64],
    *,
    line: float,
    centre: NDArray[np.float64],
    factors: Callable[[slice], NDArray[np.float64]],
    draws: int,
) -> Equity:
    """Measures with people × a factor of each cell: ``centre (n,)``, and ``factors`` of a block of draws ``(b, n)``."""
    if draws < 1:
        raise MethodError(f"{draws} draws are none.", remedy="Ask for one draw or more.")
    cell, decile = np.nonzero(people)
    persons = people[cell, decile]

    def of(factor: NDArray[np.float64]) -> EquityMeasures:
        return _measures(x[cell], persons * factor[..., cell], decile=decile, line=line)

    drawn = [of(factors(block)) for block in blocks(draws, width=max(cell.size, x.size))]
    joined = {one.name: np.concatenate([getattr(part, one.name) for part in drawn]) for one in fields(EquityMeasures)}
    return Equity(of(centre), EquityMeasures(**joined))


def _measures(
    x: NDArray[np.float64], people: NDArray[np.float64], *, decile: NDArray[np.intp], line: float
) -> EquityMeasures:
    below = poverty(x, people, line=line)
    parts = theil(x, people, group=decile)
    in_decile = (decile[:, None] == np.arange(DECILES)).astype(np.float64)
    with np.errstate(invalid="ignore"):
        means = np.asarray(((people * x) @ in_decile) / (people @ in_decile))
    return EquityMeasures(
        gini=gini(x, people),
        palma=palma(x, people, rank=decile, boundary="split"),
        concentration=concentration_index(x, people, rank=decile),
        concentration_corrected=concentration_index(x, people, rank=decile, kind="corrected"),
        theil=parts.total,
        theil_within=parts.within,
        theil_between=parts.between,
        below=below.share,
        below_gap=below.gap,
        below_severity=below.severity,
        mean_by_decile=means,
    )
