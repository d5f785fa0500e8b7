"""The copies of the area that a demonstration is made of: one, or many side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import map_points, plant, street_csv
from geointel.demo.geography import move
from geointel.demo.months import Recording

if TYPE_CHECKING:
    from geointel.demo.geography import Geography
    from geointel.demo.scale import Scale
    from geointel.demo.street_csv import Places

PITCH = (85_000.0, 95_000.0)
"""Copies of the area stand this far apart, metres east and north."""
COLUMNS, ROWS = range(-3, 4), range(-4, 2)
"""Where copies can stand, counted from the true place: together they span England."""


@dataclass(frozen=True)
class Copy:
    """One copy of the area. Number 0 stands in the true place and has the true codes.

    ``force`` is the name in the rows, ``slug`` the name in the files.
    """

    number: int
    geography: Geography
    recording: Recording
    places: Places
    force: str
    slug: str


def layout(count: int) -> list[tuple[float, float]]:
    """How far each copy stands from the true place, metres east and north, the nearest first."""
    spots = [(PITCH[0] * column, PITCH[1] * row) for column in COLUMNS for row in ROWS]
    return sorted(spots, key=lambda spot: (spot[0] ** 2 + spot[1] ** 2, spot))[:count]


def prepare(home: Geography, scale: Scale, number: int, *, seed: int, months: int) -> Copy:
    """Lay out one copy: its outlines, map points and planted places."""
    rng = np.random.default_rng([seed, number])
    place = layout(scale.copies)[number]
    points = map_points.draw(home, rng, count=scale.points, place=place)
    plants = plant.choose(points, scale, months, rng)
    geography = move(home, place, number) if number else home
    title, slug = (f"Demonstration Constabulary {number:02d}", f"-{number:02d}") if scale.copies > 1 else _ONLY
    return Copy(
        number=number,
        geography=geography,
        recording=Recording(points, plants, scale.rows),
        places=street_csv.places(points, geography.names, copy=number),
        force=f"{title} (synthetic)",
        slug=f"demo-lancashire{slug}",
    )


_ONLY = ("Demonstration Constabulary", "")
