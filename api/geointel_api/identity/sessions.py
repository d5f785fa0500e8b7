"""Sessions at the door: who the cookie of a request belongs to, and whether the session still goes on."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread

from geointel_api.access import Visitor
from geointel_api.identity.proofs import Proofs
from geointel_api.state import sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel_api.state.database import Database

BYTES_OF_ID = 32
USE_EVERY = 60.0
"""Seconds between two notes that a session is in use."""


class Sessions:
    """The sessions of one server.

    Parameters
    ----------
    database
        Gives the database, or ``None`` while there is none.
    roles
        Roles that groups can give now: a session has no other, even if it had when it began.
    idle, longest
        Seconds without a request, and in all, after which a session is over.
    """

    def __init__(
        self,
        database: Callable[[], Database | None],
        roles: tuple[str, ...],
        *,
        idle: float,
        longest: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._roles = roles
        self._idle = idle
        self.longest = longest
        self._clock = clock
        self._proved: Proofs[Visitor] = Proofs()
        self._refused: Proofs[bool] = Proofs()
        self._turn = CapacityLimiter(4)

    async def visitor(self, token: str) -> Visitor | None:
        """Who is signed in; ``None`` when the session is over, or never was: then they are as anybody."""
        if self._refused.find(token):  # first: a request that was under way when it ended may have proved it since
            return None
        known = self._proved.find(token)
        if known is not None:
            return known
        kept = await to_thread.run_sync(self._find, token, limiter=self._turn)
        now = self._clock()
        roles = tuple(role for role in self._roles if kept is not None and role in kept.roles)
        if kept is None or not roles or not kept.holds(now, self._idle):
            self._refused.keep(token, proved=True)
            return None
        visitor = Visitor(roles, kept.person, "session", f"person:{kept.subject}", kept.name)
        self._proved.keep(token, visitor)
        if now - kept.seen >= USE_EVERY:
            asyncio.get_running_loop().run_in_executor(None, self._use, token, now)
        return visitor

    def begin(self, visitor: Visitor, before: str = "") -> str:
        """A new session with an id that nobody knew before; the one that the browser had is ended. Blocks."""
        database = self._database()
        assert database is not None  # noqa: S101 - where people can sign in, the database was opened at the start
        token = secrets.token_urlsafe(BYTES_OF_ID)
        now = self._clock()
        subject = visitor.id.partition(":")[2]
        session = sessions.Session(
            subject, str(visitor.person), visitor.name, visitor.roles, now, now, now + self.longest
        )
        with database.writing() as connection:
            if before:
                sessions.end(connection, before)
            sessions.add(connection, token, session, idle=self._idle)
        self._refused.keep(before, proved=True)
        return token

    def end(self, token: str) -> None:
        """End a session. Blocks."""
        database = self._database()
        if database is not None:
            with database.writing() as connection:
                sessions.end(connection, token)
        self._refused.keep(token, proved=True)

    def _find(self, token: str) -> sessions.Session | None:
        database = self._database()
        if database is None:
            return None
        with database.reading() as connection:
            return sessions.find(connection, token)

    def _use(self, token: str, now: float) -> None:
        database = self._database()
        if database is not None:
            sessions.note_use(database, token, now)
