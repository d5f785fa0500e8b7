"""An edition's folder to the tables that an attacker can write down: nothing is read but its published bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.audit.ground import places_of, read_ground
from geointel.audit.lattice import Lattice, Sums
from geointel.model import ALL, parse_month
from geointel.model.period import YEAR
from geointel.snapshot import Edition, layout
from geointel.snapshot.verify import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from geointel.audit.ground import Ground, Places

FINANCIAL_YEAR_ENDS = 3
QUARTER = 3


@dataclass(frozen=True)
class Published:
    """What an edition shows of one measure of one protected source in one financial year."""

    source: str
    measure: str
    year: str
    policy: Mapping[str, Any]
    lattice: Lattice
    keys: tuple[tuple[Any, Any], ...]
    """What each place is: ``(resolution, cell)``, ``(level, code)`` or ``("part", number)``."""


def open_edition(folder: Path) -> Edition:
    """The edition in a folder, whether or not somebody has approved it. Raises ``SnapshotError``."""
    return Edition(folder.name, folder, read_manifest(folder))


def protected(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Sources of an edition whose numbers passed a method, with the policy that stands in its manifest."""
    found = manifest.get("disclosure", {}).get("sources", {})
    return {source: policy for source, policy in found.items() if policy.get("method", "none") != "none"}


def largest_change(policy: Mapping[str, Any]) -> float:
    """How far a shown number of a source can be from the true one."""
    return float(policy.get("max_change") or policy["max_noise"])


def read_published(edition: Edition) -> list[Published]:
    """Every table of every protected source of an edition."""
    manifest = edition.manifest
    sources = protected(manifest)
    if not sources:
        return []
    levels = [level["id"] for level in manifest["area"]["levels"]]
    grid = manifest["grid"]
    ground = read_ground(edition.areas(), leaf=grid["leaf"], publish=grid["publish"], levels=levels)
    cells, areas = (pq.read_table(edition.path / path) for path in (layout.FACTS, layout.AREA_FACTS))
    found: list[Published] = []
    for source, policy in sources.items():
        own = [_of_source(table, source) for table in (cells, areas)]
        hidden = hidden_places(edition, source)
        for measure in sorted({*_words(own[0], "measure"), *_words(own[1], "measure")}):
            both = [_only(table, "measure", measure) for table in own]
            found += _by_year(source, measure, policy, tables=both, ground=ground, hidden=hidden)
    return found


Place = tuple[str, Any]
"""A place: its resolution or level as text, and its cell or code."""


def hidden_places(edition: Edition, source: str) -> dict[str, set[Place]]:
    """Places of which the edition says that it hides them, by financial year."""
    rows = _of_source(edition.hidden(), source)
    found: dict[str, set[Place]] = {}
    for row in rows.to_pylist():
        place = (str(row["resolution"]), row["cell"]) if row["cell"] is not None else (row["level"], row["code"])
        found.setdefault(str(row["year"]).removeprefix("12m:"), set()).add(place)
    return found


def _by_year(
    source: str,
    measure: str,
    policy: Mapping[str, Any],
    *,
    tables: Sequence[pa.Table],
    ground: Ground,
    hidden: Mapping[str, set[Place]],
) -> list[Published]:
    rows = [
        (str(kind), place, window, category, value)
        for table, names in zip(tables, (("resolution", "cell"), ("level", "code")), strict=True)
        for kind, place, window, category, value in _tuples(table, (*names, "window", "category", "value"))
    ]
    levels = [level for level in ground.codes if level in {kind for kind, *_ in rows}]
    places = places_of(ground, levels=levels)
    found = []
    for year, windows in by_financial_year({row[2] for row in rows}).items():
        inside = [row for row in rows if row[2] in windows]
        categories = sorted({row[3] for row in inside} - {ALL})
        categories = [*categories, ALL] if len(categories) > 1 and any(row[3] == ALL for row in inside) else categories
        unseen = hidden.get(year, set())
        lattice = table_of(inside, places, windows=windows, categories=categories, hidden=unseen)
        found.append(Published(source, measure, year, policy, lattice, places.keys))
    return found


def table_of(
    rows: Iterable[tuple[str, Any, str, str, float]],
    places: Places,
    *,
    windows: Sequence[str],
    categories: Sequence[str],
    hidden: set[Place],
) -> Lattice:
    """Published rows as a table: kind of place, place, window, category, value.

    A number without a row is a shown 0, unless the edition says that it hides the place.
    """
    at = {(str(kind), place): entry for entry, (kind, place) in enumerate(places.keys)}
    of_window = {window: n for n, window in enumerate(windows)}
    of_category = {category: n for n, category in enumerate(categories)}
    value = np.full((len(at), len(windows), len(categories)), np.nan)
    seen = [
        (at[kind, place], of_window[window], of_category[category], number)
        for kind, place, window, category, number in rows
        if (kind, place) in at and category in of_category
    ]
    for entry, (kind, place) in enumerate(places.keys):
        if kind != "part" and (str(kind), place) not in hidden:
            value[entry] = 0.0
    for entry, window, category, number in seen:
        value[entry, window, category] = np.nan if number is None else number
    return Lattice(
        places.names, tuple(windows), tuple(categories), value, _axes(places, windows, categories), places.block
    )


def by_financial_year(windows: Iterable[str]) -> dict[str, list[str]]:
    """Windows by the financial year in which they lie, named by its last month; months first."""
    found: dict[str, list[str]] = {}
    for window in sorted(windows, key=lambda text: (len(months_of(text)), text)):
        found.setdefault(_year_of(months_of(window)[-1]), []).append(window)
    return dict(sorted(found.items()))


def months_of(window: str) -> range:
    """Months of a window's id, as numbers."""
    if window.startswith("12m:"):
        last = parse_month(window[4:])
        return range(last - YEAR + 1, last + 1)
    if "-Q" in window:
        year, quarter = window.split("-Q")
        first = int(year) * YEAR + (int(quarter) - 1) * QUARTER
        return range(first, first + QUARTER)
    month = parse_month(window)
    return range(month, month + 1)


def _year_of(month: int) -> str:
    return f"{(month + YEAR - FINANCIAL_YEAR_ENDS) // YEAR:04d}-03"


def _axes(places: Places, windows: Sequence[str], categories: Sequence[str]) -> tuple[Sums, Sums, Sums]:
    months = {frozenset(months_of(window)): n for n, window in enumerate(windows)}
    pairs = []
    for whole, entry in months.items():
        for length in (1, QUARTER):
            parts = [months.get(frozenset(range(m, m + length))) for m in sorted(whole)[::length]]
            if len(whole) > length and all(part is not None for part in parts):
                pairs.append((entry, [part for part in parts if part is not None]))
    every = [(len(categories) - 1, list(range(len(categories) - 1)))] if categories[-1:] == [ALL] else []
    return places.sums, Sums.of(pairs, size=len(windows)), Sums.of(every, size=len(categories))


def _of_source(table: pa.Table, source: str) -> pa.Table:
    return _only(table, "source", source)


def _only(table: pa.Table, column: str, word: str) -> pa.Table:
    return table.filter(pc.equal(table[column].cast(pa.string()), word))


def _words(table: pa.Table, column: str) -> set[str]:
    return set(pc.unique(table[column].cast(pa.string())).to_pylist())


def _tuples(table: pa.Table, names: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)
