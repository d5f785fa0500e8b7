"""Kilometres of road, or of traffic, that collisions are divided by: released facts of a source beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots import global_rates, standardised
from geointel.layers.severity import KSI, collisions
from geointel.model import ALL, INCIDENTS, ON_ROAD, ROAD_GROUPS, ROAD_METRES, VEHICLE_KM, YEAR, parse_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.model import Window

GROUP_OF = {
    "motorway": "motorway",
    **dict.fromkeys(("trunk", "primary"), "a-road"),
    "secondary": "b-road",
    **dict.fromkeys(("tertiary", "unclassified", "residential", "living-street", "road"), "minor-road"),
}
"""Class of OpenStreetMap → class of collisions. Service roads, tracks and paths are left out: hardly any collision is recorded there."""
METRES, MILLION = 1000.0, 1e6
LEAST_WEIGHT = 0.5
"""As for rates: a cell that leans on what is expected by more than half has no class."""


@dataclass(frozen=True)
class Exposure:
    """A measure of a source, by group of roads; ``windows`` are those that it has: the month of an extract, years of counts."""

    facts: Cube
    measure: str
    windows: tuple[str, ...]

    def dense(self, counts: Counts, window: Window) -> NDArray[np.float64]:
        """Kilometres, or million vehicle kilometres of a window, shape ``(groups, places)`` of a table of ``facts``."""
        at = self.at(window)
        if self.measure == VEHICLE_KM:
            part = len(window.months) / YEAR / MILLION
            return part * np.stack([counts.dense(VEHICLE_KM, at, group) for group in ROAD_GROUPS])
        found = np.zeros((len(ROAD_GROUPS), counts.size))
        for road_class, group in GROUP_OF.items():
            found[ROAD_GROUPS.index(group)] += counts.dense(ROAD_METRES, at, road_class) / METRES
        return found

    def at(self, window: Window) -> str:
        """The last of its windows that does not end after another source's, else its first."""
        earlier = [name for name in self.windows if _end(name) <= window.months[-1]]
        return earlier[-1] if earlier else self.windows[0]


def exposure(facts: Cube | None, measure: str) -> Exposure | None:
    """The exposure that a source gives, in any cell; None where it has none at all."""
    tables = [] if facts is None else list(facts.cells.values())
    known = {window for table in tables for name, window, _ in table.slices if name == measure}
    return Exposure(facts, measure, tuple(sorted(known, key=_end))) if facts is not None and known else None


def _end(window: str) -> int:
    """The last month of a window of a month or of twelve months."""
    return parse_month(window.rpartition(":")[2])


def divisible(counts: Counts, at: tuple[Window, str], base: NDArray[np.float64], measure: str) -> NDArray[np.float64]:
    """The collisions that can be divided by a base, of shape ``(groups, places)``.

    Most minor roads have no traffic count, so their collisions would be divided by the traffic of other roads. Of each place only
    the part counts that was on classes of road with traffic anywhere; all of it, where no file says on which class any was.
    """
    window, category = at
    events, slug = collisions(counts, window, category), ALL if category == KSI else category
    on_roads = np.stack([counts.dense(ON_ROAD[group], window.id, slug) for group in ROAD_GROUPS])
    if measure != VEHICLE_KM or not on_roads.any():
        return events
    every, counted = counts.dense(INCIDENTS, window.id, slug), on_roads[base.sum(axis=1) > 0].sum(axis=0)
    found: NDArray[np.float64] = events * np.divide(counted, every, out=np.zeros(len(every)), where=every > 0)
    return found


def divided(
    events: NDArray[np.float64], base: NDArray[np.float64], on_roads: NDArray[np.float64]
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_], dict[str, float | None]]:
    """Columns of supported cells with ``value``, which of them have a class, and the rates of the classes of road.

    A cell leans on what is expected of its roads, so it is smoothed as a ratio to that, and then divided by its length or traffic.
    """
    length = base.sum(axis=0)
    there = np.where(length > 0, events, 0.0)
    expected = standardised(float(there.sum()), on_roads, base)
    known = expected.expected > 0
    found = global_rates(np.where(known, there, 0.0), expected.expected)
    per = np.divide(expected.expected, length, out=np.full(len(length), np.nan), where=known)
    lower, upper = found.interval()
    columns = {
        "value": found.rate * per,
        "raw": np.divide(events, length, out=np.full(len(length), np.nan), where=length > 0),
        "lower": lower * per,
        "upper": upper * per,
        "expected_by_class": np.where(length > 0, expected.expected, np.nan),
        "times_expected": np.where(known, found.rate, np.nan),
        "denominator": length,
    }
    rates = zip(ROAD_GROUPS, base.sum(axis=1).tolist(), expected.rates.tolist(), strict=True)
    of_class = {group: rate if has > 0 else None for group, has, rate in rates}
    return columns, known & (found.weight >= LEAST_WEIGHT), of_class
