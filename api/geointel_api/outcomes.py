"""What came of crimes: the mix of outcomes of one area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.hotspots import wilson_interval
from geointel.model import ALL
from geointel_api.columns import plain, words

if TYPE_CHECKING:
    import pyarrow as pa

OUTCOME = "outcome-"
"""How the measures of outcomes begin."""

YEAR = "12m:"
CATEGORIES = ("drugs", ALL)
CAVEAT = "outcomes"


def outcomes_of(facts: pa.Table) -> list[dict[str, Any]]:
    """Groups of outcomes of the last twelve months, for drug offences and for all, from facts of one area.

    The months are those in which the outcome was recorded. Sources of outcomes are added up over the last window that all
    of them have. Empty where the edition has no outcomes. Facts hold non-zero rows only, so a group without a row is 0;
    where one is not shown, there is no total and no share.
    """
    names = ("measure", "category", "window", "source")
    columns = [*(words(facts[name]) for name in names), plain(facts["value"])]
    rows = [row for row in zip(*columns, strict=True) if row[0].startswith(OUTCOME) and row[2].startswith(YEAR)]
    by_source = {source: {row[2] for row in rows if row[3] == source} for source in {row[3] for row in rows}}
    shared = set.intersection(*by_source.values()) if by_source else set()
    if not shared:
        return []
    window, groups = max(shared), sorted({row[0] for row in rows})
    found = []
    for category in CATEGORIES:
        counts: dict[str, float | None] = dict.fromkeys(groups, 0.0)
        for measure, its_category, its_window, _, value in rows:
            if (its_category, its_window) == (category, window):
                so_far = counts[measure]
                counts[measure] = None if so_far is None or value is None else so_far + value
        found.append({"category": category, "window": window, **_mix(counts), "caveat": content.caveat(CAVEAT).short})
    return found


def _mix(counts: dict[str, float | None]) -> dict[str, Any]:
    known = [value for value in counts.values() if value is not None]
    total = sum(known) if len(known) == len(counts) else None
    return {"total": total, "groups": [_group(measure, value, total) for measure, value in counts.items()]}


def _group(measure: str, count: float | None, total: float | None) -> dict[str, Any]:
    """One group: its share and the 95 % Wilson interval, null without a total."""
    slug = measure.removeprefix(OUTCOME)
    share = lower = upper = None
    if count is not None and total:
        share = count / total
        lower, upper = (float(end) for end in wilson_interval(count, total))
    return {
        "group": slug,
        "label": content.outcome(slug),
        "count": count,
        "share": share,
        "lower": lower,
        "upper": upper,
    }
