"""Arrow schemas of the canonical tables: rows live in tables, not in objects."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

ALL = "all"
"""The category that sums every other one."""

INCIDENTS = "incidents"
"""Measure: recorded incidents."""

SPECIAL = "incidents-special-points"
"""Measure: the incidents among them whose map point is a police station, prison, hospital …"""

WEIGHT = "weight"
"""Column of rows of events: how many incidents a row stands for."""

RECORD_LOW, RECORD_HIGH = "record_low", "record_high"
"""Columns of rows of events: the halves of the record key, 32 bits each; a sum of whole keys would overflow."""

CONTRIBUTORS = ("person", "place")
"""Who or what a row of events is about, where its source tells: each has a column ``…_key``."""

RECORD = "record"
"""What makes a count up where rows have weights and do not tell whom they are about: the row itself."""

ROAD_METRES = "road-metres"
"""Measure: metres of road that are open to anybody on foot, on a bicycle or in a car."""

RESIDENTS = "residents"
"""Measure: people who live there, an estimate spread from official areas or from a grid."""

BY_DEPRIVATION = "residents-by-deprivation"
"""Measure: the residents of small areas of one decile of deprivation; categories are ``DECILES``."""

DECILES = tuple(f"decile-{number}" for number in range(1, 11))
"""Categories of ``BY_DEPRIVATION``: 1 is the most deprived tenth of England's small areas."""

INCOME_DEPRIVED = "residents-in-income-deprivation"
"""Measure: residents in income deprivation, as the index counts them."""

TESTS, POSITIVES = "tests", "positives"
"""Measures: tests for drugs at the roadside, and those among them that were positive (preliminary)."""

ADJUSTED_SERIOUS = "adjusted-serious"
"""Measure: collisions that would have been recorded as serious had every force recorded injuries alike; not whole."""

ADJUSTED = "adjusted"
"""Measure: collisions whose file says how likely it is that they would have been recorded as serious."""

ROAD_GROUPS = ("motorway", "a-road", "b-road", "minor-road")
"""Classes of road that collisions, lengths of road and counts of traffic are told apart by."""

ON_ROAD = {group: f"on-{group}" for group in ROAD_GROUPS}
"""Class of road → measure: collisions on it."""

VEHICLE_KM = "vehicle-km"
"""Measure: kilometres that motor vehicles drive in a year; categories are ``ROAD_GROUPS``."""

Status = Literal["shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"]

WORD = pa.dictionary(pa.int32(), pa.string())

KEY = pa.field("key", pa.uint64())
"""Before the gate alone: the record keys of what was counted, summed modulo 2⁶⁴; null where the source has none."""

FACTS = pa.schema(
    [
        pa.field("resolution", pa.int8(), nullable=False),
        pa.field("cell", pa.int64(), nullable=False),
        pa.field("window", WORD, nullable=False),
        pa.field("source", WORD, nullable=False),
        pa.field("measure", WORD, nullable=False),
        pa.field("category", WORD, nullable=False),
        pa.field("value", pa.float64()),
        pa.field("status", WORD, nullable=False),
    ]
)
"""Grain: resolution × cell × window × source × measure × category. Non-zero rows only."""

AREA_FACTS = pa.schema(
    [
        pa.field("level", WORD, nullable=False),
        pa.field("code", WORD, nullable=False),
        *[FACTS.field(name) for name in ("window", "source", "measure", "category", "value", "status")],
    ]
)
"""Grain: level × area × window × source × measure × category. Non-zero rows only.

Rows that carry an area's code and have no coordinates count here, and in no cell.
"""

UNMAPPED = pa.schema(
    [
        FACTS.field("window"),
        FACTS.field("source"),
        FACTS.field("category"),
        pa.field("reason", WORD, nullable=False),
        FACTS.field("value"),
        FACTS.field("status"),
    ]
)
"""Incidents that are not mapped: totals by window, category and reason."""

