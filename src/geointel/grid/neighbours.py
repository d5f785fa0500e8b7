"""Which cells lie within k steps of each other, as a sparse adjacency.

Local IJ coordinates (https://h3geo.org/docs/core-library/coordsystems) lay the cells on a plane
lattice, where a step is one of (±1, 0), (0, ±1), (1, 1), (−1, −1). Then a neighbour is a look-up in
sorted numbers, several times faster than one ``grid_disk`` per cell. Across a pentagon, or very far
from the first cell, the plane does not exist and ``grid_disk`` answers.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
from h3 import H3BaseException

from geointel.errors import GridError
from geointel.grid.cells import resolutions

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

BASE_CELL_SHIFT = 45
BASE_CELL_MASK = 127


def neighbours(cells: NDArray[np.int64], k: int = 1) -> csr_array[np.float64, tuple[int, int]]:
    """Adjacency of cells within ``k`` grid steps of each other, each cell itself left out.

    Parameters
    ----------
    cells
        Cells of one resolution, sorted and distinct, shape ``(n,)``. A cell that is not among
        them is nobody's neighbour.
    k
        Steps, at least 1. With 1 a cell has up to six neighbours, with 2 up to eighteen.

    Returns
    -------
    Binary symmetric CSR array of shape ``(n, n)`` with sorted column numbers; row i has a one for
    each neighbour of ``cells[i]``. The ones are ``float64``, so that a product with counts (exact up
    to 2**53) needs no conversion.

    Raises
    ------
    GridError
        If the resolutions are mixed, the cells are not sorted and distinct, or ``k`` < 1.
    """
    cells = np.asarray(cells, dtype=np.int64)
    _check(cells, k)
    pairs = lattice_pairs(cells, k)
    return _adjacency(disk_pairs(cells, k) if pairs is None else pairs, len(cells))


def around(cells: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Sorted cells that are within ``k`` steps of some cell and not among them, shape ``(m,)``.

    Parameters are those of ``neighbours``, and so are the errors.
    """
    cells = np.asarray(cells, dtype=np.int64)
    _check(cells, k)
    disks = chain.from_iterable(h3.grid_disk(cell, k) for cell in cells.tolist())
    return np.setdiff1d(np.fromiter(disks, dtype=np.int64), cells)


def lattice_pairs(cells: NDArray[np.int64], k: int) -> Pairs | None:
    """Find both ends of every neighbouring pair, once in each direction; ``None`` where there is no plane."""
    positions = _local_ij(cells)
    if positions is None:
        return None
    i, j = (positions - positions.min(axis=0, initial=np.iinfo(np.int64).max)).T
    width = int(j.max(initial=0)) + 1 + 2 * k
    keys = (i * width) + j + k
    order = np.argsort(keys)
    ordered = keys[order]
    left, right = [], []
    for step in _half_ring(k, width):
        found = np.searchsorted(ordered, ordered + step)
        hit = np.flatnonzero(ordered[np.minimum(found, len(cells) - 1)] == ordered + step)
        left.append(order[hit])
        right.append(order[found[hit]])
    return np.concatenate(left + right), np.concatenate(right + left)


def disk_pairs(cells: NDArray[np.int64], k: int) -> Pairs:
    """Find the same pairs from one ``grid_disk`` per cell: right everywhere on the globe, but slow."""
    disks = [h3.grid_disk(cell, k) for cell in cells.tolist()]
    sizes = np.array([len(disk) for disk in disks], dtype=np.int64)
    others = np.fromiter(chain.from_iterable(disks), dtype=np.int64, count=int(sizes.sum()))
    rows = np.repeat(np.arange(len(cells)), sizes)
    columns = np.minimum(np.searchsorted(cells, others), max(len(cells) - 1, 0))
    keep = (cells[columns] == others) & (columns != rows)
    return rows[keep], columns[keep]


def _check(cells: NDArray[np.int64], k: int) -> None:
    if k < 1:
        message = f"A neighbourhood of {k} steps has no cells."
        raise GridError(message, remedy="Use k = 1 or more.")
    if not (np.diff(cells) > 0).all():
        message = "The cells are not sorted and distinct."
        raise GridError(message, remedy="Pass numpy.unique(cells).")
    levels = np.unique(resolutions(cells))
    if len(levels) > 1:
        message = f"The cells are of resolutions {', '.join(map(str, levels))}, which have no common neighbours."
        raise GridError(message, remedy="Ask for the neighbours of each resolution on its own.")


def _local_ij(cells: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Lattice coordinates from the middle one of the cells, shape ``(n, 2)``, or ``None``.

    Within a pentagon's base cell H3 answers with coordinates that overlap, so they are not asked for.
    """
    pentagons = [_base_cells(np.array(cell)) for cell in h3.get_pentagons(0)]
    if np.isin(_base_cells(cells), pentagons).any():
        return None
    origin = cells[len(cells) // 2 : len(cells) // 2 + 1].tolist()
    try:
        pairs = chain.from_iterable(map(h3.cell_to_local_ij, repeat(*origin), cells.tolist())) if origin else ()
        return np.fromiter(pairs, dtype=np.int64, count=2 * len(cells)).reshape(-1, 2)
    except H3BaseException:
        return None


def _base_cells(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    return (cells >> BASE_CELL_SHIFT) & BASE_CELL_MASK


def _half_ring(k: int, width: int) -> list[int]:
    """Differences of keys for the steps of length 1 to ``k``, one of each opposite two."""
    return [
        di * width + dj
        for di in range(k + 1)
        for dj in range(-k, k + 1)
        if (di, dj) > (0, 0) and max(abs(dj), abs(di - dj)) <= k
    ]


def _adjacency(pairs: Pairs, n: int) -> csr_array[np.float64, tuple[int, int]]:
    # Imported here: programs that only need cells should not pay for scipy.
    from scipy import sparse  # noqa: PLC0415

    rows, columns = pairs
    adjacency = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    adjacency.sort_indices()
    return adjacency
