"""How much to write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Size of a demonstration.

    Attributes
    ----------
    districts
        Codes of the districts, or None for all 14 of Pan-Lancashire.
    copies
        How often the area is laid out, each time with its own records and its own force file.
    rows
        Records a month and copy, about.
    points
        Map points a copy, about.
    hotspots
        Places a copy where drug offences are planted.
    busy
        Places a copy where records of every category are planted.
    planted
        Drug offences a month that a full hotspot adds, least and most.
    """

    districts: tuple[str, ...] | None
    copies: int
    rows: int
    points: int
    hotspots: int
    busy: int
    planted: tuple[float, float]


SCALES = {
    "town": Scale(
        ("E06000009", "E07000119", "E07000128"),
        copies=1,
        rows=1_500,
        points=2_500,
        hotspots=3,
        busy=1,
        planted=(6.0, 10.0),
    ),
    "county": Scale(None, copies=1, rows=14_300, points=23_000, hotspots=8, busy=2, planted=(10.0, 16.0)),
    "nation": Scale(None, copies=37, rows=14_000, points=18_700, hotspots=8, busy=2, planted=(10.0, 16.0)),
}
"""``town`` is Blackpool, Fylde and Wyre; ``nation`` has the size of England and Wales."""
