"""The places whose counts may be released, as the gate needs to know them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Geography:
    """Study cells and areas, all of them unions of the same leaves.

    Attributes
    ----------
    cells
        Study cells of each published resolution, sorted.
    areas
        Codes of each level.
    coarse
        The first level and the levels that group it: their areas are large, and shown one by one. Any other level is shown whole or not at all.
    groups
        Of each level that groups the first one: the codes in each of its areas.
    leaves
        Study leaves, of which all cells and areas are unions, sorted.
    area_of_leaf
        Of each level: the position of the area of every leaf in its codes, -1 for none.
    digest
        Changes when any of this, or a leaf's area, does: numbers of another geography could be subtracted from these.
    """

    cells: Mapping[int, NDArray[np.int64]]
    areas: Mapping[str, tuple[str, ...]]
    coarse: tuple[str, ...]
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    leaves: NDArray[np.int64]
    area_of_leaf: Mapping[str, NDArray[np.int32]]
    digest: str

    def upto(self, finest: int | None) -> Geography:
        """The same without smaller cells than those of a resolution, and without areas but the coarse ones; the coarsest cells stay."""
        if finest is None:
            return self
        kept = [r for r in self.cells if r <= finest] or [min(self.cells)]
        areas = {level: codes for level, codes in self.areas.items() if level in self.coarse}
        return replace(self, cells={r: self.cells[r] for r in kept}, areas=areas)
