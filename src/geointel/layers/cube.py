"""Released facts as dense arrays: resolution × window × category × cell.

Layers ask the cube and see nothing else. Cells that are not supported are not zeros: they are left
out of every statistic.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.layers.counts import Counts, on_cells, split_counts
from geointel.layers.lattice import Lattice, MapCounts
from geointel.model import FIGURES, INCIDENTS, PROFILE, ROAD_COUNTS, ROADS, SERVICES, SPECIAL, STRETCHES, TRAVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.model import ReleasedFacts, Window


@dataclass(frozen=True)
class Cube:
    """Everything a layer may compute from, for one edition.

    ``services`` are the released services of the sources; ``membership`` says which area a leaf belongs to at each
    level (``cell, level, code``); ``profile`` are counts by weekday and hour; ``figures`` are published figures of areas and ``roads`` the
    edges of a road network, ``stretches`` its parts and ``road_counts`` what was counted on them, ``travel`` times that were given; ``latest`` is the last month that any source
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
    figures: pa.Table = field(default_factory=FIGURES.empty_table)
    roads: pa.Table = field(default_factory=ROADS.empty_table)
    stretches: pa.Table = field(default_factory=STRETCHES.empty_table)
    road_counts: pa.Table = field(default_factory=ROAD_COUNTS.empty_table)
    travel: pa.Table = field(default_factory=TRAVEL.empty_table)
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
        no support. With true coordinates every cell is supported. A cell that is not shown in some year has none either way.
    """
    lattices, counts = [], {}
    cells_of, areas_of = (_known(_of_sources(table, sources)) for table in (released.cells, released.areas))
    hidden = _of_sources(released.hidden, sources)
    area_codes = shown_areas(area_codes, hidden)
    for resolution, cells in study.items():
        support = _at(released.support, resolution)
        seen = np.isin(cells, support["cell"].to_numpy()) if snapped else np.ones(len(cells), dtype=bool)
        seen &= ~np.isin(cells, hidden["cell"].drop_null().to_numpy())
        lattices.append(Lattice(resolution, cells, seen))
        counts[resolution] = on_cells(_at(cells_of, resolution), cells)
    return Cube(
        edition=released.edition,
        windows=released.windows if windows is None else tuple(windows),
        lattices=tuple(lattices),
        cells=counts,
        areas=_by_area(areas_of, area_codes),
        area_codes=area_codes,
        services=_of_sources(released.services, sources),
        membership=membership,
        profile=_of_sources(released.profile, sources),
        figures=_of_sources(released.figures, sources),
        roads=_of_sources(released.roads, sources),
        stretches=_of_sources(released.stretches, sources),
        road_counts=_of_sources(released.road_counts, sources),
        travel=_of_sources(released.travel, sources),
        latest=max((w for w in released.windows if w.kind == "month"), key=lambda w: w.months, default=None),
    )


def _by_area(rows: pa.Table, area_codes: Mapping[str, Sequence[str]]) -> dict[str, Counts]:
    """Counts of the areas of each level. Rows of an area that is not shown any more are left out."""
    found = {}
    for level, codes in area_codes.items():
        words = pa.array(codes, pa.string())
        own = rows.filter(pc.equal(rows["level"].cast(pa.string()), level))
        own = own.filter(pc.is_in(own["code"].cast(pa.string()), value_set=words))
        place = pc.index_in(own["code"].cast(pa.string()), value_set=words)
        found[level] = split_counts(own, place.to_numpy().astype(np.int64), len(codes))
    return found


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
    found = {lattice.resolution: on_cells(_at(counts, lattice.resolution), lattice.beyond) for lattice in lattices}
    return replace(cube, lattices=tuple(lattices), beyond=found, edge_km=km)


def shown_areas(area_codes: Mapping[str, Sequence[str]], hidden: pa.Table) -> dict[str, tuple[str, ...]]:
    """Codes of each level without those of areas that are not shown; a level without any is left out, unless none has one."""
    gone = set(zip(hidden["level"].to_pylist(), hidden["code"].to_pylist(), strict=True))
    shown = {level: tuple(code for code in codes if (level, code) not in gone) for level, codes in area_codes.items()}
    return {level: codes for level, codes in shown.items() if codes} or shown


def _known(table: pa.Table) -> pa.Table:
    """Rows that say how many: a count that is below its owner's floor does not."""
    return table.filter(pc.is_valid(table["value"]))


def _at(table: pa.Table, resolution: int) -> pa.Table:
    """Rows of one resolution."""
    return table.filter(pc.equal(table["resolution"], resolution))


def _of_sources(table: pa.Table, sources: Sequence[str] | None) -> pa.Table:
    """Rows of some sources."""
    if sources is None:
        return table
    return table.filter(pc.is_in(table["source"].cast(pa.string()), value_set=pa.array(sources, pa.string())))
