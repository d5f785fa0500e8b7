"""The truth: places where more is recorded than usual, when they appear, grow and fade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.demo.mix import CATEGORIES, DRUGS
from geointel.grid import centres, neighbours
from geointel.model import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.map_points import MapPoints
    from geointel.demo.scale import Scale

Course = Literal["lasting", "recent", "past", "passing"]

COURSES: dict[Course, tuple[float, float, float, float]] = {
    "lasting": (0.10, 0.30, 1.00, 1.00),
    "recent": (0.70, 0.80, 1.00, 1.00),
    "past": (0.00, 0.08, 0.40, 0.60),
    "passing": (0.30, 0.50, 0.70, 0.90),
}
"""When it appears, is full, begins to fade and is gone, as shares of all months."""
BUSY_FACTOR = 3.0
"""A full busy place has this many times the usual records of every category."""
RING_REACH = 0.8
"""How much of the growth reaches the six cells around the middle one."""
USUAL_DRUGS = (0.6, 5.0)
"""Drug offences a month that a place has before anything is planted."""
LARGEST_SHARE = 0.4
"""No cell of a place has more of it than this: a hotspot is an area, not one corner."""
APART = 0.045
"""Planted places stand at least this far apart, degrees of latitude."""
LNG_PER_LAT = 0.6
"""Length of a degree of longitude in England, in degrees of latitude."""


@dataclass(frozen=True)
class Plant:
    """One planted place: an H3 cell of resolution 8, and the cells around it, which draw more records.

    Attributes
    ----------
    cells
        int64 (c,): the middle cell, then those around it that have map points.
    points, owner
        The map points in them, and for each the position of its cell in ``cells``.
    category
        ``drugs`` or ``all``.
    peak
        How many times the usual records the middle cell has when the place is full.
    start, full, fade, end
        Months from the first one written: it appears at ``start``, is full from ``full``, falls
        from ``fade``, and is gone from ``end``.
    """

    cells: NDArray[np.int64]
    points: NDArray[np.int64]
    owner: NDArray[np.int64]
    category: str
    course: Course
    peak: float
    start: int
    full: int
    fade: int
    end: int

    def growth(self, month: int) -> float:
        """How full the place is in a month counted from the first one, 0 to 1."""
        if month < self.start or month >= self.end:
            return 0.0
        rise = (month - self.start + 1) / (self.full - self.start + 1)
        fall = (self.end - month) / (self.end - self.fade + 1) if month >= self.fade else 1.0
        return min(1.0, rise, fall)

    def factors(self, month: int) -> NDArray[np.float64]:
        """How many times the usual records each cell has in a month, shape (c,)."""
        return 1 + (self.peak - 1) * self.growth(month) * _reach(len(self.cells))

    def concerns(self, category: str) -> bool:
        """Whether records of this category are planted here."""
        return self.category in (category, ALL)


def choose(points: MapPoints, scale: Scale, months: int, rng: np.random.Generator) -> tuple[Plant, ...]:
    """Planted places, far from one another, neither empty nor among the busiest."""
    drugs = next(i for i, category in enumerate(CATEGORIES) if category.slug == DRUGS)
    cells, owner = np.unique(points.cell, return_inverse=True)
    around = neighbours(cells)
    usual = np.bincount(owner, weights=points.weights[drugs]) * scale.rows * CATEGORIES[drugs].share
    reached = usual + RING_REACH * (around @ usual)
    largest = np.maximum(usual, RING_REACH * around.multiply(usual).max(axis=1).toarray().ravel())
    low, high = USUAL_DRUGS
    even = largest < LARGEST_SHARE * reached
    able = np.flatnonzero(even & (reached > low) & (reached < high))
    quiet = np.flatnonzero(even & (reached <= low))  # only where a small area has too few others
    quiet = quiet[np.argsort(-reached[quiet], kind="stable")]
    middles = centres(cells)
    busy = _apart(middles, able[np.argsort(-reached[able], kind="stable")], scale.busy, beside=[])
    hotspots = _apart(middles, np.append(rng.permutation(able), quiet), scale.hotspots, beside=busy)
    plants = []
    for number, middle in enumerate([*hotspots, *busy]):
        is_drugs = number < len(hotspots)
        course = tuple(COURSES)[number % len(COURSES)] if is_drugs else "lasting"
        peak = 1 + rng.uniform(*scale.planted) / reached[middle] if is_drugs else BUSY_FACTOR
        disk = np.array([middle, *around[[middle], :].indices.tolist()])
        plants.append(_plant(cells, owner, disk, what=(DRUGS if is_drugs else ALL, course, round(peak, 3), months)))
    return tuple(plants)


def _plant(
    cells: NDArray[np.int64], owner: NDArray[np.int64], disk: NDArray[np.int64], *, what: tuple[str, Course, float, int]
) -> Plant:
    category, course, peak, months = what
    start, full, fade, end = (round(share * months) for share in COURSES[course])
    position = np.full(len(cells), -1)
    position[disk] = np.arange(len(disk))
    points = np.flatnonzero(position[owner] >= 0)
    return Plant(cells[disk], points, position[owner[points]], category, course, peak, start, full, fade, end)


def _reach(count: int) -> NDArray[np.float64]:
    return np.where(np.arange(count) == 0, 1.0, RING_REACH)


def _apart(lnglat: NDArray[np.float64], candidates: NDArray[np.int64], count: int, *, beside: list[int]) -> list[int]:
    """The first ``count`` candidates that stand ``APART`` from one another and from those ``beside``."""
    taken = list(beside)
    for i in candidates.tolist():
        if len(taken) == len(beside) + count:
            break
        east, north = (lnglat[taken] - lnglat[i]).T
        if (np.hypot(east * LNG_PER_LAT, north) >= APART).all():
            taken.append(i)
    return taken[len(beside) :]
