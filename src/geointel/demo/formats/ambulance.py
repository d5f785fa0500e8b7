"""Ambulance call-outs with naloxone: a partner's own file, with exact points and made-up keys of people and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import clock, harm, table
from geointel.demo.scene import Written, to_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geointel.demo.harm import Harm
    from geointel.demo.scene import Scene

COLUMNS = ("incident_id", "call_time", "latitude", "longitude", "person_key", "place_key")
PATHS = ("partner/ambulance-naloxone.csv",)
PER_RESIDENT = 0.00004
"""Call-outs a month for each resident where nothing is planted."""
PLANTED = 6.0
"""Call-outs a month that a full place of harm adds."""
STRANGERS, REGULARS = 4_000, 20
"""People anywhere, and at each place of harm: some of those are met several times."""
NEAR = 30.0
"""Standard deviation of the distance from a map point, metres."""
NO_PLACE_SHARE = 0.01


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the call-outs of the run, ascending in time."""
    rng = scene.rng("ambulance")
    places = harm.places(scene)
    rows = (row for since in range(len(scene.months)) for row in _month(scene, rng, since, [h for h, _ in places]))
    numbered = ([f"DEMO-A{i:06d}", *row] for i, row in enumerate(rows, 1))
    count = table.write(scene.directory / PATHS[0], COLUMNS, numbered)
    planted = {
        "call_outs_a_month_when_full": PLANTED,
        "places": [place.describe(hotspot) for place, hotspot in places],
    }
    what = "ambulance call-outs with naloxone; not public; the keys of people and places are made up too"
    return (Written(PATHS[0], what, count, planted),)


def _month(scene: Scene, rng: np.random.Generator, since: int, places: list[Harm]) -> Iterator[list[object]]:
    point, group = drawn(scene, rng, since, places)
    count = len(point)
    lnglat = to_degrees(scene.metres[point] + rng.normal(scale=NEAR, size=(count, 2)))
    regular = STRANGERS + REGULARS * group + rng.integers(REGULARS, size=count)
    person = np.where(group < 0, rng.integers(STRANGERS, size=count), regular)
    blank = rng.random(count) < NO_PLACE_SHARE
    times = clock.draw(rng, scene.months[since], count, hours=clock.NIGHT, days=clock.WEEKEND)
    for i, when in enumerate(times):
        lng, lat = lnglat[i].tolist()
        where = [None, None] if blank[i] else [f"{lat:.5f}", f"{lng:.5f}"]
        yield [f"{when:%d/%m/%Y %H:%M}", *where, f"DEMO-P{person[i]:05d}", f"DEMO-L{point[i]:05d}"]


def drawn(
    scene: Scene, rng: np.random.Generator, since: int, places: list[Harm]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Map points of a month's call-outs in random order, and for each the place of harm or −1."""
    usual = int(rng.poisson(PER_RESIDENT * scene.areas.residents.sum()))
    points = [rng.integers(len(scene.metres), size=usual)]
    groups = [np.full(usual, -1)]
    for number, place in enumerate(places):
        count = int(rng.poisson(PLANTED * place.growth(since)))
        points.append(rng.choice(place.points, size=count))
        groups.append(np.full(count, number))
    order = rng.permutation(sum(len(part) for part in points))
    return np.concatenate(points)[order], np.concatenate(groups)[order]
