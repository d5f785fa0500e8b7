"""Lists of services to one canonical table: who helps, where, from when to when.

A kind gives the columns of ``sources.service_list.SERVICE_COLUMNS`` as text: ``category`` null where its ``word`` is
not known; ``status`` open, closed, dormant, or dated where only ``closed`` (a date) tells; ``hours`` as people write
them; lists with ``;`` or ``,`` between. Every row stands in the canonical table, mapped or with the first reason that
applies. A service is a public place, so it keeps its coordinates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from geointel.ingest import hours, text
from geointel.ingest.edge import near_cells
from geointel.ingest.incidents import BAD_COORDINATES, BAD_ROW, NO_LOCATION, OUTSIDE_AREA, SUPERSEDED
from geointel.ingest.points import cell_of_points, is_place
from geointel.ingest.postcodes import DUPLICATE, NOT_GEOCODED, normal
from geointel.ingest.text import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geointel.engine.base import Engine
    from geointel.ingest.areas import StudyArea
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import RawFile, ServiceKind

CLOSED, NO_DATA = "closed", "no-data"
REASONS = (
    BAD_ROW, SUPERSEDED, CLOSED, NO_DATA, NO_LOCATION, NOT_GEOCODED, BAD_COORDINATES, DUPLICATE, OUTSIDE_AREA,
)  # fmt: skip
"""In the order in which they apply: a closed service is closed wherever it was."""

STATUSES = ("open", "closed", "dormant", "dated")
OLDEST, NSP_LEVELS = 120, (1, 3)
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
LIST = r"^[^;,]+([;,][^;,]+)*[;,]?$"
DATE = r"^\d{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])([ T].*)?$"
AGELESS = "99999999"
_IN_NAME = re.compile(r"(?<!\d)(\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?!\d)")
FLAGS = ("supervised", "naloxone")
KEPT = (
    "id", "name", "category", "address", "postcode", "x", "y", "osgb", "capacity", "hours", "substances", "min_age",
    "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas", "as_of",
)  # fmt: skip


def stage(engine: Engine, kind: ServiceKind, raws: Sequence[RawFile], scratch: Path) -> list[StagedFile]:
    """Read every file into Parquet of our own types, in the order given; see ``text.stage``."""
    return text.stage(engine, kind, raws, scratch, typed=_typed)


def as_of(kind: ServiceKind, name: str) -> str | None:
    """Date of a list (YYYY-MM or YYYY-MM-DD): what the source says, else what the file's name says, else None."""
    found = set(_IN_NAME.findall(name.replace("\\", "/").rpartition("/")[2]))
    return kind.as_of or (found.pop() if len(found) == 1 else None)


def canonical(
    engine: Engine, kind: ServiceKind, staged: Sequence[StagedFile], *, places: ir.Table | None, study: StudyArea,
    edge_km: float,
) -> ir.Table:  # fmt: skip
    """Staged rows → canonical table: ``KEPT``, ``cell``, ``near``, ``line``, ``fault``, ``reason``.

    ``places`` are those of postcodes. ``cell`` is a leaf; ``near`` says that it lies outside the study area,
    but within ``edge_km``. ``line`` counts a file's rows from 1; ``fault`` says what is wrong with a bad row.
    """
    rows = _dated(engine, kind, staged)
    rows = _geocoded(rows, places)
    rows = rows.mutate(reason=_early_reason(rows))
    rows = rows.mutate(reason=_again(rows, kind).fill_null(ibis.null(str)))
    points = rows.filter(rows.point.fill_null(False)).select("x", "y", "osgb").distinct()  # noqa: FBT003 - ibis has no keyword
    located = engine.index_points(points, lambda found: cell_of_points(found, study.leaf))
    leaves = engine.register("study_leaves", pa.table({"leaf": study.leaves}))
    located = located.left_join(leaves, located.cell == leaves.leaf)
    beyond = engine.collect(located.filter(located.leaf.isnull()).select("cell").distinct())["cell"].to_numpy()
    around = engine.register("edge_leaves", pa.table({"edge": near_cells(study, beyond, edge_km)}))
    located = located.left_join(around, located.cell == around.edge)
    rows = rows.left_join(located, ["x", "y", "osgb"])
    outside = rows.reason.isnull() & rows.leaf.isnull()
    return rows.select(
        *KEPT, "file", "line", "fault", "cell", "lost_postcode",
        near=outside & rows.edge.notnull(),
        reason=outside.ifelse(OUTSIDE_AREA, rows.reason),
    )  # fmt: skip


