"""Released facts as dense arrays: resolution × window × category × cell.

Layers ask the cube and see nothing else. Cells that are not supported are not zeros: they are left
out of every statistic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.grid import neighbours
from geointel.model import PROFILE, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.model import ReleasedFacts, Window


@dataclass(frozen=True)
class Lattice:
    """The study cells of one resolution, sorted, and which of them are supported."""

    resolution: int
    cells: NDArray[np.int64]
    supported: NDArray[np.bool_]

    @cached_property
    def ring(self) -> csr_array:
        """Neighbours among the supported cells, one ring, without self."""
        return neighbours(self.cells[self.supported], 1)

    @cached_property
    def rings(self) -> csr_array:
        """The same of two rings."""
        return neighbours(self.cells[self.supported], 2)

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


@dataclass(frozen=True)
class Cube:
    """Everything a layer may compute from, for one edition.

    ``services`` are the released services of the sources; ``membership`` says which area a leaf belongs to at each
    level (``cell, level, code``); ``profile`` are counts by weekday and hour; ``latest`` is the last month that any source of the edition has. ``beside`` are the
    cubes of other sources that the layer asked for, by their id.
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

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Published resolutions, coarse to fine."""
        return tuple(lattice.resolution for lattice in self.lattices)


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
        support = released.support.filter(pc.equal(released.support["resolution"], resolution))
        seen = np.isin(cells, support["cell"].to_numpy()) if snapped else np.ones(len(cells), dtype=bool)
        lattices.append(Lattice(resolution, cells, seen))
        rows = cells_of.filter(pc.equal(cells_of["resolution"], resolution))
        counts[resolution] = _counts(rows, np.searchsorted(cells, rows["cell"].to_numpy()), len(cells))
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
