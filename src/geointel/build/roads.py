"""Sources of roads: ways to edges, and metres of road by cell and area."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from geointel.build.count import typed
from geointel.build.events import require_rows
from geointel.build.report import SourceReport
from geointel.build.taken import Taken
from geointel.grid.cells import parents
from geointel.ingest import files, road_edges, roads, stretches
from geointel.ingest.areas import NOWHERE
from geointel.model import ALL, AREA_FACTS, FACTS, ROAD_METRES, ROADS, UNMAPPED, HexFacts
from geointel.sources.base import NoRoad, Road

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.ingest.areas import StudyArea
    from geointel.ingest.road_edges import Edges, Pieces
    from geointel.ingest.roads import Box, Network, Way
    from geointel.sources.base import RawFile, RoadKind

KM_PER_DEGREE = 111.0
BEYOND_KM = 1.0
"""Leaves on the border reach beyond the outline."""
REASONS = ("bad-row", "outside-area", "duplicate", "closed", "no-data")
SHOWN = 5


@dataclass(frozen=True)
class Roads:
    """Roads near the study area, cut into edges, and the pieces of these that lie in it."""

    ways: tuple[Way, ...]
    edges: Edges
    inside: Pieces

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Lines of all edges."""
        size = self.edges.last - self.edges.first + 1
        lines = shapely.linestrings(self.edges.lnglat, indices=np.repeat(np.arange(len(size)), size))
        return np.asarray(lines, dtype=object)

    @property
    def touching(self) -> set[int]:
        """Ids of the ways that have a piece in the study area."""
        return {self.ways[number].id for number in np.unique(self.edges.way[self.inside.edge]).tolist()}


def take(source: Source, kind: RoadKind, site: Site) -> Taken:
    """Read a source of roads. Raises ``SourceError`` for a file that cannot be read."""
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    network = roads.read(raw, kind, box=_box(site), scratch=site.scratch)
    month = roads.month_of(raw, kind, network)
    found, unmapped = reconcile(network, site.study)
    report = SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(raw),
        read=network.read,
        mapped=len(found.touching),
        unmapped=unmapped,
        notes=(f"The roads are those of {month}", *_notes(network, raw)),
    )
    require_rows(report, site.data)
    facts = HexFacts(
        cells=typed(_by_cell(found, site, month), FACTS, source=source.id),
        areas=typed(_by_area(found, site.study, month), AREA_FACTS, source=source.id),
        unmapped=typed(_lost(unmapped, month), UNMAPPED, source=source.id),
        roads=table(found, source.id, site.study.leaf),
        stretches=stretches_of(found, source.id, site.study),
    )
    return Taken(source=source, raw=tuple(raw), report=report, facts=facts)


def reconcile(network: Network, study: StudyArea) -> tuple[Roads, dict[str, int]]:
    """Roads as edges, and how many ways are not mapped, by the first reason that applies."""
    ways = [network.ways[way] for way in sorted(network.ways)]
    found = _cut([way for way in ways if isinstance(way.means, Road)], study)
    others = _cut([way for way in ways if isinstance(way.means, NoRoad)], study)
    inside = found.touching | others.touching
    counted = Counter({"bad-row": network.broken.total(), "outside-area": network.far})
    counted["outside-area"] += len(network.ways.keys() - inside)
    for again, times in network.again.items():
        counted["duplicate" if again in inside else "outside-area"] += times
    for way in others.ways:
        if isinstance(way.means, NoRoad) and way.id in inside:
            counted[way.means.reason] += 1
    return found, {reason: counted[reason] for reason in REASONS if counted[reason]}


def _box(site: Site) -> Box:
    """The study area with its edge."""
    west, south, east, north = site.study.bounds
    up = (site.partnership.area.edge_km + BEYOND_KM) / KM_PER_DEGREE
    aside = up / math.cos(math.radians(max(abs(south), abs(north))))
    return west - aside, south - up, east + aside, north + up


def _cut(ways: Sequence[Way], study: StudyArea) -> Roads:
    edges = road_edges.split(ways)
    every = road_edges.pieces(edges, study.leaf)
    return Roads(tuple(ways), edges, every.only(np.isin(every.cell, study.leaves)))


