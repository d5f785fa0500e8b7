"""The ``datetime`` parameter (RFC 3339 instants and intervals) against windows of whole months."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING, Any

from geointel_api.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?")
_OPEN = ("", "..")
_ENDS = 2


def window_dates(window: Mapping[str, Any]) -> tuple[str, str]:
    """First and last day of a window, as ``YYYY-MM-DD``."""
    first, last = window["months"][0], window["months"][-1]
    year, month = map(int, last.split("-"))
    return f"{first}-01", f"{last}-{calendar.monthrange(year, month)[1]:02d}"


def overlaps(text: str, window: Mapping[str, Any]) -> bool:
    """Whether a window has a day in common with ``datetime``. Raises ``RequestError``.

    Offences are dated to the month, so days are as fine as it gets: times of day are ignored.
    """
    ends = text.split("/")
    if len(ends) > _ENDS or all(end in _OPEN for end in ends):
        raise _refusal(text)
    days = [_day(end, text) for end in ends]
    start, stop = days[0], days[-1]
    if start and stop and start > stop:
        raise _refusal(text)
    first, last = window_dates(window)
    return (start is None or start <= last) and (stop is None or stop >= first)


def _day(end: str, text: str) -> str | None:
    if end in _OPEN:
        return None
    if not _MOMENT.fullmatch(end):
        raise _refusal(text)
    return end[:10]


def _refusal(text: str) -> RequestError:
    message = f"datetime={text[:80]!r} is not an instant or interval."
    return RequestError(message, remedy="Write 2025-07-01, 2025-07-01/2025-09-30 or 2025-07-01/.. instead.")
