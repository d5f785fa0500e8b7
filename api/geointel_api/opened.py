"""An open snapshot, with what the service works out from it once: names, outlines, archives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from geointel.errors import SnapshotNotFoundError
from geointel.grid import boundaries
from geointel.tiles import TileArchive, TileGeometry
from geointel_api.columns import integers, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.snapshot import Edition, Snapshot


class Place(NamedTuple):
    """Names of a cell: its own (``None`` where the edition has none), and its district's."""

    name: str | None
    district_code: str | None
    district: str | None


NOWHERE = Place(None, None, None)


@dataclass(frozen=True)
class Outlines:
    """Areas of an edition: parallel lists, and geometries in degrees as an object array."""

    levels: list[str]
    codes: list[str]
    names: list[str]
    geometries: NDArray[np.object_]

    def rows(self, level: str | None = None, code: str | None = None) -> list[int]:
        """Positions of the areas of a level, or of one area."""
        return [
            row
            for row, (its_level, its_code) in enumerate(zip(self.levels, self.codes, strict=True))
            if level in (None, its_level) and code in (None, its_code)
        ]

    def find(self, level: str, code: str) -> int:
        """Position of one area. Raises ``SnapshotNotFoundError``."""
        rows = self.rows(level, code)
        if not rows:
            message = f"There is no area {code[:40]!r} of level {level[:40]!r}."
            raise SnapshotNotFoundError(message, remedy="GET /v1/areas lists the areas.")
        return rows[0]

    def box(self, row: int) -> list[float]:
        """West, south, east, north of one area."""
        return [float(edge) for edge in shapely.bounds(self.geometries[row])]


class OpenEdition:
    """One edition. Everything here is worked out at first use and never changes.

    Two threads may work the same thing out at the same time; both get the same answer.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.name: str = edition.name
        self.manifest: Mapping[str, Any] = edition.manifest
        self._geometries: dict[int, TileGeometry] = {}
        self._archives: dict[str, TileArchive] = {}

    @cached_property
    def places(self) -> dict[int, Place]:
        """Names by cell, for every resolution. Where districts are the finest names, a cell has none of its own."""
        table = self.edition.places()
        columns = [words(table[name]) for name in ("name", "district_code", "district")]
        if self.manifest["names"] == "district":
            columns[0] = [None] * table.num_rows
        found = map(Place, *columns)
        return dict(zip(integers(table["cell"]).tolist(), found, strict=True))

    @cached_property
    def outlines(self) -> Outlines:
        """Areas of every level."""
        table = self.edition.areas()
        geometries = np.array(shapely.from_wkb(words(table["geometry"])), dtype=object)
        return Outlines(words(table["level"]), words(table["code"]), words(table["name"]), geometries)

    @property
    def count_layer(self) -> Mapping[str, Any] | None:
        """Spec of the first layer of counts."""
        return next((spec for spec in self.manifest["layers"] if spec["kind"] == "count"), None)

    @cached_property
    def first_layer(self) -> Mapping[str, Any]:
        """Spec of the layer that is shown first: the first of hotspots, else the first of all.

        Raises ``SnapshotNotFoundError`` for an edition without layers.
        """
        specs = self.manifest["layers"]
        if not specs:
            message = "This edition has no layers."
            raise SnapshotNotFoundError(message)
        first: Mapping[str, Any] = next((spec for spec in specs if spec["kind"] == "hotspot"), specs[0])
        return first

    @cached_property
    def extent(self) -> list[float]:
        """West, south, east, north of all whole cells, in degrees."""
        points = boundaries(np.array(list(self.places), dtype=np.int64)).lnglat
        return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()] if len(points) else [-180, -90, 180, 90]

    def geometry(self, resolution: int, cells: NDArray[np.int64]) -> TileGeometry:
        """Outlines of the study cells of a resolution for tiles; the same for every layer, window and category."""
        known = self._geometries.get(resolution)
        if known is None or not np.array_equal(known.cells, cells):
            known = self._geometries[resolution] = TileGeometry.of(cells)
        return known

    def archive(self, layer: str) -> TileArchive:
        """The tile archive of a layer. Raises ``SnapshotNotFoundError``."""
        if layer not in self._archives:
            self._archives[layer] = TileArchive.open(self.edition.tiles(layer))
        return self._archives[layer]


class OpenSnapshot:
    """A snapshot whose files have been verified, and its editions."""

    def __init__(self, snapshot: Snapshot, opened: Mapping[str, OpenEdition] | None = None) -> None:
        self.snapshot = snapshot
        self.id: str = snapshot.id
        self.path: Path = snapshot.path
        known = opened or {}
        self.editions: dict[str, OpenEdition] = {
            name: known.get(name) or OpenEdition(edition) for name, edition in snapshot.editions.items()
        }

    def edition(self, name: str) -> OpenEdition:
        """One edition. Raises ``SnapshotNotFoundError``."""
        if name not in self.editions:
            message = f"This snapshot has no edition {name[:40]!r}."
            raise SnapshotNotFoundError(message)
        return self.editions[name]
