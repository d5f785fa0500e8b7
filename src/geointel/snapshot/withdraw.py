"""Taking a source out of every snapshot of a folder.

The decision is written first: from then on no reader is shown an edition that knows the source, whatever happens next.
Then every snapshot that has one is replaced by another without the source, and removed. Stopped at any moment, it can
be run again to its end.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.decisions import APPROVE, LIFT, WITHDRAW, Approval, read_decisions, record, require_name
from geointel.snapshot.pointer import current_id, discard, edition_folders, point_to, snapshot_ids
from geointel.snapshot.verify import read_manifest, verify
from geointel.snapshot.without import TABLES, manifest_without, places_without, rows_without, uses_of
from geointel.snapshot.write import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from geointel.snapshot.decisions import Decisions


@dataclass(frozen=True)
class TakenOut:
    """What became of one snapshot: the id in its place, blank where nothing was left, and what could not be kept.

    ``layers`` names, by edition, those that were computed from the source; ``editions`` those that were removed whole.
    """

    old: str
    new: str
    layers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    editions: tuple[str, ...] = ()


def withdraw(snapshots: Path, source: str, *, by: str, at: datetime) -> None:
    """Decide that a source must not be shown, and not be built again. ``take_out`` then removes what there is of it.

    Raises ``SnapshotNotFoundError`` for a source that no snapshot of the folder knows: it may be misspelt.
    """
    name = require_name(by)
    if source in read_decisions(snapshots).blocked:
        return
    known = sorted({entry["id"] for manifest in _manifests(snapshots) for entry in manifest["sources"]})
    if source not in known:
        message = f"No snapshot in {snapshots} knows a source {source[:60]!r}."
        raise SnapshotNotFoundError(message, remedy=f"They know {', '.join(known) or 'none'}.")
    record(snapshots, WITHDRAW, {"source": source, "by": name}, at=at)


def lift(snapshots: Path, source: str, *, by: str, at: datetime) -> None:
    """Let builds use a source again. Nothing that was taken out comes back. Raises ``SnapshotNotFoundError``."""
    name = require_name(by)
    if source not in read_decisions(snapshots).blocked:
        message = f"The source {source[:60]!r} is not withdrawn in {snapshots}."
        raise SnapshotNotFoundError(message, remedy="See `geointel snapshots`.")
    record(snapshots, LIFT, {"source": source, "by": name}, at=at)


def take_out(
    snapshots: Path, *, at: datetime, announce: Callable[[str], None] = lambda _: None
) -> tuple[TakenOut, ...]:
    """Replace every snapshot that has a withdrawn source by one that never knew it. No build may run meanwhile.

    For each: write the new one, verify it, move the pointer if the old one is published, remove the old one. A snapshot
    that is damaged is removed, since nobody can say what is in it. An approval holds for what stands in the new snapshot
    as it stood in the old one; of an edition that changed it is void.
    """
    _sweep(snapshots)
    done = []
    for name in snapshot_ids(snapshots):
        decided = read_decisions(snapshots)
        if not _concerned(snapshots / name, decided):
            continue
        if verify(snapshots / name):
            announce(f"Removing {name}, which is damaged")
            replaced = TakenOut(name, "", editions=_names(snapshots / name))
        else:
            announce(f"Rewriting {name}")
            replaced = _rewritten(snapshots, name, decided, at=at)
        done.append(_put_in_place(snapshots, replaced))
    return tuple(done)


def _concerned(snapshot: Path, decided: Decisions) -> bool:
    """Whether a snapshot has a withdrawn source, or a manifest that cannot say."""
    try:
        return any(decided.withdrawn(manifest) for manifest in _manifests_of(snapshot))
    except SnapshotCorruptError:
        return bool(decided.withdrawals)


def _rewritten(snapshots: Path, name: str, decided: Decisions, *, at: datetime) -> TakenOut:
    """Write the snapshot that stands in place of ``name``."""
    old = {folder.name: (folder, read_manifest(folder)) for folder in edition_folders(snapshots / name)}
    layers, removed, manifests = {}, [], {}
    with stage(snapshots) as staging:
        for edition, (folder, manifest) in old.items():
            sources = decided.withdrawn(manifest)
            if sources and not _separable(folder, manifest, sources):
                removed.append(edition)
                continue
            target = staging.edition(edition)
            for path, copied in _kept_files(folder, manifest, sources):
                copied(path, target / path.relative_to(folder))
            gone = {layer for layer, used in uses_of(manifest).items() if set(used) & set(sources)}
            if sources:
                layers[edition] = tuple(spec["id"] for spec in manifest["layers"] if spec["id"] in gone)
                manifests[edition] = manifest_without(manifest, sources, gone, target)
            else:
                manifests[edition] = manifest
        new = staging.replace(manifests, name) if manifests else None
    if new is None:
        return TakenOut(name, "", editions=tuple(removed))
    same = [edition for edition in manifests if edition not in layers]
    _carry(snapshots, [old[edition][1] for edition in same], new, decided, at=at)
    return TakenOut(name, new.name, layers, tuple(removed))


def _put_in_place(snapshots: Path, done: TakenOut) -> TakenOut:
    """Publish what replaces a snapshot, if that was published; then remove it. Without one, nothing is published."""
    try:
        published = current_id(snapshots) == done.old
    except SnapshotNotFoundError:
        published = False
    if published and done.new:
        point_to(snapshots, done.new)
    elif published:
        (snapshots / layout.CURRENT).unlink()
    discard(snapshots / done.old)
    return done


def _carry(snapshots: Path, manifests: list[dict[str, Any]], new: Path, decided: Decisions, *, at: datetime) -> None:
    """Let approvals hold for editions of which nothing changed but the id of their snapshot."""
    for manifest in manifests:
        approval = decided.approval(manifest)
        fresh = read_manifest(new / str(manifest["edition"]))
        if approval is not None and read_decisions(snapshots).approval(fresh) is None:
            carried = Approval(
                new.name, approval.edition, fresh["digest"], approval.by, approval.at, approval.audit, approval.manifest
            )
            record(snapshots, APPROVE, asdict(carried), at=at)


def _separable(folder: Path, manifest: dict[str, Any], sources: tuple[str, ...]) -> bool:
    """Whether what an edition has of some sources can be told from the rest, and anything is left then."""
    known = {entry["id"] for entry in manifest["sources"]}
    if "uses" not in manifest or not known - set(sources):
        return False
    layers = uses_of(manifest)
    paths = [path for path in manifest["files"] if path not in TABLES and layout.layer_of(path) not in layers]
    columns = (pq.read_schema(folder / path).names for path in TABLES if path in manifest["files"])
    return set(paths) <= {layout.AREAS, layout.PLACES} and all("source" in names for names in columns)


def _kept_files(
    folder: Path, manifest: dict[str, Any], sources: tuple[str, ...]
) -> Iterator[tuple[Path, Callable[[Path, Path], None]]]:
    """Files of an edition that stay, and how each comes into the new one."""
    uses = uses_of(manifest)
    for name in sorted(manifest["files"]):
        layer = layout.layer_of(name)
        if not sources or (name not in TABLES and layer is None and name != layout.PLACES):
            yield folder / name, _same
        elif name in TABLES:
            yield folder / name, rows_without(sources)
        elif name == layout.PLACES:
            named = set(manifest["uses"]["names"]) & set(sources)
            yield folder / name, places_without if named else _same
        elif not set(uses[str(layer)]) & set(sources):
            yield folder / name, _same


def _same(old: Path, new: Path) -> None:
    """The very file, under both names until the old snapshot goes; a copy where the disk has no second names."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _sweep(snapshots: Path) -> None:
    """Remove what was left half removed or half written."""
    for left in snapshots.glob(f"{layout.STAGING}*"):
        shutil.rmtree(left)


def _names(snapshot: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in snapshot.iterdir() if path.is_dir()))


def _manifests_of(snapshot: Path) -> list[dict[str, Any]]:
    return [read_manifest(folder) for folder in edition_folders(snapshot)]


def _manifests(snapshots: Path) -> Iterator[dict[str, Any]]:
    """Manifests of every snapshot that can be read."""
    for name in snapshot_ids(snapshots):
        try:
            yield from _manifests_of(snapshots / name)
        except SnapshotCorruptError:
            continue
