"""How far our areas, made of cells, agree with the area codes that the rows carry themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel import facts
from geointel.ingest.lookups import read_pairs
from geointel.model import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from geointel.config import AreaLevel, Partnership
    from geointel.engine.base import Engine
    from geointel.ingest.areas import Level, StudyArea


def report(
    partnership: Partnership, study: StudyArea, engine: Engine, *, data: Path, tables: Sequence[ir.Table]
) -> tuple[dict[str, object], ...]:
    """Rows by cell against rows by their own code, per area: ``by_cell, by_code, both, lost``.

    Public sources only. ``lost`` are rows whose own code names the area and whose point lies outside
    the study area. A source whose codes no level knows is left out. A level is compared by its lookups, or, without any, by the district that the
    rows' area names begin with.
    """
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    asked = sorted({c for layer in partnership.layers if layer.kind != "count" for c in layer.categories} | {ALL})
    for table in tables:
        codes = _own_codes(partnership, study, engine, data=data, table=table)
        if codes is None:
            continue
        own = engine.register("own_codes", codes)
        areas = engine.register("area_membership", study.membership())
        for row in engine.collect(facts.agreement(table, areas, own)).to_pylist():
            for category in {row["category"], ALL} & set(asked):
                _tally(found, row, category)
    names = {
        (level.id, code): name for level in study.levels for code, name in zip(level.codes, level.names, strict=True)
    }
    return tuple(
        {"level": level, "code": code, "name": names[level, code], "category": category, **counts}
        for (level, code, category), counts in sorted(found.items())
        if (level, code) in names
    )


def _tally(found: dict[tuple[str, str, str], dict[str, int]], row: dict[str, object], category: str) -> None:
    level, by_cell, by_code, n = str(row["level"]), row["by_cell"], row["by_code"], int(str(row["n"]))
    blank = {"by_cell": 0, "by_code": 0, "both": 0, "lost": 0}
    if by_cell is not None:
        found.setdefault((level, str(by_cell), category), dict(blank))["by_cell"] += n
    if by_code is not None:
        counts = found.setdefault((level, str(by_code), category), dict(blank))
        counts["by_code"] += n
        counts["both"] += n if by_cell == by_code else 0
        counts["lost"] += n if by_cell is None else 0


def _own_codes(
    partnership: Partnership, study: StudyArea, engine: Engine, *, data: Path, table: ir.Table
) -> pa.Table | None:
    """The rows' own area codes → codes of every level: ``level, area_code, own_code``; None where none is known."""
    pairs = engine.collect(table.filter(table.area_code.notnull()).select("area_code", "area_name").distinct())
    known: list[dict[str, str]] = []
    by_level: dict[str, dict[str, str]] = {}
    for choice, level in zip(partnership.area.levels, study.levels, strict=True):
        if choice.members_of is not None:
            group = {code: name for name, codes in choice.members.items() for code in codes}
            below = by_level[choice.members_of]
            codes = {own: group[code] for own, code in below.items() if code in group}
        elif choice.lookup:
            codes = _by_lookup(choice, data)
        else:
            codes = _by_name(level, pairs)
        by_level[choice.id] = codes
        known += [{"level": choice.id, "area_code": own, "own_code": code} for own, code in codes.items()]
    given = set(pairs["area_code"].to_pylist())
    if not any(one["area_code"] in given for one in known):
        return None
    schema = pa.schema([("level", pa.string()), ("area_code", pa.string()), ("own_code", pa.string())])
    return pa.Table.from_pylist(known, schema=schema)


def _by_lookup(choice: AreaLevel, data: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for lookup in choice.lookup:
        remedy = "Correct `lookup` of the area level."
        found |= dict(read_pairs(data / lookup.file, (lookup.source_code, lookup.level_code), remedy=remedy))
    return found


def _by_name(level: Level, pairs: pa.Table) -> dict[str, str]:
    """Area names begin with the district of their time: ``Blackpool 010D``."""
    code_of = {_plain(name): code for name, code in zip(level.names, level.codes, strict=True)}
    district = pc.replace_substring_regex(pairs["area_name"], r" \d+[A-Z]?$", "").to_pylist()
    found = zip(pairs["area_code"].to_pylist(), district, strict=True)
    return {own: code_of[_plain(name)] for own, name in found if name is not None and _plain(name) in code_of}


def _plain(name: str) -> str:
    """``Herefordshire, County of`` and ``Herefordshire`` are one."""
    return name.partition(",")[0].strip().casefold()
