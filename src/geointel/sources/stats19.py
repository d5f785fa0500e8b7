"""Road collisions with injuries, STATS19, as the Department for Transport publishes them (``stats19``).

Three tables, told apart by their columns: collisions, vehicles, casualties. Vehicles and casualties belong to a
collision by its index. The names of columns have changed twice; what is read is listed in
``docs/sources/stats19.md``.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from geointel.model import ADJUSTED, ADJUSTED_SERIOUS, INCIDENTS, ON_ROAD, WEIGHT
from geointel.sources.base import EventKind, iso_date, month_of

INDEX = ("collision_index", "accident_index", "Accident_Index", "Acc_Index", "AccidentIndex")
SEVERITY = ("collision_severity", "accident_severity", "Accident_Severity")
DATE = ("date", "Date")
TIME = ("time", "Time")
LONGITUDE, LATITUDE = ("longitude", "Longitude"), ("latitude", "Latitude")
EASTING = ("location_easting_osgr", "Location_Easting_OSGR")
NORTHING = ("location_northing_osgr", "Location_Northing_OSGR")
CASUALTIES = ("number_of_casualties", "Number_of_Casualties")
ROAD_CLASS = ("first_road_class", "1st_Road_Class")
ROAD_NUMBER = ("first_road_number", "1st_Road_Number")
SIGNS = {"1": "M", "2": "A(M)", "3": "A", "4": "B"}
"""Code of a road's class → what stands before its number, and after it."""
SERIOUS = ("collision_adjusted_severity_serious", "accident_adjusted_severity_serious")
VEHICLE = ("vehicle_reference", "Vehicle_Reference")
CASUALTY = ("casualty_reference", "Casualty_Reference")
DISTRICT = (
    "local_authority_ons_district", "local_authority_highway", "Local_Authority_(Highway)", "Local_Authority_Highway",
)  # fmt: skip
CATEGORIES = {
    "collision-fatal": "1",
    "collision-serious": "2",
    "collision-slight": "3",
}
"""Category → code of the severity, the same in all years."""
ROADS = {"motorway": ("1", "2"), "a-road": ("3",), "b-road": ("4",), "minor-road": ("5", "6")}
"""Class of road → codes of the first road: motorway and A(M), A, B, then C and unclassified."""
ROAD_COLUMNS = {group: measure.replace("-", "_") for group, measure in ON_ROAD.items()}
"""Class of road → the canonical column that counts collisions on it."""
MISSING = ("", "-1", "NULL", "NA")
SPREADSHEET = "the collision index is a number like 2.00512E+12: a spreadsheet has destroyed it"
NO_INDEX = "it has no collision index"
NO_CHANCE = "the adjusted severity is not between 0 and 1"


def read(rows: ir.Table) -> ir.Table:
    """Text columns of any of the three tables → canonical text columns. Adds no row and drops none; keeps ``file``."""
    index = _text(rows, INDEX)
    fault = ibis.cases((index.re_search(r"^\d+(\.\d+)?[Ee]\+?\d+$"), SPREADSHEET), (index == "", NO_INDEX))
    if _name(rows, SEVERITY) is not None:
        return _collisions(rows, index, fault)
    return _parts(rows, index, fault)


def _collisions(rows: ir.Table, index: ir.StringValue, fault: ir.StringValue) -> ir.Table:
    severity, serious, road = _text(rows, SEVERITY), _known(_text(rows, SERIOUS)), _text(rows, ROAD_CLASS)
    lng, lat = _known(_text(rows, LONGITUDE)), _known(_text(rows, LATITUDE))
    east, north = _known(_text(rows, EASTING)), _known(_text(rows, NORTHING))
    osgb = (lng == "") & (lat == "") & (east != "")
    blank = ibis.null(str)
    return rows.select(
        "file",
        id=index,
        month=_day(rows).substr(0, 7),
        category=ibis.cases(*((severity == code, slug) for slug, code in CATEGORIES.items())),
        word=severity,
        x=osgb.ifelse(east, lng),
        y=osgb.ifelse(north, lat),
        osgb=osgb,
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code=_known(_text(rows, DISTRICT)),
        area_name=blank,
        weight=ibis.literal("1"),
        when=_day(rows) + "T" + _time(rows),
        casualties=_known(_text(rows, CASUALTIES)),
        adjusted=_flag(serious != ""),
        adjusted_serious=(serious == "").ifelse(_flag(severity == CATEGORIES["collision-serious"]), serious),
        **{ROAD_COLUMNS[group]: _flag(road.isin(codes)) for group, codes in ROADS.items()},
        fault=ibis.coalesce(fault, _no_chance(serious)),
        owner=blank,
        part=ibis.literal("collision"),
        road=_road(rows),
    )


