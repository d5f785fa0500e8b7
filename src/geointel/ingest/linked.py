"""Rows that belong to another row of the same source: a vehicle or a casualty to its collision.

Such a row has no date, place or category of its own: it has those of the row that it belongs to, and its
fate. Where that row is missing it is ``unmatched``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.ingest.text import parts
from geointel.model import WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import ibis.expr.types as ir

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile

LINK = ("owner", "second_owner")
UNMATCHED, SUPERSEDED = "unmatched", "superseded"
OF_OWNER = ("month", "category", "cell", "reason", "weekday", "hour", "area_code", "has_area")
"""What a row has from the row that it belongs to."""
HEAD = "head_"


def is_bad(rows: ir.Table) -> ir.BooleanValue:
    """Whether a row cannot be used: it has no category and belongs to none that has one, or a fault."""
    if "owner" not in rows.columns:
        return rows.category.isnull()
    return (rows.category.isnull() & rows.owner.isnull()) | rows.fault.notnull()


def early(rows: ir.Table) -> list[tuple[ir.BooleanValue, ir.Value]]:
    """The case that keeps every later reason from rows that belong to another one."""
    return [(rows.owner.notnull(), ibis.null(str))] if "owner" in rows.columns else []


def waiting(rows: ir.Table) -> ir.Table:
    """Rows that belong to others with a month that sorts, until they have their own."""
    if "owner" not in rows.columns:
        return rows
    return rows.mutate(month=rows.owner.notnull().ifelse(ibis.literal(0, "int32"), rows.month))


def settled(rows: ir.Table) -> ir.Table:
    """Give every row that belongs to another its month, category, place and reason.

    A measure that the rows of a row give is not counted twice: the row's own number goes.
    """
    if "owner" not in rows.columns:
        return rows
    rows = _without_told(rows)
    names = [name for name in OF_OWNER if name in rows.columns]
    order = ibis.window(
        group_by=["key", "second_key"], order_by=[rows.reason.notnull(), rows.reason == SUPERSEDED, "file", "row"]
    )
    heads = rows.filter(rows.owner.isnull(), rows.key.notnull(), rows.category.notnull())
    heads = heads.mutate(rank=ibis.row_number().over(order)).filter(ibis._.rank == 0)
    heads = heads.select(owner="key", second_owner="second_key", **{HEAD + name: heads[name] for name in names})
    rows = rows.mutate(own_reason=rows.reason).left_join(heads, ["owner", "second_owner"])
    own = rows.owner.isnull() | rows.own_reason.notnull()
    given = {name: own.ifelse(rows[name], rows[HEAD + name]) for name in names if name != "reason"}
    reason = ibis.cases(
        (own, rows.own_reason), (rows[HEAD + "category"].isnull(), UNMATCHED), else_=rows[HEAD + "reason"]
    )
    return rows.mutate(**given, reason=reason).drop("own_reason", *[HEAD + name for name in names])


def checked(engine: Engine, staged: Sequence[StagedFile]) -> Iterator[str]:
    """Notes on the links of a source whose rows name their table in ``part``."""
    rows = engine.read(parts(staged))
    if not {"owner", "part"} <= set(rows.columns):
        return
    heads = rows.filter(rows.owner.isnull(), rows.key.notnull())
    known = heads.select(owner="key", second_owner="second_key", there=ibis.literal(True)).distinct()  # noqa: FBT003 - ibis has no keyword
    found = rows.filter(rows.owner.notnull()).left_join(known, list(LINK))
    counted = found.group_by("part").agg(n=found.count(), there=found.there.count()).order_by("part")
    for row in engine.collect(counted).to_pylist():
        yield f"{row['n']} {row['part']} rows: {row['there']} belong to a row in the data, {row['n'] - row['there']} do not"
    for name in _measures(rows):
        both = heads.inner_join(_told(rows.filter(rows.owner.notnull()), [name]), ["key", "second_key"])
        differs = both.filter(both[f"told_{name}"] > 0, both[f"told_{name}"] != both[name])
        n = int(engine.collect(differs.agg(n=differs.count()))["n"][0].as_py())
        if n:
            yield f"{n} rows give another number of {name} than the rows that belong to them"


def _measures(rows: ir.Table) -> list[str]:
    schema = rows.schema()
    return [name for name in rows.columns if schema[name].is_floating() and name not in {WEIGHT, "x", "y"}]


def _told(rows: ir.Table, measures: list[str]) -> ir.Table:
    """Sums of measures over rows that belong to others: ``key, second_key`` of those, ``told_…``."""
    told = rows.group_by(*LINK).agg(**{f"told_{name}": rows[name].sum() for name in measures})
    return told.rename(key="owner", second_key="second_owner")


def _without_told(rows: ir.Table) -> ir.Table:
    """Rows whose own number of a measure is zero where other rows give it."""
    measures = _measures(rows)
    if not measures:
        return rows
    told = _told(rows.filter(rows.owner.notnull(), rows.reason.isnull()), measures)
    rows = rows.left_join(told, ["key", "second_key"])
    less = {name: (rows[f"told_{name}"] > 0).fill_null(False).ifelse(0.0, rows[name]) for name in measures}  # noqa: FBT003 - ibis has no keyword
    return rows.mutate(**less).drop(*[f"told_{name}" for name in measures])
