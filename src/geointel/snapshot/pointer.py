"""Which snapshot is the published one: a one-line file, replaced by rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotCorruptError, SnapshotError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.decisions import read_decisions
from geointel.snapshot.verify import read_manifest, require_sound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geointel.snapshot.decisions import Approval, Decisions


@dataclass(frozen=True)
class Listed:
    """One snapshot in a snapshots folder: its editions, those that nobody sees yet, and who approved the others."""

    id: str
    current: bool
    editions: tuple[str, ...]
    bytes: int
    waiting: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()


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
    decided = read_decisions(snapshots)
    return tuple(_listed(snapshots / name, decided, current=name == published) for name in ids)


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
    refuse_withdrawn(snapshots, *(read_manifest(folder) for folder in edition_folders(snapshots / snapshot_id)))
    point_to(snapshots, snapshot_id)
    return snapshot_id


def prune(snapshots: Path, keep: int) -> tuple[str, ...]:
    """Delete all but the ``keep`` newest snapshots, never the current one. Returns the deleted ids."""
    published = current_id(snapshots)
    old = snapshot_ids(snapshots)[: -max(keep, 1)]
    gone = tuple(name for name in old if name != published)
    for name in gone:
        discard(snapshots / name)
    return gone


def refuse_withdrawn(snapshots: Path, *manifests: Mapping[str, Any]) -> None:
    """Raise ``SnapshotError`` where one of some manifests shows a source that was withdrawn: it must not be published."""
    decided = read_decisions(snapshots)
    found = sorted({source for manifest in manifests for source in decided.withdrawn(manifest)})
    if found:
        message = f"The snapshot shows what was withdrawn: {', '.join(found)}."
        raise SnapshotError(message, remedy="Leave the source out and build again, or see `geointel withdraw --lift`.")


def edition_folders(snapshot: Path) -> list[Path]:
    """Folders of a snapshot's editions, by name."""
    return sorted(path.parent for path in snapshot.glob(f"*/{layout.MANIFEST}"))


def discard(snapshot: Path) -> None:
    """Remove a snapshot's folder: first out of sight, so that one which was killed half way is no snapshot any more.

    What is left then is removed by the next build, as are its own leftovers.
    """
    aside = tempfile.mkdtemp(prefix=layout.STAGING, dir=snapshot.parent)
    snapshot.rename(snapshot.parent / aside / snapshot.name)
    shutil.rmtree(aside)


def _listed(path: Path, decided: Decisions, *, current: bool) -> Listed:
    folders = edition_folders(path)
    manifests = [manifest for folder in folders if (manifest := _readable(folder)) is not None]
    size = sum(file.stat().st_size for file in layout.files_in(path))
    return Listed(
        id=path.name,
        current=current,
        editions=tuple(folder.name for folder in folders),
        bytes=size,
        waiting=tuple(m["edition"] for m in manifests if decided.waits(m)),
        approvals=tuple(found for m in manifests if (found := decided.approval(m)) is not None),
    )


def _readable(folder: Path) -> Mapping[str, Any] | None:
    """An edition's manifest; None for one that is damaged, which a list must not hide."""
    try:
        return read_manifest(folder)
    except SnapshotCorruptError:
        return None
