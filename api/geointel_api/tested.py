"""Positive tests by weekday and hour: always beside their tests, with the interval of each share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.hotspots import week_rates

if TYPE_CHECKING:
    from geointel.hotspots import Rates
    from geointel_api.busiest import Week

NOT_TESTS: dict[str, Any] = dict.fromkeys(("positives", "rate_by_hour", "rate_by_weekday"))
"""Of a profile of incidents."""


def tested(tests: Week, positives: Week) -> dict[str, Any]:
    """Positive tests and their share of the tests; intervals hold for all hours, and for all weekdays, at once.

    The shares are null where a count is not shown, or has more positive tests than tests.
    """
    every, found = (np.array(week, dtype=np.float64) for week in (tests, positives))
    known = np.isfinite(every) & np.isfinite(found) & (found <= every) & (every % 1 == 0) & (found % 1 == 0)
    if not known.all():
        return {**NOT_TESTS, "positives": positives}
    by_hour, by_weekday = week_rates(found, every)
    return {"positives": positives, "rate_by_hour": _each(by_hour), "rate_by_weekday": _each(by_weekday)}


def _each(rates: Rates) -> list[dict[str, Any]]:
    """Null, and no number, where nobody was tested."""
    names = ("tests", "positives", "rate", "lower", "upper")
    columns = (rates.total, rates.part, rates.share, rates.lower, rates.upper)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [{name: None if value != value else value for name, value in zip(names, row, strict=True)} for row in rows]  # noqa: PLR0124 - NaN