SUPPORT = pa.schema([FACTS.field("source"), FACTS.field("resolution"), FACTS.field("cell")])
"""Cells in which a record of any category ever fell, by source.

Of sources whose points are not snapped only cells beyond the border: in the study area every cell can have a record.
"""

CONCENTRATION = pa.schema(
    [
        FACTS.field("source"),
        pa.field("resolution", pa.int8()),
        pa.field("cell", pa.int64()),
        pa.field("level", WORD),
        pa.field("code", WORD),
        *[FACTS.field(name) for name in ("window", "category")],
        pa.field("of", WORD, nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("contributors", pa.int64(), nullable=False),
        pa.field("largest", pa.float64(), nullable=False),
    ]
)
"""Before the gate alone: counts that few persons or places make up, or one of them most of.

A row is of a cell or of an area; ``of`` is one of ``CONTRIBUTORS``, or ``RECORD``, ``contributors`` how many of them ``value`` counts, and
``largest`` what one of them adds.
"""

BOUNDED = FACTS.append(pa.field("most", pa.int64(), nullable=False))
"""Before the gate alone: counts of financial years in which no person has more than ``most`` records."""

HIDDEN = pa.schema(
    [
        FACTS.field("source"),
        pa.field("year", WORD, nullable=False),
        pa.field("resolution", pa.int8()),
        pa.field("cell", pa.int64()),
        pa.field("level", WORD),
        pa.field("code", WORD),
        FACTS.field("status"),
    ]
)
"""Cells and areas that an edition does not show of a source in a financial year, whatever they hold.

``year`` is the window of the whole year, ``12m:2026-03``; a row is of a cell, or of an area.
"""

NAMES = pa.schema(
    [
        FACTS.field("source"),
        FACTS.field("resolution"),
        FACTS.field("cell"),
        pa.field("name", pa.string(), nullable=False),
    ]
)
"""Commonest place name of a cell in a source's rows."""

PROFILE = pa.schema(
    [
        *[AREA_FACTS.field(name) for name in ("level", "code", "window", "source", "measure", "category")],
        pa.field("weekday", pa.int8(), nullable=False),
        pa.field("hour", pa.int8()),
        FACTS.field("value"),
        FACTS.field("status"),
    ]
)
"""Counts by weekday (0 is Monday) and hour (0 to 23, null where only the day is known), by area.

``level`` is that of an area, or ``cells``: ``code`` is then a cell of the coarsest published resolution. For twelve-month windows of sources that have a date or a time. Non-zero rows only.
"""

SERVICES = pa.schema(
    [
        FACTS.field("source"),
        pa.field("id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("category", WORD, nullable=False),
        pa.field("address", pa.string()),
        pa.field("postcode", pa.string()),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("lng", pa.float64(), nullable=False),
        pa.field("cell", pa.int64(), nullable=False),
        pa.field("inside", pa.bool_(), nullable=False),
        pa.field("as_of", pa.string()),
        pa.field("capacity", pa.float64()),
        pa.field("hours", pa.string()),
        pa.field("substances", pa.list_(pa.string())),
        pa.field("min_age", pa.int16()),
        pa.field("max_age", pa.int16()),
        pa.field("nsp_level", pa.int8()),
        pa.field("supervised", pa.bool_()),
        pa.field("naloxone", pa.bool_()),
        pa.field("eligible_areas", pa.list_(pa.string())),
    ]
)
"""Active services in the study area, and those within its edge (``inside`` false).

``category`` is the kind of service; ``cell`` is a leaf; ``as_of`` the date of the list (YYYY-MM-DD or YYYY-MM);
``hours`` is ``mo 09:00-12:30,13:30-17:00; tu closed; …``, a day left out is not known; ``capacity`` in the list's
own unit; null is "not supplied", never no.
"""

FIGURES = pa.schema(
    [
        FACTS.field("source"),
        pa.field("indicator", WORD, nullable=False),
        pa.field("label", WORD, nullable=False),
        pa.field("level", WORD),
        pa.field("code", pa.string(), nullable=False),
        pa.field("period", WORD, nullable=False),
        pa.field("group", WORD),
        pa.field("value", pa.float64()),
        pa.field("lower", pa.float64()),
        pa.field("upper", pa.float64()),
        pa.field("count", pa.float64()),
        pa.field("denominator", pa.float64()),
        pa.field("unit", WORD),
        pa.field("method", WORD),
        FACTS.field("status"),
    ]
)
"""Published figures of official areas: one row an area, indicator, period and group (substance, age …).

``level`` is the study area's level that has the area, null where none has; ``code`` the area's code, of its own
vintage; ``period`` as published; ``method`` tells estimates made in
different ways apart; ``status`` is ``suppressed`` where the publisher withheld the figure.
"""

ROADS = pa.schema(
    [
        FACTS.field("source"),
        pa.field("way", pa.int64(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("road_class", WORD, nullable=False),
        pa.field("name", pa.string()),
        pa.field("ref", pa.string()),
        pa.field("metres", pa.float64(), nullable=False),
        pa.field("forward", pa.bool_(), nullable=False),
        pa.field("backward", pa.bool_(), nullable=False),
        pa.field("walk", pa.bool_(), nullable=False),
        pa.field("cycle", pa.bool_(), nullable=False),
        pa.field("drive", pa.bool_(), nullable=False),
        pa.field("speed", pa.float64()),
        pa.field("geometry", pa.binary(), nullable=False),
        pa.field("cell", pa.int64(), nullable=False),
    ]
)
"""Edges of a road network between junctions: WKB line in WGS 84, ``cell`` the leaf of its middle.

``forward`` and ``backward`` say which way may be driven; ``speed`` is the tagged limit in km/h.
"""

STRETCHES = pa.schema(
    [
        FACTS.field("source"),
        pa.field("stretch", pa.int32(), nullable=False),
        pa.field("road", WORD, nullable=False),
        pa.field("road_class", WORD, nullable=False),
        pa.field("metres", pa.float64(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("geometry", pa.binary(), nullable=False),
        pa.field("cell", pa.int64(), nullable=False),
    ]
)
"""Parts of roads in the study area, at most half a kilometre long, on which events are counted.

``source`` is that of the roads, or of events that name their roads where there is none; ``road`` the number or name, blank where
it has none; ``start`` and ``end`` are nodes, which joined stretches share; ``cell`` the leaf of its middle.
"""

ROAD_COUNTS = pa.schema(
    [
        FACTS.field("source"),
        pa.field("roads", WORD, nullable=False),
        pa.field("stretch", pa.int32(), nullable=False),
        *[FACTS.field(name) for name in ("window", "measure", "category")],
        pa.field("weekday", pa.int8()),
        pa.field("hour", pa.int8()),
        FACTS.field("value"),
        FACTS.field("status"),
    ]
)
"""Counts on stretches by weekday (0 is Monday) and hour, both null where they are not known. ``roads`` is the source of the stretches.

Non-zero rows only; an event that no stretch is near is in none.
"""

TRAVEL = pa.schema(
    [
        FACTS.field("source"),
        pa.field("origin", pa.int64(), nullable=False),
        pa.field("destination", WORD, nullable=False),
        pa.field("mode", WORD, nullable=False),
        pa.field("departure", WORD),
        pa.field("percentile", pa.float64()),
        pa.field("minutes", pa.float64(), nullable=False),
    ]
)
"""Travel times that the partnership brought, a row a pair that can be travelled.

``origin`` is a cell of the finest published resolution, in the study area or its edge; ``destination`` the id of a
service as ``source:id``; ``departure`` local time as YYYY-MM-DDTHH:MM, null where none is stated; ``percentile`` that of
the departures around it, null where the matrix has one time only.
"""
