"""Released facts as dense arrays: resolution × window × category × cell.

Layers ask the cube and see nothing else. Cells that are not supported are not zeros: they are left
out of every statistic.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.grid import neighbours
from geointel.hotspots import Beyond
from geointel.model import INCIDENTS, PROFILE, SERVICES, SPECIAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.model import ReleasedFacts, Window


@dataclass(frozen=True)
class MapCounts:
    """Counts of one map: of the supported study cells, and of the supported cells beyond the border.

    The latter count in sums around a cell and in no other statistic.
    """

    inside: NDArray[np.float64]
    beyond: NDArray[np.float64]

    def __sub__(self, other: MapCounts) -> MapCounts:
        """Difference cell by cell."""
        return MapCounts(self.inside - other.inside, self.beyond - other.beyond)


def _no_cells() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Lattice:
    """The study cells of one resolution, sorted, and which of them are supported.

    ``beyond`` are the supported cells outside the study area that lie within two rings of it, sorted.
    """

    resolution: int
    cells: NDArray[np.int64]
    supported: NDArray[np.bool_]
    beyond: NDArray[np.int64] = field(default_factory=_no_cells)

    @cached_property
    def ring(self) -> csr_array:
        """Neighbours among the supported cells, one ring, without self."""
        return neighbours(self.cells[self.supported], 1)

    @cached_property
    def rings(self) -> csr_array:
        """The same of two rings."""
        return neighbours(self.cells[self.supported], 2)

    @cached_property
    def ring_beyond(self) -> csr_array:
        """Neighbours of the supported cells among those beyond the border: a row for each of the former."""
        return self._across(1)

    @cached_property
    def rings_beyond(self) -> csr_array:
        """The same of two rings."""
        return self._across(2)

    def around(self, counts: MapCounts) -> NDArray[np.float64]:
        """Sum over cell and ring, on both sides of the border, of the supported cells."""
        total: NDArray[np.float64] = counts.inside + self.ring @ counts.inside + self.ring_beyond @ counts.beyond
        return total

    def outside(self, counts: NDArray[np.float64], rings: int = 1) -> Beyond:
        """Neighbours beyond the border with their counts, as the methods in ``hotspots`` take them."""
        return Beyond(self.ring_beyond if rings == 1 else self.rings_beyond, counts)

    def _across(self, rings: int) -> csr_array:
        own = self.cells[self.supported]
        both = np.union1d(own, self.beyond)
        here, there = np.searchsorted(both, own), np.searchsorted(both, self.beyond)
        return neighbours(both, rings)[here][:, there]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the supported cells on all study cells; NaN elsewhere."""
        full = np.full(len(self.cells), np.nan)
        full[self.supported] = values
        return full


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


