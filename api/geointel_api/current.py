"""The snapshot that is being served: opened whole, switched when the pointer changes.

A request takes hold of one snapshot when it arrives and keeps it to the end. A new snapshot is
opened and verified in a thread of its own, while the old one goes on answering. A snapshot with a
fault is never switched to: the old one stays, and ``trouble`` says why. What a person decides, an approval or a
withdrawal, holds from the next request on.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from geointel.errors import GeointelError, SnapshotNotFoundError
from geointel.snapshot import current_id, open_whole, read_decisions
from geointel.snapshot.decisions import FILE
from geointel_api.opened import OpenSnapshot

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.snapshot import Decisions, Snapshot

    Mark = tuple[int, int, int]

log = logging.getLogger(__name__)

POINTER = "current"


class Current:
    """Holds the published snapshot and the one before it.

    Parameters
    ----------
    root
        Snapshots folder with its pointer, or the folder of one snapshot, which is then served for good.

    Raises
    ------
    SnapshotNotFoundError, SnapshotCorruptError
        If there is nothing to serve, or a file is not the one that was published (named in the message).
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trouble = ""
        self._pointer = str(root / POINTER)
        self._opening = threading.Lock()
        self._changing = threading.Lock()
        self._seen = _mark(self._pointer)
        self._whole = open_whole(root, verify=True)
        self._records = self._whole.path.parent
        self._decided_at = str(self._records / FILE)
        self._decided = _mark(self._decided_at)
        self._decisions: Decisions = read_decisions(self._records)
        self._held = OpenSnapshot(self._whole.showing(self._decisions))
        self._previous: OpenSnapshot | None = None
        self.created = str(next(iter(self._whole.editions.values())).manifest["created"])

    def pin(self, wanted: str | None = None) -> OpenSnapshot:
        """Return the snapshot for one request: the published one, or the one before it if asked for by id.

        Raises ``SnapshotNotFoundError`` for any other id.
        """
        self._heed()
        self._follow()
        held, previous = self._held, self._previous
        if wanted is None or wanted == held.id:
            return held
        if previous is not None and not previous.path.is_dir():
            self._previous = previous = None
        if previous is not None and wanted == previous.id:
            return previous
        message = f"The snapshot {wanted[:60]!r} is not served here."
        raise SnapshotNotFoundError(
            message, remedy=f"The published snapshot is {held.id}; leave snapshot= out to use it."
        )

    def _heed(self) -> None:
        """Show and hide editions as was decided since the last request, before this one is answered.

        Where the decisions cannot be read, those that were read last hold, and ``trouble`` says so.
        """
        if _mark(self._decided_at) == self._decided:
            return
        with self._changing:
            mark = _mark(self._decided_at)
            if mark == self._decided:
                return
            self._decided = mark
            try:
                self._decisions = read_decisions(self._records)
            except GeointelError as error:
                self.trouble = "What was decided about snapshots cannot be read; what was read before still holds."
                log.exception("cannot read decisions", exc_info=error)
                return
            self._held = self._shown(self._whole, self._held)
            self._previous = None  # it may show what was withdrawn; it is only there for tiles of pages still open

    def _shown(self, whole: Snapshot, now: OpenSnapshot) -> OpenSnapshot:
        """What readers may know of a snapshot; the same object while that is the same."""
        shown = whole.showing(self._decisions)
        same = shown.id == now.id and shown.editions.keys() == now.editions.keys()
        return now if same else OpenSnapshot(shown, now.editions if shown.id == now.id else None)

    def _follow(self) -> None:
        mark = _mark(self._pointer)
        if mark == self._seen or not self._opening.acquire(blocking=False):
            return
        threading.Thread(target=self._switch, args=(mark,), name="open-snapshot", daemon=True).start()

    def _switch(self, mark: Mark | None) -> None:
        try:
            whole = open_whole(self.root / current_id(self.root), verify=True)
            with self._changing:
                if whole.id != self._held.id:
                    self._previous = self._held
                self._whole = whole
                self._held = self._shown(whole, self._held)
                self.created = str(next(iter(whole.editions.values())).manifest["created"])
            self.trouble = ""
            log.info("now serving snapshot %s", whole.id)
        except (GeointelError, OSError) as error:
            self.trouble = "The snapshot that was published last cannot be opened; the one before it is still served."
            log.exception("cannot switch to the published snapshot", exc_info=error)
        finally:
            self._seen = mark
            self._opening.release()


def _mark(path: str) -> Mark | None:
    """Something that changes whenever a file is replaced or grows; ``None`` without one."""
    try:
        found = os.stat(path)  # noqa: PTH116 - once per request: a Path costs three times as much
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
