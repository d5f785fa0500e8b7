"""The ``[[source]]`` tables of a demonstration's partnership file beside the street files: a block for each kind."""

from __future__ import annotations

from importlib.util import find_spec

from geointel.sources.base import kinds

NEEDS = {"roads": "osmium"}
"""Kind → module of the extra that reads it."""

_OUTCOMES = """\
[[source]]
id = "outcomes"
kind = "police-uk-outcomes"
files = "police/**/*-outcomes.csv"
of = "police"
"""

_SEARCHES = """\
[[source]]
id = "searches"
kind = "police-uk-stop-search"
files = "police/**/*-stop-and-search.csv"
"""

_INCIDENTS = """\
[[agreement]]
id = "demonstration"
title = "Sharing of made-up records (synthetic)"
purpose = "To show what an agreement looks like"
controller = "Demonstration Ambulance Service and Demonstration Council (synthetic)"
legal_basis = "None is needed: nothing here is about a person"
expires = "2099-12-31"

[[source]]
id = "naloxone"
kind = "incidents"
files = "partner/ambulance-naloxone.csv"
agreement = "demonstration"
columns = {{ id = "incident_id", date = "call_time", lat = "latitude", lng = "longitude", person = "person_key", place = "place_key" }}
day_first = true
category = "naloxone-callout"
labels = {{ naloxone-callout = "Ambulance call-outs with naloxone" }}
months = {{ from = "{start}", to = "{stop}" }}

[[source]]
id = "needles"
kind = "incidents"
files = "partner/needle-litter.csv"
agreement = "demonstration"
editions = ["partner"]
columns = {{ id = "report_id", date = "date_found", x = "easting", y = "northing", crs = "EPSG:27700", weight = "needles" }}
category = "needle-litter"
labels = {{ needle-litter = "Needle litter" }}
months = {{ from = "{start}", to = "{stop}" }}
"""

_COLLISIONS = """\
[[source]]
id = "collisions"
kind = "stats19"
files = "stats19/*.csv"
"""

_DRUG_DRIVING = """\
[[source]]
id = "drug-driving"
kind = "drug-driving"
files = "drug-driving/*.csv"
editions = ["partner"]
"""

_POSTCODES = """\
[[source]]
id = "postcodes"
kind = "postcodes"
files = "postcodes/*.csv"
"""

_SERVICES = """\
[[source]]
id = "services"
kind = "services"
files = "services/services.csv"
as_of = "{last}"
"""

_PRACTICES = """\
[[source]]
id = "practices"
kind = "nhs-ods"
files = "services/epraccur-demo.csv"
as_of = "{last}"
"""

_CHOICES = """\
[[source]]
id = "nhs-choices"
kind = "nhs-choices"
files = "services/nhs-choices-*.csv"
as_of = "{last}"
"""

_PHARMACIES = """\
[[source]]
id = "pharmacies"
kind = "pharmacies"
files = "services/pharmacies-demo.csv"
as_of = "{last}"
"""

_LOCATIONS = """\
[[source]]
id = "cqc"
kind = "cqc"
files = "services/cqc-demo.csv"
as_of = "{last}"
"""

_RESIDENTS = """\
[[source]]
id = "residents"
kind = "population"
files = "population/demo-residents.csv"
reference = "{last}"
outlines = {{ file = "boundaries/demo-small-areas.geojson", code = "code" }}
[source.by_age]
age-0-17 = ["age_0_17"]
age-18-24 = ["age_18_24"]
age-25-34 = ["age_25_34"]
age-35-44 = ["age_35_44"]
age-45-54 = ["age_45_54"]
age-55-64 = ["age_55_64"]
age-65-over = ["age_65_over"]
"""

_GRID = """\
[[source]]
id = "residents-grid"
kind = "population-raster"
files = "raster/demo-residents.tif"
reference = "{last}"
licence = "Made up"
attribution = "Synthetic residents of a demonstration."
"""

_DEPRIVATION = """\
[[source]]
id = "deprivation"
kind = "area-index"
files = "deprivation/demo-imd.csv"
outlines = {{ file = "boundaries/demo-small-areas.geojson", code = "code" }}  # residents by decile for every hexagon
"""

_INDICATORS = """\
[[source]]
id = "health"
kind = "area-indicator"
files = "health/demo-indicators.csv"
editions = ["partner"]
licence = "Made up"
attribution = "Synthetic figures of a demonstration."

[[source]]
id = "treatment"
kind = "area-indicator"
files = "health/demo-treatment.csv"
level = "cdp"
editions = ["partner"]
licence = "Made up"
attribution = "Synthetic figures of a demonstration."
"""

_ROADS = """\
[[source]]
id = "roads"
kind = "roads"
files = "roads/demo.osm"
as_of = "{last}"
"""

_TRAFFIC = """\
[[source]]
id = "traffic"
kind = "traffic-counts"
files = "traffic/*.csv"
"""

_TRAVEL = """\
[[source]]
id = "by-bus"
kind = "travel-matrix"
files = "travel/by-bus.csv"
mode = "public-transport"
departure = "2026-03-10T09:00"
services = "services"
"""

TABLES = {
    "police-uk-outcomes": _OUTCOMES,
    "police-uk-stop-search": _SEARCHES,
    "incidents": _INCIDENTS,
    "stats19": _COLLISIONS,
    "drug-driving": _DRUG_DRIVING,
    "postcodes": _POSTCODES,
    "services": _SERVICES,
    "nhs-ods": _PRACTICES,
    "nhs-choices": _CHOICES,
    "pharmacies": _PHARMACIES,
    "cqc": _LOCATIONS,
    "population": _RESIDENTS,
    "population-raster": _GRID,
    "area-index": _DEPRIVATION,
    "area-indicator": _INDICATORS,
    "roads": _ROADS,
    "traffic-counts": _TRAFFIC,
    "travel-matrix": _TRAVEL,
}
"""Kind → its tables. Of what is not public, records of people are in every edition, changed; the rest is for partners alone."""
EXACT = {"incidents": ("needles",), "drug-driving": ("drug-driving",), "area-indicator": ("health", "treatment")}
"""Kind → its sources whose true counts partners may know."""


def tables(start: str, last: str, stop: str) -> str:
    """The blocks of every kind that can be read here; first and last month, and the month after, as ``YYYY-MM``."""
    return "".join(
        text.format(start=start, last=last, stop=stop) + "\n" for kind, text in TABLES.items() if _readable(kind)
    )


def exact() -> tuple[str, ...]:
    """Sources that are read here, are not public, and whose true counts partners may know."""
    return tuple(source for kind, sources in EXACT.items() if _readable(kind) for source in sources)


def _readable(kind: str) -> bool:
    return kind in kinds() and (kind not in NEEDS or find_spec(NEEDS[kind]) is not None)
