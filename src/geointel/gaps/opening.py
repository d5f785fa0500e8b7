"""When is a service open? Opening hours of a week as they are stored, and the parts of the week that people ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Slot = Literal["evening", "saturday", "sunday"]

SLOTS: tuple[Slot, ...] = ("evening", "saturday", "sunday")
WORKDAYS = ("mo", "tu", "we", "th", "fr")
EVENING = "18:30"
"""A weekday evening is open where the doors close at this time or later: half an hour after most people leave work."""
CLOSED = "closed"
YES, NO, UNKNOWN = 1, 0, -1


def open_in(hours: Sequence[str | None], slot: Slot) -> NDArray[np.int8]:
    """Whether each service is open in a part of the week: 1 yes, 0 no, −1 not known; shape ``(n,)``.

    ``hours`` are ``mo 09:00-12:30,13:30-17:00; tu closed``. A day that is left out is not known, so a service is known to be
    shut in the evening only if each weekday is named.
    """
    return np.array([_open(_week(text), slot) for text in hours], dtype=np.int8)


def _week(text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    days = (piece.strip().partition(" ") for piece in text.split(";") if piece.strip())
    return {day: spans.strip() for day, _, spans in days}


def _open(week: dict[str, str], slot: Slot) -> int:
    if slot == "evening":
        known = [_late(week[day]) for day in WORKDAYS if day in week]
        return YES if any(known) else NO if len(known) == len(WORKDAYS) else UNKNOWN
    spans = week.get(slot[:2])
    return UNKNOWN if spans is None else NO if spans == CLOSED else YES


def _late(spans: str) -> bool:
    return spans != CLOSED and any(span.partition("-")[2] >= EVENING for span in spans.split(","))
