"""Writing a snapshot: staged out of sight, hashed, verified, then published by one rename."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.errors import SnapshotCorruptError, SnapshotError
from geointel.snapshot import layout
from geointel.snapshot.pointer import point_to
from geointel.snapshot.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geointel.model import Layer, ReleasedFacts

ROW_GROUP = 1 << 16
COMPRESSION = "zstd"


@dataclass(frozen=True)
class Staging:
    """A snapshot that nobody can see yet."""

    snapshots: Path
    path: Path

    def edition(self, name: str) -> Path:
        """Folder of one edition."""
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_facts(self, released: ReleasedFacts) -> None:
        """Write the edition's released facts."""
        folder = self.edition(released.edition)
        write_sorted(released.cells, folder / layout.FACTS, ("resolution", "cell"))
        write_sorted(released.areas, folder / layout.AREA_FACTS, ("level", "code"))
        write_sorted(released.unmapped, folder / layout.UNMAPPED, ("window", "source"))
        if released.figures.num_rows:
            write_sorted(released.figures, folder / layout.FIGURES, ("level", "code"))
        if released.hidden.num_rows:
            write_sorted(released.hidden, folder / layout.HIDDEN, ("source", "year"))
        if released.profile.num_rows:
            write_sorted(released.profile, folder / layout.PROFILE, ("level", "code"))

    def write_layer(self, layer: Layer) -> None:
        """Write one layer: a row group for every resolution and window."""
        folder = self.edition(layer.edition)
        _write_grouped(layer.cells, folder / layout.LAYERS / f"{layer.spec.id}.parquet")
        if layer.areas is not None:
            target = folder / layout.AREA_LAYERS / f"{layer.spec.id}.parquet"
            write_sorted(layer.areas, target, ("level", "code"))
        for name, table in layer.inputs.items():
            target = folder / layout.ACCESS / layer.spec.id / f"{name}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, target, row_group_size=ROW_GROUP, compression=COMPRESSION)

    def publish(self, manifests: Mapping[str, dict[str, Any]], created: datetime) -> Path:
        """Write the manifests, verify, and make this the current snapshot. Returns its folder."""
        hashes = {path.relative_to(self.path).as_posix(): layout.sha256(path) for path in layout.files_in(self.path)}
        target, created = self._free_name(layout.content_digest(hashes), created)
        for edition, manifest in manifests.items():
            own = {
                path.removeprefix(f"{edition}/"): {"sha256": digest, "bytes": (self.path / path).stat().st_size}
                for path, digest in hashes.items()
                if path.startswith(f"{edition}/")
            }
            stamped = {
                **manifest,
                "snapshot": target.name,
                "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "files": own,
            }
            (self.path / edition / layout.MANIFEST).write_bytes(layout.manifest_bytes(stamped))
        for path in layout.files_in(self.path):
            _sync(path)
        problems = verify(self.path, name=target.name)
        if problems:
            raise SnapshotCorruptError(str(problems[0]), remedy="Build again; if it comes again, check the disk.")
        self.path.rename(target)
        _sync(self.snapshots)
        point_to(self.snapshots, target.name)
        return target

    def _free_name(self, digest: str, created: datetime) -> tuple[Path, datetime]:
        """First free id from ``created`` on: two builds in one second differ in their time, so ids sort by it."""
        while True:
            stamp = created.strftime("%Y%m%dT%H%M%SZ")
            if not any(self.snapshots.glob(f"{stamp}-*")):
                return self.snapshots / f"{stamp}-{digest[: layout.DIGEST_LENGTH]}", created
            created += timedelta(seconds=1)


@contextmanager
def stage(snapshots: Path) -> Iterator[Staging]:
    """Open a staging folder inside ``snapshots``; whatever was not published is removed.

    Folders left behind by a killed build are removed first: only one build may run at a time.
    """
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        for left in snapshots.glob(f"{layout.STAGING}*"):
            shutil.rmtree(left)
        path = Path(tempfile.mkdtemp(prefix=layout.STAGING, dir=snapshots))
        path.chmod(0o755)
    except OSError as error:
        message = f"The snapshots folder {snapshots} cannot be written ({error.strerror})."
        raise SnapshotError(message, remedy="Give another folder with --out, or free some space.") from error
    try:
        yield Staging(snapshots, path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def write_sorted(table: pa.Table, path: Path, keys: tuple[str, ...]) -> None:
    """Write a table sorted by ``keys`` first and every other column after them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rest = [name for name in table.column_names if name not in keys and name not in ("value", "status")]
    words = {name: table[name].cast(pa.string()) for name in rest + list(keys) if _is_word(table, name)}
    plain = pa.table({name: words.get(name, table[name]) for name in table.column_names})
    plain = plain.take(pc.sort_indices(plain, [(name, "ascending") for name in (*keys, *rest)]))
    columns = {
        name: plain[name].combine_chunks().dictionary_encode() if _is_word(table, name) else plain[name]
        for name in plain.column_names
    }
    pq.write_table(pa.table(columns), path, row_group_size=ROW_GROUP, compression=COMPRESSION)


def _write_grouped(table: pa.Table, path: Path) -> None:
    """Write a layer: rows as they are, cut where resolution or window change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    resolution = table["resolution"].to_numpy()
    window = table["window"].combine_chunks()
    code = window.indices.to_numpy()
    words = window.dictionary.to_pylist()
    change = np.flatnonzero((np.diff(resolution) != 0) | (np.diff(code) != 0)) + 1
    starts = [0, *change.tolist()]
    stops = [*change.tolist(), table.num_rows]
    groups = [[int(resolution[start]), words[code[start]]] for start in starts]
    schema = table.schema.with_metadata({layout.GROUPS: json.dumps(groups).encode()})
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    with pq.ParquetWriter(
        path,
        schema,
        compression=COMPRESSION,
        use_dictionary=[field.name for field in schema if field.name not in floats],
        write_statistics=False,
    ) as writer:
        for start, stop in zip(starts, stops, strict=True):
            writer.write_table(table.slice(start, stop - start), row_group_size=stop - start)


def _is_word(table: pa.Table, name: str) -> bool:
    return bool(pa.types.is_dictionary(table.schema.field(name).type))


def _sync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
