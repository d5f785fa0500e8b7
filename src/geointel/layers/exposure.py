"""Kilometres of road, or of traffic, that collisions are divided by: released facts of a source beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.model import ROAD_GROUPS, ROAD_METRES, VEHICLE_KM, YEAR, parse_month

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
