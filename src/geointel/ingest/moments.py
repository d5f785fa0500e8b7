"""Dates and times as partners write them → ISO text, in the time of the place."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/London")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
_ISO = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK}(?: ?(?:Z|[+-]\d{{2}}:?\d{{2}}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?))?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet has no zone
DAY, SECONDS = len("2025-01-05"), len("2025-01-05T10:20:30")
UNREAD = "?"
"""Stands for what is no date."""


@lru_cache(maxsize=1 << 16)
def moment(text: str, *, day_first: bool = False, serials: bool = False) -> str:
    """A date, or a date and time, as ISO; blank for blank, ``UNREAD`` for what is none.

    A time with a zone becomes the time in England; one without is taken to be that, also in the hour that the clocks leave out in
    March, and the hour that they show twice in October is one. ``05/01/2025`` is a date only
    where the day is known to stand first; a number only where it may count days since the end of 1899.
    """
    text = text.strip()
    if not text or _MONTH.fullmatch(text):
        return text
    if serials and _SERIAL.fullmatch(text):
        return _iso(_EPOCH + timedelta(seconds=round(float(text) * 86_400)))
    turned = _turned(text) if day_first else text
    if _ISO.fullmatch(turned) is None:
        return UNREAD
    try:
        return _iso(datetime.fromisoformat(turned.replace(" +", "+").replace(" Z", "Z")), timed=len(turned) > DAY)
    except (ValueError, OverflowError):
        return UNREAD


def _turned(text: str) -> str:
    """``5/1/2025 9:30`` as ``2025-01-05T09:30``; other text as it is."""
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return text
    day, month, year, time = match.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}" + (
        f"T{time.zfill(5 if time.count(':') == 1 else 8)}" if time else ""
    )


def _iso(found: datetime, *, timed: bool = True) -> str:
    if found.tzinfo is not None:
        found = found.astimezone(HERE)
    return found.isoformat(timespec="seconds")[:SECONDS] if timed else found.isoformat()[:DAY]


def without_midnights(moments: list[str]) -> list[str]:
    """Days alone where every time is midnight: a file that knows no times writes them so."""
    if any("T" in found and not found.endswith("T00:00:00") for found in moments):
        return moments
    return [found[:DAY] for found in moments]
