"""Dates and times as people send them. Without an offset they are those of a clock on a wall in England."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geointel.errors import QuestionError

HERE = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 1900, 2199
_FORM = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
_REMEDY = "Write 2026-03-31, 2026-03-31T14:30, or with an offset 2026-03-31T14:30:00+01:00."


def moment(text: str, field: str, *, end_of_day: bool = False) -> datetime:
    """Read a date or a time, in UTC.

    A date alone is its beginning, or with ``end_of_day`` its end. Raises ``QuestionError`` for anything else, for days and
    times that do not exist (as the hour that is skipped in March), and for those that come twice (in October) unless the
    offset says which.
    """
    if not _FORM.fullmatch(text):
        raise _refused(f"{text[:40]!r} is not a date or a time.", field, _REMEDY)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _refused(f"There is no {text}.", field, _REMEDY) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _refused(f"The year {found.year} cannot be meant.", field, _REMEDY)
    if "T" not in text:
        day = found.date() + timedelta(days=1) if end_of_day else found.date()
        return datetime.combine(day, time(), HERE).astimezone(UTC)
    return _there(found, field) if found.tzinfo is None else found.astimezone(UTC)


def _there(found: datetime, field: str) -> datetime:
    """A time on the wall, in UTC."""
    first, second = (found.replace(tzinfo=HERE, fold=fold) for fold in (0, 1))
    back = first.astimezone(UTC).astimezone(HERE).replace(tzinfo=None)
    if back != found:
        message = f"There is no {found:%H:%M} on {found:%d %B %Y}: the clocks went forward."
        raise _refused(message, field, "Give the time that the clock showed, or an offset.")
    if first.utcoffset() != second.utcoffset():
        message = f"{found:%H:%M} on {found:%d %B %Y} came twice: the clocks went back."
        raise _refused(message, field, "Say which with an offset: +01:00 for the first, +00:00 for the second.")
    return first.astimezone(UTC)


def next_hour_of_day(now: datetime, hour: int) -> datetime:
    """The next time, strictly after ``now``, that the clock on the wall shows a full hour."""
    day: date = now.astimezone(HERE).date()
    while True:
        then = datetime.combine(day, time(hour), HERE).astimezone(UTC)
        if then > now:
            return then
        day += timedelta(days=1)


def _refused(message: str, field: str, remedy: str) -> QuestionError:
    return QuestionError(message, field=field, remedy=remedy)
