"""A table of travel times by bus, as a router of timetables writes it: from hexagons to the hubs of treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import providers, table
from geointel.demo.scene import Written, to_degrees, to_metres
from geointel.grid import centres, format_cells, latlng_to_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.scene import Scene

PATHS = ("travel/by-bus.csv",)
COLUMNS = ("from_id", "to_id", "travel_time_p25", "travel_time_p50", "travel_time_p75")
RESOLUTION = 8
WAITING, METRES_A_MINUTE, DETOUR = 12.0, 300.0, 1.4
"""Walking and waiting in minutes, and 18 km/h: how long a made-up bus takes."""
FURTHEST = 90.0
"""No journey is longer: pairs further apart are left out, as a router leaves them out."""
SPREAD = 0.15


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the table: minutes at a quarter, half and three quarters of the departures."""
    count = table.write(scene.directory / PATHS[0], COLUMNS, _rows(scene))
    what = "made-up minutes by bus from hexagons to the hubs of drug treatment, on Tuesday 10 March 2026 from 09:00"
    return (Written(PATHS[0], what, count),)


def _rows(scene: Scene) -> Iterator[list[object]]:
    lnglat = to_degrees(scene.metres)
    cells = np.unique(latlng_to_cell(lnglat[:, 1], lnglat[:, 0], RESOLUTION))
    places, names = to_metres(centres(cells)), format_cells(cells.tolist())
    rng = scene.rng("travel")
    for site in providers.treatment(scene, "hubs"):
        here = to_metres(np.array([[site.longitude, site.latitude]]))
        minutes = WAITING + np.linalg.norm(places - here, axis=1) * DETOUR / METRES_A_MINUTE
        for place in np.flatnonzero(minutes <= FURTHEST).tolist():
            late = 1 + abs(rng.normal(scale=SPREAD))
            middle = float(minutes[place])
            times = (round(middle / late), round(middle), round(middle * late))
            yield [names[place], f"DEMO-H{site.number:02d}", *times]