def _typed(rows: ir.Table) -> ir.Table:
    """Text → numbers and flags, with what is wrong with a row in words."""
    field = {name: rows[name].strip().nullif("") for name in rows.columns if name not in ("file", "osgb")}
    number = {name: field[name].try_cast("float64") for name in ("capacity", "min_age", "max_age", "nsp_level")}
    x, y = field["x"].try_cast("float64"), field["y"].try_cast("float64")
    flags = {name: _flag(field[name]) for name in FLAGS}
    return rows.select(
        "file",
        "osgb",
        **{name: field[name] for name in ("id", "name", "category", "address", "status")},
        postcode=normal(field["postcode"]),
        closed=_day(field["closed"]),
        blank=field["x"].isnull() & field["y"].isnull(),
        point=is_place(x, y, rows.osgb),
        x=x,
        y=y,
        capacity=number["capacity"],
        hours=field["hours"],
        substances=field["substances"],
        min_age=number["min_age"].try_cast("int16"),
        max_age=number["max_age"].try_cast("int16"),
        nsp_level=number["nsp_level"].try_cast("int8"),
        **flags,
        eligible_areas=field["eligible_areas"],
        fault=_fault(field, number, flags),
    )


def _fault(
    field: Mapping[str, ir.StringValue], number: Mapping[str, ir.FloatingValue], flags: Mapping[str, ir.BooleanValue]
) -> ir.StringValue:
    """The first thing that is wrong with a row, such as ``capacity '0'``; null where nothing is."""

    def wrong(name: str, right: ir.BooleanValue) -> tuple[ir.BooleanValue, ir.StringValue]:
        shown = ibis.literal(f"{name.replace('_', ' ')} '").concat(field[name]).concat("'")
        return field[name].notnull() & ~right.fill_null(False), shown  # noqa: FBT003 - ibis has no keyword

    def whole(name: str, low: int, high: int) -> tuple[ir.BooleanValue, ir.StringValue]:
        return wrong(name, number[name].between(low, high) & (number[name] % 1 == 0))

    kind = ibis.literal("kind '").concat(field["word"].fill_null("")).concat("'")
    ages = number["min_age"] > number["max_age"]
    return ibis.cases(
        (field["id"].isnull(), "no id"),
        (field["name"].isnull(), "no name"),
        (field["category"].isnull(), kind),
        (~field["status"].isin(STATUSES).fill_null(False), "status"),  # noqa: FBT003
        wrong("closed", field["closed"].re_search(DATE)),
        wrong("capacity", (number["capacity"] > 0) & ~number["capacity"].isinf()),
        wrong("hours", field["hours"].re_search(hours.PATTERN)),
        wrong("substances", field["substances"].re_search(LIST)),
        wrong("eligible_areas", field["eligible_areas"].re_search(LIST)),
        whole("min_age", 0, OLDEST),
        whole("max_age", 0, OLDEST),
        (ages.fill_null(False), "a least age above the greatest"),  # noqa: FBT003
        whole("nsp_level", *NSP_LEVELS),
        *(wrong(name, flags[name].notnull()) for name in FLAGS),
    )


def _flag(field: ir.StringValue) -> ir.BooleanValue:
    return ibis.cases((field.lower().isin(YES), True), (field.lower().isin(NO), False))


def _day(field: ir.StringValue) -> ir.StringValue:
    """A date as eight digits, which sort; null where there is none."""
    return field.re_search(DATE).ifelse(field.left(10).re_replace("-", "").left(8), ibis.null(str))


