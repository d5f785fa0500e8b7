"""When things happen: days of a month and hours of a day, by the pattern of what is recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from geointel.model.period import YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 24
WEEK = 7
NIGHT = np.array([6, 6, 5, 4, 2, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 8], dtype=np.float64)
"""Weights of the hours of a day for what happens late."""
TRAFFIC = np.array([1, 1, 1, 1, 1, 2, 3, 6, 8, 5, 4, 5, 5, 5, 5, 7, 8, 9, 7, 5, 4, 3, 2, 2], dtype=np.float64)
"""Weights of the hours of a day on the roads."""
LATE_NIGHT = np.array([9, 9, 8, 6, 3, 1, *[0.3] * 12, 0.5, 1, 2, 4, 7, 9], dtype=np.float64)
"""Weights of the hours of a day for what happens around midnight."""
WEEKEND = np.array([0.8, 0.8, 0.8, 0.9, 1.4, 1.6, 1.1])
"""Weights of Monday to Sunday for what belongs to the weekend."""
WORKING = np.array([1.0, 1.0, 1.05, 1.05, 1.15, 0.95, 0.75])
"""Weights of Monday to Sunday on the roads."""


def draw(
    rng: np.random.Generator, month: int, count: int, *, hours: NDArray[np.float64], days: NDArray[np.float64]
) -> list[datetime]:
    """Times to the minute in a month number, by weights of hours (24) and days (Monday to Sunday), ascending."""
    first, after = start(month), start(month + 1)
    length = (after - first).days
    weights = days[(first.weekday() + np.arange(length)) % WEEK]
    day = rng.choice(length, size=count, p=weights / weights.sum())
    hour = rng.choice(DAY, size=count, p=hours / hours.sum())
    minutes = np.sort((day * DAY + hour) * 60 + rng.integers(60, size=count))
    return [first + timedelta(minutes=minute) for minute in minutes.tolist()]


def start(month: int) -> datetime:
    """Midnight at the start of a month number, without a time zone."""
    return datetime(month // YEAR, month % YEAR + 1, 1)  # noqa: DTZ001 - local time, as the files have it
