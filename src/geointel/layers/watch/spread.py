"""In which order a lasting rise reached the areas of each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geointel.hotspots import onset
from geointel.layers.watch.series import CELLS

if TYPE_CHECKING:
    from geointel.layers.cube import Cube
    from geointel.layers.watch.series import Series

SPREAD = pa.schema(
    [
        *((name, pa.string()) for name in ("category", "level", "code", "window")),
        ("order", pa.int32()),
        *((name, pa.float64()) for name in ("observed", "expected", "value", "p")),
    ]
)
"""``order`` is the rank of the area's first month among those of its level and category, 1 the first; equal months share one.
``observed`` and ``expected`` are of the three months from ``window`` on."""


def spread_table(cube: Cube, series: Series) -> pa.Table:
    """First months of lasting rises, in order. An area without one has no row."""
    found = onset(series.counts, series.groups)
    rows: list[dict[str, Any]] = []
    for family in series.families:
        if family.kind == CELLS:
            continue
        own = found.step[family.start : family.stop]
        risen = np.flatnonzero((own >= 0) & family.known)
        months = np.sort(own[risen])
        for row in risen.tolist():
            at = family.start + row
            observed, expected = float(found.observed[at]), float(found.expected[at])
            rows.append(
                {
                    "category": family.category,
                    "level": family.kind,
                    "code": cube.area_codes[family.kind][row],
                    "window": series.months[int(own[row])].id,
                    "order": int(np.searchsorted(months, own[row])) + 1,
                    "observed": observed,
                    "expected": expected,
                    "value": observed / expected if expected > 0 else None,
                    "p": float(found.p[at]),
                }
            )
    rows.sort(key=lambda row: (row["category"], row["level"], row["order"], row["code"]))
    return pa.Table.from_pylist(rows, SPREAD)
