"""Needle litter that a council's cleaners report: a date, a National Grid point, and how many needles."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import clock, harm, table
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.harm import Harm
    from geointel.demo.scene import Scene

COLUMNS = ("report_id", "date_found", "easting", "northing", "needles")
PATHS = ("partner/needle-litter.csv",)
PER_RESIDENT = 0.00006
"""Reports a month for each resident where nothing is planted."""
PLANTED = 9.0
"""Reports a month that a full place of harm adds."""
MEAN_NEEDLES, MEAN_PLANTED_NEEDLES = 2.0, 5.0
NEAR = 40.0
"""Standard deviation of the distance from a map point, metres."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the reports of the run, ascending in time."""
    rng = scene.rng("needle litter")
    places = harm.places(scene)
    rows = (row for since in range(len(scene.months)) for row in _month(scene, rng, since, [h for h, _ in places]))
    numbered = ([f"DEMO-N{i:06d}", *row] for i, row in enumerate(rows, 1))
    count = table.write(scene.directory / PATHS[0], COLUMNS, numbered)
    planted = {
        "reports_a_month_when_full": PLANTED,
        "mean_needles": {"usual": MEAN_NEEDLES, "planted": MEAN_PLANTED_NEEDLES},
        "places_as_in": "ambulance",
    }
    what = "needle litter found by cleaners, with the number of needles; not public; a date and no hour"
    return (Written(PATHS[0], what, count, planted),)


def _month(scene: Scene, rng: np.random.Generator, since: int, places: list[Harm]) -> Iterator[list[object]]:
    first = clock.start(scene.months[since])
    length = (clock.start(scene.months[since] + 1) - first).days
    found = [(int(rng.poisson(PER_RESIDENT * scene.areas.residents.sum())), np.arange(len(scene.metres)), MEAN_NEEDLES)]
    found += [(int(rng.poisson(PLANTED * p.growth(since))), p.points, MEAN_PLANTED_NEEDLES) for p in places]
    reports = []
    for count, points, needles in found:
        metres = scene.metres[rng.choice(points, size=count)] + rng.normal(scale=NEAR, size=(count, 2))
        days, numbers = rng.integers(length, size=count), rng.geometric(1 / needles, size=count)
        reports += list(zip(days.tolist(), np.round(metres).astype(np.int64).tolist(), numbers.tolist(), strict=True))
    for day, (easting, northing), number in sorted(reports):
        yield [f"{first + timedelta(days=day):%Y-%m-%d}", easting, northing, number]
