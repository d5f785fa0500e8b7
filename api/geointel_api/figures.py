"""Published figures of an area: each with its own period, interval, unit, source and caveat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel_api.columns import plain, words

if TYPE_CHECKING:
    from geointel_api.opened import OpenEdition

LEFT_OUT = ("level", "code")


def figures_of(edition: OpenEdition, level: str, code: str) -> list[dict[str, Any]]:
    """Figures of one area in alphabetical order of indicator and period; they are never ranked."""
    table = edition.edition.figures(level, code)
    names = [name for name in table.column_names if name not in LEFT_OUT]
    sources = {source["id"]: source for source in edition.manifest["sources"]}
    rows = [
        dict(zip(names, row, strict=True)) for row in zip(*(_column(table[name], name) for name in names), strict=True)
    ]
    shown = [
        {**row, "source": sources[row["source"]]["title"], "caveat": caveat_of(edition, sources[row["source"]])}
        for row in rows
    ]
    return sorted(shown, key=lambda row: tuple(row[name] or "" for name in ("indicator", "period", "group", "method")))


def _column(column: Any, name: str) -> list[Any]:
    return plain(column) if name in ("value", "lower", "upper", "count", "denominator") else words(column)


def caveat_of(edition: OpenEdition, source: dict[str, Any]) -> str | None:
    """What must be said beside a source's figures, in one sentence."""
    known = edition.manifest["caveats"]
    return next((str(known[name]["short"]) for name in source.get("caveats", ()) if name in known), None)
