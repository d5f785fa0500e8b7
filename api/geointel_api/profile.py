"""When it happens: published counts by weekday and hour, of one area or one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel_api.columns import plain, words
from geointel_api.figures import caveat_of

if TYPE_CHECKING:
    from geointel_api.opened import OpenEdition

CELLS = "cells"
"""Level of the profiles of cells."""

DAYS, HOURS = 7, 24


def profile_of(edition: OpenEdition, level: str, code: str) -> list[dict[str, Any]]:
    """One table for each source and category, of the last twelve months that the source has here.

    Null where a count is not shown, and then in the total too. Empty where the edition has none: most sources carry no
    times, and cells only those of the coarsest resolution.
    """
    table = edition.edition.profile(level, code)
    sources = {source["id"]: source for source in edition.manifest["sources"]}
    names = ("source", "window", "category")
    keys = list(zip(*(words(table[name]) for name in names), strict=True))
    last: dict[str, str] = {}
    for source, window, _ in keys:
        last[source] = max(window, last.get(source, ""))
    found: dict[tuple[str, str], list[tuple[int, int | None, float | None]]] = {}
    moments = zip(*(plain(table[name]) for name in ("weekday", "hour", "value")), strict=True)
    for (source, window, category), moment in zip(keys, moments, strict=True):
        if window == last[source]:
            found.setdefault((source, category), []).append(moment)
    return [
        {
            "source": sources[source]["title"],
            "category": category,
            "window": last[source],
            **_table(found[source, category]),
            "caveat": caveat_of(edition, sources[source]),
        }
        for source, category in sorted(found)
    ]


def _table(moments: list[tuple[int, int | None, float | None]]) -> dict[str, Any]:
    counts: list[list[float | None]] = [[0.0] * HOURS for _ in range(DAYS)]
    untimed: list[float | None] = []
    for weekday, hour, value in moments:
        if hour is None:
            untimed.append(value)
        else:
            counts[int(weekday)][int(hour)] = value
    return {"counts": counts, "timed": _sum([one for day in counts for one in day]), "untimed": _sum(untimed)}


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
