"""Monthly counts from published facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel.model import INCIDENTS
from geointel_api.columns import plain, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


def monthly(manifest: Mapping[str, Any], facts: pa.Table, category: str) -> dict[str, Any]:
    """Incidents of one category for every month of the period, from facts of one cell or area.

    Facts hold non-zero rows only: a month without a row is 0, a month that a source did not supply
    is null, and so is a month with a value that is not shown.
    """
    months = manifest["period"]["months"]
    found: dict[str, float | None] = {month: 0 for month in months if month not in manifest["period"]["missing"]}
    columns = [words(facts["measure"]), words(facts["category"]), words(facts["window"]), plain(facts["value"])]
    for measure, its_category, window, value in zip(*columns, strict=True):
        if measure == INCIDENTS and its_category == category and window in found:
            so_far = found[window]
            found[window] = None if so_far is None or value is None else so_far + value
    return {
        "category": category,
        "measure": INCIDENTS,
        "months": months,
        "values": [found.get(month) for month in months],
    }
