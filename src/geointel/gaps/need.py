"""The need of an authority, spread to its cells with all that is not known about it.

An estimate belongs to an authority. Where in the authority those people live nobody has counted; several weightings are each
plausible, and none is right. A draw therefore takes

* for each authority a total: log-normal, its median the estimate, its deviation (ln upper − ln lower) / (2 × 1.96). Totals of different
  authorities are drawn independently;
* for the whole map a mixture of the weightings: Dirichlet(1, …, 1), so that every mixture is as likely as every other;
* and spreads the total by the mixture, so that the cells of an authority add up to its total in every draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.draws import blocks, interval_over
from geointel.gaps.unmet_need import estimates_in_order

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Sparse = csr_array[np.float64, tuple[int, int]]

Z = 1.96
"""Normal deviate of the limits of a published 95 % interval."""


@dataclass(frozen=True)
class NeedDraws:
    """Draws of the need of n cells in a authorities by k weightings, kept as factors: d × n numbers are made only when asked for.

    ``estimates (a,)``; ``totals (d, a)`` drawn, in persons; ``mix (d, k)`` share of each weighting; ``allocation (n, k·a)`` share of an
    authority that a cell holds under a weighting, weighting by weighting. Cells of no authority (``known (n,)`` is false) are NaN.
    """

    estimates: NDArray[np.float64]
    totals: NDArray[np.float64]
    mix: NDArray[np.float64]
    allocation: Sparse
    known: NDArray[np.bool_]

    def cells(self, which: slice = slice(None)) -> NDArray[np.float64]:
        """Need of each cell in persons in some of the draws, shape ``(draws, n)``."""
        drawn: NDArray[np.float64] = np.ascontiguousarray((self.allocation @ self._factors()[which].T).T)
        drawn[:, ~self.known] = np.nan
        return drawn

    @property
    def expected(self) -> NDArray[np.float64]:
        """The estimate itself, spread by the weightings in equal parts, shape ``(n,)``: adds up to what was published."""
        between: NDArray[np.float64] = self.between_weightings.mean(axis=0)
        return between

    @property
    def between_weightings(self) -> NDArray[np.float64]:
        """The estimate spread by each weighting alone, shape ``(k, n)``: how far apart they are is what the map must say."""
        weightings = self.mix.shape[1]
        alone = np.kron(np.eye(weightings), self.estimates)
        spread: NDArray[np.float64] = np.ascontiguousarray((self.allocation @ alone.T).T)
        spread[:, ~self.known] = np.nan
        return spread

    @property
    def interval(self) -> NDArray[np.float64]:
        """2.5 and 97.5 % points of each cell's need over all draws, shape ``(2, n)``."""
        factors = self._factors()
        ends = np.full((2, self.known.size), np.nan)
        for cells in blocks(self.known.size, width=len(factors)):
            drawn: NDArray[np.float64] = np.asarray(self.allocation[cells] @ factors.T)
            ends[:, cells] = interval_over(drawn.T)
        ends[:, ~self.known] = np.nan
        return ends

    def _factors(self) -> NDArray[np.float64]:
        """Weighting × authority of each draw, shape ``(d, k·a)``."""
        product: NDArray[np.float64] = self.mix[:, :, None] * self.totals[:, None, :]
        return product.reshape(len(self.mix), -1)


def need_draws(
    weightings: ArrayLike,
    share: Sparse,
    *,
    estimate: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    seed: int,
    draws: int = 200,
) -> NeedDraws:
    """Draws of need.

    Parameters
    ----------
    weightings
        What each cell's need may be proportional to, shape ``(k, n)``: residents; residents × rate of income deprivation; health evidence.
    share
        Share of each cell's residents in each authority, sparse, shape ``(n, a)``; rows add up to 1, or to less at the border of the study.
    estimate, lower, upper
        Persons in need and the limits of the 95 % interval, shape ``(a,)``, 0 < lower ≤ estimate ≤ upper.
    seed, draws
        Of the random numbers; how many draws.

    Raises
    ------
    MethodError
        If a value is negative or not finite, the shapes do not agree, shares of a cell add up to more than 1, or a weighting has nothing
        in an authority.
    """
    middle, low, high = estimates_in_order(estimate, lower, upper)
    inside = _inside(share, authorities=middle.size)
    weights = np.atleast_2d(amounts(weightings, "weighting", last=inside.shape[0]))
    if draws < 1:
        raise MethodError(f"{draws} draws are none.", remedy="Ask for one draw or more.")
    random = np.random.default_rng(seed)
    deviation = (np.log(high) - np.log(low)) / (2 * Z)
    totals = middle * np.exp(deviation * random.standard_normal((draws, middle.size)))
    mix = random.dirichlet(np.ones(len(weights)), size=draws)
    return NeedDraws(middle, totals, mix, _allocation(weights, inside), np.diff(inside.indptr) > 0)


def unmet_draws(need: NeedDraws, treated: ArrayLike) -> NeedDraws:
    """Draws of unmet need: in each draw the share max(0, 1 − treated / total) of each authority's need, spread as the need is.

    ``treated`` are persons in treatment of each authority, shape ``(a,)``. Those in treatment are taken to live as those in need do.

    Raises
    ------
    MethodError
        If a number is negative or not finite, or is not one for each authority.
    """
    seen = amounts(treated, "number in treatment", last=need.estimates.size)
    left, expected = (np.maximum(0.0, total - seen) for total in (need.totals, need.estimates))
    return replace(need, totals=left, estimates=expected)


def _inside(share: Sparse, *, authorities: int) -> Sparse:
    """Shares with only the cells stored that are in an authority at all."""
    inside = csr_array(share, copy=True)
    inside.sum_duplicates()
    inside.eliminate_zeros()
    amounts(inside.data, "share of a cell")
    if inside.shape[1] != authorities or (inside.sum(axis=1) > 1 + 1e-9).any():
        raise MethodError(
            f"Shares of shape {inside.shape} are not the parts of cells in {authorities} authorities.",
            remedy="Pass one row for each cell, adding up to 1 at most, and one column for each estimate.",
        )
    return inside


def _allocation(weights: NDArray[np.float64], inside: Sparse) -> Sparse:
    """Part of each authority in each cell by each weighting, ``(n, k·a)``."""
    row = np.repeat(np.arange(inside.shape[0]), np.diff(inside.indptr))
    parts = [_within(inside, weight[row], name=str(at)) for at, weight in enumerate(weights)]
    return csr_array(hstack(parts, format="csr"))


def _within(inside: Sparse, weight: NDArray[np.float64], *, name: str) -> Sparse:
    """One weighting, adding up to 1 in every authority."""
    part = inside.data * weight
    total = np.bincount(inside.indices, weights=part, minlength=inside.shape[1])
    if (total <= 0).any():
        raise MethodError(
            f"Weighting {name} has nothing in authority {int(np.flatnonzero(total <= 0)[0])} to spread its estimate by.",
            remedy="Leave out the weighting, or the authority.",
        )
    return csr_array((part / total[inside.indices], inside.indices, inside.indptr), shape=inside.shape)
