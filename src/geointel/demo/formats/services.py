"""The partnership's own list of services, in the columns of its template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import providers, table
from geointel.demo.postcode_units import RETIRED
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel.demo.providers import Site
    from geointel.demo.scene import Scene

COLUMNS = (
    "id", "name", "kind", "address", "postcode", "latitude", "longitude", "closed", "capacity", "opening_hours",
    "substances", "min_age", "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas",
)  # fmt: skip
PATHS = ("services/services.csv",)
OFFICE = "Mon-Fri 09:00-17:00; Sat closed; Sun closed"
LATE = "Mon-Thu 09:00-19:30; Fri 09:00-17:00; Sat 10:00-13:00; Sun closed"
EVENING = "Tue 18:30-20:00; Thu 18:30-20:00"
DRUGS = "opiates; crack; non-opiates"
CLOSED_ON = "2024-09-30"
OTHERS = {
    "needle-exchange": ("E", "Needle Exchange", LATE, 1.0),
    "naloxone": ("N", "Naloxone Point", OFFICE, 0.5),
    "mutual-aid": ("M", "Mutual Aid Group", EVENING, 0.4),
}
"""Kind → letter of its ids, its name, its hours, and how many for each centre of drug treatment."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the list: hubs of drug treatment and what stands around them."""
    hubs = providers.treatment(scene, "hubs")
    rng = scene.rng("services")
    rows = [_hub(scene, site, int(rng.integers(15, 61)) * 10) for site in hubs]
    for kind, (*words, share) in OTHERS.items():
        found = providers.sites(scene, kind, max(2, round(share * len(hubs))))
        rows += [_other(site, kind, words, level=int(rng.integers(1, 4))) for site in found]
    singles = (_young, _alcohol, _closed, _lost)
    rows += [row(site) for row, site in zip(singles, providers.sites(scene, "singles", len(singles)), strict=True)]
    count = table.write(scene.directory / PATHS[0], COLUMNS, rows)
    served = {site.district for site in hubs}
    geography = scene.copy.geography
    planted = {"districts_without_drug_treatment": [c for i, c in enumerate(geography.codes) if i not in served]}
    what = "the partnership's own list of services; one is closed, one has a postcode that is in no list"
    return (Written(PATHS[0], what, count, planted),)


def _hub(scene: Scene, site: Site, capacity: int) -> list[object]:
    code = scene.copy.geography.codes[site.district]
    start = [f"DEMO-H{site.number:02d}", f"Demonstration Drug Service {site.town} (synthetic)", "drug-treatment"]
    return [*start, *_place(site), None, capacity, LATE, f"{DRUGS}; alcohol", 18, None, 3, "yes", "yes", code]


def _other(site: Site, kind: str, words: Sequence[str], *, level: int) -> list[object]:
    letter, title, hours = words
    start = [f"DEMO-{letter}{site.number:02d}", f"Demonstration {title} {site.number} (synthetic)", kind]
    needles = kind == "needle-exchange"
    # Where coordinates are blank the postcode says where: spelt in all the ways that lists do.
    spelt = [site.postcode, site.postcode.replace(" ", ""), site.postcode.lower()][site.number % 3]
    place = [site.street, spelt, None, None]
    ends = ["yes" if needles and level > 1 else "no", "no" if kind == "mutual-aid" else "yes", None]
    return [*start, *place, None, None, hours, DRUGS, 18, None, level if needles else None, *ends]


def _young(site: Site) -> list[object]:
    start = ["DEMO-Y01", "Demonstration Young People's Service (synthetic)", "drug-treatment"]
    return [*start, *_place(site), None, 60, OFFICE, "non-opiates; alcohol", 11, 17, None, "no", "no", None]


def _alcohol(site: Site) -> list[object]:
    start = ["DEMO-A01", "Demonstration Alcohol Service (synthetic)", "alcohol-treatment"]
    return [*start, *_place(site), None, 120, OFFICE, "alcohol", 18, None, None, "no", "no", None]


def _closed(site: Site) -> list[object]:
    start = ["DEMO-C01", "Demonstration Drop-in (synthetic)", "drug-treatment"]
    return [*start, *_place(site), CLOSED_ON, 40, OFFICE, DRUGS, 18, None, 2, "no", "yes", None]


def _lost(site: Site) -> list[object]:
    start = ["DEMO-L01", "Demonstration Outreach Base (synthetic)", "drug-treatment"]
    place = [site.street, RETIRED, None, None]
    return [*start, *place, None, 25, OFFICE, DRUGS, 18, None, 1, "no", "yes", None]


def _place(site: Site) -> list[object]:
    return [f"{site.street}, {site.town}", site.postcode, site.latitude, site.longitude]
