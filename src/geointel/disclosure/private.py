"""Counts of one financial year under differential privacy, on the tree of large cells.

Nothing is shown that is smaller than resolution 7, and areas only where they are unions of the cells that are: what is shown of them is the sum of those.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.disclosure.noise_tree import ROOT, Tree, private_counts
from geointel.disclosure.whole_tree import whole_tree
from geointel.disclosure.yearly import counts_of, places_of
from geointel.errors import DisclosureError
from geointel.grid import parents
from geointel.model import ALL, AREA_FACTS, FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.policy import Rule

FINEST = 7
"""Smaller cells have fewer records in a year than noise."""


def private(
    cells: pa.Table, categories: Sequence[str], *, rule: Rule, geography: Geography, told: Mapping[str, str]
) -> tuple[pa.Table, pa.Table]:
    """Draw the counts of a year: rows of cells and of areas, none of them 0. To be drawn once, and kept.

    Each record counts on every resolution and in one category, so the noise of every number has the scale resolutions × ``max_records`` /
    ``epsilon``. Numbers are then made to add up over resolutions, and whole; all of them together are the sum of the categories.

    Parameters
    ----------
    geography
        Only what is shown (``large``).
    cells
        Raw rows of one source, window and measure. Every study cell gets a number, whether it has a row or not.
    categories
        Those that the source may have, whether any record of the year has or not, ``all`` first where they are added up.
    told
        What all rows have in common: source, window and measure.

    Raises
    ------
    DisclosureError
        If counts are not whole.
    EngineError
        If OpenDP is not installed.
    """
    shown = sorted(geography.cells)
    places = places_of(geography)
    own = cells.filter(pa.array(np.isin(cells["resolution"].to_numpy(), shown)))
    counts = counts_of([own], places, categories)
    tree = _tree(geography, shown)
    size = tree.above.size
    numbers = np.zeros_like(counts)
    single = [at for at, category in enumerate(categories) if category != ALL]
    for at in single:
        noisy = private_counts(counts[:size, at], tree, epsilon=rule.epsilon, marginals=1, records=rule.max_records)
        numbers[:size, at] = whole_tree(noisy, tree)
    if ALL in categories:
        numbers[:, categories.index(ALL)] = numbers[:, single].sum(axis=1)
    for level in geography.areas:
        numbers[places.of(level)] = _summed(numbers[places.of(shown[-1])], geography, level, shown[-1])
    return _rows(numbers, categories, geography=geography, shown=shown, told=told)


def large(geography: Geography) -> Geography:
    """The part of a geography of which something is shown: large cells, and areas that are unions of the smallest of those.

    Raises ``DisclosureError`` if there are no large cells.
    """
    if min(geography.cells) > FINEST:
        message = f"No cells of resolution {FINEST} or coarser are published, and smaller ones have less than the noise of `dp`."
        raise DisclosureError(message, remedy=f"Add {FINEST} to `grid.publish`, or choose another method.")
    cells = {r: own for r, own in geography.cells.items() if r <= FINEST}
    areas = {level: codes for level, codes in geography.areas.items() if _joins(geography, level, max(cells))}
    return replace(geography, cells=cells, areas=areas)


def _tree(geography: Geography, shown: Sequence[int]) -> Tree:
    """Cells of all shown resolutions, coarsest first, and the one above each."""
    parts = [np.full(len(geography.cells[shown[0]]), ROOT, dtype=np.int64)]
    start = 0
    for above, own in pairwise(shown):
        parts.append(start + np.searchsorted(geography.cells[above], parents(geography.cells[own], above)))
        start += len(geography.cells[above])
    return Tree(np.concatenate(parts))


def _joins(geography: Geography, level: str, resolution: int) -> bool:
    """Whether every cell of a resolution lies with all its leaves in one area of a level."""
    cell = np.searchsorted(geography.cells[resolution], parents(geography.leaves, resolution))
    pairs = np.unique(np.stack([cell, geography.area_of_leaf[level]]), axis=1)
    return bool((pairs[1] >= 0).all()) and pairs.shape[1] == len(geography.cells[resolution])


def _summed(numbers: NDArray[np.int64], geography: Geography, level: str, resolution: int) -> NDArray[np.int64]:
    """Numbers of the areas of a level: sums of those of cells."""
    cell = np.searchsorted(geography.cells[resolution], parents(geography.leaves, resolution))
    area_of_cell = np.zeros(len(numbers), dtype=np.int64)
    area_of_cell[cell] = geography.area_of_leaf[level]
    found = np.zeros((len(geography.areas[level]), numbers.shape[1]), dtype=np.int64)
    np.add.at(found, area_of_cell, numbers)
    return found


def _rows(
    numbers: NDArray[np.int64],
    categories: Sequence[str],
    *,
    geography: Geography,
    shown: Sequence[int],
    told: Mapping[str, str],
) -> tuple[pa.Table, pa.Table]:
    """Rows of cells and areas for every number above 0."""
    cells = [{"resolution": r, "cell": cell} for r in shown for cell in geography.cells[r].tolist()]
    areas = [{"level": level, "code": code} for level, codes in geography.areas.items() for code in codes]
    found: list[list[dict[str, object]]] = [[], []]
    for at, place in enumerate([*cells, *areas]):
        for category, n in zip(categories, numbers[at].tolist(), strict=True):
            if n:
                row = {**place, **told, "category": category, "value": float(n), "status": "shown"}
                found[at >= len(cells)].append(row)
    return pa.Table.from_pylist(found[0], FACTS), pa.Table.from_pylist(found[1], AREA_FACTS)
