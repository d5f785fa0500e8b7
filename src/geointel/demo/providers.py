"""Where help is given in a demonstration: sites at made-up postcodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo.mix import STREETS
from geointel.demo.scene import to_degrees

if TYPE_CHECKING:
    from geointel.demo.scene import Scene

RESIDENTS_PER_PHARMACY = 5_000
RESIDENTS_PER_PRACTICE = 11_000


@dataclass(frozen=True)
class Site:
    """One site: a number from 1, its address, postcode, degrees, and the number of its district."""

    number: int
    street: str
    town: str
    postcode: str
    latitude: float
    longitude: float
    district: int
    area: int


def pharmacies(scene: Scene, *, remainder: int) -> list[Site]:
    """Sites of pharmacies in every second district, by the ``remainder`` of its number: each list has its own."""
    found = sites(scene, "pharmacies", max(6, round(scene.areas.residents.sum() / RESIDENTS_PER_PHARMACY)))
    return [site for site in found if site.district % 2 == remainder]


def practices(scene: Scene) -> list[Site]:
    """Sites of GP practices."""
    return sites(scene, "practices", max(6, round(scene.areas.residents.sum() / RESIDENTS_PER_PRACTICE)))


def treatment(scene: Scene, name: str, *, every: int = 1) -> list[Site]:
    """Sites of drug treatment in every district, or every second and so on, but never in the last one.

    Each list has sites of its own under its ``name``, so that no place is on the map twice.
    """
    rng = scene.rng(name)
    districts = scene.areas.district[scene.units.area]
    present = np.unique(districts)[:-1:every]
    chosen = [int(rng.choice(np.flatnonzero(districts == number))) for number in present.tolist()]
    return [_site(scene, unit, number) for number, unit in enumerate(chosen, 1)]


def sites(scene: Scene, name: str, count: int) -> list[Site]:
    """Sites at random postcodes, each postcode once."""
    chosen = scene.rng(name).choice(len(scene.units.codes), size=count, replace=False)
    return [_site(scene, unit, number) for number, unit in enumerate(chosen.tolist(), 1)]


def _site(scene: Scene, unit: int, number: int) -> Site:
    area = int(scene.units.area[unit])
    district = int(scene.areas.district[area])
    lng, lat = to_degrees(scene.units.metres[[unit]].astype(np.float64))[0].tolist()
    return Site(
        number=number,
        street=f"{number} {STREETS[number % len(STREETS)]}",
        town=scene.copy.geography.names[district],
        postcode=scene.units.codes[unit],
        latitude=round(lat, 6),
        longitude=round(lng, 6),
        district=district,
        area=area,
    )
