"""API keys at the door: looked up by their public id, then proved, at a cost that a flood of wrong ones cannot raise."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread

from geointel_api.access import Visitor
from geointel_api.errors import UnavailableError
from geointel_api.identity.credentials import unknown
from geointel_api.identity.key_form import id_of, matches
from geointel_api.identity.proofs import Proofs
from geointel_api.state import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel_api.state.database import Database

T = TypeVar("T")

LOOK_UPS, CHECKS, CHECKS_OF_UNKNOWN = 4, 2, 1
"""How many at a time. Keys that do not exist have a queue of their own, so that they cannot hold up those that do. That it
is a slower one under a flood tells at most that a public id exists."""
MOST_WAITING = 40
"""Checks that may wait in a queue. Looking up is cheap and never refused: only after it is known which queue to join."""


class Keys:
    """The keys of one server; ``database`` gives the database, or ``None`` while there is none."""

    def __init__(self, database: Callable[[], Database | None], clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._proved: Proofs[Visitor] = Proofs()
        self._refused: Proofs[bool] = Proofs()
        self._look_ups = CapacityLimiter(LOOK_UPS)
        self._checks = CapacityLimiter(CHECKS)
        self._checks_of_unknown = CapacityLimiter(CHECKS_OF_UNKNOWN)

    async def visitor(self, text: str) -> Visitor:
        """Who has this key. Raises ``CredentialError`` in the same words for every key that does not hold."""
        known = self._proved.find(text)
        if known is not None:
            return known
        name = id_of(text)
        if name is None or self._refused.find(text):
            raise unknown()
        kept = await to_thread.run_sync(self._find, name, limiter=self._look_ups)
        turn = self._checks if kept is not None else self._checks_of_unknown
        right = await in_turn(turn, matches, None if kept is None else kept.hash, text)
        now = self._clock()
        if kept is None or not right or not kept.holds(now):
            self._refused.keep(text, proved=True)
            raise unknown()
        visitor = Visitor((kept.role,), kept.label, "key", f"key:{kept.id}", kept.label)
        self._proved.keep(text, visitor)
        if kept.used is None or now - kept.used >= keys.USE_EVERY:
            asyncio.get_running_loop().run_in_executor(None, self._use, kept.id, now)
        return visitor

    def _find(self, name: str) -> keys.Key | None:
        database = self._database()
        if database is None:
            return None
        with database.reading() as connection:
            return keys.find(connection, name)

    def _use(self, name: str, now: float) -> None:
        """Note the use, beside the request: it must not wait for whoever else writes."""
        database = self._database()
        if database is not None:
            keys.note_use(database, name, now)


async def in_turn(turn: CapacityLimiter, work: Callable[..., T], *given: object) -> T:
    """Do something in a thread once it is its turn. Raises ``UnavailableError`` when too many wait."""
    if turn.statistics().tasks_waiting >= MOST_WAITING:
        message = "Too many credentials are being checked at the moment."
        raise UnavailableError(message, remedy="Try again in a few seconds.")
    return await to_thread.run_sync(work, *given, limiter=turn)
