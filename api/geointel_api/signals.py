"""Signals of an edition: what was published, found again by category, area and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.errors import SnapshotNotFoundError
from geointel_api.columns import plain
from geointel_api.view import window_label

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pyarrow as pa

    from geointel_api.door import Visit
    from geointel_api.opened import OpenEdition

KIND = "signals"
CELL, CLUSTER = "cell", "cluster"


@dataclass(frozen=True)
class Wanted:
    """What a request asks for; ``None`` is everything."""

    layer: str | None = None
    category: str | None = None
    level: str | None = None
    window: str | None = None
    area: str | None = None


def signals_document(visit: Visit, wanted: Wanted) -> dict[str, Any]:
    """All signals asked for, the newest first. Raises ``SnapshotNotFoundError`` for what this edition does not have."""
    edition = visit.edition
    spec = _layer(edition, wanted.layer)
    _known(edition, spec, wanted, levels=(CELL, CLUSTER))
    rows = [row for row in _rows(edition, spec, "signals") if _asked(row, wanted)]
    return {**_about(visit, spec), "signals": [_signal(edition, spec, row) for row in rows]}


def spread_document(visit: Visit, wanted: Wanted) -> dict[str, Any]:
    """First months of lasting rises by category and level, in order. Raises as ``signals_document``."""
    edition = visit.edition
    spec = _layer(edition, wanted.layer)
    _known(edition, spec, wanted, levels=())
    names = _area_names(edition)
    rows = [
        {**row, "name": names.get((row["level"], row["code"])), "label": window_label(edition, row["window"])}
        for row in _rows(edition, spec, "spread")
        if all(getattr(wanted, key) in {None, row[key]} for key in ("category", "level", "window"))
        and wanted.area in {None, row["code"]}
    ]
    return {**_about(visit, spec), "needs": spec["notes"]["spread"]["needs"], "spread": rows}


def known_signals(edition: OpenEdition) -> frozenset[str] | None:
    """Ids of all signals of an edition; ``None`` for one that has no layer of them."""
    specs = [spec for spec in edition.manifest["layers"] if spec["kind"] == KIND]
    return frozenset(str(row["id"]) for spec in specs for row in _rows(edition, spec, "signals")) if specs else None


def _layer(edition: OpenEdition, wanted: str | None) -> Mapping[str, Any]:
    """The layer of signals asked for, else the first."""
    specs = [spec for spec in edition.manifest["layers"] if spec["kind"] == KIND]
    if not specs:
        message = "This edition has no signals."
        raise SnapshotNotFoundError(message, remedy="Signals stand in editions for partners, where they are asked for.")
    for spec in specs:
        if wanted in {None, spec["id"]}:
            return dict(spec)
    message = f"There is no layer of signals {str(wanted)[:40]!r}."
    raise SnapshotNotFoundError(message, remedy=f"There are {', '.join(spec['id'] for spec in specs)}.")


def _known(edition: OpenEdition, spec: Mapping[str, Any], wanted: Wanted, *, levels: Collection[str]) -> None:
    """Refuse names that do not exist here, so that no answer is empty by a slip of the pen."""
    outlines = edition.outlines
    choices = {
        "category": spec["categories"],
        "level": (*dict.fromkeys(outlines.levels), *levels),
        "window": spec["windows"] if levels else [found["id"] for found in edition.manifest["windows"]],
        "area": outlines.codes,
    }
    for name, known in choices.items():
        asked = getattr(wanted, name)
        if asked is not None and asked not in known:
            message = f"There is no {name} {asked[:40]!r} here."
            shown = "GET /v1/areas lists the areas." if name == "area" else f"There are {', '.join(known)}."
            raise SnapshotNotFoundError(message, remedy=shown)


def _rows(edition: OpenEdition, spec: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    table: pa.Table = edition.edition.inputs(spec["id"])[name]
    columns = {column: plain(table[column]) for column in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _asked(row: Mapping[str, Any], wanted: Wanted) -> bool:
    return (
        wanted.category in {None, row["category"]}
        and wanted.window in {None, row["window"]}
        and wanted.level in {None, row["level"] or row["place"]}
        and (wanted.area is None or wanted.area in {name.partition(":")[2] for name in _areas(row)})
    )


def _areas(row: Mapping[str, Any]) -> list[str]:
    """``level:code`` of every area that a signal lies in. Codes may hold spaces."""
    return [name for name in str(row["areas"]).split("\n") if name]


def _about(visit: Visit, spec: Mapping[str, Any]) -> dict[str, Any]:
    known = visit.edition.manifest["caveats"]
    notes = spec["notes"]
    return {
        "snapshot": visit.snapshot.id,
        "edition": visit.edition.name,
        "layer": spec["id"],
        "budget": {
            key: notes["budget"].get(key)
            for key in ("accepted", "expected", "usual", "found_in_all", "found_in_months")
        },
        "latency": notes["latency"],
        "statements": notes["sentences"],
        "caveats": [str(known[name]["short"]) for name in spec["caveats"] if name in known],
    }


def _signal(edition: OpenEdition, spec: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """One signal with names in place of codes, and its caveat."""
    beyond = {name: row[f"beyond_{name}"] for name in ("cells", "observed", "expected")}
    caveats = edition.manifest["caveats"]
    return {
        **{
            key: row[key]
            for key in ("id", "category", "window", "observed", "expected", "upper", "value", "p", "method", "latency")
        },
        "label": window_label(edition, row["window"]),
        "months": row["months"],
        "place": _place(edition, row),
        "beyond": None if beyond["cells"] is None else beyond,
        "caveat": str(caveats[spec["caveats"][0]]["short"]) if spec["caveats"] else content.caveat(KIND).short,
    }


def _place(edition: OpenEdition, row: Mapping[str, Any]) -> dict[str, Any]:
    """Where it is: an area, a hexagon, or a cluster whose outline is a feature of the layer."""
    names = _area_names(edition)
    areas = [tuple(name.split(":", 1)) for name in _areas(row)]
    name = None
    if row["level"]:
        name = names.get((row["level"], row["code"]))
    elif row["place"] == CELL:
        found = edition.places.get(int(row["code"], 16))
        name = None if found is None else found.name or found.district
    return {
        "kind": row["place"],
        "level": row["level"],
        "code": row["code"],
        "name": name,
        "areas": [{"level": level, "code": code, "name": names.get((level, code), code)} for level, code in areas],
    }


def _area_names(edition: OpenEdition) -> dict[tuple[str, str], str]:
    outlines = edition.outlines
    return dict(zip(zip(outlines.levels, outlines.codes, strict=True), outlines.names, strict=True))
