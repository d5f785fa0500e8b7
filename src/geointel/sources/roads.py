"""Roads and paths of OpenStreetMap (``roads``): ways with the tag ``highway`` of a .pbf or .osm file.

What each value means here, and who may use it, is listed in ``docs/sources/roads.md``. The rules are those of
England and Wales, after https://wiki.openstreetmap.org/wiki/Key:highway and
https://wiki.openstreetmap.org/wiki/Key:access.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NamedTuple

import pydantic
from pydantic_core import PydanticCustomError

from geointel.sources.base import NoRoad, Road, RoadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "highway"
WALK, CYCLE, DRIVE = "walk", "cycle", "drive"
EVERYBODY = frozenset({WALK, CYCLE, DRIVE})

CLASSES: Mapping[str, frozenset[str]] = {
    "motorway": frozenset({DRIVE}),
    **dict.fromkeys(("trunk", "primary", "secondary", "tertiary", "unclassified", "residential"), EVERYBODY),
    **dict.fromkeys(("living-street", "service", "road"), EVERYBODY),
    **dict.fromkeys(("track", "cycleway", "bridleway"), frozenset({WALK, CYCLE})),
    **dict.fromkeys(("pedestrian", "footway", "path", "steps"), frozenset({WALK})),
    "busway": frozenset(),
}
"""Class → who may use it where no other tag says so."""

SPELLINGS = {"living_street": "living-street", "bus_guideway": "busway"}
"""Values of the tag that have another name here. A ``_link`` is a road of the class that it leads to."""
NOT_IN_USE = frozenset({"abandoned", "construction", "demolished", "disused", "planned", "proposed", "razed"})

GENERAL = "access"
KEYS = {WALK: ("foot",), CYCLE: ("bicycle", "vehicle"), DRIVE: ("motorcar", "motor_vehicle", "vehicle")}
"""Tags that say who may use a way, the most particular first; ``access`` comes after them."""
SHUT = frozenset(
    {"agricultural", "dismount", "emergency", "forestry", "military", "no", "permit", "private", "use_sidepath"}
)
OPEN = frozenset({"customers", "delivery", "designated", "destination", "official", "permissive", "yes"})

ROUND = frozenset({"circular", "roundabout"})
ONWARDS, AGAINST, BOTH = frozenset({"1", "true", "yes"}), frozenset({"-1", "reverse"}), frozenset({"0", "false", "no"})

MILE_KM = 1.609344
FASTEST_KMH = 200.0
SINGLE_MPH, DUAL_MPH = 60, 70
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?")
_NATIONAL = frozenset({"gb:national", "gb:nsl_dual", "gb:nsl_single", "national", "nsl"})
_UNLIMITED = frozenset({"none", "signals", "variable", "walk"})

_MONTH = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")


class _Limit(NamedTuple):
    kmh: float | None
    understood: bool


def read(tags: Mapping[str, str]) -> Road | NoRoad:
    """Tags of a way with ``highway`` → the road that it is, or why it is none."""
    value = tags[KEY]
    if value in NOT_IN_USE:
        return NoRoad("closed", f"{KEY}={value}")
    known = SPELLINGS.get(value, value.removesuffix("_link"))
    if known not in CLASSES:
        return NoRoad("no-data", f"{KEY}={value}")
    if tags.get("area") == "yes":
        return NoRoad("no-data", "area=yes")
    may = _users(known, tags)
    forward, backward = _directions(known, tags)
    limit = speed_limit(known, tags)
    return Road(
        road_class=known,
        name=tags.get("name"),
        ref=tags.get("ref"),
        walk=WALK in may,
        cycle=CYCLE in may,
        drive=DRIVE in may,
        forward=forward and DRIVE in may,
        backward=backward and DRIVE in may,
        speed=limit.kmh,
        unread=None if limit.understood else f"maxspeed={tags['maxspeed']}",
    )


def _users(road_class: str, tags: Mapping[str, str]) -> frozenset[str]:
    """Who may use it. A general tag can shut a way to those of its class; only a particular one opens it to others."""
    own = CLASSES[road_class]
    if tags.get("motorroad") == "yes":
        own &= {DRIVE}
    found = set()
    for user, keys in KEYS.items():
        particular = next((tags[key] for key in keys if key in tags), None)
        if particular in OPEN or (particular not in SHUT and user in own and tags.get(GENERAL) not in SHUT):
            found.add(user)
    return frozenset(found)


def _directions(road_class: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether traffic goes with the points and against them. A motorway and a roundabout are one way."""
    word = tags.get("oneway", "").lower()
    if word in AGAINST:
        return False, True
    if word in ONWARDS:
        return True, False
    link = tags[KEY].endswith("_link")
    implied = (road_class == "motorway" and not link) or tags.get("junction") in ROUND
    return True, word in BOTH or not implied


def speed_limit(road_class: str, tags: Mapping[str, str]) -> _Limit:
    """The tagged limit in km/h; a number without a unit is km/h. Several limits, or none, give no number."""
    word = tags.get("maxspeed", "").strip().lower()
    if not word or word in _UNLIMITED:
        return _Limit(None, understood=True)
    if word == "gb:motorway":
        return _Limit(DUAL_MPH * MILE_KM, understood=True)
    if word in _NATIONAL:
        dual = road_class == "motorway" or word == "gb:nsl_dual" or tags.get("dual_carriageway") == "yes"
        return _Limit((DUAL_MPH if dual else SINGLE_MPH) * MILE_KM, understood=True)
    match = _SPEED.fullmatch(word)
    if match is None:
        return _Limit(None, understood=False)
    kmh = float(match[1]) * (MILE_KM if match[2] == "mph" else 1)
    possible = 0 < kmh <= FASTEST_KMH
    return _Limit(kmh if possible else None, understood=possible)


def month_of(name: str) -> str | None:
    """Month in a file's own name: ``rutland-2018-02.osm.pbf``, or a day as in ``rutland-180227.osm.pbf``."""
    own = name.replace("\\", "/").rpartition("/")[2]
    months = {f"{year}-{month}" for year, month in _MONTH.findall(own)}
    months = months or {f"20{year}-{month}" for year, month in _DAY.findall(own)}
    return months.pop() if len(months) == 1 else None


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text):
        kind, template = "refused", "{message}"
        message = f"{text!r} is not a month."
        raise PydanticCustomError(
            kind, template, {"message": message, "remedy": 'Write a month in quotes, as "2025-01".'}
        )
    return text


class Options(pydantic.BaseModel):
    """Keys of a source of roads."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    as_of: Annotated[str, pydantic.AfterValidator(_month)] | None = None
    """Month of the extract; when left out, that of the file's name, of its header, or of its newest way."""


def configure(kind: RoadKind, options: Options) -> RoadKind:
    """The kind with the month that the options say."""
    return replace(kind, as_of=options.as_of)


SOURCE = RoadKind(
    kind="roads",
    title="Roads and paths of OpenStreetMap",
    public=True,
    licence="Open Database License (ODbL) 1.0",
    attribution="© OpenStreetMap contributors, openstreetmap.org/copyright. Available under the Open Database License.",
    caveats=("roads",),
    options=Options,
    configure=configure,
    categories={name: {"living-street": "living_street"}.get(name, name) for name in CLASSES},
    key=KEY,
    read=read,
    month_of=month_of,
)
