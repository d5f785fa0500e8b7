"""Opening a snapshot: one edition at a time, slices of its tables on request."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.errors import SnapshotNotFoundError
from geointel.grid.cells import resolutions
from geointel.model import FIGURES, PROFILE
from geointel.snapshot import layout
from geointel.snapshot.decisions import read_decisions
from geointel.snapshot.pointer import current_id
from geointel.snapshot.verify import read_manifest, require_sound, require_sound_edition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geointel.snapshot.decisions import Decisions


CACHED_GROUPS = 24


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot: its id and the editions in it."""

    id: str
    path: Path
    editions: dict[str, Edition]

    def edition(self, name: str) -> Edition:
        """One edition. Raises ``SnapshotNotFoundError`` for a name that is not there."""
        if name not in self.editions:
            message = f"The snapshot {self.id} has no edition {name!r}."
            raise SnapshotNotFoundError(message, remedy=f"It has {', '.join(sorted(self.editions))}.")
        return self.editions[name]

    def showing(self, decisions: Decisions) -> Snapshot:
        """The same without editions that wait for approval or show what was withdrawn: for readers they do not exist."""
        shown = {name: edition for name, edition in self.editions.items() if decisions.shows(edition.manifest)}
        return Snapshot(self.id, self.path, shown)


@dataclass(frozen=True)
class Edition:
    """What one edition knows. Every table comes from its own folder."""

    name: str
    path: Path
    manifest: dict[str, Any]
    _groups: OrderedDict[tuple[str, int, str], pa.Table] = field(default_factory=OrderedDict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def snapshot(self) -> str:
        """Id of the snapshot that this edition belongs to."""
        return str(self.manifest["snapshot"])

    @property
    def credits(self) -> tuple[str, ...]:
        """Whose data this is; shown wherever the data is."""
        return credits_of(self.manifest)

    @cached_property
    def layers(self) -> dict[str, dict[str, Any]]:
        """Specs of the layers, by id, in the manifest's order."""
        return {spec["id"]: spec for spec in self.manifest["layers"]}

    def spec(self, layer: str) -> dict[str, Any]:
        """The spec of one layer. Raises ``SnapshotNotFoundError``."""
        return _known(self.layers, layer, "layer")

    def rows(self, layer: str, *, resolution: int, window: str, category: str) -> pa.Table:
        """Every study cell of one map, cells ascending.

        Raises ``SnapshotNotFoundError`` for a resolution, window or category that the layer has not.
        """
        spec = self.spec(layer)
        asked = {"resolutions": resolution, "windows": window, "categories": category}
        for key, value in asked.items():
            if value not in spec[key]:
                message = f"{value!r} is not among the {key} of the layer {layer!r}."
                raise SnapshotNotFoundError(message, remedy=f"They are {', '.join(str(v) for v in spec[key][-40:])}.")
        group = self._group(layer, resolution, window)
        size = group.num_rows // len(spec["categories"])
        return group.slice(spec["categories"].index(category) * size, size)

    def area_rows(
        self, layer: str, *, level: str | None = None, window: str | None = None, category: str | None = None
    ) -> pa.Table:
        """Rows of a layer by area. Raises ``SnapshotNotFoundError`` when the layer has none."""
        self.spec(layer)
        path = f"{layout.AREA_LAYERS}/{layer}.parquet"
        if path not in self.manifest["files"]:
            message = f"The layer {layer!r} is not given by area."
            raise SnapshotNotFoundError(message, remedy="Counts are.")
        table = self._table(path)
        return _only(table, {"level": level, "window": window, "category": category})

    def facts(self, cell: int) -> pa.Table:
        """Released facts of one cell: every window, source, measure and category."""
        resolution = int(resolutions(np.array([cell]))[0])
        with self._lock:
            file = self._file(layout.FACTS)
            groups = [n for n, span in enumerate(self._fact_spans) if span[0] <= (resolution, cell) <= span[1]]
            if not groups:
                return file.schema_arrow.empty_table()
            table = file.read_row_groups(groups)
        return table.filter(pc.is_in(table["cell"], value_set=_one(cell)))

    def area_facts(self, level: str, code: str) -> pa.Table:
        """Released facts of one area."""
        return _only(self._table(layout.AREA_FACTS), {"level": level, "code": code})

    def unmapped(self) -> pa.Table:
        """Totals of the rows that have no cell."""
        return self._table(layout.UNMAPPED)

    def figures(self, level: str, code: str) -> pa.Table:
        """Published figures of one area: one row an indicator, period, group and method. None in many editions."""
        if layout.FIGURES not in self.manifest["files"]:
            return FIGURES.empty_table()
        return _only(self._table(layout.FIGURES), {"level": level, "code": code})

    def profile(self, level: str, code: str) -> pa.Table:
        """Counts of one area by weekday and hour, for sources that know them; ``cells`` is a level too."""
        if layout.PROFILE not in self.manifest["files"]:
            return PROFILE.empty_table()
        return _only(self._table(layout.PROFILE), {"level": level, "code": code})

    def areas(self) -> pa.Table:
        """Outlines: ``level, code, name, geometry`` (WKB, WGS 84)."""
        return self._table(layout.AREAS)

    def places(self) -> pa.Table:
        """Names of cells: ``resolution, cell, name, district_code, district, geometry``, sorted."""
        return self._table(layout.PLACES)

    def place(self, cell: int) -> dict[str, Any] | None:
        """Name and district of one cell, or None when it is not a study cell."""
        position = self._place_position.get(cell)
        if position is None:
            return None
        names = ("name", "district_code", "district")
        return {name: self.places()[name][position].as_py() for name in names}

    def hidden(self) -> pa.Table | None:
        """Cells and areas that the edition does not show of a source in a financial year, as the schema ``HIDDEN`` says; None where there are none."""
        return self._table(layout.HIDDEN) if layout.HIDDEN in self.manifest["files"] else None

    def features(self, layer: str) -> pa.Table:
        """Features of a layer, by ``id``, with ``geometry`` (WKB, WGS 84).

        Raises ``SnapshotNotFoundError`` when the layer has none of its own.
        """
        if not self.spec(layer).get("features", False):
            message = f"The layer {layer!r} has no features of its own."
            raise SnapshotNotFoundError(message, remedy="Ask for its hexagons.")
        return self._table(f"{layout.FEATURES}/{layer}.parquet")

    def inputs(self, layer: str) -> dict[str, pa.Table]:
        """Tables that a layer keeps beside its rows, by name: what it was computed from, for scenarios, or lists of its own. Raises ``SnapshotNotFoundError`` when it has not kept it."""
        self.spec(layer)
        start = f"{layout.ACCESS}/{layer}/"
        paths = [path for path in self.manifest["files"] if path.startswith(start)]
        if not paths:
            message = f"The layer {layer!r} keeps no tables beside its rows, and nothing that a scenario could change."
            raise SnapshotNotFoundError(message, remedy="Ask a layer of the kind `access` or `gap`.")
        return {path.removeprefix(start).removesuffix(".parquet"): self._table(path) for path in paths}

    def tiles(self, layer: str) -> Path:
        """The layer's tile archive."""
        self.spec(layer)
        return self.path / layout.TILES / f"{layer}.pmtiles"

    @cached_property
    def _tables(self) -> dict[str, pa.Table]:
        return {}

    @cached_property
    def _files(self) -> dict[str, pq.ParquetFile]:
        return {}

    @cached_property
    def _place_position(self) -> dict[int, int]:
        return {cell: number for number, cell in enumerate(self.places()["cell"].to_pylist())}

    @cached_property
    def _fact_spans(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """First and last (resolution, cell) of every row group; the file is sorted by both."""
        file = self._file(layout.FACTS)
        spans = []
        for number in range(file.num_row_groups):
            group = file.read_row_group(number, columns=["resolution", "cell"])
            if not group.num_rows:  # an edition without any fact has one group, which holds no cell
                spans.append(((layout.NOWHERE, 0), (-1, 0)))
                continue
            ends = [(group["resolution"][end].as_py(), group["cell"][end].as_py()) for end in (0, group.num_rows - 1)]
            spans.append((ends[0], ends[1]))
        return spans

    def _file(self, path: str) -> pq.ParquetFile:
        if path not in self._files:
            self._files[path] = pq.ParquetFile(self.path / path, memory_map=True)
        return self._files[path]

    def _table(self, path: str) -> pa.Table:
        with self._lock:
            if path not in self._tables:
                self._tables[path] = self._file(path).read()
            return self._tables[path]

    def _group(self, layer: str, resolution: int, window: str) -> pa.Table:
        """All categories of one resolution and window; the last few are kept."""
        key = (layer, resolution, window)
        with self._lock:
            if key in self._groups:
                self._groups.move_to_end(key)
                return self._groups[key]
            file = self._file(f"{layout.LAYERS}/{layer}.parquet")
            index = json.loads(file.schema_arrow.metadata[layout.GROUPS])
            table = file.read_row_group(index.index([resolution, window])).replace_schema_metadata(None)
            self._groups[key] = table
            if len(self._groups) > CACHED_GROUPS:
                self._groups.popitem(last=False)
            return table


def open_snapshot(path: Path, *, verify: bool = True) -> Snapshot:
    """Open a snapshot folder, the published snapshot of a snapshots folder, or the folder of one edition alone.

    An edition that waits for approval, or that shows a source which was withdrawn, is not there. Every file is checked against its hash first, unless ``verify`` is false. Raises
    ``SnapshotNotFoundError`` or ``SnapshotCorruptError``.
    """
    whole = open_whole(path, verify=verify)
    return whole.showing(read_decisions(whole.path.parent))


def open_whole(path: Path, *, verify: bool = True) -> Snapshot:
    """Open a snapshot with every edition in it, as those who made it or approve it do; never for readers."""
    path = path.resolve()
    if (path / layout.MANIFEST).is_file():
        return _alone(path, verify=verify)
    if not layout.ID.fullmatch(path.name):
        path = path / current_id(path)
    if not path.is_dir():
        message = f"There is no snapshot {path}."
        raise SnapshotNotFoundError(message, remedy="See `geointel snapshots`.")
    if verify:
        require_sound(path)
    folders = sorted(folder.parent for folder in path.glob(f"*/{layout.MANIFEST}"))
    editions = {folder.name: Edition(folder.name, folder, read_manifest(folder)) for folder in folders}
    return Snapshot(path.name, path, editions)


def _alone(folder: Path, *, verify: bool) -> Snapshot:
    """A snapshot of which one edition was copied. The id was made from all editions; the manifest holds each file's hash."""
    if verify:
        require_sound_edition(folder)
    manifest = read_manifest(folder)
    name = str(manifest["edition"])
    return Snapshot(str(manifest["snapshot"]), folder, {name: Edition(name, folder, manifest)})


def credits_of(manifest: Mapping[str, Any], spec: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Whose data an edition shows, or one of its layers: the sources' credits and the outlines', each once."""
    shown = None if spec is None else spec.get("sources")
    from_sources = [s.get("attribution") for s in manifest["sources"] if not shown or s["id"] in shown]
    found = dict.fromkeys([*from_sources, *manifest["area"].get("attribution", [])])
    return tuple(credit for credit in found if credit)


def _known(have: dict[str, dict[str, Any]], key: str, noun: str) -> dict[str, Any]:
    if key not in have:
        message = f"There is no {noun} {key!r}."
        raise SnapshotNotFoundError(message, remedy=f"There are {', '.join(have) or 'none'}.")
    return have[key]


def _only(table: pa.Table, wanted: dict[str, str | None]) -> pa.Table:
    for column, value in wanted.items():
        if value is not None:
            table = table.filter(pc.is_in(table[column].cast(pa.string()), value_set=_one(value)))
    return table


def _one(value: int | str) -> pa.Array:
    """A value as an Arrow array of length 1, from its buffers.

    ``pa.array``, ``pa.scalar``, comparisons with Python values and ``to_numpy`` look for pandas and
    import it where it is installed; the serving process does without.
    """
    if isinstance(value, int):
        return pa.Array.from_buffers(pa.int64(), 1, [None, pa.py_buffer(np.array([value]))])
    data = value.encode()
    ends = np.array([0, len(data)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(data)])