def _notes(network: Network, raws: Sequence[RawFile]) -> list[str]:
    """What an operator should look at: tags that were not understood, ways without all of their nodes."""
    unread = Counter(way.means.unread for way in network.ways.values() if way.means.unread)
    notes = [
        f"{n} {'way has' if n == 1 else 'ways have'} {tag!r}, which is not used"
        for tag, n in sorted(unread.items(), key=_often)[:SHOWN]
    ]
    broken = [raw.name for raw in raws if network.broken[raw.name]]
    return notes + [f"{name}: {network.broken[name]} ways lack a node" for name in broken[:SHOWN]]


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _by_cell(found: Roads, site: Site, month: str) -> pa.Table:
    """Metres of road open to anybody, by cell of each published resolution and class."""
    parts = []
    for resolution in site.partnership.grid.publish:
        keys, words, metres = _summed(found, parents(found.inside.cell, resolution))
        cells = {"resolution": pa.array([resolution] * len(keys), pa.int8()), "cell": pa.array(keys, pa.int64())}
        parts.append(_facts(cells, words, metres, month))
    return pa.concat_tables(parts)


def _by_area(found: Roads, study: StudyArea, month: str) -> pa.Table:
    """The same by area of each level."""
    leaf = np.searchsorted(study.leaves, found.inside.cell)
    parts = []
    for level in study.levels:
        keys, words, metres = _summed(found, level.of_leaf[leaf].astype(np.int64))
        known = [number for number, key in enumerate(keys) if key != NOWHERE]
        codes = [level.codes[keys[number]] for number in known]
        areas = {"level": pa.array([level.id] * len(codes), pa.string()), "code": pa.array(codes, pa.string())}
        parts.append(_facts(areas, [words[n] for n in known], metres[known], month))
    return pa.concat_tables(parts)


def _summed(found: Roads, key: NDArray[np.int64]) -> tuple[list[int], list[str], NDArray[np.float64]]:
    """Metres by key and class, then by key and ``all``: keys, classes, metres."""
    means = [way.means for way in found.ways if isinstance(way.means, Road)]
    names = sorted({road.road_class for road in means})
    way = found.edges.way[found.inside.edge]
    used = np.array([road.walk or road.cycle or road.drive for road in means], dtype=bool)[way]
    of_way = np.array([names.index(road.road_class) for road in means], dtype=np.int64)
    key, word, metres = key[used], of_way[way][used], found.inside.metres[used]
    keys, place = np.unique(key, return_inverse=True)
    pairs, pair = np.unique(place * (len(names) or 1) + word, return_inverse=True)
    each = np.bincount(pair, weights=metres, minlength=len(pairs))
    every = np.bincount(place, weights=metres, minlength=len(keys))
    own = [divmod(number, len(names)) for number in pairs.tolist()]
    listed: list[int] = [*keys[[at for at, _ in own]].tolist(), *keys.tolist()]
    return listed, [*[names[at] for _, at in own], *[ALL] * len(keys)], np.concatenate([each, every])


def _facts(where: dict[str, pa.Array], words: list[str], metres: NDArray[np.float64], month: str) -> pa.Table:
    size = len(words)
    given = {"window": [month] * size, "measure": [ROAD_METRES] * size, "category": words}
    return pa.table(
        {**where, **{name: pa.array(column, pa.string()) for name, column in given.items()}, "value": metres}
    )


def _lost(unmapped: dict[str, int], month: str) -> pa.Table:
    reasons = list(unmapped)
    given = {"window": [month] * len(reasons), "category": [ALL] * len(reasons), "reason": reasons}
    return pa.table({**given, "value": pa.array(list(unmapped.values()), pa.float64())})


def stretches_of(found: Roads, source: str, study: StudyArea) -> pa.Table:
    """Stretches of the roads in the study area that cars may use, by their number, else their name."""
    edges, ways = found.edges, [found.ways[number].means for number in found.edges.way.tolist()]
    own = np.flatnonzero([isinstance(means, Road) and means.drive for means in ways])
    roads = [means for means in ways if isinstance(means, Road) and means.drive]
    driven = stretches.Roads(
        lines=found.lines[own],
        metres=edges.metres[own],
        start=edges.start[own],
        end=edges.end[own],
        road=[(road.ref or "").split(";")[0].strip() or road.name or "" for road in roads],
        road_class=[road.road_class for road in roads],
    )
    return stretches.inside(stretches.cut(driven, source=source, leaf=study.leaf), study.leaves)


def table(found: Roads, source: str, leaf: int) -> pa.Table:
    """Edges as the canonical table has them."""
    edges = found.edges
    size = len(edges.way)
    ways = [found.ways[number] for number in edges.way.tolist()]
    names = ("road_class", "name", "ref", "forward", "backward", "walk", "cycle", "drive", "speed")
    columns = {
        "source": [source] * size,
        "way": [way.id for way in ways],
        "start": edges.start,
        "end": edges.end,
        "metres": edges.metres,
        "geometry": shapely.to_wkb(found.lines),
        "cell": road_edges.middles(edges, leaf),
        **{name: [getattr(way.means, name) for way in ways] for name in names},
    }
    flat = {field.name: pa.array(columns[field.name], _plain(field.type)) for field in ROADS}
    return pa.table(flat).cast(ROADS)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
