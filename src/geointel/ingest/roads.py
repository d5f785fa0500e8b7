"""OpenStreetMap files to the ways of a road network near the study area. Needs the extra ``roads``.

A file is read once, as a stream. Where its nodes lie is kept on disk, so memory holds only the ways near the
study area, however large the file is.
"""

from __future__ import annotations

import importlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.errors import SchemaError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.sources.base import NoRoad, RawFile, Road, RoadKind

    Box = tuple[float, float, float, float]
    """West, south, east, north in degrees."""

EXTRA = "geointel[roads]"
REPLICATED = ("osmosis_replication_timestamp", "timestamp")
"""Where a header says how new its file is."""
YEAR_AND_MONTH = 7


@dataclass(frozen=True)
class Way:
    """A way near the study area: its nodes, and where they lie, shape ``(n, 2)`` as longitude and latitude."""

    id: int
    nodes: NDArray[np.int64]
    lnglat: NDArray[np.float64]
    means: Road | NoRoad


@dataclass
class Network:
    """What was read so far.

    ``ways`` are those that touch the box, by id; ``again`` how often one of them came again, in another file.
    ``broken`` ways lack a node, ``far`` ones lie outside the box. ``newest`` is the month of the newest way.
    """

    ways: dict[int, Way] = field(default_factory=dict)
    again: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    far: int = 0
    newest: str = ""

    @property
    def read(self) -> int:
        """How many ways were read."""
        return len(self.ways) + self.again.total() + self.broken.total() + self.far


def header(raw: RawFile) -> str | None:
    """The month that a file's header gives, as ``YYYY-MM``; None where it gives none.

    Raises ``SchemaError`` for a file that is not OpenStreetMap's, and ``SourceError`` without the extra.
    """
    with _reading(raw) as osm:
        found = osm.FileProcessor(str(raw.path)).header
        stamps = [found.get(name) for name in REPLICATED]
    return next((stamp[:YEAR_AND_MONTH] for stamp in stamps if stamp), None)


def read(raws: Sequence[RawFile], kind: RoadKind, *, box: Box, scratch: Path) -> Network:
    """Read the ways of files, in their order. Raises ``SchemaError`` for a file that cannot be read."""
    network = Network()
    for number, raw in enumerate(raws):
        nodes = scratch / f"{raw.source}-nodes-{number}"
        with _reading(raw) as osm:
            for way in _ways(osm, raw, kind.key, nodes):
                _add(way, network, raw, kind, box)
        nodes.unlink(missing_ok=True)
    return network


def month_of(raws: Sequence[RawFile], kind: RoadKind, network: Network) -> str:
    """Month of the newest file: as the options say, by its name, by its header, else that of the newest way.

    Raises ``SchemaError`` when nothing says it.
    """
    named = [kind.month_of(raw.name) or header(raw) for raw in raws]
    month = kind.as_of or max((month for month in named if month), default=network.newest)
    if not month:
        message = "it does not say of which month it is."
        raise SchemaError(message, file=raws[0].name, remedy='Say it in the source: as_of = "YYYY-MM".')
    return month


def _ways(osm: Any, raw: RawFile, key: str, nodes: Path) -> Iterator[Any]:
    """Ways with a tag, with the places of their nodes, which are kept in the file ``nodes``."""
    filters = importlib.import_module("osmium.filter")
    processor = osm.FileProcessor(str(raw.path)).with_locations(f"sparse_file_array,{nodes}")
    return iter(processor.with_filter(filters.EntityFilter(osm.osm.WAY)).with_filter(filters.KeyFilter(key)))


def _add(way: Any, network: Network, raw: RawFile, kind: RoadKind, box: Box) -> None:
    # a way without a time has that of 1970
    stamp = str(way.timestamp)[:YEAR_AND_MONTH]
    network.newest = max(network.newest, stamp if stamp > "1970-01" else "")
    if not all(node.location.valid() for node in way.nodes):
        network.broken[raw.name] += 1
        return
    places = np.array([(node.lon, node.lat) for node in way.nodes], dtype=np.float64).reshape(-1, 2)
    nodes = np.array([node.ref for node in way.nodes], dtype=np.int64)
    moves = np.flatnonzero(np.append(len(nodes) > 0, nodes[1:] != nodes[:-1]))
    if len(moves) <= 1:
        network.broken[raw.name] += 1
    elif not _touches(places, box):
        network.far += 1
    elif way.id in network.ways:
        network.again[way.id] += 1
    else:
        means = kind.read({tag.k: tag.v for tag in way.tags})
        network.ways[way.id] = Way(int(way.id), nodes[moves], places[moves], means)


def _touches(places: NDArray[np.float64], box: Box) -> bool:
    west, south, east, north = box
    low, high = places.min(axis=0), places.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)


@contextmanager
def _reading(raw: RawFile) -> Iterator[Any]:
    """The package that reads. What it refuses is the file's fault."""
    try:
        osm = importlib.import_module("osmium")
    except ImportError as error:
        message = "Roads cannot be read: a package is missing."
        raise SourceError(message, remedy=f"Install it with: pip install '{EXTRA}'.") from error
    try:
        yield osm
    except (RuntimeError, ValueError, osm.InvalidLocationError) as error:
        why = str(error).removesuffix(".").replace(str(raw.path), raw.name)
        message = f"it cannot be read as OpenStreetMap data ({why})."
        raise SchemaError(message, file=raw.name, remedy="Download it again, as .osm.pbf or .osm.") from error
