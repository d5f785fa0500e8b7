"""What one edition says about itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

import geointel
from geointel import content
from geointel.config.editions import OPEN, open_editions
from geointel.model import ALL, format_month, in_order
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.build.gather import Calendar, Gathered
    from geointel.config import Partnership, Source
    from geointel.ingest.areas import StudyArea
    from geointel.layers.cube import Cube
    from geointel.model import Layer

FORMAT = 1
DISTRICT = "district"
"""How cells are called where only districts are named."""
STANDING = {"boundary-rule", "cell-names", "not-for-individuals", "outside-area", "repeats"}
"""Caveats that hold for every layer of every edition."""


def manifest(
    partnership: Partnership,
    study: StudyArea,
    gathered: Gathered,
    *,
    edition: str,
    calendar: Calendar,
    cube: Cube,
    layers: Sequence[Layer],
) -> dict[str, Any]:
    """The manifest of ``edition``, without the id, time and hashes that publishing adds.

    Nothing of another edition stands in it: its folder can be served alone. ``uses`` is added by who knows what was computed.
    """
    chosen = partnership.editions[edition]
    called = chosen.names or (DISTRICT if edition == "open" else "msoa")
    sources = [s for s in partnership.sources if s.editions is None or edition in s.editions]
    caveats = {c for s in sources for c in kinds()[s.kind].caveats} | _caveats(partnership, calendar, layers)
    return {
        "format": FORMAT,
        "edition": edition,
        "version": geointel.__version__,
        "synthetic": partnership.synthetic,
        "partnership": {"id": partnership.id, "name": partnership.name},
        "grid": _grid(partnership, cube),
        "area": _area(partnership, study, gathered),
        "period": _period(calendar),
        "windows": _windows(calendar, layers),
        "categories": _categories(layers, sources),
        "layers": [layer.spec.to_json() for layer in layers],
        "sources": [_source(partnership, gathered, s.id) for s in sources],
        "names": called,
        "caveats": {c: {"short": content.caveat(c).short, "long": content.caveat(c).long} for c in sorted(caveats)},
        "roles": {role: editions.index(edition) for role, editions in partnership.roles.items() if edition in editions},
        "policy": {
            "edition": chosen.policy.model_dump(),
            "source": {s.id: chosen.source[s.id].model_dump() for s in sources if s.id in chosen.source},
        },
        **_release(partnership, edition),
        "methods": {layer.spec.id: {"kind": layer.spec.kind, "parameters": layer.spec.parameters} for layer in layers},
        "config_digest": partnership.digest,
    }


def uses(layers: Mapping[str, Sequence[str]], names: pa.Table, *, called: str) -> dict[str, Any]:
    """What must go if a source is withdrawn: every source that each layer rests on, and those whose rows name cells."""
    naming = names["source"].cast(pa.string()).unique().to_pylist() if called != DISTRICT else []
    return {"layers": {name: list(sources) for name, sources in layers.items()}, "names": sorted(naming)}


def _release(partnership: Partnership, edition: str) -> dict[str, str]:
    """Whether a person has to approve the edition, and how what comes out of it is marked."""
    chosen = partnership.editions[edition]
    usual = content.edition_words(OPEN if edition in open_editions(partnership) else edition)
    return {
        "approval": chosen.approval,
        "marking": chosen.marking or usual.marking,
        "handling": chosen.handling or usual.handling,
    }


def attribution(partnership: Partnership, source_id: str) -> str:
    """Whose data a source is. Made-up data is nobody's, and must not be credited to a real publisher."""
    if partnership.synthetic:
        return content.notice("synthetic")
    source = next(s for s in partnership.sources if s.id == source_id)
    return kinds()[source.kind].configured(source.options).attribution


def _caveats(partnership: Partnership, calendar: Calendar, layers: Sequence[Layer]) -> set[str]:
    """Caveats of the layers, and those that hold for all of them."""
    found = STANDING | {caveat for layer in layers for caveat in layer.spec.caveats}
    if partnership.synthetic:
        found.add("synthetic")
    if calendar.missing:
        found.add("missing-months")
    return found


def _grid(partnership: Partnership, cube: Cube) -> dict[str, Any]:
    return {
        "leaf": partnership.grid.leaf,
        "publish": list(partnership.grid.publish),
        "cells": {str(lattice.resolution): len(lattice.cells) for lattice in cube.lattices},
        "supported": {str(lattice.resolution): int(lattice.supported.sum()) for lattice in cube.lattices},
    }


def _area(partnership: Partnership, study: StudyArea, gathered: Gathered) -> dict[str, Any]:
    return {
        "bounds": list(study.bounds),
        "levels": [{"id": level.id, "title": level.title, "areas": len(level.codes)} for level in study.levels],
        "agreement": list(gathered.agreement),
        "attribution": outline_credits(partnership),
    }


def _windows(calendar: Calendar, layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Windows of the calendar, and those that only a layer has, such as the date of a list."""
    every = in_order([*calendar.every, *(window for layer in layers for window in layer.windows)])
    return [
        {"id": w.id, "kind": w.kind, "label": w.label, "months": [format_month(m) for m in w.months]} for w in every
    ]


def _period(calendar: Calendar) -> dict[str, Any]:
    return {
        "months": [format_month(month) for month in calendar.months],
        "missing": [format_month(month) for month in calendar.missing],
        "data_through": format_month(max(calendar.months)) if calendar.months else None,
    }


def outline_credits(partnership: Partnership) -> list[str]:
    """Credits for the outlines, each once."""
    return list(dict.fromkeys(level.attribution for level in partnership.area.levels if level.attribution))


def _categories(layers: Sequence[Layer], sources: Sequence[Source]) -> list[dict[str, str]]:
    """Categories of all layers in alphabetical order, ``all`` last, with the sources' labels for their own."""
    own = {slug: label for s in sources for slug, label in kinds()[s.kind].configured(s.options).categories.items()}
    found = {category for layer in layers for category in layer.spec.categories}
    ordered = [*sorted(found - {ALL}), *(found & {ALL})]
    return [{"id": c, "label": content.category(c, label=own.get(c)).label} for c in ordered]


def _source(partnership: Partnership, gathered: Gathered, source_id: str) -> dict[str, Any]:
    """Provenance of one source. Row counts of a source that is not public stay with the operator."""
    source = next(s for s in partnership.sources if s.id == source_id)
    kind = kinds()[source.kind].configured(source.options)
    months = gathered.source_months[source_id]
    found: dict[str, Any] = {
        "id": source_id,
        "kind": source.kind,
        "title": kind.title,
        "public": source.public,
        "licence": content.notice("synthetic") if partnership.synthetic else kind.licence,
        "attribution": attribution(partnership, source_id),
        "caveats": list(kind.caveats),
    }
    if source.agreement is not None:
        agreement = partnership.agreements[source.agreement]
        found["agreement"] = {key: getattr(agreement, key) for key in ("id", "purpose", "controller")}
    if months:
        found["data_through"] = format_month(max(months))
        found["missing"] = [format_month(m) for m in range(min(months), max(months) + 1) if m not in months]
    if source.public:
        report = next(r for r in gathered.reports if r.id == source_id)
        rows = asdict(report)
        found |= {key: rows[key] for key in ("read", "mapped", "unmapped")}
        found["files"] = [
            {"name": raw.name, "sha256": raw.sha256, "bytes": raw.bytes} for raw in gathered.raw[source_id]
        ]
    return found
