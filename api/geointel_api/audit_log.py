"""Who opened what: taken down beside the answers, written in batches by a thread of its own.

An answer never waits for the log. When the database does not keep up, accesses are lost, counted, and reported.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from geointel.errors import GeointelError
from geointel_api.state.accesses import Access, forget, write
from geointel_api.state.database import open_database, parse_url

if TYPE_CHECKING:
    from geointel_api.counts import Counts
    from geointel_api.settings import Settings
    from geointel_api.state.database import Database

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Rows that may wait to be written; more are lost."""
BATCH = 500
PAUSE, PAUSE_AFTER_FAILURE = 1.0, 10.0
"""Seconds between two batches."""
FORGET_EVERY = 3_600.0
LAST_PATIENCE = 10.0
"""Seconds to wait for the last batch when the server ends."""


class AuditLog:
    """The log of accesses of one process. The database is opened when there is something to write.

    Raises ``StateError`` for an address that is none.
    """

    def __init__(self, settings: Settings, counts: Counts) -> None:
        self.kept = settings.audit
        self.with_address = settings.audit_address
        self.counts = counts
        self._url = parse_url(settings.state.get_secret_value(), settings.snapshots)
        self._keep_for = timedelta(days=settings.audit_days)
        self._database: Database | None = None
        self._waiting: deque[Access] = deque()
        self._gathered: dict[Access, int] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._ending = False
        self._forgot = float("-inf")

    @property
    def waiting(self) -> int:
        """Rows that are not yet written."""
        return len(self._waiting) + len(self._gathered)

    def add(self, access: Access, *, gather: bool) -> None:
        """Take down one access, never waiting. ``gather``: equal ones of a minute become one row, under its beginning."""
        with self._lock:
            if gather:
                access = replace(access, at=access.at.replace(second=0, microsecond=0))
                if access in self._gathered:
                    self._gathered[access] += 1
                    return
            if self.waiting >= MOST_WAITING:
                self.counts.add("audit_lost")
                return
            if gather:
                self._gathered[access] = 1
            else:
                self._waiting.append(access)
            self._start()

    def stop(self) -> None:
        """Write what waits, then let go of the database."""
        thread, self._ending = self._thread, True
        self._wake.set()
        if thread is not None:
            thread.join(LAST_PATIENCE)
        left = self.waiting
        if left:
            self.counts.add("audit_lost", left)
            log.error("%d accesses could not be written to the log before the end", left)
        if self._database is not None:
            self._database.close()

    def flush(self) -> None:
        """Write everything that waits, also the minute that is not over. Raises whatever the database does."""
        while rows := self._next(everything=True):
            self._write(rows)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="geointel-audit", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Write a batch now and then, until the end."""
        pause = PAUSE
        while not self._ending:
            self._wake.wait(pause)
            pause = PAUSE if self._turn() else PAUSE_AFTER_FAILURE
        self._turn()

    def _turn(self) -> bool:
        """Write what there is, and forget what is too old; false when it failed, with the reason in the operator's log."""
        try:
            while rows := self._next(everything=self._ending):
                self._write(rows)
            self._forget_old()
        except (GeointelError, SQLAlchemyError, OSError) as error:
            self.counts.add("audit_failed")
            log.error("the log of accesses cannot be written: %s", type(error).__name__)  # noqa: TRY400 - the text can hold rows
            return False
        return True

    def _next(self, *, everything: bool) -> list[Access]:
        """Take the next batch: what waits, and of the gathered what is of a minute that is over."""
        this_minute = datetime.now(UTC).replace(second=0, microsecond=0)
        with self._lock:
            over = [one for one in self._gathered if everything or one.at < this_minute]
            self._waiting.extend(replace(one, number=self._gathered.pop(one)) for one in over)
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _write(self, rows: list[Access]) -> None:
        try:
            with self._writing:
                if self._database is None:
                    self._database = open_database(self._url)
                write(self._database, rows)
        except BaseException:
            with self._lock:
                self._waiting.extendleft(reversed(rows))
            raise
        self.counts.add("audit_written", len(rows))

    def _forget_old(self) -> None:
        if self._database is None or time.monotonic() - self._forgot < FORGET_EVERY:
            return
        gone = forget(self._database, datetime.now(UTC) - self._keep_for)
        self._forgot = time.monotonic()
        if gone:
            log.info("%d rows of the log of accesses were old enough to be removed", gone)
