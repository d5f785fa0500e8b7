"""Figures by the owner of a file, such as a police force: what must not be drawn on a map."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from geointel import content
from geointel.ingest.text import parts
from geointel.model import FIGURES, format_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind

FEWEST = 10
"""A rate of fewer is not shown."""
SHOWN, SUPPRESSED, NO_DATA = "shown", "suppressed", "no-data"

Row = dict[str, Any]


def figures_of_owners(
    engine: Engine, kind: EventKind, staged: Sequence[StagedFile], *, source: str, span: range | None
) -> pa.Table:
    """Figures of a source's kept columns and rates by owner, over all months of the period.

    Rows without a place count too. A file whose name does not say whose it is has no part in them.
    """
    owners = {file.number: kind.owner_of(file.raw.name) for file in staged} if kind.owner_of is not None else {}
    if not any(owners.values()):
        return FIGURES.empty_table()
    rows = engine.read(parts(staged))
    rows = rows.filter(rows.category.notnull(), rows.month.notnull())
    if span is not None:
        rows = rows.filter(rows.month >= span.start, rows.month < span.stop)
    spans = rows.group_by("file").agg(first=rows.month.min(), last=rows.month.max())
    periods = _periods(owners, engine.collect(spans).to_pylist())
    found: list[Row] = []
    for indicator, (column, fewest) in kind.tallies.items():
        counted = rows.filter(rows[column].notnull()).group_by("file", group=rows[column]).agg(n=ibis._.count())
        found += _tallies(indicator, owners, engine.collect(counted).to_pylist(), fewest=fewest)
    for indicator, (part, whole, missing) in kind.rates.items():
        summed = rows.group_by("file").agg(part=rows[part].sum(), whole=rows[whole].sum(), missing=rows[missing].sum())
        found += _rates(indicator, owners, engine.collect(summed).to_pylist())
    for row in found:
        row |= {"source": source, "label": content.indicator(row["indicator"]), "period": periods[row["code"]]}
    return pa.Table.from_pylist(found, FIGURES)


def _periods(owners: Mapping[int, str | None], rows: Iterable[Row]) -> dict[str, str]:
    """First to last month of each owner's rows."""
    months: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        months[str(owners[row["file"]])] += [int(row["first"]), int(row["last"])]
    spans = {owner: (format_month(min(seen)), format_month(max(seen))) for owner, seen in months.items()}
    return {owner: first if first == last else f"{first} to {last}" for owner, (first, last) in spans.items()}


def _tallies(indicator: str, owners: Mapping[int, str | None], rows: Iterable[Row], *, fewest: int) -> Iterator[Row]:
    """Counts by group, the small ones hidden."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        owner = owners[row["file"]]
        if owner is not None:
            counts[owner][row["group"]] += int(row["n"])
    for owner, groups in sorted(counts.items()):
        hidden = _hidden(groups, fewest)
        for group, n in sorted(groups.items()):
            yield {
                "indicator": indicator,
                "code": owner,
                "group": group,
                "value": None if group in hidden else float(n),
                "unit": "searches",
                "status": SUPPRESSED if group in hidden else SHOWN,
            }


def _hidden(groups: Mapping[str, int], fewest: int) -> frozenset[str]:
    """Groups with fewer; if there is one only, the next larger too, or the total would give it away."""
    ordered = sorted(groups, key=lambda group: (groups[group], group))
    small = [group for group in ordered if groups[group] < fewest]
    return frozenset(ordered[:2] if len(small) == 1 else small)


def _rates(indicator: str, owners: Mapping[int, str | None], rows: Iterable[Row]) -> Iterator[Row]:
    """Part of whole; none where more is not stated than counted, or the whole is small."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in rows:
        owner = owners[row["file"]]
        if owner is not None:
            for number, name in enumerate(("part", "whole", "missing")):
                sums[owner][number] += float(row[name])
    for owner, (part, whole, missing) in sorted(sums.items()):
        status = NO_DATA if missing > part else SUPPRESSED if whole < FEWEST else SHOWN
        shown = status == SHOWN
        yield {
            "indicator": indicator,
            "code": owner,
            "value": part / whole if shown else None,
            "count": part if shown else None,
            "denominator": whole if shown else None,
            "unit": "share",
            "status": status,
        }
