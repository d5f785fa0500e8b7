"""Opening hours as people write them → one spelling: ``mo 09:00-12:30,13:30-17:00; tu closed``."""

from __future__ import annotations

import re

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
CLOSED = "closed"
_DAY = r"(mo|tu|we|th|fr|sa|su)[a-z]*"
_TIME = r"([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"
_SPAN = rf"({_TIME})\s*-\s*({_TIME})"
_DAYS = rf"{_DAY}(\s*-\s*{_DAY})?(\s*,\s*{_DAY}(\s*-\s*{_DAY})?)*"
_PIECE = rf"({_DAYS}):?\s+(({_SPAN})(\s*,\s*({_SPAN}))*|{CLOSED})"
PATTERN = rf"(?i)^\s*{_PIECE}(\s*;\s*{_PIECE})*\s*;?\s*$"
"""What can be read: ``Mon-Fri 09:00-17:00; Sat 10:00-13:00; Sun closed``. A regular expression of any dialect."""

_WHOLE_PIECE = re.compile(rf"(?P<days>{_DAYS}):?\s+(?P<spans>.+)", re.IGNORECASE)


def spelt(text: str | None) -> str | None:
    """Hours that match ``PATTERN``, day by day from Monday; a day that is not named is left out.

    A day that is named twice has both spans; ``closed`` gives way to a span.
    """
    if text is None:
        return None
    of_day: dict[str, list[str]] = {}
    for piece in text.split(";"):
        match = _WHOLE_PIECE.fullmatch(piece.strip())
        if match is None:
            continue
        spans = [_span(span) for span in match["spans"].split(",")]
        for day in _days(match["days"]):
            of_day.setdefault(day, []).extend(spans)
    return "; ".join(f"{day} {_together(of_day[day])}" for day in DAYS if day in of_day)


def _days(text: str) -> list[str]:
    """Days of ``Mon-Wed, Fri``; a run may go over the week's end."""
    found: list[str] = []
    for run in text.lower().split(","):
        ends = [DAYS.index(end.strip()[:2]) for end in run.split("-")]
        first, last = ends[0], ends[-1]
        found += [DAYS[number % len(DAYS)] for number in range(first, last + (len(DAYS) if last < first else 0) + 1)]
    return found


def _span(text: str) -> str:
    if text.strip().lower() == CLOSED:
        return CLOSED
    return "-".join(time.strip().zfill(len("09:00")) for time in text.split("-"))


def _together(spans: list[str]) -> str:
    times = sorted({span for span in spans if span != CLOSED})
    return ",".join(times) or CLOSED
