"""Where is need high and access low, and how sure is that?

The index is the product of two ranks: it orders cells and says neither why nor how many people. Ranks are among the cells that have
residents, and do not count them: a cell of ten residents has a rank as one of a thousand does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts
from geointel.gaps.draws import blocks, interval_over
from geointel.gaps.need import NeedDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    _Places = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class GapDraws:
    """How stable the gap is over draws of need; NaN in a cell without residents, or of which need or deficit is not known (in an array of draws: in any of them).

    ``p_gap (n,)``: share of draws in which the cell is among the greatest ``share`` of cells. Cells that tie at the limit share the
    places that are left, so that ``p_gap`` adds up to ``share`` × the number of cells. ``rank_interval (2, n)``: 2.5 and 97.5 % points of
    the rank, 1 the greatest gap, ties in the middle.
    """

    p_gap: NDArray[np.float64]
    rank_interval: NDArray[np.float64]


def gap_index(need: ArrayLike, deficit: ArrayLike, *, people: ArrayLike) -> NDArray[np.float64]:
    """Gap index: rank of need × rank of the deficit of access, each the middle rank as a share, 0 to 1.

    Parameters
    ----------
    need
        Persons in need of each cell, shape ``(n,)`` or ``(d, n)``; NaN where not known.
    deficit
        Lack of access in any unit, high where access is low, shape ``(n,)``; NaN where not known, infinite where nothing is in reach.
    people
        Residents, shape ``(n,)``: cells of nobody are not ranked.

    Returns
    -------
    Shape of ``need``; NaN where a cell is not ranked.

    Raises
    ------
    MethodError
        If need or people are negative, or the shapes do not agree.
    """
    lack, persons = _cells(deficit, people)
    wanted = amounts(need, "need", last=lack.size, unknown=True)
    draws = np.atleast_2d(wanted)
    ranked = _ranked(draws, lack, persons)
    index = np.full(draws.shape, np.nan)
    lack_rank = _twice_middle(_places(lack[ranked]))
    for row, drawn in zip(index, draws, strict=True):
        row[ranked] = _product(drawn[ranked], lack_rank) / (2.0 * lack_rank.size) ** 2
    return index.reshape(wanted.shape)


def gap_draws(
    need: NeedDraws | NDArray[np.float64], deficit: ArrayLike, *, people: ArrayLike, share: float = 0.2
) -> GapDraws:
    """Chance of a great gap and interval of the rank, over draws of need.

    Draws are made and ranked in blocks; what stays is one float32 per draw and cell (184 MB for 230,000 cells and 200 draws), which
    holds ranks of up to eight million cells without rounding.

    Parameters
    ----------
    need
        Draws, or an array ``(d, n)`` of them.
    deficit, people
        As in ``gap_index``.
    share
        Of the cells that have residents: how many are called great gaps.

    Raises
    ------
    MethodError
        If need or people are negative, the shapes do not agree, or the share does not lie between 0 and 1.
    """
    if not 0 < share < 1:
        raise MethodError(f"A share of {share} of the cells is not a part of them.", remedy="Choose between 0 and 1.")
    lack, persons = _cells(deficit, people)
    count, cells = _source(need, width=lack.size)
    ranked = _ranked(cells(slice(0, 1 if isinstance(need, NeedDraws) else count)), lack, persons)
    lack_rank = _twice_middle(_places(lack[ranked]))
    ranks = np.empty((count, lack_rank.size), dtype=np.float32)
    often = np.zeros(lack_rank.size)
    for block in blocks(count, width=lack.size):
        for at, drawn in enumerate(cells(block)[:, ranked], start=block.start):
            below, upto = _places(_product(drawn, lack_rank))
            often += _among(below, upto, places=share * lack_rank.size)
            ranks[at] = lack_rank.size + 0.5 - (below + upto) / 2
    return GapDraws(_full(often / count, ranked), _full(_interval(ranks), ranked))


def residual(need: ArrayLike, access: ArrayLike) -> NDArray[np.float64]:
    """People left unserved: need × max(0, 1 − access), where access is places per person in need.

    Shapes ``(n,)`` or ``(d, n)``; NaN where need or access is not known. Raises MethodError if one is negative.
    """
    reached = amounts(access, "access", unknown=True, endless=True)
    wanted = amounts(need, "need", last=reached.shape[-1], unknown=True)
    left: NDArray[np.float64] = wanted * np.maximum(0.0, 1.0 - reached)
    return left


def _cells(deficit: ArrayLike, people: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lack = np.asarray(deficit, dtype=np.float64)
    persons = amounts(people, "number of people", last=lack.size)
    if lack.ndim != 1 or persons.ndim != 1:
        raise MethodError("Deficit and people are not one for each cell.", remedy="Pass two arrays of one axis.")
    return lack, persons


def _source(need: NeedDraws | NDArray[np.float64], *, width: int) -> tuple[int, Callable[[slice], NDArray[np.float64]]]:
    """How many draws there are, and what gives some of them."""
    if isinstance(need, NeedDraws):
        amounts(need.known, "need", last=width)
        return len(need.mix), need.cells
    drawn = amounts(need, "need", last=width, unknown=True)
    if drawn.ndim != 2 or not len(drawn):
        raise MethodError(f"Need of shape {drawn.shape} is not (draws, cells).", remedy="Pass one draw or more.")
    return len(drawn), lambda which: drawn[which]


def _ranked(draws: NDArray[np.float64], lack: NDArray[np.float64], persons: NDArray[np.float64]) -> NDArray[np.bool_]:
    which: NDArray[np.bool_] = (persons > 0) & ~np.isnan(lack) & ~np.isnan(draws).any(axis=0)
    return which


def _places(values: NDArray[np.float64]) -> _Places:
    """How many are less than each value, and how many are not more: ties are told from one sort."""
    order = np.argsort(values)
    ordered = values[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]) if values.size else np.empty(0))
    count = np.diff(np.append(first, values.size))
    below, upto = np.empty((2, values.size), dtype=np.int64)
    below[order], upto[order] = np.repeat(first, count), np.repeat(first + count, count)
    return below, upto


def _twice_middle(places: _Places) -> NDArray[np.float64]:
    """Middle rank less a half, doubled: whole, so that equal products are equal to the last digit."""
    return (places[0] + places[1]).astype(np.float64)


def _product(need: NDArray[np.float64], lack_rank: NDArray[np.float64]) -> NDArray[np.float64]:
    return _twice_middle(_places(need)) * lack_rank


def _among(below: NDArray[np.int64], upto: NDArray[np.int64], *, places: float) -> NDArray[np.float64]:
    """Chance of each cell to be among the greatest, if ties are broken by lot."""
    chance: NDArray[np.float64] = np.clip((places - (upto.size - upto)) / (upto - below), 0.0, 1.0)
    return chance


def _interval(ranks: NDArray[np.float32]) -> NDArray[np.float64]:
    ends = np.empty((2, ranks.shape[1]))
    for cells in blocks(ranks.shape[1], width=len(ranks)):
        ends[:, cells] = interval_over(np.ascontiguousarray(ranks[:, cells].T).T)
    return ends


def _full(values: NDArray[np.float64], ranked: NDArray[np.bool_]) -> NDArray[np.float64]:
    whole = np.full((*values.shape[:-1], ranked.size), np.nan)
    whole[..., ranked] = values
    return whole