def _parts(rows: ir.Table, index: ir.StringValue, fault: ir.StringValue) -> ir.Table:
    """Vehicles and casualties: they have the place, the time and the category of their collision."""
    blank = ibis.null(str)
    is_casualty = _name(rows, CASUALTY) is not None
    number = _text(rows, VEHICLE) + "-" + _text(rows, CASUALTY)
    part = "casualty" if is_casualty else "vehicle"
    return rows.select(
        "file",
        id=index + f" {part} " + number,
        month=blank,
        category=blank,
        word=blank,
        x=blank,
        y=blank,
        osgb=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code=blank,
        area_name=blank,
        weight=ibis.literal("0"),
        when=blank,
        casualties=ibis.literal("1" if is_casualty else "0"),
        **{name: ibis.literal("0") for name in ("adjusted", "adjusted_serious", *ROAD_COLUMNS.values())},
        fault=fault,
        owner=index,
        part=ibis.literal(part),
        road=ibis.literal(""),
    )


def _road(rows: ir.Table) -> ir.StringValue:
    """Number of the first road as it is signed, such as ``A647`` or ``A1(M)``; blank for a road without one."""
    number = _known(_text(rows, ROAD_NUMBER))
    letter = ibis.cases(*((_text(rows, ROAD_CLASS) == code, sign[0]) for code, sign in SIGNS.items()), else_="")
    after = ibis.cases(*((_text(rows, ROAD_CLASS) == code, sign[1:]) for code, sign in SIGNS.items()), else_="")
    return ((number == "") | (number == "0") | (letter == "")).ifelse("", letter + number + after)


def _name(rows: ir.Table, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in rows.columns), None)


def _text(rows: ir.Table, names: tuple[str, ...]) -> ir.StringValue:
    """The first of some columns that there is, trimmed; blank where there is none."""
    name = _name(rows, names)
    return ibis.literal("") if name is None else rows[name].fill_null("").strip()


def _known(field: ir.StringValue) -> ir.StringValue:
    return field.isin(MISSING).ifelse("", field)


def _flag(true: ir.BooleanValue) -> ir.StringValue:
    return true.ifelse("1", "0")


def _no_chance(serious: ir.StringValue) -> ir.StringValue:
    """What is wrong with an adjusted severity that is more than certain."""
    return ibis.cases((serious.try_cast("float64") > 1, NO_CHANCE))


def _day(rows: ir.Table) -> ir.StringValue:
    """ISO date, without the time that some copies have behind it."""
    return iso_date(_text(rows, DATE).split(" ")[0])


def _time(rows: ir.Table) -> ir.StringValue:
    """``hh:mm`` from its own column, or from the date's where they stand together; blank where not known, else as it is."""
    own, joined = _known(_text(rows, TIME)), _text(rows, DATE).split(" ")[1].fill_null("")
    text = (own == "").ifelse(joined, own)
    written = text.re_search(r"^\d{1,2}:\d{2}(:\d{2})?$")
    return written.ifelse(text.split(":")[0].lpad(2, "0") + ":" + text.split(":")[1], text)


SOURCE = EventKind(
    kind="stats19",
    title="Road collisions with injuries (STATS19)",
    public=True,
    snapped=False,
    licence="Open Government Licence v3.0",
    attribution="Department for Transport, road safety data. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("collisions",),
    month_of=month_of,
    read=read,
    required=(
        INDEX,
        (*SEVERITY, *VEHICLE),
        (*DATE, *VEHICLE),
        (*LONGITUDE, *EASTING, *VEHICLE),
        (*LATITUDE, *NORTHING, *VEHICLE),
    ),
    categories=CATEGORIES,
    measures={
        INCIDENTS: WEIGHT,
        "casualties": "casualties",
        ADJUSTED: "adjusted",
        ADJUSTED_SERIOUS: "adjusted_serious",
        **{ON_ROAD[group]: column for group, column in ROAD_COLUMNS.items()},
    },
    by_code=True,
    fatal={SPREADSHEET: "Download the file again, and do not save it from a spreadsheet program."},
    on_roads=frozenset({INCIDENTS}),
    kept=("part", "road"),
    note="rows have the severity {word!r}, which is not known",
)
