"""Where a build works: one folder beside the snapshots, for one build at a time.

It holds raw rows while a build runs, and the operator's log. It is never published, nobody but its owner may look into
it, and whatever a killed build left in it is removed by the next one, by ``prune`` and by ``withdraw``.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Entry = dict[str, Any]

PRIVATE, OWN = 0o700, 0o600
LOG = "builds.jsonl"


@contextmanager
def workroom(snapshots: Path) -> Iterator[Path]:
    """An empty private folder beside ``snapshots``, held until the build ends.

    Raises ``SnapshotError`` when another build holds it or it cannot be made.
    """
    room = _room(snapshots)
    try:
        room.mkdir(parents=True, exist_ok=True)
        room.chmod(PRIVATE)
        lock = _own(room / "lock", "w")
    except OSError as error:
        message = f"The work folder {room} cannot be made ({error.strerror})."
        raise SnapshotError(message, remedy="Give another snapshots folder with --out.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another build is writing to {snapshots}."
            raise SnapshotError(message, remedy="Wait for it to end, or give another folder with --out.") from error
        scratch = room / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=PRIVATE)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def log_build(snapshots: Path, entry: Entry) -> None:
    """Add a build's report to the operator's log."""
    path = _room(snapshots) / LOG
    with _own(path, "a") as stream:
        stream.write(_line(entry))


def forget_builds(snapshots: Path, kept: Mapping[str, str]) -> int:
    """Keep of the operator's log only the builds of the snapshots that are still there; return how many went.

    ``kept`` gives the id under which each stands now. Call it while the workroom is held.
    """

    def still(entry: Entry) -> Entry | None:
        return {**entry, "snapshot": kept[entry["snapshot"]]} if entry["snapshot"] in kept else None

    return _rewrite(_room(snapshots) / LOG, still)


def forget_source(snapshots: Path, source: str) -> None:
    """Take what was counted of a source out of the operator's log. Call it while the workroom is held."""

    def without(entry: Entry) -> Entry | None:
        return {**entry, "sources": [one for one in entry["sources"] if one["id"] != source]}

    _rewrite(_room(snapshots) / LOG, without)


def _rewrite(path: Path, change: Callable[[Entry], Entry | None]) -> int:
    """Change every entry of the log, in a file beside it that takes its place; return how many went."""
    if not path.is_file():
        return 0
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    kept = [changed for entry in entries if (changed := change(entry)) is not None]
    fresh = path.with_suffix(".new")
    with _own(fresh, "w") as stream:
        stream.writelines(_line(entry) for entry in kept)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    return len(entries) - len(kept)


def _room(snapshots: Path) -> Path:
    return snapshots.parent / f"{snapshots.name}.work"


def _own(path: Path, mode: str) -> Any:
    """Open a text file that only its owner may read, from its first byte on."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, OWN)

    stream = open(path, mode, encoding="utf-8", opener=opener)  # noqa: SIM115 - a Path takes no opener
    path.chmod(OWN)
    return stream


def _line(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True) + "\n"
