"""Arrow schemas of the canonical tables: rows live in tables, not in objects."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

ALL = "all"
"""The category that sums every other one."""

INCIDENTS = "incidents"
"""Measure: recorded incidents."""

SPECIAL = "incidents-special-points"
"""Measure: the incidents among them whose map point is a police station, prison, hospital …"""

Status = Literal["shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"]

WORD = pa.dictionary(pa.int32(), pa.string())

FACTS = pa.schema(
    [
        pa.field("resolution", pa.int8(), nullable=False),
        pa.field("cell", pa.int64(), nullable=False),
        pa.field("window", WORD, nullable=False),
        pa.field("source", WORD, nullable=False),
        pa.field("measure", WORD, nullable=False),
        pa.field("category", WORD, nullable=False),
        pa.field("value", pa.float64()),
        pa.field("status", WORD, nullable=False),
    ]
)
"""Grain: resolution × cell × window × source × measure × category. Non-zero rows only."""

AREA_FACTS = pa.schema(
    [
        pa.field("level", WORD, nullable=False),
        pa.field("code", WORD, nullable=False),
        *[FACTS.field(name) for name in ("window", "source", "measure", "category", "value", "status")],
    ]
)
"""Grain: level × area × window × source × measure × category. Non-zero rows only."""

UNMAPPED = pa.schema(
    [
        FACTS.field("window"),
        FACTS.field("source"),
        FACTS.field("category"),
        pa.field("reason", WORD, nullable=False),
        FACTS.field("value"),
        FACTS.field("status"),
    ]
)
"""Rows that have no cell: totals by window, category and reason."""

SUPPORT = pa.schema([FACTS.field("source"), FACTS.field("resolution"), FACTS.field("cell")])
"""Cells in which a record of any category ever fell, by source."""

NAMES = pa.schema(
    [
        FACTS.field("source"),
        FACTS.field("resolution"),
        FACTS.field("cell"),
        pa.field("name", pa.string(), nullable=False),
    ]
)
"""Commonest place name of a cell in a source's rows."""
