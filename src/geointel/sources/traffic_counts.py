"""Road traffic at count points, average annual daily flow, as the Department for Transport publishes it (``traffic-counts``).

One row is a stretch of road in a year: how many motor vehicles pass its count point on an average day, and how long the stretch
is. What is read is listed in ``docs/sources/traffic-counts.md``.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from geointel.model import VEHICLE_KM
from geointel.sources.base import TrafficKind, month_of

CATEGORIES = {
    "motorway": ("tm", "pm"),
    "a-road": ("ta", "pa"),
    "b-road": ("mb",),
    "minor-road": ("mcu", "m"),
}
"""Class of road → codes of the road category in small letters: trunk and principal motorways and A roads, B, and all others."""
DAYS = 365
NO_LENGTH = "the stretch has no length, as most counts on minor roads"
NO_TRAFFIC = "no number of motor vehicles"
NO_NUMBER = "a length or a number of vehicles is no number, or below zero"
LAST_MONTH = "-12"
"""The figure is that of a whole year; it is known by the year's last month."""


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. Adds no row and drops none; keeps ``file``."""
    year, code = _text(rows, "year"), _text(rows, "road_category").lower()
    lng, lat = _text(rows, "longitude"), _text(rows, "latitude")
    east, north = _text(rows, "easting"), _text(rows, "northing")
    osgb = (lng == "") & (lat == "") & (east != "")
    length, vehicles = _text(rows, "link_length_km"), _text(rows, "all_motor_vehicles")
    km, daily = length.try_cast("float64"), vehicles.try_cast("float64")
    wrong = km.isnull() | daily.isnull() | (km < 0) | (daily < 0)
    blank = ibis.null(str)
    return rows.select(
        "file",
        id=_text(rows, "count_point_id") + " " + year,
        month=year + LAST_MONTH,
        category=ibis.cases(*((code.isin(codes), slug) for slug, codes in CATEGORIES.items())),
        word=_text(rows, "road_category"),
        x=osgb.ifelse(east, lng),
        y=osgb.ifelse(north, lat),
        osgb=osgb,
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code=blank,
        area_name=blank,
        vehicle_km=(km * daily * DAYS).cast(str),
        fault=ibis.cases((vehicles == "", NO_TRAFFIC), (length == "", NO_LENGTH), (wrong, NO_NUMBER)),
    )


def _text(rows: ir.Table, name: str) -> ir.StringValue:
    return rows[name].fill_null("").strip() if name in rows.columns else ibis.literal("")


SOURCE = TrafficKind(
    kind="traffic-counts",
    title="Road traffic at count points",
    public=True,
    snapped=False,
    licence="Open Government Licence v3.0",
    attribution="Department for Transport, road traffic statistics. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("traffic-counts",),
    month_of=month_of,
    read=read,
    required=(
        ("count_point_id",),
        ("year",),
        ("road_category",),
        ("longitude", "easting"),
        ("latitude", "northing"),
        ("link_length_km",),
        ("all_motor_vehicles",),
    ),
    categories={slug: codes[0].upper() for slug, codes in CATEGORIES.items()},
    measures={VEHICLE_KM: "vehicle_km"},
    note="rows have the road category {word!r}, which is not known",
)
