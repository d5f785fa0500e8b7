"""When it happens: published counts by weekday and hour, of one area or one cell, and the busiest windows among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel_api.busiest import busiest
from geointel_api.columns import plain, words
from geointel_api.figures import caveat_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel_api.opened import OpenEdition

CELLS = "cells"
"""Level of the profiles of cells."""

DAYS, HOURS = 7, 24
YEARS = "12m:"
"""How the ids of windows of twelve months begin; the months of their end follow."""
Key = tuple[str, str, str]
"""Source, window and category."""
Moment = tuple[int, int | None, float | None]
"""Weekday, hour and count."""


def profile_of(edition: OpenEdition, level: str, code: str) -> list[dict[str, Any]]:
    """One table for each source and category, of the last twelve months that the source has here.

    Null where a count is not shown, and then in the total too. Empty where the edition has none: most sources carry no
    times, and cells only those of the coarsest resolution.
    """
    table = edition.edition.profile(level, code)
    sources = {source["id"]: source for source in edition.manifest["sources"]}
    names = ("source", "window", "category")
    keys = list(zip(*(words(table[name]) for name in names), strict=True))
    moments = zip(*(plain(table[name]) for name in ("weekday", "hour", "value")), strict=True)
    found: dict[Key, list[Moment]] = {}
    for key, moment in zip(keys, moments, strict=True):
        found.setdefault(key, []).append(moment)
    last: dict[str, str] = {}
    for source, window, _ in found:
        last[source] = max(window, last.get(source, ""))
    return [
        {
            "source": sources[source]["title"],
            "category": category,
            "window": window,
            **_table(found[source, window, category]),
            **_busiest(found, (source, window, category)),
            "caveat": caveat_of(edition, sources[source]),
        }
        for source, window, category in sorted(found)
        if window == last[source]
    ]


def _busiest(found: Mapping[Key, list[Moment]], key: Key) -> dict[str, Any]:
    source, window, category = key
    year, month = window.removeprefix(YEARS).split("-")
    before = found.get((source, f"{YEARS}{int(year) - 1}-{month}", category))
    earlier = None if before is None else _table(before)["counts"]
    return busiest(_table(found[key])["counts"], earlier, category=category)


def _table(moments: Sequence[Moment]) -> dict[str, Any]:
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
