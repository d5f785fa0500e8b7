"""Pairs of demand cell and candidate site: checked, cut at a radius, and merged where cells are alike."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.siting.plan import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Pairs: TypeAlias = "csr_array[np.float64, tuple[int, int]]"


def checked(minutes: Pairs, people: ArrayLike | None) -> tuple[Pairs, NDArray[np.float64]]:
    """Minutes with sorted columns, and people of shape ``(n,)``: 1 for each cell where None.

    Raises ``MethodError`` at a time or a number of people that is negative or not a number, and at a pair given twice.
    """
    found: Pairs = csr_array(minutes).astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(found.data) & (found.data >= 0)))
    if len(bad):
        raise MethodError(
            f"A time of {found.data[bad[0]]} minutes.", remedy="Give times from 0 up; leave out pairs out of reach."
        )
    if not found.has_sorted_indices:
        found = found.sorted_indices()
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    if ((np.diff(found.indices) == 0) & (np.diff(rows) == 0)).any():
        raise MethodError("A pair of cell and site is given twice.", remedy="Keep one time for each pair.")
    n = found.shape[0]
    return found, np.ones(n) if people is None else amounts(people, n, "number of people of a cell")


def kept(pairs: Pairs, keep: NDArray[np.bool_], data: NDArray[np.float64]) -> Pairs:
    """Stored pairs that are kept, with new values of all stored ones; zeros stay stored."""
    indptr = np.concatenate(([0], np.cumsum(keep)))[pairs.indptr]
    return csr_array((data[keep], pairs.indices[keep], indptr), shape=pairs.shape)


def within(minutes: Pairs, radius: float) -> Pairs:
    """1 for each pair of at most ``radius`` minutes. Raises ``MethodError`` at a radius that is not from 0 up."""
    if not radius >= 0:
        raise MethodError(f"A radius of {radius} minutes.", remedy="Give a radius from 0 up.")
    return kept(minutes, minutes.data <= radius, np.ones(len(minutes.data)))


def covered(coverage: Pairs, sites: ArrayLike) -> NDArray[np.bool_]:
    """Whether each cell has one of the sites in range, shape ``(n,)``."""
    is_open = np.zeros(coverage.shape[1])
    is_open[np.asarray(sites, dtype=np.int64)] = 1.0
    return np.asarray(coverage @ is_open) > 0


def nearest(minutes: Pairs, sites: ArrayLike) -> NDArray[np.float64]:
    """Minutes to the nearest of the sites, shape ``(n,)``; infinite where none is in reach."""
    is_open = np.zeros(minutes.shape[1], dtype=np.bool_)
    is_open[np.asarray(sites, dtype=np.int64)] = True
    left = kept(minutes, is_open[minutes.indices], minutes.data)
    found = np.full(minutes.shape[0], np.inf)
    some = np.diff(left.indptr) > 0
    if some.any():
        found[some] = np.minimum.reduceat(left.data, left.indptr[:-1][some])
    return found


def merged(coverage: Pairs, *weights: NDArray[np.float64]) -> tuple[Pairs, list[NDArray[np.float64]]]:
    """Cells that exactly the same candidates reach become one, with the sum of each weight.

    What they contribute to a covering model is the same, so the optimum is too.
    """
    indices = np.ascontiguousarray(coverage.indices, dtype=np.int32)
    size, raw, starts = indices.itemsize, indices.tobytes(), coverage.indptr
    first: dict[bytes, int] = {}
    group = np.array(
        [first.setdefault(raw[size * a : size * b], len(first)) for a, b in pairwise(starts.tolist())],
        dtype=np.int64,
    )
    example = np.full(len(first), -1, dtype=np.int64)
    example[group[::-1]] = np.arange(len(group))[::-1]
    sums = [total(group, weight, len(first)) for weight in weights]
    return csr_array(coverage[example]), sums


def total(index: NDArray[np.integer[Any]], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Sum of the values of each index, shape ``(size,)``."""
    return np.asarray(np.bincount(index, weights=values, minlength=size), dtype=np.float64)


def reachable(
    coverage: Pairs, counts: NDArray[np.bool_], *, exclude: bool
) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    """Cells that count and that a candidate reaches, and those that none does.

    Raises ``MethodError`` if there are such cells and they may not be excluded.
    """
    none = np.diff(coverage.indptr) == 0
    lost = np.flatnonzero(counts & none)
    if len(lost) and not exclude:
        named = ", ".join(str(cell) for cell in lost[:5]) + (" …" if len(lost) > 5 else "")
        raise MethodError(
            f"No candidate reaches {len(lost)} of {int(counts.sum())} cells (index {named}).",
            remedy="Add candidates, allow longer journeys, or set exclude_unreachable to leave these cells out.",
        )
    return np.flatnonzero(counts & ~none), tuple(int(cell) for cell in lost)
