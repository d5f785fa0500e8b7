"""Outcomes to the incidents that they belong to: place and category come from there, the month is their own.

The last outcome of an ID stays; earlier ones are ``superseded``. One whose incident is not in the data is
``unmatched``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from geointel.ingest.incidents import (
    BAD_COORDINATES,
    BAD_DATE,
    BAD_ROW,
    NO_LOCATION,
    OUTSIDE_AREA,
    OUTSIDE_PERIOD,
    SUPERSEDED,
    one_row_per_id,
)
from geointel.ingest.linked import UNMATCHED
from geointel.ingest.text import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.ingest.text import StagedFile

KEYS = ["key", "second_key"]


def canonical(
    engine: Engine,
    staged: Sequence[StagedFile],
    incidents: ir.Table,
    *,
    study: StudyArea,
    period: range | None,
    groups: Sequence[str],
) -> ir.Table:
    """Staged outcomes and canonical incidents with their keys → a canonical table with a column for each group.

    ``category`` is that of the incident; a group's column is 1 where the outcome belongs to it, else 0.
    """
    rows = engine.read_numbered(parts(staged))
    rows = rows.select("file", "row", "month", *KEYS, group=rows.category)
    rows = rows.mutate(own_month=rows.month).left_join(_known(engine, incidents, study), KEYS)
    rows = rows.select(
        *("file", "row", "month", "own_month", *KEYS, "group", "crime", "place", "inside", "code"),
        reason=_early_reason(rows, period),
    )
    rows = one_row_per_id(engine, rows)
    reason = ibis.cases(
        (rows.reason.notnull(), rows.reason),
        (rows.crime.isnull(), UNMATCHED),
        (rows.inside.isnull(), OUTSIDE_AREA),
    )
    return rows.select(
        month="own_month",
        category="crime",
        cell="place",
        special=ibis.literal(False),  # noqa: FBT003 - ibis has no keyword
        area_code="code",
        area_name=ibis.null(str),
        reason=reason,
        **{group: (rows.group == group).fill_null(False).cast("int64") for group in groups},  # noqa: FBT003 - ibis has no keyword
    )


def _known(engine: Engine, incidents: ir.Table, study: StudyArea) -> ir.Table:
    """One row an ID: category, place, whether it is in the study area, and why it has no place.

    The row that stands for the incident comes first; then any other that has a place.
    """
    leaves = engine.register(
        "outcome_leaves", pa.table({"leaf": study.leaves, "inside": pa.array([True] * len(study.leaves))})
    )
    named = incidents.filter(incidents.key.notnull(), incidents.category.notnull())
    order = [named.reason.notnull(), named.reason == SUPERSEDED, named.cell.isnull(), named.month, named.category]
    first = named.mutate(rank=ibis.row_number().over(ibis.window(group_by=KEYS, order_by=order)))
    first = first.filter(first.rank == 0)
    lost = (first.reason == BAD_COORDINATES).fill_null(False).ifelse(BAD_COORDINATES, NO_LOCATION)  # noqa: FBT003 - ibis has no keyword
    first = first.select(
        *KEYS,
        crime="category",
        place="cell",
        code="area_code",
        lost=first.cell.isnull().ifelse(lost, ibis.null(str)),
    )
    return first.left_join(leaves, first.place == leaves.leaf).drop("leaf")


def _early_reason(rows: ir.Table, period: range | None) -> ir.StringValue:
    """First reason that an outcome shows by itself, or that its incident has no place."""
    cases = [(rows.group.isnull(), BAD_ROW), (rows.month.isnull(), BAD_DATE)]
    if period is not None:
        cases.append(((rows.month < period.start) | (rows.month >= period.stop), OUTSIDE_PERIOD))
    return ibis.cases(*cases, else_=rows.lost)
