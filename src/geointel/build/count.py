"""Rows of events to facts by cell, area, window and moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel import facts
from geointel.build import beyond
from geointel.build.bounded import bounded
from geointel.build.concentration import concentration
from geointel.build.snapped import road_counts
from geointel.grid.cells import format_cells
from geointel.ingest.record_keys import HALF
from geointel.model import (
    ALL,
    AREA_FACTS,
    FACTS,
    INCIDENTS,
    KEY,
    NAMES,
    POSITIVES,
    PROFILE,
    ROAD_COUNTS,
    SUPPORT,
    TESTS,
    UNMAPPED,
    HexFacts,
)
from geointel.sources.base import EventKind, kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from geointel.build.taken import Site, Taken
    from geointel.model import Window

TIMED = (INCIDENTS, TESTS, POSITIVES)
"""Measures that have hours. Positive tests have them beside their tests."""
CELLS = "cells"
"""Level of a profile's rows whose code is a cell."""


def count(taken: Taken, site: Site, *, windows: Sequence[Window]) -> HexFacts:
    """Count a source's rows over windows."""
    if taken.rows is None:
        return taken.facts
    kind = cast("EventKind", kinds()[taken.source.kind].configured(taken.source.options))
    rows, engine, resolutions = taken.rows, site.engine, site.partnership.grid.publish
    window_table = engine.register("windows", _pairs(windows))
    membership = engine.register("membership", site.study.membership())
    leaves = engine.register("leaf_counts", engine.collect(facts.by_leaf(rows, kind.measures)))
    coded = None
    if kind.by_code:
        areas = engine.register("areas_of_codes", _areas_of_codes(site))
        coded = engine.register("coded_counts", engine.collect(facts.by_code(rows, areas, kind.measures)))
    name, reached = taken.source.id, beyond.reached(taken.source, site)

    def collect(expr: ir.Table, schema: pa.Schema) -> pa.Table:
        return typed(engine.collect(_apart(expr) if kind.apart else expr), schema, source=name)

    areas_found = collect(facts.area_facts(leaves, window_table, membership, coded), AREA_FACTS)
    return replace(
        taken.facts,
        cells=collect(facts.cell_facts(facts.without(leaves, kind.area_measures), window_table, resolutions), FACTS),
        areas=_coarse_only(areas_found, kind.area_measures, site),
        unmapped=collect(facts.unmapped_facts(rows, window_table), UNMAPPED),
        beyond=collect(beyond.counts(rows, site, kind, window_table, cells=reached), FACTS),
        support=beyond.supported(
            collect(facts.support(rows, resolutions), SUPPORT), site.study, reached, snapped=kind.snapped
        ),
        names=collect(facts.names(rows, resolutions), NAMES),
        profile=_profile(taken, site, windows, measures=_timed(rows, kind)),
        concentration=concentration(taken, site, windows=window_table, membership=membership),
        bounded=bounded(taken, site, windows=windows),
        road_counts=typed(road_counts(taken, rows, kind, site, windows=window_table), ROAD_COUNTS, source=name)
        if "stretch" in rows.columns
        else ROAD_COUNTS.empty_table(),
    )


def _pairs(windows: Sequence[Window]) -> pa.Table:
    pairs = [(window.id, month) for window in windows for month in window.months]
    return pa.table(
        {
            "window": pa.array([window for window, _ in pairs], pa.string()),
            "month": pa.array([month for _, month in pairs], pa.int32()),
        }
    )


def _areas_of_codes(site: Site) -> pa.Table:
    """Each area's code and the areas in which it lies: itself, and the groups of its level."""
    found: list[dict[str, str]] = []
    for choice, level in zip(site.partnership.area.levels, site.study.levels, strict=True):
        own = {code: code for code in level.codes}
        if choice.members_of is not None:
            found += [
                {"area_code": code, "level": level.id, "code": group}
                for group, codes in choice.members.items()
                for code in codes
            ]
        found += [{"area_code": code, "level": level.id, "code": code} for code in own]
    schema = pa.schema([(name, pa.string()) for name in ("area_code", "level", "code")])
    return pa.Table.from_pylist(found, schema)


def _coarse_only(areas: pa.Table, measures: frozenset[str], site: Site) -> pa.Table:
    """Area facts without measures that only the first level and its groups may have, at the other levels."""
    if not measures:
        return areas
    first = site.partnership.area.levels[0].id
    coarse = [level.id for level in site.partnership.area.levels if first in {level.id, level.members_of}]
    may = pc.is_in(areas["level"].cast(pa.string()), value_set=pa.array(coarse, pa.string()))
    plain = pc.invert(pc.is_in(areas["measure"].cast(pa.string()), value_set=pa.array(measures, pa.string())))
    return areas.filter(pc.or_(may, plain))


def _apart(table: ir.Table) -> ir.Table:
    """Facts without those of all categories together."""
    return table.filter(table.category != ALL) if "category" in table.columns else table


def _timed(rows: ir.Table, kind: EventKind) -> dict[str, str]:
    """Measures of a source that are counted by weekday and hour, as in its kind; none where its rows have no days."""
    return {name: kind.measures[name] for name in TIMED if name in kind.measures and "weekday" in rows.columns}


def _profile(taken: Taken, site: Site, windows: Sequence[Window], *, measures: Mapping[str, str]) -> pa.Table:
    """Counts by weekday and hour over twelve-month windows: areas of every level, and the coarsest cells."""
    if taken.rows is None or not measures:
        return PROFILE.empty_table()
    engine, coarsest = site.engine, site.partnership.grid.publish[0]
    membership = engine.register("membership", site.study.membership())
    years = engine.register("years", _pairs([window for window in windows if window.kind == "year"]))
    moments = engine.register("moments", engine.collect(facts.by_moment(taken.rows, measures)))
    areas = engine.collect(facts.area_profile(moments, years, membership))
    cells = engine.collect(facts.cell_profile(moments, years, coarsest))
    codes: Mapping[str, Any] = {
        "level": pa.array([CELLS] * cells.num_rows, pa.string()),
        "code": pa.array(format_cells(cells["cell"].to_pylist()), pa.string()),
    }
    for name, values in codes.items():
        cells = cells.append_column(name, values)
    parts = [typed(table, PROFILE, source=taken.source.id) for table in (areas, cells)]
    return pa.concat_tables(parts).unify_dictionaries()


def typed(table: pa.Table, schema: pa.Schema, *, source: str) -> pa.Table:
    """Bring collected rows to a canonical schema: the source's id and the status are added here, and ``key`` where they have keys."""
    given = {"source": source, "status": "shown"}
    columns = {
        field.name: pa.array([given[field.name]] * table.num_rows, pa.string())
        if field.name in given
        else table[field.name]
        for field in schema
    }
    plain = pa.table(columns).cast(schema) if table.num_rows else schema.empty_table()
    if "key_low" not in table.column_names:
        return plain
    low, high = (table[name].to_numpy().astype(np.uint64) for name in ("key_low", "key_high"))
    return plain.append_column(KEY, pa.array(low + (high << np.uint64(HALF)), pa.uint64()))
