"""Is a snapshot byte for byte what was published?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError
from geointel.snapshot import layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One file that is not what was published."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def verify(snapshot: Path, *, name: str | None = None) -> tuple[Problem, ...]:
    """Check every file of a snapshot folder; return what is wrong, sorted by path.

    ``name`` is the id to check against when the folder does not have it yet.
    """
    if not snapshot.is_dir():
        message = f"There is no snapshot {snapshot}."
        raise SnapshotNotFoundError(message, remedy="See `geointel snapshots`.")
    snapshot = snapshot.resolve()
    problems: list[Problem] = []
    hashes: dict[str, str] = {}
    editions = sorted(path for path in snapshot.iterdir() if path.is_dir())
    problems += [Problem(path.name, "does not belong here") for path in snapshot.iterdir() if path.is_file()]
    if not editions:
        problems.append(Problem(snapshot.name, "holds no edition"))
    for edition in editions:
        found = {path.relative_to(snapshot).as_posix(): layout.sha256(path) for path in layout.files_in(edition)}
        manifest_name = f"{edition.name}/{layout.MANIFEST}"
        found.pop(manifest_name, None)
        hashes |= found
        problems += _check_edition(edition, found, name or snapshot.name)
    expected = (name or snapshot.name).rsplit("-", 1)[-1]
    if not problems and layout.content_digest(hashes)[: layout.DIGEST_LENGTH] != expected:
        problems.append(Problem(snapshot.name, "its files are not those that the id was made from"))
    return tuple(sorted(problems))


def require_sound(snapshot: Path) -> None:
    """Raise ``SnapshotCorruptError`` naming the first damaged file, if there is one."""
    _require_none(snapshot.name, verify(snapshot))


def require_sound_edition(folder: Path) -> None:
    """The same for the folder of one edition, copied alone: every file against the manifest, and that against its digest."""
    found = {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": layout.sha256(path) for path in layout.files_in(folder)
    }
    found.pop(f"{folder.name}/{layout.MANIFEST}", None)
    _require_none(folder.name, _check_edition(folder, found, str(read_manifest(folder).get("snapshot"))))


def _require_none(name: str, problems: Sequence[Problem]) -> None:
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        message = f"The snapshot {name} is damaged: {problems[0]}{more}."
        raise SnapshotCorruptError(message, remedy="Publish another with `geointel rollback`, or build again.")


def read_manifest(edition: Path) -> dict[str, Any]:
    """The manifest of an edition's folder. Raises ``SnapshotCorruptError`` when it is not as published."""
    path = edition / layout.MANIFEST
    try:
        found = path.read_bytes()
        manifest = json.loads(found)
        same = isinstance(manifest, dict) and layout.manifest_bytes(manifest) == found
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read ({error})."
        raise SnapshotCorruptError(message, remedy="Publish another snapshot with `geointel rollback`.") from error
    if not same:
        message = f"{path} is not the manifest that was published."
        raise SnapshotCorruptError(message, remedy="Publish another snapshot with `geointel rollback`.")
    return dict(manifest)


def _check_edition(edition: Path, found: dict[str, str], snapshot_id: str) -> list[Problem]:
    where = f"{edition.name}/{layout.MANIFEST}"
    try:
        manifest = read_manifest(edition)
    except SnapshotCorruptError as error:
        return [Problem(where, error.message)]
    listed = {f"{edition.name}/{path}": entry["sha256"] for path, entry in manifest["files"].items()}
    problems = [Problem(path, "is missing") for path in listed if path not in found]
    problems += [Problem(path, "does not belong here") for path in found if path not in listed]
    problems += [
        Problem(path, "its SHA-256 is not the published one")
        for path, digest in found.items()
        if path in listed and listed[path] != digest
    ]
    if manifest.get("snapshot") != snapshot_id:
        problems.append(Problem(where, f"belongs to the snapshot {manifest.get('snapshot')!r}"))
    return problems
