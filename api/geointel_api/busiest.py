"""When it happens most: shares by hour and weekday, and the busiest windows, of one published week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots import enforcement, week_shares
from geointel.hotspots.enforcement import HALVES, SEED, YEAR_BEFORE, can_choose
from geointel.hotspots.week_windows import HOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel.hotspots import Enforcement, Shares

Week = list[list[float | None]]
"""Counts by weekday and hour; null where one is not shown."""
SHARES = ("held_in", "held_out", "out_lower", "out_upper")
UNKNOWN: dict[str, Any] = {
    "by_hour": None,
    "by_weekday": None,
    "windows": None,
    "judged_by": None,
    "p_flat": None,
    "sentence": "",
    **dict.fromkeys(SHARES),
}


def busiest(counts: Week, before: Week | None, *, category: str) -> dict[str, Any]:
    """Shares with intervals that hold for all hours, and for all weekdays, at once; and windows as the layer ``profile`` has them.

    ``before`` is the week of the twelve months before. All null where there are too few records to say, or one is not shown;
    ``windows`` is empty where none stands out.
    """
    week = np.array(counts, dtype=np.float64)
    if not can_choose(week):
        return UNKNOWN
    earlier = None if before is None else np.array(before, dtype=np.float64)
    judge = YEAR_BEFORE if earlier is not None and can_choose(earlier) else HALVES
    found = enforcement(week, before=earlier if judge == YEAR_BEFORE else None, seed=SEED)
    shares = week_shares(week)
    row = {**_shares_of(found), "judged_by": judge, "p_flat": float(found.p_flat)}
    return {
        "by_hour": _each(shares.by_hour),
        "by_weekday": _each(shares.by_weekday),
        "windows": _windows(found),
        **row,
        "sentence": _sentence(found, row, category),
    }


def _shares_of(found: Enforcement) -> dict[str, float | None]:
    values = (found.share, found.judged.share, found.judged.lower, found.judged.upper)
    return {name: _known(float(value)) for name, value in zip(SHARES, values, strict=True)}


def _windows(found: Enforcement) -> list[dict[str, Any]]:
    (starts,) = found.standing_out()
    hours = found.windows.plan.hours
    return [
        {
            "weekday": start // HOURS,
            "start": content.clock(start),
            "end": content.clock(start + hours),
            "hours": hours,
            "count": count,
            "label": content.week_window(start, hours),
        }
        for start, count in zip(starts, found.windows.held.tolist(), strict=False)
    ]


def _sentence(found: Enforcement, row: dict[str, Any], category: str) -> str:
    """What the layer says of such a row; its columns are in percent."""
    (starts,) = found.standing_out()
    named = content.week_windows(starts, found.windows.plan.hours) if starts else None
    percent = {name: None if row[name] is None else 100 * row[name] for name in SHARES}
    return content.further("profile", {**row, **percent, "windows": named}, slug=category)


def _each(shares: Shares) -> list[dict[str, Any]]:
    columns: Sequence[list[Any]] = [
        getattr(shares, name).tolist() for name in ("count", "share", "lower", "upper", "above")
    ]
    return [
        dict(zip(("count", "share", "lower", "upper", "above"), one, strict=True)) for one in zip(*columns, strict=True)
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
