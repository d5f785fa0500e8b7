"""Figures of official areas: text to numbers, one reason a row, one figure a key.

A kind reads each row of its files into the columns ``file, code, period, method, figures``: text, and
``figures`` an array of ``FIGURE``, since a row may hold one figure or a hundred. Every row is mapped (its
``reason`` is null) or has the first reason that applies: ``bad-row``, ``outside-area``, ``unmatched``,
``duplicate``, ``no-data``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from geointel.errors import SchemaError
from geointel.ingest import text
from geointel.ingest.text import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import FigureKind, RawFile

BAD_ROW, OUTSIDE_AREA, UNMATCHED, DUPLICATE, NO_DATA = "bad-row", "outside-area", "unmatched", "duplicate", "no-data"
REASONS = (BAD_ROW, OUTSIDE_AREA, UNMATCHED, DUPLICATE, NO_DATA)
"""In the order in which they apply."""

NUMBERS = ("value", "lower", "upper", "count", "denominator")
WORDS = ("indicator", "label", "group", "unit")
KEY = ("code", "period", "method", "indicator", "group")
"""What two figures of one source never share."""

TWICE = ("file_right", "row_right")
"""The keys of a left join, as they come from its right side."""

WITHHELD = ("*", "**", "c", "[c]", "[*]", "supp", "suppressed", "[suppressed]")
"""What publishers write for a figure that they keep back."""
BLANK = ("", "-", "–", "—", ".", "..", "...", ":", "n/a", "na", "null", "none", "[x]", "x", "[z]", "z", "#n/a")
"""What publishers write where they have no figure."""
NUMBER = r"^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d{1,3})?%?$"
"""A number, with thousands commas or without."""
SMALL = r"^[<≤]\s*\d+$"
"""A small count that a publisher hides: ``<5``."""
MOST = 1e300
"""What a plain cast gives beyond this may be no number: infinity, for one."""
OFFICIAL = r"^[A-Z]\d{8}$"
"""An area code of the Office for National Statistics; its first two digits say what kind of area it is."""


@dataclass(frozen=True)
class Known:
    """What a build knows of area codes.

    ``inside`` are those of the study area, ``elsewhere`` those of other places. ``entities`` are the kinds of
    area that count (the two digits of an official code), where a file may hold others that repeat them; empty
    where all do.
    """

    inside: frozenset[str]
    elsewhere: frozenset[str] = frozenset()
    entities: frozenset[str] = field(default=frozenset())


def stage(engine: Engine, kind: FigureKind, raws: Sequence[RawFile], scratch: Path) -> list[StagedFile]:
    """Read every file into Parquet, still as text; see ``text.stage``."""
    return text.stage(engine, kind, raws, scratch, typed=_trimmed)


def canonical(
    engine: Engine, staged: Sequence[StagedFile], known: Known, *, kind: FigureKind, scratch: Path
) -> tuple[ir.Table, ir.Table]:
    """Staged rows → rows with their ``reason`` (``code, period, method, reason``), and the figures of mapped rows.

    The figures have ``code, period, method``, ``WORDS``, ``NUMBERS`` and ``status``. Raises ``SchemaError``
    where two rows give different figures for one area, indicator, period and group, unless the kind adds them.
    """
    rows = engine.read_numbered(parts(staged))
    each = rows.select("file", "row", figure=rows.figures.unnest()).unpack("figure")
    engine.write(_parsed(each, counts=kind.measure is not None), scratch / "each.parquet")
    each = engine.read([scratch / "each.parquet"])
    codes = engine.register("known_codes", _codes(known))
    rows = rows.left_join(codes, rows.code == codes.known)
    rows = _flagged(rows, each.filter(each.status == BAD_ROW), "wrong")
    inside = each.semi_join(rows.filter(rows.inside), ["file", "row"])  # of others nobody asks whether they are empty
    rows = _flagged(rows, inside.filter(inside.status != NO_DATA), "told")
    engine.write(_judged(rows, known), scratch / "judged.parquet")  # asked three times, and would be held in memory
    rows = _with_reason(engine, engine.read([scratch / "judged.parquet"]), () if kind.adds else staged)
    named = ["file", "row", "code", "period", "method", "reason"]
    engine.write(rows.select(*named), scratch / "rows.parquet")
    rows = engine.read([scratch / "rows.parquet"])
    mapped = rows.filter(rows.reason.isnull()).drop("reason").inner_join(each, ["file", "row"])
    found = mapped.filter(mapped.status != NO_DATA).drop("file", "row")
    if kind.measure is not None:  # they are added up later: two years of age may have equally many people
        return rows, found
    return rows, _added(found) if kind.adds else found.distinct()


def require_one_a_key(figures: pa.Table, *, source: str) -> None:
    """Raise ``SchemaError`` where two figures share a ``KEY``."""
    counted = figures.group_by(list(KEY)).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))
    if twice.num_rows:
        raise _conflict(source, {name: twice[name][0].as_py() for name in KEY})


def totals(figures: ir.Table) -> ir.Table:
    """Figures → ``code, group, value``: those of one group are added."""
    return figures.group_by("code", "group").agg(value=figures.value.sum())


def _added(figures: ir.Table) -> ir.Table:
    """Figures of one key as one: numbers of events are added; nothing can be said of their intervals."""
    withheld = (figures.status != "shown").any()
    value, count = figures.value.sum(), figures["count"].sum()
    none = ibis.null("float64")
    found = figures.group_by("code", "period", "method", *WORDS).agg(
        value=withheld.ifelse(none, value), count=withheld.ifelse(none, count),
        status=withheld.ifelse("suppressed", "shown"),
    )  # fmt: skip
    return found.mutate(lower=none, upper=none, denominator=none)


def _trimmed(rows: ir.Table) -> ir.Table:
    return rows.select(
        "file", "figures", **{name: rows[name].strip().nullif("") for name in ("code", "period", "method")}
    )


def _parsed(each: ir.Table, *, counts: bool) -> ir.Table:
    """Text → numbers. The ``status`` is ``bad-row`` where a field that should be a number is none, or nothing is named."""
    each = each.mutate(**{name: each[name].strip().lower().nullif("") for name in NUMBERS})
    each = each.mutate(**{f"{name}_number": _number(each[name]) for name in NUMBERS})
    numbers = {name: each[f"{name}_number"] for name in NUMBERS}
    wrong = reduce(or_, [_is_wrong(each[name], number) for name, number in numbers.items()])
    words = {name: each[name].strip().nullif("") for name in WORDS}
    words["label"] = ibis.coalesce(words["label"], words["indicator"])
    wrong |= words["indicator"].isnull()
    if counts:
        wrong |= numbers["value"].fill_null(0) < 0
    status = ibis.cases(
        (wrong, BAD_ROW),
        (numbers["value"].notnull(), "shown"),
        (_is_withheld(each["value"]), NO_DATA if counts else "suppressed"),
        else_=NO_DATA,
    )
    return each.select("file", "row", **words, **numbers, status=status)


def _number(field: ir.StringValue) -> ir.FloatingValue:
    """A finite number, or null. The pattern is asked only where a plain cast does not tell: it takes far longer."""
    plain = field.try_cast("float64")
    is_plain = plain.abs() < ibis.literal(MOST)
    spelt = field.re_search(NUMBER).ifelse(field.replace(",", "").replace("%", ""), ibis.null(str))
    return ibis.cases(
        (field.isnull(), ibis.null("float64")),
        (is_plain & ~field.contains("_"), plain),
        else_=spelt.try_cast("float64"),
    )


def _is_withheld(field: ir.StringValue) -> ir.BooleanValue:
    return (field.isin(WITHHELD) | field.re_search(SMALL)).fill_null(False)  # noqa: FBT003 - ibis has no keyword


def _is_wrong(field: ir.StringValue, number: ir.FloatingValue) -> ir.BooleanValue:
    told = field.isin(WITHHELD + BLANK) | field.re_search(SMALL)
    return ibis.cases((field.isnull() | number.notnull(), False), else_=~told)


def _codes(known: Known) -> pa.Table:
    inside, elsewhere = sorted(known.inside), sorted(known.elsewhere - known.inside)
    flags = pa.array([True] * len(inside) + [False] * len(elsewhere), pa.bool_())
    return pa.table({"known": pa.array([*inside, *elsewhere], pa.string()), "inside": flags})


def _flagged(rows: ir.Table, each: ir.Table, name: str) -> ir.Table:
    """Rows with a flag for those that have some of these figures."""
    some = each.select("file", "row").distinct().mutate(**{name: ibis.literal(True)})  # noqa: FBT003 - ibis has no keyword
    rows = rows.left_join(some, ["file", "row"]).drop(*TWICE)
    return rows.mutate(**{name: rows[name].fill_null(False)})  # noqa: FBT003


def _judged(rows: ir.Table, known: Known) -> ir.Table:
    """Rows without their figures: the reason that each shows by itself, and what it must not share with another."""
    first = rows.figures[0]
    rows = rows.mutate(early=_early_reason(rows, known), indicator=first["indicator"], group=first["group"])
    content = rows.early.isnull().ifelse(rows.figures.cast(str).hash(), ibis.null("int64"))
    return rows.select("file", "row", *KEY, "early", "told", content=content)


def _with_reason(engine: Engine, rows: ir.Table, staged: Sequence[StagedFile]) -> ir.Table:
    """Rows with their ``reason``; none is a duplicate of another where no files are given."""
    rows = _numbered(engine, rows, staged) if staged else rows.mutate(place=ibis.null("int64"))
    reason = ibis.cases(
        (rows.early.notnull(), rows.early), (rows.place > 0, DUPLICATE), (~rows.told, NO_DATA),
        else_=ibis.null(str),
    )  # fmt: skip
    return rows.mutate(reason=reason)


def _early_reason(rows: ir.Table, known: Known) -> ir.StringValue:
    """First reason that a row shows by itself, or null."""
    repeats = ibis.literal(False)  # noqa: FBT003 - ibis has no keyword
    if known.entities:
        entity = rows.code.substr(1, 2)
        repeats = rows.inside.isnull() & rows.code.re_search(OFFICIAL) & ~entity.isin(sorted(known.entities))
    return ibis.cases(
        (rows.wrong | rows.code.isnull() | rows.period.isnull(), BAD_ROW),
        (~rows.inside, OUTSIDE_AREA),
        (repeats, DUPLICATE),
        (rows.inside.isnull(), UNMATCHED),
        else_=ibis.null(str),
    )


def _numbered(engine: Engine, rows: ir.Table, staged: Sequence[StagedFile]) -> ir.Table:
    """Rows with their ``place``: how many before them say the same; null where another reason comes first."""
    order = ibis.window(group_by=list(KEY), order_by=["file", "row"])
    fit = rows.filter(rows.early.isnull())
    fit = fit.mutate(place=ibis.row_number().over(order), other=fit.content != fit.content.first().over(order))
    _refuse_conflict(engine, fit, staged)
    return fit.drop("other").union(rows.filter(rows.early.notnull()).mutate(place=ibis.null("int64")))


def _refuse_conflict(engine: Engine, rows: ir.Table, staged: Sequence[StagedFile]) -> None:
    """Two figures for one key: nobody can say which one is meant."""
    found = engine.collect(rows.filter(rows.other).order_by(list(KEY)).limit(1).select("file", *KEY)).to_pylist()
    if found:
        names = {file.number: file.raw.name for file in staged}
        raise _conflict(names[found[0]["file"]], {name: found[0][name] for name in KEY})


def _conflict(where: str, key: Mapping[str, object]) -> SchemaError:
    what = ", ".join(str(value) for value in key.values() if value is not None)
    return SchemaError(
        f"there are two figures for {what}.",
        file=where,
        remedy="Name the columns that tell them apart (`group`, `method`), or remove one of them.",
    )
