"""Where a build works: one folder beside the snapshots, for one build at a time.

It holds raw rows while a build runs, and the operator's log. It is never published, and whatever a
killed build left in it is removed by the next one.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE = 0o700


@contextmanager
def workroom(snapshots: Path) -> Iterator[Path]:
    """An empty private folder beside ``snapshots``, held until the build ends.

    Raises ``SnapshotError`` when another build holds it or it cannot be made.
    """
    room = snapshots.parent / f"{snapshots.name}.work"
    try:
        room.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        lock = (room / "lock").open("w")
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


def log_build(snapshots: Path, entry: dict[str, Any]) -> None:
    """Add a build's report to the operator's log."""
    path = snapshots.parent / f"{snapshots.name}.work" / "builds.jsonl"
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry, sort_keys=True) + "\n")
