"""When it happens: published counts by weekday and hour, of one area or one cell, and the busiest windows among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel.model import ALL, POSITIVES, TESTS
from geointel_api.busiest import UNKNOWN, Week, busiest
from geointel_api.columns import plain, words
from geointel_api.figures import caveat_of
from geointel_api.tested import NOT_TESTS, tested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from geointel_api.opened import OpenEdition

CELLS = "cells"
"""Level of the profiles of cells."""

DAYS, HOURS = 7, 24
YEARS = "12m:"
"""How the ids of windows of twelve months begin; the months of their end follow."""
Key = tuple[str, str, str, str]
"""Source, window, category and measure."""
Moment = tuple[int, int | None, float | None]
"""Weekday, hour and count."""


def profile_of(edition: OpenEdition, level: str, code: str) -> list[dict[str, Any]]:
    """One table for each source and category, of the last twelve months that the source has here.

    Null where a count is not shown, and then in the total too. Empty where the edition has none: most sources carry no
    times, and cells only those of the coarsest resolution. Tests under different recording systems are not added up.
    """
    table = edition.edition.profile(level, code)
    sources = {source["id"]: source for source in edition.manifest["sources"]}
    found = _moments(table)
    last: dict[str, str] = {}
    for source, window, _, _ in found:
        last[source] = max(window, last.get(source, ""))
    return [
        {
            "source": sources[source]["title"],
            "category": category,
            "measure": measure,
            "window": window,
            **_table(found[source, window, category, measure]),
            **_about(found, (source, window, category, measure)),
            "caveat": caveat_of(edition, sources[source]),
        }
        for source, window, category, measure in sorted(found)
        if window == last[source] and measure != POSITIVES and (measure, category) != (TESTS, ALL)
    ]


def _moments(table: pa.Table) -> dict[Key, list[Moment]]:
    keys = zip(*(words(table[name]) for name in ("source", "window", "category", "measure")), strict=True)
    moments = zip(*(plain(table[name]) for name in ("weekday", "hour", "value")), strict=True)
    found: dict[Key, list[Moment]] = {}
    for key, moment in zip(keys, moments, strict=True):
        found.setdefault(key, []).append(moment)
    return found


def _about(found: Mapping[Key, list[Moment]], key: Key) -> dict[str, Any]:
    """What is to be said of a week: of incidents when they are most, of tests how many were positive."""
    source, window, category, measure = key
    week = _week(found[key])
    if measure == TESTS:
        return {**UNKNOWN, **tested(week, _week(found.get((source, window, category, POSITIVES), ())))}
    year, month = window.removeprefix(YEARS).split("-")
    before = found.get((source, f"{YEARS}{int(year) - 1}-{month}", category, measure))
    return {**NOT_TESTS, **busiest(week, None if before is None else _week(before), category=category)}


def _week(moments: Sequence[Moment]) -> Week:
    counts: Week = [[0.0] * HOURS for _ in range(DAYS)]
    for weekday, hour, value in moments:
        if hour is not None:
            counts[int(weekday)][int(hour)] = value
    return counts


def _table(moments: Sequence[Moment]) -> dict[str, Any]:
    counts, untimed = _week(moments), [value for _, hour, value in moments if hour is None]
    return {"counts": counts, "timed": _sum([one for day in counts for one in day]), "untimed": _sum(untimed)}


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
