"""The busiest windows of a week: the choice of some hours in a row that together hold the most.

The week is a circle of 168 hours: a window may run past midnight, and past Sunday. The choice is the exact
optimum, by a dynamic programme over the hours, and not the busiest window, then the busiest of what is left: two windows
side by side can hold more than the busiest of all and what remains around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

DAYS, HOURS = 7, 24
WEEK = DAYS * HOURS
NONE = -1
"""Start of a window that would hold nothing."""
AT_ONCE = 2_000
"""Weeks that are searched together, in some tens of megabytes."""


@dataclass(frozen=True)
class Plan:
    """How many windows of how many hours each. Raises ``MethodError`` where they do not fit into a week."""

    windows: int = 3
    hours: int = 4

    def __post_init__(self) -> None:
        if not (self.windows >= 1 and 1 <= self.hours <= HOURS and self.windows * self.hours < WEEK):
            message = f"{self.windows} windows of {self.hours} hours are no plan for a week."
            raise MethodError(
                message, remedy="Ask for one window or more, of 1 to 24 hours, that leave some of the week."
            )


USUAL = Plan()


@dataclass(frozen=True)
class WeekWindows:
    """Chosen windows of each week, those that hold most first; arrays of shape ``(..., windows)``.

    ``start`` is the hour of the week, 0 for Monday 00:00, ``NONE`` for a window that would hold nothing; ``held`` is
    the sum within, in the unit of the week.
    """

    plan: Plan
    start: NDArray[np.int64]
    held: NDArray[np.float64]


def best_windows(weeks: ArrayLike, plan: Plan = USUAL) -> WeekWindows:
    """Choose the windows without an overlap that together hold the most.

    Parameters
    ----------
    weeks
        Counts, or harm, by weekday (Monday first) and hour, shape ``(..., 7, 24)``, from 0.

    Raises
    ------
    MethodError
        If a week has another shape, or a value that is no number or below 0.
    """
    values = hours_of(weeks)
    flat = values.reshape(-1, WEEK)
    start, held = np.empty((len(flat), plan.windows), np.int64), np.empty((len(flat), plan.windows))
    for first in range(0, len(flat), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        start[part], held[part] = _search(flat[part], plan)
    shape = (*values.shape[:-1], plan.windows)
    return WeekWindows(plan, start.reshape(shape), held.reshape(shape))


def inside(windows: WeekWindows) -> NDArray[np.bool_]:
    """Which hours of the week lie in a chosen window, shape ``(..., 168)``."""
    since = (np.arange(WEEK) - windows.start[..., None]) % WEEK
    found: NDArray[np.bool_] = ((since < windows.plan.hours) & (windows.start[..., None] != NONE)).any(axis=-2)
    return found


def hours_of(weeks: ArrayLike) -> NDArray[np.float64]:
    """Weeks of shape ``(..., 7, 24)`` as rows of hours, ``(..., 168)``. Raises ``MethodError`` as ``best_windows``."""
    values = np.asarray(weeks, dtype=np.float64)
    if values.shape[-2:] != (DAYS, HOURS) or not (np.isfinite(values) & (values >= 0)).all():
        message = f"A week needs {DAYS} days of {HOURS} hours with numbers from 0; this has the shape {values.shape}."
        raise MethodError(message, remedy="Pass counts by weekday and hour, and leave out weeks with a hidden count.")
    return values.reshape(*values.shape[:-2], WEEK)


def window_sums(hours: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """What a window of some hours would hold from each hour of the week on, shape ``(..., 168)``."""
    longer = np.concatenate([hours, hours[..., : length - 1]], axis=-1)
    return np.asarray(np.sum([longer[..., since : since + WEEK] for since in range(length)], axis=0))


def _search(flat: NDArray[np.float64], plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    sums = window_sums(flat, plan.hours)
    lines = [_reached(line, plan) for line in _lines(sums, plan)]
    cut = np.stack([reached[-1].max(axis=1) for reached in lines]).argmax(axis=0)
    start = np.empty((len(flat), plan.windows), np.int64)
    for number, reached in enumerate(lines):
        mine = cut == number
        start[mine] = (_starts([step[mine] for step in reached], plan) + number) % WEEK
    held = np.take_along_axis(sums, start, axis=1)
    order = np.lexsort((start, -held), axis=1)
    ordered = np.take_along_axis(held, order, axis=1)
    return np.where(ordered > 0, np.take_along_axis(start, order, axis=1), NONE), ordered


def _lines(sums: NDArray[np.float64], plan: Plan) -> Iterator[NDArray[np.float64]]:
    """What a window from each hour would hold, on the line that begins at each of the first hours of the week.

    Windows have one length, so of as many cuts in a row as a window has hours one falls between windows, whatever the
    choice: the best choice is on the line that begins there. On a line the last windows begin in time to end on it.
    """
    twice = np.concatenate([sums, sums[:, : plan.hours]], axis=1)
    for cut in range(plan.hours):
        yield twice[:, cut : cut + WEEK - plan.hours + 1]


def _reached(sums: NDArray[np.float64], plan: Plan) -> list[NDArray[np.float64]]:
    """The most that one, two … windows hold, by the hour from which the last one runs: no other can run from the first hours.

    The others lie before it: reached(t) = sum(t) + the most that is reached by a last window from t − hours or earlier.
    """
    reached = [sums]
    for number in range(1, plan.windows):
        before = np.maximum.accumulate(reached[-1][:, : -plan.hours], axis=1)
        reached.append(sums[:, number * plan.hours :] + before)
    return reached


def _starts(reached: list[NDArray[np.float64]], plan: Plan) -> NDArray[np.int64]:
    """The hours from which the best windows run, ascending, the earliest of equals; shape ``(n, windows)``."""
    last = reached[-1].argmax(axis=1)
    found = [last]
    for step in reversed(reached[:-1]):
        # The hours of a step begin one window before those of the next.
        last = np.where(np.arange(step.shape[1]) <= last[:, None], step, -np.inf).argmax(axis=1)
        found.append(last)
    first = plan.hours * np.arange(plan.windows)
    return np.stack(found[::-1], axis=1) + first
