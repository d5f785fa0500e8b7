"""The published numbers of one source as a table, with every sum that an attacker knows to hold in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Axis = Literal[0, 1, 2]
AXES: tuple[Axis, ...] = (0, 1, 2)
"""Places, windows, categories."""
NO_BLOCK = -1


@dataclass(frozen=True)
class Sums:
    """Sums along one axis: the entry ``whole[r]`` is the sum of the entries that row r of ``parts`` points to.

    ``parts`` is a 0/1 matrix, shape ``(n_sum, n_entry)``; one whole may be split in more ways than one.
    """

    whole: NDArray[np.int64]
    parts: sparse.csr_array

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, Sequence[int]]], *, size: int) -> Sums:
        """From pairs of a whole and its parts, as positions on an axis of ``size`` entries."""
        rows = np.repeat(np.arange(len(pairs)), [len(parts) for _, parts in pairs])
        columns = np.array([part for _, parts in pairs for part in parts], dtype=np.int64)
        matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(pairs), size))
        return cls(np.array([whole for whole, _ in pairs], dtype=np.int64), matrix)

    @property
    def size(self) -> int:
        """How many entries the axis has."""
        return int(self.parts.shape[1])

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which entries are sums of others, shape ``(n_entry,)``."""
        found = np.zeros(self.size, dtype=bool)
        found[self.whole] = True
        return found

    def each(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Each whole with its parts."""
        for row, whole in enumerate(self.whole.tolist()):
            yield whole, self.parts.indices[self.parts.indptr[row] : self.parts.indptr[row + 1]].astype(np.int64)

    def within(self, kept: NDArray[np.int64]) -> Sums:
        """The sums whose whole and parts are all among some entries, whose order they take."""
        place = {int(entry): number for number, entry in enumerate(kept)}
        found = [
            (place[whole], [place[part] for part in parts.tolist()])
            for whole, parts in self.each()
            if whole in place and all(part in place for part in parts.tolist())
        ]
        return Sums.of(found, size=len(kept))

    def by_atom(self) -> sparse.csr_array:
        """Each entry as a sum of those that are no sum themselves: a 0/1 matrix, shape ``(n_entry, n_atom)``."""
        split = dict(self.each())
        atoms = [entry for entry in range(self.size) if entry not in split]
        column = {entry: number for number, entry in enumerate(atoms)}

        def below(entry: int) -> list[int]:
            if entry in column:
                return [column[entry]]
            return [atom for part in split[entry].tolist() for atom in below(part)]

        found = [below(entry) for entry in range(self.size)]
        rows = np.repeat(np.arange(self.size), [len(members) for members in found])
        columns = np.array([atom for members in found for atom in members], dtype=np.int64)
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(self.size, len(atoms)))


@dataclass(frozen=True)
class Lattice:
    """What an edition shows of one measure of one source.

    Attributes
    ----------
    value
        Published count, shape ``(n_place, n_window, n_category)``; 0 where a shown map has no row, NaN where the
        edition does not show the number.
    sums
        What holds between true counts, along each axis.
    block
        Number of the coarsest cell in which each place lies, −1 for a place that may lie in several.
    """

    places: tuple[str, ...]
    windows: tuple[str, ...]
    categories: tuple[str, ...]
    value: Floats
    sums: tuple[Sums, Sums, Sums]
    block: NDArray[np.int64]

    def __post_init__(self) -> None:
        shape = (len(self.places), len(self.windows), len(self.categories))
        if self.value.shape != shape or len(self.block) != shape[0]:
            message = f"A table of the shape {self.value.shape} does not fit {shape} places, windows and categories."
            raise MethodError(message, remedy="Give one number for each of them.")

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Which numbers the edition shows, of the shape of the table."""
        return ~np.isnan(self.value)

    def name(self, position: Sequence[int]) -> str:
        """A number of the table in words: place, window, category."""
        place, window, category = position
        return f"{self.places[place]} {self.windows[window]} {self.categories[category]}"

    def part(self, block: int) -> Lattice:
        """The places of one block, with the sums among them."""
        kept = np.flatnonzero(self.block == block)
        return Lattice(
            places=tuple(self.places[entry] for entry in kept),
            windows=self.windows,
            categories=self.categories,
            value=self.value[kept],
            sums=(self.sums[0].within(kept), self.sums[1], self.sums[2]),
            block=self.block[kept],
        )