def _dated(engine: Engine, kind: ServiceKind, staged: Sequence[StagedFile]) -> ir.Table:
    """Rows with the date of their list, their line in it, and what the partnership knows of single services."""
    dates = [as_of(kind, file.raw.name) for file in staged]
    lists = {
        "file": pa.array([file.number for file in staged], pa.int32()),
        "as_of": pa.array(dates, pa.string()),
        "last_day": [_last_day(date) for date in dates],
    }
    rows = engine.read_numbered(parts(staged)).left_join(engine.register("service_lists", pa.table(lists)), "file")
    rows = rows.mutate(line=1 + ibis.row_number().over(ibis.window(group_by="file", order_by="row")))
    rows = rows.mutate(
        reason=ibis.cases(
            (rows.fault.notnull(), BAD_ROW),
            ((rows.status == "closed") | ((rows.status == "dated") & (rows.closed <= rows.last_day)), CLOSED),
            (rows.status == "dormant", NO_DATA),
        )
    )
    dated = rows.as_of.notnull().ifelse(rows.last_day, ibis.null(str))
    older = (dated < dated.max().over(ibis.window(group_by="id"))).fill_null(False)  # noqa: FBT003 - ibis has no keyword
    older &= rows.reason.fill_null("") != BAD_ROW
    rows = rows.mutate(reason=older.ifelse(SUPERSEDED, rows.reason))
    return _detailed(engine, kind, rows) if kind.details else rows


def _last_day(date: str | None) -> str:
    """The last day that a list speaks of, as eight digits; every closing date is in the past of an undated list."""
    return AGELESS if date is None else f"{date}-31"[:10].replace("-", "")


def _detailed(engine: Engine, kind: ServiceKind, rows: ir.Table) -> ir.Table:
    """Fill in what the partnership says of single services, over what the list says."""
    known = [{"id": name, **details.model_dump(exclude_none=True)} for name, details in kind.details.items()]
    schema = pa.schema(
        [("id", pa.string()), ("category", pa.string()), ("capacity", pa.float64()), ("min_age", pa.int16()),
         ("max_age", pa.int16()), ("nsp_level", pa.int8()), ("supervised", pa.bool_()), ("naloxone", pa.bool_()),
         ("substances", pa.string()), ("eligible_areas", pa.string())]
    )  # fmt: skip
    flat = [{name: "; ".join(v) if isinstance(v, tuple) else v for name, v in row.items()} for row in known]
    details = engine.register("service_details", pa.Table.from_pylist(flat, schema=schema))
    both = rows.left_join(details, "id", rname="own_{name}")
    own = [name for name in schema.names if name != "id"]
    return both.mutate(**{name: ibis.coalesce(both[f"own_{name}"], both[name]) for name in own})


def _geocoded(rows: ir.Table, places: ir.Table | None) -> ir.Table:
    """Rows without coordinates get those of their postcode; ``lost_postcode`` is one that no source knows."""
    if places is None:
        unknown = rows.blank & rows.postcode.notnull()
        return rows.mutate(lost_postcode=unknown.ifelse(rows.postcode, ibis.null(str)))
    where = places.select(of="postcode", to_x="x", to_y="y", to_osgb="osgb")
    both = rows.left_join(where, rows.postcode == where.of)
    found = both.blank & both.of.notnull()
    return both.mutate(
        x=found.ifelse(both.to_x, both.x),
        y=found.ifelse(both.to_y, both.y),
        osgb=found.ifelse(both.to_osgb, both.osgb),
        point=found | both.point.fill_null(False),  # noqa: FBT003 - ibis has no keyword
        blank=both.blank & ~found,
        lost_postcode=(both.blank & both.postcode.notnull() & ~found).ifelse(both.postcode, ibis.null(str)),
    )


def _early_reason(rows: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (rows.reason.notnull(), rows.reason),
        (rows.blank & rows.postcode.isnull(), NO_LOCATION),
        (rows.blank, NOT_GEOCODED),
        (~rows.point.fill_null(False), BAD_COORDINATES),  # noqa: FBT003 - ibis has no keyword
    )


def _again(rows: ir.Table, kind: ServiceKind) -> ir.StringValue:
    """The reason of each row, ``duplicate`` for a service that stands in the list again.

    Known by its id; where one address holds one service of a category, by its address too. The first stays.
    """
    free = rows.reason.isnull()
    by_id = ibis.window(group_by=["id", free], order_by=["file", "row"])
    letters = rows.address.upper().re_replace("[^A-Z0-9]", "")
    once = rows.category.isin(kind.once_at) & letters.notnull() if kind.once_at else ibis.literal(False)  # noqa: FBT003
    there = ibis.window(
        group_by=["category", free, once, letters, rows.postcode.fill_null("")], order_by=["id", "file", "row"]
    )
    again = (ibis.row_number().over(by_id) > 0) | (once & (ibis.row_number().over(there) > 0))
    return (free & again).ifelse(DUPLICATE, rows.reason)
