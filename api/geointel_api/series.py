"""Monthly counts from published facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel.model import INCIDENTS, YEAR, format_month, parse_month
from geointel_api.columns import plain, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from geointel_api.opened import OpenEdition

YEAR_OF = "12m:"


def monthly(
    manifest: Mapping[str, Any], facts: pa.Table, category: str, *, unseen: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Incidents of one category for every month of the period, from facts of one cell or area.

    Facts hold non-zero rows only: a month without a row is 0, or null where zeros are not shown. A month that a source did not supply
    is null, and so is a month with a value that is not shown, and one of those that are ``unseen``.
    """
    months = manifest["period"]["months"]
    gone = unseen.union(manifest["period"]["missing"])
    found: dict[str, float | None] = {month: 0 for month in months if month not in gone}
    zeros, listed = not _hides_zeros(manifest, category), set[str]()
    columns = [words(facts["measure"]), words(facts["category"]), words(facts["window"]), plain(facts["value"])]
    for measure, its_category, window, value in zip(*columns, strict=True):
        if measure == INCIDENTS and its_category == category and window in found:
            listed.add(window)
            so_far = found[window]
            found[window] = None if so_far is None or value is None else so_far + value
    return {
        "category": category,
        "measure": INCIDENTS,
        "months": months,
        "values": [found.get(month) if month in listed or zeros else None for month in months],
    }


def _hides_zeros(manifest: Mapping[str, Any], category: str) -> bool:
    """Whether a source of the category has an owner who lets no 0 be shown."""
    policies = manifest.get("disclosure", {}).get("sources", {})  # a snapshot of an older version does not say
    floored = {source for source, policy in policies.items() if policy["floor"] == "ndtms"}
    return bool(floored) and bool(floored & _sources(manifest, category))


def _sources(manifest: Mapping[str, Any], category: str) -> set[str]:
    """Sources of the layers that have the category."""
    return {s for spec in manifest["layers"] if category in spec["categories"] for s in spec.get("sources", ())}


def unseen(
    edition: OpenEdition, category: str, *, cell: int | None = None, area: tuple[str, str] | None = None
) -> frozenset[str]:
    """Months of the financial years in which a place is not shown of some source that has the category."""
    sources = _sources(edition.manifest, category)
    table = edition.edition.hidden()
    if table is None:
        return frozenset()
    names = ("source", "year", "cell", "level", "code")
    years = {
        year
        for source, year, its_cell, level, code in zip(*(plain(table[name]) for name in names), strict=True)
        if source in sources and (its_cell == cell if cell is not None else (level, code) == area)
    }
    return frozenset(_months(years))


def _months(years: Iterable[str]) -> Iterable[str]:
    for year in years:
        last = parse_month(year.removeprefix(YEAR_OF))
        yield from (format_month(month) for month in range(last - YEAR + 1, last + 1))
