"""Worlds of scenarios, kept for the next question: opening one reads people, services and journeys of a layer."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geointel.answers.world import World
    from geointel_api.door import Visit

KEPT = 4
"""Most worlds at a time: a county has some 10 MB; a nation 200 MB of draws, and as much for every 8 million journeys."""


class _Room:
    """A world that is open or being opened, and the lock of those who wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.world: World | None = None


class Worlds:
    """The last few worlds, by snapshot, edition, layer and category: one edition never answers for another."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[tuple[str, str, str, str], _Room] = OrderedDict()
        self._lock = Lock()

    def of(self, visit: Visit, layer: str | None, category: str | None) -> World:
        """The world of a layer. Raises ``QuestionError`` or ``SnapshotNotFoundError``.

        One question at a time opens one, and a second for the same waits for it; questions for others do not.
        """
        from geointel.answers.opening import choose, open_world  # noqa: PLC0415 - brings SciPy, which no other address needs

        name, chosen = choose(visit.edition.edition, layer, category)
        room = self._room((visit.snapshot.id, visit.edition.name, name, chosen))
        with room.lock:
            if room.world is None:
                world = open_world(visit.edition.edition, name, chosen)
                world.before.count()
                room.world = world
            return room.world

    def _room(self, key: tuple[str, str, str, str]) -> _Room:
        with self._lock:
            room = self._rooms.setdefault(key, _Room())
            self._rooms.move_to_end(key)
            while len(self._rooms) > KEPT:
                self._rooms.popitem(last=False)
            return room
