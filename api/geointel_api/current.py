"""The snapshot that is being served: opened whole, switched when the pointer changes.

A request takes hold of one snapshot when it arrives and keeps it to the end. A new snapshot is
opened and verified in a thread of its own, while the old one goes on answering. A snapshot with a
fault is never switched to: the old one stays, and ``trouble`` says why.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from geointel.errors import GeointelError, SnapshotNotFoundError
from geointel.snapshot import current_id, open_snapshot
from geointel_api.opened import OpenSnapshot

if TYPE_CHECKING:
    from pathlib import Path

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
        self._seen = self._mark()
        self._held = OpenSnapshot(open_snapshot(root, verify=True))
        self._previous: OpenSnapshot | None = None

    def pin(self, wanted: str | None = None) -> OpenSnapshot:
        """Return the snapshot for one request: the published one, or the one before it if asked for by id.

        Raises ``SnapshotNotFoundError`` for any other id.
        """
        self._follow()
        held, previous = self._held, self._previous
        if wanted is None or wanted == held.id:
            return held
        if previous is not None and wanted == previous.id and previous.path.is_dir():
            return previous
        message = f"The snapshot {wanted[:60]!r} is not served here."
        raise SnapshotNotFoundError(
            message, remedy=f"The published snapshot is {held.id}; leave snapshot= out to use it."
        )

    def _mark(self) -> Mark | None:
        """Something that changes whenever the pointer is replaced; ``None`` without a pointer."""
        try:
            found = os.stat(self._pointer)  # noqa: PTH116 - once per request: a Path costs three times as much
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _follow(self) -> None:
        mark = self._mark()
        if mark == self._seen or not self._opening.acquire(blocking=False):
            return
        threading.Thread(target=self._switch, args=(mark,), name="open-snapshot", daemon=True).start()

    def _switch(self, mark: Mark | None) -> None:
        try:
            opened = OpenSnapshot(open_snapshot(self.root / current_id(self.root), verify=True))
            if opened.id != self._held.id:
                self._previous = self._held
            self._held = opened
            self.trouble = ""
            log.info("now serving snapshot %s", opened.id)
        except (GeointelError, OSError) as error:
            self.trouble = "The snapshot that was published last cannot be opened; the one before it is still served."
            log.exception("cannot switch to the published snapshot", exc_info=error)
        finally:
            self._seen = mark
            self._opening.release()
