"""GP practices and prescribing cost centres as the NHS lists them (epraccur): 27 quoted columns, no header, CRLF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import providers, table
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.providers import Site
    from geointel.demo.scene import Scene

COLUMNS = 27
PATHS = ("services/epraccur-demo.csv",)
PRACTICE, PUBLIC_HEALTH, COMMUNITY = "4", "8", "9"
CLOSED_EVERY = 5
DORMANT_EVERY = 40
OPENED, CLOSED = "20010401", "20200630"


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the practices, and every drug service twice: two cost centres at one address."""
    form = table.Form(line_end=table.CRLF, quote_all=True, header=False)
    count = table.write(scene.directory / PATHS[0], [""] * COLUMNS, _rows(scene), form)
    what = "NHS practices and prescribing cost centres (27 columns, no header, CRLF); some are closed or dormant"
    return (Written(PATHS[0], what, count),)


def _rows(scene: Scene) -> Iterator[list[str]]:
    for site in providers.practices(scene):
        status = "C" if site.number % CLOSED_EVERY == 0 else "D" if site.number % DORMANT_EVERY == 1 else "A"
        yield _row(site, f"Z8{site.number:04d}", f"DEMONSTRATION SURGERY {site.number}", status, PRACTICE)
    for site in providers.treatment(scene, "cost centres"):
        town = site.town.upper()
        yield _row(site, f"Z9{site.number:04d}", f"DEMONSTRATION DRUG SERVICE {town}", "A", PUBLIC_HEALTH)
        yield _row(site, f"Z7{site.number:04d}", f"DEMONSTRATION SUBSTANCE MISUSE {town}", "A", COMMUNITY)


def _row(site: Site, code: str, name: str, status: str, setting: str) -> list[str]:
    closed = CLOSED if status == "C" else ""
    address = [site.street.upper(), "SYNTHETIC", site.town.upper(), "LANCASHIRE", ""]
    start = [code, name, "YZZ", "QZZ", *address, site.postcode, OPENED, closed, status, "B", "ZZZ", OPENED, closed]
    return [*start, "01632 960000", "", "", "", "0", "", "ZZZ", "", setting, ""]
