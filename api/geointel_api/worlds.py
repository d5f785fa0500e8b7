"""Worlds of scenarios, kept for the next question: opening one reads people, services and journeys of a layer."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geointel.answers import World
    from geointel_api.door import Visit

KEPT = 4
"""Most worlds at a time: a county has some 10 MB, a nation 200 MB of draws."""


class Worlds:
    """The last few worlds, by snapshot, edition, layer and category."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str | None, str | None], World] = OrderedDict()
        self._lock = Lock()

    def of(self, visit: Visit, layer: str | None, category: str | None) -> World:
        """The world of a layer. Raises ``QuestionError`` or ``SnapshotNotFoundError``.

        One question at a time opens one: a second one for the same waits for it.
        """
        from geointel.answers import open_world  # noqa: PLC0415 - brings SciPy, which no other address needs

        key = (visit.snapshot.id, visit.edition.name, layer, category)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = open_world(visit.edition.edition, layer, category)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]
