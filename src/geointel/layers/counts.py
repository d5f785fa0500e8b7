"""Counts of released facts, found by measure, window and category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Counts:
    """Non-zero counts of one table, found by measure, window and category."""

    slices: Mapping[tuple[str, str, str], tuple[NDArray[np.int64], NDArray[np.float64]]]
    size: int

    def dense(self, measure: str, window: str, category: str) -> NDArray[np.float64]:
        """Counts over all places, shape ``(size,)``; 0 where the table has no row."""
        full = np.zeros(self.size)
        position, value = self.slices.get((measure, window, category), (np.empty(0, np.int64), np.empty(0)))
        np.add.at(full, position, value)
        return full

    def latest(self, measure: str) -> str:
        """The last window that has rows of a measure, by name; blank without any: a census has one of its own."""
        return max((window for name, window, _ in self.slices if name == measure), default="")

    def less(self, measure: str, part: str) -> Counts:
        """The same with ``part`` taken out of ``measure`` in every window and category; ``part`` itself has no rows then.

        Never below 0: a policy that changes counts may have changed the part by more than the whole.
        """
        slices = {}
        for (name, window, category), given in self.slices.items():
            if name == measure and (part, window, category) in self.slices:
                rest = self.dense(measure, window, category) - self.dense(part, window, category)
                position = np.flatnonzero(rest > 0)
                slices[name, window, category] = (position, rest[position])
            elif name != part:
                slices[name, window, category] = given
        return Counts(slices, self.size)


def on_cells(rows: pa.Table, cells: NDArray[np.int64]) -> Counts:
    """Counts by cell; every row's cell is one of the sorted ``cells``."""
    return split_counts(rows, np.searchsorted(cells, rows["cell"].to_numpy()), len(cells))


def split_counts(rows: pa.Table, place: NDArray[np.int64], size: int) -> Counts:
    """Split a table by measure, window and category, once; ``place`` is the position of each row, of ``size`` places."""
    value = rows["value"].to_numpy()
    codes, words = [], []
    for column in ("measure", "window", "category"):
        encoded = rows[column].cast(pa.string()).combine_chunks().dictionary_encode()
        codes.append(encoded.indices.to_numpy().astype(np.int64))
        words.append(encoded.dictionary.to_pylist())
    key = (codes[0] * len(words[1]) + codes[1]) * len(words[2]) + codes[2]
    order = np.argsort(key, kind="stable")
    found, start = np.unique(key[order], return_index=True)
    parts = np.split(order, start[1:]) if len(found) else []
    slices = {}
    for number, part in zip(found.tolist(), parts, strict=True):
        rest, category = divmod(number, len(words[2]))
        measure, window = divmod(rest, len(words[1]))
        slices[words[0][measure], words[1][window], words[2][category]] = (place[part], value[part])
    return Counts(slices, size)
