"""Columns that only some kinds of event have. A kind without them does no work for them.

A kind's ``read`` may give, as text:

- ``weight``: how many incidents the row stands for, one where blank;
- ``when``: date, or date and time, ISO: weekday and, with a time, the hour as the clock is written;
- a column for each of its ``measures``, zero where blank;
- ``fault``: why the row cannot be used, in words; null where it can;
- ``owner``: the ID of the row that this one belongs to; see ``ingest.linked``;
- ``person_key`` and ``place_key``, whole numbers: whom and what place it is about, null where that is not known;
- those of its ``kept``, which are counted by the owner of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from geointel.model import CONTRIBUTORS, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind

AFTER_SPACE = "!"
"""The first character that stands after every space and line end."""
MOST = 1e12
"""No row stands for more."""
DAY, HOUR_AT = 10, 11
CLOCK = r"^([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?([^\d:].*)?)?$"
"""A time that exists, with or without minutes and seconds; parts of a second and a zone may follow."""
USUAL = frozenset(
    (
        *("file", "row", "category", "special", "osgb", "area_code", "area_name", "word", "month", "key", "second_key"),
        *(
            "blank",
            "x",
            "y",
            "point",
            "reason",
            "cell",
            "leaf",
            "fault",
            "owner",
            "second_owner",
            "code",
            "strange_time",
        ),
    )
)
"""Columns of ingest itself."""


def typed(rows: ir.Table, kind: EventKind) -> dict[str, ir.Value]:
    """The typed columns that the kind has besides the usual ones."""
    has = frozenset(rows.columns)
    found: dict[str, ir.Value] = {name: rows[name] for name in kind.kept}
    faults = [(rows.fault.notnull(), rows.fault)] if "fault" in has else []
    for name in dict.fromkeys((WEIGHT, *kind.measures.values())):
        if name in has and name != "special":
            number = _number(rows[name], blank=1.0 if name == WEIGHT else 0.0)
            right = number.between(0, MOST).fill_null(False)  # noqa: FBT003 - ibis has no keyword
            faults.append((~right, ibis.literal(f"the column {name!r} is no number, or below zero")))
            found[name] = right.ifelse(number, 0.0)
    if faults:
        found["fault"] = ibis.cases(*faults)
    if "when" in has:
        found |= _moment(rows.when)
    found |= {f"{who}_key": rows[f"{who}_key"] for who in CONTRIBUTORS if f"{who}_key" in has}
    if "owner" in has:
        named = ~is_blank(rows.owner)
        found["owner"] = named.ifelse(first_hash(rows.owner), ibis.null("int64"))
        found["second_owner"] = named.ifelse(second_hash(rows.owner), ibis.null("int64"))
    return found


def unless_faulty(category: ir.StringValue, own: Mapping[str, ir.Value]) -> ir.StringValue:
    """The category of a row that can be used, null for one that cannot."""
    return own["fault"].isnull().ifelse(category, ibis.null(str)) if "fault" in own else category


def unless_no_day(right: ir.BooleanValue, rows: ir.Table) -> ir.BooleanValue:
    """Whether the month is right, and so is the day where the row has one."""
    return right & (is_blank(rows.when) | _is_day(rows.when)) if "when" in rows.columns else right


def with_area(engine: Engine, rows: ir.Table, codes: Sequence[str]) -> ir.Table:
    """Rows with ``has_area``: no coordinates, but the code of an area of the study area."""
    known = engine.register("known_codes", pa.table({"code": pa.array(sorted(set(codes)), pa.string())}))
    rows = rows.left_join(known, rows.area_code == known.code)
    return rows.mutate(has_area=rows.blank & rows.code.notnull()).drop("code")


def placed_otherwise(rows: ir.Table) -> tuple[ir.BooleanValue, ...]:
    """Conditions under which a row needs no cell in the study area: it has an area, or belongs to another row."""
    area = (rows.has_area,) if "has_area" in rows.columns else ()
    return (*area, rows.owner.notnull()) if "owner" in rows.columns else area


def kept(rows: ir.Table) -> tuple[str, ...]:
    """Columns that stand in the canonical table besides the usual ones: numbers only, no text."""
    schema = rows.schema()
    return tuple(name for name in rows.columns if name not in USUAL and schema[name].is_numeric())


def without_fault(rows: ir.Table) -> tuple[ir.BooleanValue, ...]:
    """Conditions under which a row without a category has one that nobody knows."""
    found = [rows[name].isnull() for name in ("fault", "owner") if name in rows.columns]
    return tuple(found)


def faults(engine: Engine, staged: Sequence[StagedFile]) -> list[tuple[str, str, int]]:
    """What is wrong with rows, in words: file, fault and number of rows, the commonest first."""
    names = {file.number: file.raw.name for file in staged}
    rows = engine.read(list(dict.fromkeys(file.part for file in staged)))
    if "fault" not in rows.columns:
        return []
    found = rows.filter(rows.fault.notnull()).group_by("file", "fault").agg(n=ibis._.count())
    rows_of = engine.collect(found).to_pylist()
    told = [(names[row["file"]], str(row["fault"]), int(row["n"])) for row in rows_of]
    return sorted(told, key=lambda one: (-one[2], one))


def strange_times(engine: Engine, staged: Sequence[StagedFile]) -> list[tuple[str, str, int]]:
    """Times that do not exist: file, one of them, and number of rows. Their rows count, without an hour."""
    names = {file.number: file.raw.name for file in staged}
    rows = engine.read(list(dict.fromkeys(file.part for file in staged)))
    if "strange_time" not in rows.columns:
        return []
    strange = rows.filter(rows.strange_time.notnull()).group_by("file")
    found = engine.collect(strange.agg(time=ibis._.strange_time.min(), n=ibis._.count())).to_pylist()
    return sorted((names[row["file"]], str(row["time"]), int(row["n"])) for row in found)


def first_hash(text: ir.StringValue) -> ir.IntegerValue:
    """One of the two hashes by which an ID is known."""
    return text.hash()


def second_hash(text: ir.StringValue) -> ir.IntegerValue:
    """The other one."""
    return (text + "#").hash()


def is_blank(field: ir.StringValue) -> ir.BooleanValue:
    """Whether a field has no character but spaces.

    What begins with a later character than space is not blank, and costs a tenth of trimming it.
    """
    return ibis.cases((field.isnull(), True), (field > AFTER_SPACE, False), else_=field.strip() == "")


def _number(field: ir.StringValue, *, blank: float) -> ir.FloatingValue:
    return is_blank(field).ifelse(ibis.literal(blank), field.try_cast("float64"))


def _is_day(when: ir.StringValue) -> ir.BooleanValue:
    text = when.substr(0, DAY)
    return (text.try_cast("date").cast(str) == text).fill_null(False)  # noqa: FBT003 - ibis has no keyword


def _moment(when: ir.StringValue) -> dict[str, ir.Value]:
    """Weekday (0 is Monday) and hour; null where they are not known. A time that does not exist gives no hour, and is kept."""
    day, time = when.substr(0, DAY).try_cast("date"), when.substr(HOUR_AT).strip()
    right = time.re_search(CLOCK).fill_null(False)  # noqa: FBT003 - ibis has no keyword
    return {
        "weekday": _is_day(when).ifelse(day.day_of_week.index(), ibis.null("int16")).cast("int8"),
        "hour": right.ifelse(time.substr(0, 2).try_cast("int8"), ibis.null("int8")),
        "strange_time": (right | is_blank(time)).ifelse(ibis.null(str), time),
    }