@dataclass(frozen=True)
class Cube:
    """Everything a layer may compute from, for one edition.

    ``services`` are the released services of the sources; ``membership`` says which area a leaf belongs to at each
    level (``cell, level, code``); ``profile`` are counts by weekday and hour; ``latest`` is the last month that any source
    of the edition has. ``beside`` are the cubes of other sources that the layer asked for, by their id. ``beyond`` are
    counts of the cells that each lattice has beyond the border, all of which lies within ``edge_km``.
    """

    edition: str
    windows: tuple[Window, ...]
    lattices: tuple[Lattice, ...]
    cells: Mapping[int, Counts]
    areas: Mapping[str, Counts]
    area_codes: Mapping[str, tuple[str, ...]]
    services: pa.Table = field(default_factory=SERVICES.empty_table)
    membership: pa.Table | None = None
    profile: pa.Table = field(default_factory=PROFILE.empty_table)
    latest: Window | None = None
    beside: Mapping[str, Cube] = field(default_factory=dict)
    beyond: Mapping[int, Counts] = field(default_factory=dict)
    edge_km: float = 0.0

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Published resolutions, coarse to fine."""
        return tuple(lattice.resolution for lattice in self.lattices)

    def map_counts(self, lattice: Lattice, window: str, category: str) -> MapCounts:
        """Incidents of one map."""
        inside = self.cells[lattice.resolution].dense(INCIDENTS, window, category)[lattice.supported]
        outer = self.beyond.get(lattice.resolution)
        none = np.zeros(len(lattice.beyond))
        return MapCounts(inside, none if outer is None else outer.dense(INCIDENTS, window, category))

    def without_special_points(self) -> Cube:
        """The same without the incidents at special points, of every category and of all together.

        Support stays: it says which cells are tested, so that maps with and without these points can be compared.
        """
        return replace(
            self,
            cells={resolution: counts.less(INCIDENTS, SPECIAL) for resolution, counts in self.cells.items()},
            areas={level: counts.less(INCIDENTS, SPECIAL) for level, counts in self.areas.items()},
            beyond={resolution: counts.less(INCIDENTS, SPECIAL) for resolution, counts in self.beyond.items()},
        )


def make_cube(
    released: ReleasedFacts,
    study: Mapping[int, NDArray[np.int64]],
    *,
    area_codes: Mapping[str, Sequence[str]],
    snapped: bool,
    sources: Sequence[str] | None = None,
    windows: Sequence[Window] | None = None,
    membership: pa.Table | None = None,
) -> Cube:
    """Arrange released facts on the study cells.

    Parameters
    ----------
    sources
        Sources whose counts are summed; every one when left out. Support is that of all snapped sources: a
        record of any of them shows that there is a map point.
    windows
        Windows of these sources; those of all when left out.
    study
        Study cells of each published resolution, sorted.
    area_codes
        Codes of every area level, sorted.
    membership
        Which area each study leaf belongs to: ``cell, level, code``.
    snapped
        Whether the sources' points are snapped to a list, so that a cell without any record ever has
        no support. With true coordinates every cell is supported.
    """
    lattices, counts = [], {}
    cells_of, areas_of = (_of_sources(table, sources) for table in (released.cells, released.areas))
    for resolution, cells in study.items():
        support = _at(released.support, resolution)
        seen = np.isin(cells, support["cell"].to_numpy()) if snapped else np.ones(len(cells), dtype=bool)
        lattices.append(Lattice(resolution, cells, seen))
        counts[resolution] = _on_cells(_at(cells_of, resolution), cells)
    areas = {}
    for level, codes in area_codes.items():
        rows = areas_of.filter(pc.equal(areas_of["level"].cast(pa.string()), level))
        place = pc.index_in(rows["code"].cast(pa.string()), value_set=pa.array(codes, pa.string()))
        areas[level] = _counts(rows, place.to_numpy().astype(np.int64), len(codes))
    return Cube(
        edition=released.edition,
        windows=released.windows if windows is None else tuple(windows),
        lattices=tuple(lattices),
        cells=counts,
        areas=areas,
        area_codes={level: tuple(codes) for level, codes in area_codes.items()},
        services=_of_sources(released.services, sources),
        membership=membership,
        profile=_of_sources(released.profile, sources),
        latest=max((w for w in released.windows if w.kind == "month"), key=lambda w: w.months, default=None),
    )


def with_beyond(
    cube: Cube,
    released: ReleasedFacts,
    beyond: Mapping[int, NDArray[np.int64]],
    *,
    km: float,
    sources: Sequence[str] | None = None,
) -> Cube:
    """The cube with what lies beyond the border, for neighbour sums.

    Parameters
    ----------
    beyond
        Cells outside the study area of each published resolution, sorted, that may be neighbours. One is supported where
        a record of these very sources ever fell: another's record says nothing of how far these reach.
    km
        How far from the border all of them lie at most.
    sources
        As ``make_cube`` was given them.
    """
    counts, support = (_of_sources(table, sources) for table in (released.beyond, released.support))
    lattices = []
    for lattice in cube.lattices:
        own = _at(support, lattice.resolution)["cell"].to_numpy()
        lattices.append(replace(lattice, beyond=np.intersect1d(beyond[lattice.resolution], own)))
    found = {lattice.resolution: _on_cells(_at(counts, lattice.resolution), lattice.beyond) for lattice in lattices}
    return replace(cube, lattices=tuple(lattices), beyond=found, edge_km=km)


def _at(table: pa.Table, resolution: int) -> pa.Table:
    """Rows of one resolution."""
    return table.filter(pc.equal(table["resolution"], resolution))


def _on_cells(rows: pa.Table, cells: NDArray[np.int64]) -> Counts:
    """Counts by cell; every row's cell is one of the sorted ``cells``."""
    return _counts(rows, np.searchsorted(cells, rows["cell"].to_numpy()), len(cells))


def _of_sources(table: pa.Table, sources: Sequence[str] | None) -> pa.Table:
    """Rows of some sources."""
    if sources is None:
        return table
    return table.filter(pc.is_in(table["source"].cast(pa.string()), value_set=pa.array(sources, pa.string())))


def _counts(rows: pa.Table, place: NDArray[np.int64], size: int) -> Counts:
    """Split a table by measure, window and category, once."""
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
