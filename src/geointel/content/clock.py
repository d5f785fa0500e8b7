"""Hours of the week in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.content.words import table

if TYPE_CHECKING:
    from collections.abc import Iterable

DAYS, HOURS = 7, 24
BETWEEN = "; "


def clock(hour: int) -> str:
    """Return an hour as people write it: "02:00"; hours after the last begin again."""
    return f"{hour % HOURS:02d}:00"


def weekday(day: int) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return str(table("week")["days"][day % DAYS])


def week_window(start: int, hours: int) -> str:
    """Return a window that runs from an hour of the week, 0 for Monday 00:00: "Friday 22:00 to 02:00".

    It has the day on which it begins.
    """
    words = table("week")["window"]
    return str(words).format(day=weekday(start // HOURS), start=clock(start), end=clock(start + hours))


def week_windows(starts: Iterable[int], hours: int) -> str:
    """Return some windows of as many hours, in the order given."""
    return BETWEEN.join(week_window(start, hours) for start in starts)
