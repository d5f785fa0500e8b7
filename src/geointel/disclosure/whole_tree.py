"""Whole numbers on a tree that still add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.disclosure.noise_tree import Tree

FINE = 10**6
"""Numbers are taken in millionths, which are added without error."""


def whole_tree(numbers: NDArray[np.float64], tree: Tree) -> NDArray[np.int64]:
    """Round numbers that add up on a tree so that they still do, each up or down to the next whole one.

    From the top: a root goes to the nearest; what a node has more than the sum of those below it, rounded down, goes to those with the largest
    remainders (ties: the first). It looks at nothing but the numbers.

    Parameters
    ----------
    numbers
        A number on every node, none below 0, each the sum of those below it, shape ``(n,)``.
    tree
        Which node is above which.
    """
    levels = tree.levels()
    fine = np.zeros(numbers.size, dtype=np.int64)
    fine[tree.leaves] = np.rint(numbers[tree.leaves] * FINE).astype(np.int64)
    for level in reversed(levels[1:]):
        np.add.at(fine, tree.above[level], fine[level])
    found, rest = np.divmod(fine, FINE)
    found[levels[0]] += 2 * rest[levels[0]] >= FINE
    for level in levels[1:]:
        for node in np.unique(tree.above[level]).tolist():
            below = level[tree.above[level] == node]
            more = int(found[node] - found[below].sum())
            found[below[np.argsort(-rest[below], kind="stable")][:more]] += 1
    return found
