"""Pharmacies as NHS Choices listed them: the byte 0xAC between fields, Windows-1252, CRLF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import providers, table
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from geointel.demo.providers import Site
    from geointel.demo.scene import Scene

COLUMNS = (
    "OrganisationID", "OrganisationCode", "OrganisationType", "SubType", "OrganisationStatus", "IsPimsManaged",
    "IsEPSEnabled", "OrganisationName", "Address1", "Address2", "Address3", "City", "County", "Postcode", "Latitude",
    "Longitude", "ParentODSCode", "ParentName", "Phone", "Email", "Website", "Fax",
)  # fmt: skip
PATHS = ("services/nhs-choices-Pharmacy-demo.csv",)
SEPARATOR = "\N{NOT SIGN}"
FIRST_ID = 900_000
HIDDEN_EVERY = 50


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the pharmacies of every second district."""
    form = table.Form(separator=SEPARATOR, encoding="cp1252", line_end=table.CRLF)
    rows = (_row(site) for site in providers.pharmacies(scene, remainder=0))
    count = table.write(scene.directory / PATHS[0], COLUMNS, rows, form)
    what = "pharmacies of every second district in the format of NHS Choices (separator 0xAC, Windows-1252, CRLF)"
    return (Written(PATHS[0], what, count),)


def _row(site: Site) -> list[object]:
    status = "Hidden" if site.number % HIDDEN_EVERY == 0 else "Visible"
    start = [FIRST_ID + site.number, code(site), "Pharmacy", "Community Pharmacy", status, "True", "True"]
    address = [name(site), site.street, None, None, site.town, "Lancashire", site.postcode]
    place = [site.latitude, site.longitude]
    return [*start, *address, *place, "ZZZ", "Demonstration Area Team (synthetic)", "01632 960000", None, None, None]


def name(site: Site) -> str:
    """What a pharmacy is called, with the dash that Windows-1252 writes as 0x96."""
    return f"Demonstration Pharmacy \N{EN DASH} {site.number} (synthetic)"


def code(site: Site) -> str:
    """A pharmacy's code: no real one begins with FZZ."""
    return f"FZZ{site.number:03d}"
