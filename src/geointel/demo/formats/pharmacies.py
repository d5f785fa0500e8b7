"""Pharmacies as the NHS Business Services Authority lists them: opening hours by day, no coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import providers, table
from geointel.demo.formats.nhs_choices import code, name
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from geointel.demo.providers import Site
    from geointel.demo.scene import Scene

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COLUMNS = (
    "pharmacy_name", "address", "postcode", *(f"opening_hours_{day}" for day in DAYS),
    "organisation_data_service_code", "health_and_wellbeing_board", "ward_code", "ward_name", "la_code", "la_name",
)  # fmt: skip
PATHS = ("services/pharmacies-demo.csv",)
SHUT = "CLOSED"
WEEKS = (
    (*["09:00-13:00,14:00-17:30"] * 5, "09:00-12:30", SHUT),
    (*["08:30-18:30"] * 5, SHUT, SHUT),
    (*["08:00-22:00"] * 6, "10:00-16:00"),
)
"""A small one, one beside a practice, one in a supermarket."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the pharmacies of the districts that the NHS Choices file leaves out."""
    rows = (_row(scene, site) for site in providers.pharmacies(scene, remainder=1))
    count = table.write(scene.directory / PATHS[0], COLUMNS, rows)
    what = "pharmacies of the other districts in the format of the NHS Business Services Authority, with opening hours by day"
    return (Written(PATHS[0], what, count),)


def _row(scene: Scene, site: Site) -> list[object]:
    hours = WEEKS[site.number % len(WEEKS)]
    ward = f"DEMO{site.area // 5:05d}"
    district = scene.copy.geography.codes[site.district]
    start = [name(site), f"{site.street}, {site.town}", site.postcode, *hours, code(site)]
    return [
        *start,
        "Demonstration Board (synthetic)",
        ward,
        f"Demonstration Ward {site.area // 5}",
        district,
        site.town,
    ]
