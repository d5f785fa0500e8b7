"""Which snapshot is the published one: a one-line file, replaced by rename."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geointel.errors import SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.verify import require_sound

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Listed:
    """One snapshot in a snapshots folder."""

    id: str
    current: bool
    editions: tuple[str, ...]
    bytes: int


def current_id(snapshots: Path) -> str:
    """Id of the published snapshot. Raises ``SnapshotNotFoundError`` when there is none."""
    try:
        found = (snapshots / layout.CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{snapshots} has no published snapshot."
        raise SnapshotNotFoundError(message, remedy="Run `geointel build` first, or give another folder.") from error
    if not layout.ID.fullmatch(found) or not (snapshots / found).is_dir():
        message = f"{snapshots / layout.CURRENT} names {found[:60]!r}, which is not a snapshot here."
        raise SnapshotNotFoundError(message, remedy="Choose one with `geointel rollback DIR ID`.")
    return found


def point_to(snapshots: Path, snapshot_id: str) -> None:
    """Publish a snapshot: write the pointer beside the old one and rename it over."""
    fresh = snapshots / f".{layout.CURRENT}.new"
    with fresh.open("w", encoding="ascii") as stream:
        stream.write(f"{snapshot_id}\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(snapshots / layout.CURRENT)


def snapshot_ids(snapshots: Path) -> list[str]:
    """Ids in a snapshots folder, oldest first."""
    if not snapshots.is_dir():
        message = f"There is no folder {snapshots}."
        raise SnapshotNotFoundError(message, remedy="Give the folder that `geointel build` wrote to.")
    return sorted(path.name for path in snapshots.iterdir() if path.is_dir() and layout.ID.fullmatch(path.name))


def list_snapshots(snapshots: Path) -> tuple[Listed, ...]:
    """Every snapshot of a folder, oldest first."""
    ids = snapshot_ids(snapshots)
    try:
        published = current_id(snapshots)
    except SnapshotNotFoundError:
        published = ""
    return tuple(_listed(snapshots / name, current=name == published) for name in ids)


def rollback(snapshots: Path, snapshot_id: str | None = None) -> str:
    """Publish an older snapshot again: the one given, or the one before the current. Returns its id."""
    ids = snapshot_ids(snapshots)
    if snapshot_id is None:
        before = [name for name in ids if name < current_id(snapshots)]
        if not before:
            message = f"{snapshots} has no snapshot older than the current one."
            raise SnapshotNotFoundError(message, remedy="See `geointel snapshots`.")
        snapshot_id = before[-1]
    if snapshot_id not in ids:
        message = f"{snapshots} has no snapshot {snapshot_id!r}."
        raise SnapshotNotFoundError(message, remedy="See `geointel snapshots`.")
    require_sound(snapshots / snapshot_id)
    point_to(snapshots, snapshot_id)
    return snapshot_id


def prune(snapshots: Path, keep: int) -> tuple[str, ...]:
    """Delete all but the ``keep`` newest snapshots, never the current one. Returns the deleted ids."""
    published = current_id(snapshots)
    old = snapshot_ids(snapshots)[: -max(keep, 1)]
    gone = tuple(name for name in old if name != published)
    for name in gone:
        shutil.rmtree(snapshots / name)
    return gone


def _listed(path: Path, *, current: bool) -> Listed:
    editions = tuple(sorted(folder.parent.name for folder in path.glob(f"*/{layout.MANIFEST}")))
    size = sum(file.stat().st_size for file in layout.files_in(path))
    return Listed(id=path.name, current=current, editions=editions, bytes=size)
