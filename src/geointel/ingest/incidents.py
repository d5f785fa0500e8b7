"""Incident files to one canonical table: validated, one row an incident, coordinates gone.

Every row of every file stands in the canonical table, either mapped (``reason`` is null) or with the
first reason that applies: ``bad-row``, ``bad-date``, ``outside-period``, ``no-location``,
``bad-coordinates``, ``superseded``, ``outside-area``, ``unmatched``.

A kind's ``read`` gives the text columns ``file, id, month, category, word, x, y, osgb, special, area_code,
area_name``, and may give those of ``ingest.extras``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.ingest import extras, linked, record_keys, text
from geointel.ingest.linked import UNMATCHED
from geointel.ingest.points import cell_of_points, is_place
from geointel.ingest.text import parts
from geointel.model import RECORD_HIGH, RECORD_LOW, parse_month

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind, RawFile

BAD_ROW, BAD_DATE, OUTSIDE_PERIOD = "bad-row", "bad-date", "outside-period"
NO_LOCATION, BAD_COORDINATES = "no-location", "bad-coordinates"
SUPERSEDED, OUTSIDE_AREA = "superseded", "outside-area"
REASONS = (BAD_ROW, BAD_DATE, OUTSIDE_PERIOD, NO_LOCATION, BAD_COORDINATES, SUPERSEDED, OUTSIDE_AREA)
"""In the order in which they apply."""
EVERY_REASON = (*REASONS, UNMATCHED)

FIRST_YEAR, LAST_YEAR = 2000, 2099
SPOT = ("x", "y", "osgb")
"""Columns that make a place."""


def stage(
    engine: Engine, kind: EventKind, raws: Sequence[RawFile], scratch: Path, *, keyed: bool = False
) -> list[StagedFile]:
    """Read every file into Parquet of our own types, in the order given; see ``text.stage``. ``keyed`` prepares for record keys."""
    return text.stage(engine, kind, raws, scratch, typed=partial(_typed, kind=kind, keyed=keyed))


@dataclass(frozen=True)
class Wanted:
    """What canonical rows have besides the usual.

    With ``by_code`` a row without coordinates that carries the code of an
    area is mapped without a cell. ``keep_keys`` keeps the hashes of the IDs, for outcomes. ``roads`` gives the stretch of
    road of places (``x, y, osgb, road``), −1 where none is near: ``stretch`` is then a column, null there. With the ``secret``
    rows that were staged ``keyed`` have their record keys.
    """

    by_code: bool = False
    keep_keys: bool = False
    roads: Callable[[pa.Table], NDArray[np.int64]] | None = None
    secret: bytes | None = field(default=None, repr=False)


NOTHING_MORE = Wanted()


def canonical(
    engine: Engine,
    staged: Sequence[StagedFile],
    *,
    study: StudyArea,
    period: range | None,
    wanted: Wanted = NOTHING_MORE,
) -> ir.Table:
    """Staged rows → canonical table: ``month, category, cell, special, area_code, area_name, reason``.

    ``month`` and ``cell`` are null where they are not known; ``cell`` is a leaf. What the kind has besides is kept:
    weight, weekday and hour, measures. ``Wanted`` says what else there may be.
    """
    roads = wanted.roads
    rows = engine.read_numbered(parts(staged))
    own = extras.kept(rows)
    keys = SPOT if roads is None else (*SPOT, "road")
    rows, stretches = (rows, {}) if roads is None else on_roads(engine, rows, roads)
    own = (*own, *stretches)
    located = engine.index_points(
        rows.filter(rows.point).select(*keys).distinct(),
        lambda points: cell_of_points(points, study.leaf),
        **stretches,
    )
    if wanted.by_code:
        rows = extras.with_area(engine, rows, [code for level in study.levels for code in level.codes])
    rows = linked.waiting(rows.mutate(reason=_early_reason(rows, period)))
    rows = one_row_per_id(engine, rows)
    leaves = engine.register("study_leaves", pa.table({"leaf": study.leaves}))
    located = located.left_join(leaves, located.cell == leaves.leaf)
    rows = rows.left_join(located, list(keys))
    outside = rows.reason.isnull() & rows.leaf.isnull()
    for placed in extras.placed_otherwise(rows):
        outside &= ~placed
    rows = linked.settled(rows.mutate(reason=outside.ifelse(OUTSIDE_AREA, rows.reason)))
    if wanted.secret is not None:
        rows = record_keys.with_record_keys(engine, rows, source=staged[0].raw.source, secret=wanted.secret)
        own = (*own, RECORD_LOW, RECORD_HIGH)
    hashes = ("key", "second_key") if wanted.keep_keys else ()
    return rows.select("month", "category", "cell", "special", "area_code", "area_name", *own, *hashes, "reason")


def on_roads(
    engine: Engine, rows: ir.Table, roads: Callable[[pa.Table], NDArray[np.int64]]
) -> tuple[ir.Table, dict[str, Callable[[pa.Table], NDArray[np.int64]]]]:
    """Rows whose ``road`` is a number, and how ``stretch`` is found of places with it: text for millions of rows is not held."""
    told = engine.collect(rows.select(key=extras.first_hash(rows.road), road=rows.road).distinct().order_by("key"))

    def stretch(points: pa.Table) -> NDArray[np.int64]:
        place = pc.index_in(points["road"], value_set=told["key"].combine_chunks()).combine_chunks()
        names = pa.DictionaryArray.from_arrays(place, told["road"].combine_chunks())
        return roads(points.set_column(points.schema.get_field_index("road"), "road", names))

    return rows.mutate(road=extras.first_hash(rows.road)), {"stretch": stretch}


def unknown_words(engine: Engine, staged: Sequence[StagedFile]) -> list[tuple[str, int]]:
    """Crime types that the kind does not know, with how many rows have them."""
    rows = engine.read(parts(staged))
    unknown = rows.filter(rows.category.isnull(), *extras.without_fault(rows)).group_by("word").agg(n=ibis._.count())
    found = engine.collect(unknown.order_by(ibis.desc("n"), "word")).to_pylist()
    return [(str(row["word"] or "(blank)"), int(row["n"])) for row in found]


def _typed(rows: ir.Table, kind: EventKind, *, keyed: bool = False) -> ir.Table:
    """Text → numbers. A month is a number only when it is one, a point only when it is a place."""
    told = {record_keys.DIGEST: record_keys.digest(rows)} if keyed else {}
    rows = rows.mutate(  # what several columns need is a column first: an engine works it out once
        first_day=(rows.month + "-01").try_cast("date"),
        named=~extras.is_blank(rows.id),
        lng=rows.x.try_cast("float64"),
        lat=rows.y.try_cast("float64"),
    )
    right, month = _month_number(rows.month, rows.first_day)
    no_key = ibis.null("int64")
    own = extras.typed(rows, kind)
    return rows.select(
        "file",
        "special",
        "osgb",
        "area_code",
        "area_name",
        category=extras.unless_faulty(rows.category, own),
        word=rows.category.isnull().ifelse(rows.word, ibis.null(str)),
        month=extras.unless_no_day(right, rows).ifelse(month, ibis.null("int32")),
        key=rows.named.ifelse(extras.first_hash(rows.id), no_key),
        second_key=rows.named.ifelse(extras.second_hash(rows.id), no_key),
        blank=ibis.cases((rows.lng.notnull(), False), else_=extras.is_blank(rows.x) & extras.is_blank(rows.y)),
        x=rows.lng,
        y=rows.lat,
        point=is_place(rows.lng, rows.lat, rows.osgb),
        **own,
        **told,
    )


def _month_number(month: ir.StringValue, day: ir.DateValue) -> tuple[ir.BooleanValue, ir.IntegerValue]:
    """Whether a month is written ``YYYY-MM`` in one of our years, and its number; ``day`` is its first day, or null.

    Of what can be read as a day of such a year, only that has seven characters and begins with a year.
    """
    written = (month.length() == len("YYYY-MM")) & month.between(str(FIRST_YEAR), str(LAST_YEAR + 1))
    right = written & day.year().between(FIRST_YEAR, LAST_YEAR)
    return right, (day.year() * 12 + day.month() - 1).cast("int32")


def _early_reason(rows: ir.Table, period: range | None) -> ir.StringValue:
    """First reason that a row shows by itself, or null."""
    cases = [(linked.is_bad(rows), BAD_ROW), *linked.early(rows), (rows.month.isnull(), BAD_DATE)]
    if period is not None:
        cases.append(((rows.month < period.start) | (rows.month >= period.stop), OUTSIDE_PERIOD))
    if "has_area" in rows.columns:
        coded = rows.blank & ~extras.is_blank(rows.area_code)
        cases += [(rows.has_area, ibis.null(str)), (coded, OUTSIDE_AREA)]
    cases += [(rows.blank, NO_LOCATION), (~rows.point.fill_null(False), BAD_COORDINATES)]  # noqa: FBT003 - ibis has no keyword
    return ibis.cases(*cases)


def one_row_per_id(engine: Engine, rows: ir.Table) -> ir.Table:
    """Apply the ID rule: the last row stays, with the month of the first; the others are superseded.

    Only rows that no earlier reason took count; first and last by month, then file, then row. An ID is
    known by two 64-bit hashes, so that it is stored nowhere and millions fit in memory, eight bytes each:
    among 10^8 IDs two share both with a chance below 10^-22.
    """
    candidates = rows.filter(rows.reason.isnull(), rows.key.notnull())
    keys = np.sort(engine.collect(candidates.select("key"))["key"].to_numpy())
    twice = engine.register("repeated_keys", pa.table({"key": np.unique(keys[1:][keys[1:] == keys[:-1]])}))
    again = candidates.select("key", "second_key", "month", "file", "row").semi_join(twice, "key")
    decided = engine.register("repeated_ids", _decide(engine.collect(again)))
    rows = rows.left_join(decided, ["file", "row"])
    return rows.mutate(
        month=rows.earlier.fill_null(True).ifelse(rows.month, rows.first_month),  # noqa: FBT003 - ibis has no keyword
        reason=ibis.cases((rows.earlier, SUPERSEDED), else_=rows.reason),
    )


def _decide(rows: pa.Table) -> pa.Table:
    """Rows whose ID may come again → ``file, row, earlier`` (than the last of the ID) and ``first_month``."""
    key, second, month, file, row = (rows[name].to_numpy() for name in ("key", "second_key", "month", "file", "row"))
    by = np.lexsort((row, file, month, second, key))
    first = np.ones(len(by), dtype=bool)
    first[1:] = (np.diff(key[by]) != 0) | (np.diff(second[by]) != 0)
    start = np.maximum.accumulate(np.where(first, np.arange(len(by)), 0))
    return pa.table(
        {
            "file": file[by],
            "row": row[by],
            "earlier": ~np.append(first[1:], True)[: len(by)],
            "first_month": month[by][start],
        }
    )


def months_of(engine: Engine, kind: EventKind, staged: Sequence[StagedFile]) -> frozenset[int]:
    """Months for which the source has a file: as the kind says, else by the file's name, else by its rows."""
    if kind.months:
        return kind.months
    by_name = [kind.month_of(file.raw.name) for file in staged]
    named = {parse_month(month) for month in by_name if month is not None}
    unnamed = [file for file, month in zip(staged, by_name, strict=True) if month is None]
    if unnamed:
        rows = engine.read(parts(unnamed))
        rows = rows.filter(rows.month.notnull(), rows.file.isin([file.number for file in unnamed]))
        found = engine.collect(rows.select("month").distinct())
        named |= set(found["month"].to_pylist())
    return frozenset(named)
