"""Who lives where: residents of the finest published cells, and how these add up to coarser cells and to areas.

Need and access are computed once, on the finest cells, and carried up: a coarser cell or an area holds the people of its finest
cells. A cell that several areas share is shared among them as its study leaves are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.grid import centres, parents
from geointel.model import ALL, BY_DEPRIVATION, DECILES, INCOME_DEPRIVED, RESIDENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.layers.cube import Cube


@dataclass(frozen=True)
class Ground:
    """The finest published cells and the people in them.

    Attributes
    ----------
    cells
        Sorted, shape ``(n,)``.
    residents
        Of the ages asked for; everybody unless ages were asked for.
    by_decile
        Residents of small areas of each decile of deprivation, most deprived first, shape ``(n, 10)``; None where not supplied.
    income
        Share of residents in income deprivation, shape ``(n,)``; None where not supplied.
    up
        For every resolution the cells (rows) that the finest cells (columns) make up.
    areas
        For every level the share of each finest cell (column) that lies in each area (row).
    counted
        Month of the count of residents.
    """

    resolution: int
    cells: NDArray[np.int64]
    residents: NDArray[np.float64]
    by_decile: NDArray[np.float64] | None
    income: NDArray[np.float64] | None
    up: Mapping[int, csr_array]
    areas: Mapping[str, csr_array]
    counted: str
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitude and longitude of the cells' centres, shape ``(n,)`` each."""
        lnglat = centres(self.cells)
        return lnglat[:, 1], lnglat[:, 0]

    def share_of(self, codes: Sequence[str]) -> NDArray[np.float64]:
        """Share of each cell that lies in any of some areas, of whatever level; 0 to 1. Unknown codes are in none."""
        found = np.zeros(len(self.cells))
        for level, matrix in self.areas.items():
            own = [number for number, code in enumerate(self.codes[level]) if code in codes]
            if own:
                found = np.maximum(found, np.asarray(matrix[own].sum(axis=0)).ravel())
        return np.minimum(found, 1.0)


def ground_of(cube: Cube, residents: str, *, ages: Sequence[str] = (), deprivation: str = "") -> Ground:
    """The ground of a cube, from the sources that it has beside it. Raises ``MethodError`` where one has no residents."""
    lattice = cube.lattices[-1]
    people, counted = _residents(cube, residents, ages or (ALL,))
    deciles, income = _deprivation(cube, deprivation, residents)
    return Ground(
        resolution=lattice.resolution,
        cells=lattice.cells,
        residents=people,
        by_decile=deciles,
        income=income,
        up={one.resolution: _up(lattice.cells, one.resolution, one.cells) for one in cube.lattices},
        areas={level: _shares(cube, level, lattice.cells, lattice.resolution) for level in cube.areas},
        counted=counted,
        codes=cube.area_codes,
    )


def mean_of(rows: csr_array, values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted mean of the finest cells' values by coarser place, NaN left out; the plain mean where nobody lives.

    ``rows`` has shape ``(p, n)``; NaN where no finest cell has a value.
    """
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    weighted, total = rows @ (filled * weights * known), rows @ (weights * known)
    plain, number = rows @ (filled * known), rows @ known.astype(np.float64)
    mean = np.divide(plain, number, out=np.full(len(number), np.nan), where=number > 0)
    found: NDArray[np.float64] = np.divide(weighted, total, out=mean, where=total > 0)
    return found


def _residents(cube: Cube, source: str, ages: Sequence[str]) -> tuple[NDArray[np.float64], str]:
    facts = cube.beside.get(source)
    counts = None if facts is None else facts.cells[cube.lattices[-1].resolution]
    window = "" if counts is None else counts.latest(RESIDENTS)
    if counts is None or not window:
        message = f"The source {source!r} has no residents."
        raise MethodError(
            message, remedy="Name a source of the kind `population` or `population-raster` as `residents`."
        )
    missing = [age for age in ages if (RESIDENTS, window, age) not in counts.slices]
    if missing:
        have = ", ".join(sorted(name for measure, _, name in counts.slices if measure == RESIDENTS))
        message = f"The source {source!r} has no residents of the age {missing[0]!r}."
        raise MethodError(message, remedy=f"It has {have}.")
    total = sum((counts.dense(RESIDENTS, window, age) for age in ages), np.zeros(counts.size))
    return total, window


def _deprivation(
    cube: Cube, source: str, residents: str
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Residents by decile, and the share of residents in income deprivation."""
    if not source:
        return None, None
    facts = cube.beside.get(source)
    counts = None if facts is None else facts.cells[cube.lattices[-1].resolution]
    window = "" if counts is None else counts.latest(BY_DEPRIVATION)
    if counts is None or not window:
        message = f"The source {source!r} has no residents by deprivation."
        remedy = "Give `outlines` to that source of the kind `area-index`, or leave `deprivation` out of the layer."
        raise MethodError(message, remedy=remedy)
    deciles = np.column_stack([counts.dense(BY_DEPRIVATION, window, decile) for decile in DECILES])
    if not counts.latest(INCOME_DEPRIVED):
        return deciles, None
    everybody, _ = _residents(cube, residents, (ALL,))
    poor = counts.dense(INCOME_DEPRIVED, counts.latest(INCOME_DEPRIVED), ALL)
    share = np.divide(poor, everybody, out=np.zeros(len(poor)), where=everybody > 0)
    return deciles, np.minimum(share, 1.0)


def _up(cells: NDArray[np.int64], resolution: int, coarse: NDArray[np.int64]) -> csr_array:
    """One row a coarser cell, one column a finest cell: 1 where the one holds the other."""
    row = np.searchsorted(coarse, parents(cells, resolution))
    size = len(cells)
    return csr_array((np.ones(size), (row, np.arange(size))), shape=(len(coarse), size))


def _shares(cube: Cube, level: str, cells: NDArray[np.int64], resolution: int) -> csr_array:
    """Share of each finest cell in each area of a level: of its study leaves."""
    shape = (len(cube.area_codes[level]), len(cells))
    if cube.membership is None:
        return csr_array(shape)
    every = cube.membership
    leaves = np.unique(every["cell"].to_numpy())
    size = np.bincount(np.searchsorted(cells, parents(leaves, resolution)), minlength=len(cells))
    own = every.filter(pc.equal(every["level"].cast(pa.string()), level))
    code = pc.index_in(own["code"].cast(pa.string()), value_set=pa.array(cube.area_codes[level], pa.string()))
    column = np.searchsorted(cells, parents(own["cell"].to_numpy(), resolution))
    return csr_array((1 / size[column], (code.to_numpy(), column)), shape=shape)
