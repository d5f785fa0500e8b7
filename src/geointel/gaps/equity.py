"""Is access fair? All measures of one map with their intervals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.draws import blocks, interval_over
from geointel.gaps.inequality import concentration_of_sums, erreygers, gini, width_of_scale
from geointel.gaps.palma import palma_of_sums
from geointel.gaps.poverty import shortfall
from geointel.gaps.theil import theil_of_sums

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
    if need.known.size != x.size:
        raise MethodError(
            f"Need of {need.known.size} cells and access of {x.size} are not of one map.",
            remedy="Pass both in the same order of cells.",
        )
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
    cells = _Cells.of(x, people, line=line)
    drawn = [cells.measures(factors(block)) for block in blocks(draws, width=x.size)]
    joined = {one.name: np.concatenate([getattr(part, one.name) for part in drawn]) for one in fields(EquityMeasures)}
    return Equity(cells.measures(centre), EquityMeasures(**joined))


@dataclass(frozen=True)
class _Cells:
    """What a map brings to the measures, so that a draw is one product of matrices and a Gini.

    ``x (n,)`` and ``residents (n,)`` are of the cells that have people, ``which``. All measures but the Gini depend on sums only:
    ``terms (n, 33)`` are people, people × access and people × x·ln x of each decile, and the three shortfalls of all people. They are
    sparse: a cell has people of few deciles, and a product without threads takes as long on a busy machine as on an idle one.
    """

    x: NDArray[np.float64]
    residents: NDArray[np.float64]
    terms: csr_array[np.float64, tuple[int, int]]
    which: NDArray[np.intp]
    width: NDArray[np.float64]

    @classmethod
    def of(cls, access: NDArray[np.float64], by_decile: NDArray[np.float64], *, line: float) -> _Cells:
        residents = by_decile.sum(axis=1)
        which = np.flatnonzero(residents)
        which = which[np.argsort(access[which])]
        x, people, alive = access[which], by_decile[which], residents[which]
        powers = shortfall(x, line=line)
        terms = [people, people * x[:, None], people * special.xlogy(x, x)[:, None], (powers * alive).T]
        return cls(x, alive, csr_array(np.concatenate(terms, axis=1)), which, width_of_scale(x, alive))

    def measures(self, factor: NDArray[np.float64]) -> EquityMeasures:
        """Measures with the people of each cell × a factor, ``(n,)`` or ``(b, n)`` of the whole map."""
        factor = np.take(factor, self.which, axis=-1)  # an index would put draws last in memory
        sums = np.asarray(factor @ self.terms)
        persons, held, weighted = (sums[..., at : at + DECILES] for at in (0, DECILES, 2 * DECILES))
        concentration = concentration_of_sums(persons, held)
        parts = theil_of_sums(persons, held, weighted, levels=np.arange(DECILES, dtype=np.float64))
        with np.errstate(invalid="ignore"):
            below = sums[..., 3 * DECILES :] / persons.sum(axis=-1, keepdims=True)
            means = held / persons
        return EquityMeasures(
            gini=gini(self.x, self.residents * factor),
            palma=palma_of_sums(persons, held),
            concentration=concentration,
            concentration_corrected=erreygers(concentration, persons, held, width=self.width),
            theil=parts.total,
            theil_within=parts.within,
            theil_between=parts.between,
            below=np.asarray(below[..., 0]),
            below_gap=np.asarray(below[..., 1]),
            below_severity=np.asarray(below[..., 2]),
            mean_by_decile=means,
        )
