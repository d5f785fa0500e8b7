"""Canonical rows to small fact tables, as Ibis expressions that every engine runs alike.

H3 stays out of the expressions: a parent is bit arithmetic on a signed 64-bit integer, and which
area a leaf belongs to is a table. After ``collect`` there is only Arrow and NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from geointel.grid.cells import RESOLUTION_MASK, RESOLUTION_SHIFT, unused_digits
from geointel.model import ALL, INCIDENTS, RECORD, RECORD_HIGH, RECORD_LOW, SPECIAL, WEIGHT, YEAR

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

USUAL = {INCIDENTS: WEIGHT, SPECIAL: "special"}
"""Measure → the column that is summed: how many incidents a row stands for, and how many at special points."""
ONE = {INCIDENTS: WEIGHT}
"""Incidents alone."""
OUTSIDE = "outside-area"
"""Reason of a row whose leaf is not in the study area."""
KEYS = ("resolution", "cell", "stretch", "level", "code", "month", "window", "category", "weekday", "hour")
"""Columns that are no measure."""
APRIL = 3
"""The first month of a financial year, counted from 0."""
LOW, HIGH = " low", " high"
"""After a measure: the column of its record keys' halves, summed. Sums of halves fit into 64 bits, those of keys do not."""


def parent(cell: ir.IntegerColumn, resolution: int) -> ir.IntegerColumn:
    """Parent of a cell at ``resolution``, in any engine."""
    return (cell & ~RESOLUTION_MASK) | (resolution << RESOLUTION_SHIFT) | unused_digits(resolution)


def by_leaf(rows: ir.Table, measures: Mapping[str, str] = USUAL) -> ir.Table:
    """Mapped canonical rows → ``cell, month, category`` and a column for each measure. Big becomes small here.

    Rows that have an area and no cell are left to ``by_code``.
    """
    return _by_leaf(rows.filter(rows.reason.isnull()), measures)


def by_leaf_beyond(rows: ir.Table, leaves: ir.Table, measures: Mapping[str, str] = USUAL) -> ir.Table:
    """The same of rows outside the study area that lie in one of some ``leaves``: ``cell``."""
    return _by_leaf(rows.filter(rows.reason == OUTSIDE).semi_join(leaves, "cell"), measures)


def leaves_outside(rows: ir.Table) -> ir.Table:
    """Leaves outside the study area that have a row: ``cell``."""
    return rows.filter(rows.reason == OUTSIDE, rows.cell.notnull()).select("cell").distinct()


def _by_leaf(rows: ir.Table, measures: Mapping[str, str]) -> ir.Table:
    mapped = rows.filter(rows.cell.notnull())
    return mapped.group_by("cell", "month", "category").agg(**_sums(mapped, measures))


def by_code(rows: ir.Table, areas: ir.Table, measures: Mapping[str, str] = USUAL) -> ir.Table:
    """Mapped rows that have an area and no cell → ``level, code, month, category`` and the measures.

    ``areas`` are the areas of every level in which a code lies: ``area_code, level, code``.
    """
    mapped = rows.filter(rows.reason.isnull(), rows.cell.isnull()).join(areas, "area_code")
    return mapped.group_by("level", "code", "month", "category").agg(**_sums(mapped, measures))


def by_moment(rows: ir.Table, measures: Mapping[str, str] = ONE) -> ir.Table:
    """Mapped rows whose day is known → ``cell, month, category, weekday, hour`` and a column for each measure."""
    mapped = rows.filter(rows.reason.isnull(), rows.cell.notnull(), rows.weekday.notnull())
    keys = ("cell", "month", "category", "weekday", "hour")
    return mapped.group_by(*keys).agg(**_sums(mapped, measures))


def by_stretch(rows: ir.Table, measures: Mapping[str, str] = USUAL) -> ir.Table:
    """Mapped rows that lie on a stretch of road → ``stretch, month, category, weekday, hour`` and the measures."""
    mapped = rows.filter(rows.reason.isnull(), rows.stretch.notnull())
    return mapped.group_by("stretch", "month", "category", "weekday", "hour").agg(**_sums(mapped, measures))


def by_contributor(rows: ir.Table, who: str) -> ir.Table:
    """Mapped rows → ``cell, month, category, who, incidents``; ``who`` is a person or place, as rows' ``…_key`` says.

    A row that does not say it is taken to be about one of its own: nothing shows that two such rows belong together. A row that stands for
    no incident adds nobody: others would seem to share a count that they have no part in.
    """
    mapped = rows.filter(rows.reason.isnull(), rows.cell.notnull())
    mapped = mapped.filter(mapped[WEIGHT] > 0) if WEIGHT in rows.columns else mapped
    own = mapped[RECORD_LOW]
    mapped = mapped.mutate(who=own if who == RECORD else ibis.coalesce(mapped[f"{who}_key"], own))
    return mapped.group_by("cell", "month", "category", "who").agg(incidents=_sums(mapped, ONE)[INCIDENTS])


def bounded(rows: ir.Table, most: int) -> ir.Table:
    """Mapped rows without those by which a person has more than ``most`` incidents in a financial year; which stay, their keys say.

    A row that does not say whom it is about is taken to be about one of its own. One that stands for more incidents than that alone does not stay.
    """
    who = ibis.coalesce(rows.person_key, rows[RECORD_LOW])
    mapped = rows.mutate(who=who, year=(rows.month - APRIL) // YEAR).filter(rows.reason.isnull(), rows.cell.notnull())
    each = mapped[WEIGHT] if WEIGHT in rows.columns else ibis.literal(1)
    so_far = ibis.cumulative_window(group_by=["who", "year"], order_by=[RECORD_LOW, RECORD_HIGH])
    counted = mapped.mutate(each=each).mutate(so_far=ibis._.each.sum().over(so_far))
    return counted.filter(counted.so_far <= most).drop("who", "year", "each", "so_far")


def concentrated_cells(
    contributed: ir.Table, windows: ir.Table, resolutions: Sequence[int], *, fewest: int, share: float
) -> ir.Table:
    """``by_contributor`` rows → ``resolution, cell, window, category, value, contributors, largest``.

    Counts above 1 that fewer than ``fewest`` persons or places make up, or one of them more than ``share`` of.
    """
    parts = []
    for resolution in resolutions:
        cells = contributed.mutate(cell=parent(contributed.cell, resolution))
        found = _concentrated(cells, windows, ("cell",), fewest=fewest, share=share)
        parts.append(found.mutate(resolution=ibis.literal(resolution, "int8")))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def concentrated_areas(
    contributed: ir.Table, windows: ir.Table, membership: ir.Table, *, fewest: int, share: float
) -> ir.Table:
    """The same of areas: ``level, code`` instead of ``resolution, cell``."""
    inside = contributed.join(membership, "cell").drop("cell")
    return _concentrated(inside, windows, ("level", "code"), fewest=fewest, share=share)


def _concentrated(
    counts: ir.Table, windows: ir.Table, place: tuple[str, ...], *, fewest: int, share: float
) -> ir.Table:
    every = counts.mutate(category=ibis.literal(ALL))
    both = ibis.union(counts, every.select(counts.columns)).join(windows, "month")
    each = both.group_by(*place, "window", "category", "who").agg(n=both.incidents.sum().cast("float64"))
    found = each.group_by(*place, "window", "category").agg(
        value=each.n.sum(), contributors=each.who.nunique(), largest=each.n.max()
    )
    return found.filter(found.value > 1, (found.contributors < fewest) | (found.largest > share * found.value))


def cell_facts(
    leaves: ir.Table, windows: ir.Table, resolutions: Sequence[int], only: ir.Table | None = None
) -> ir.Table:
    """``by_leaf`` rows → ``resolution, cell, window, measure, category, value``, non-zero rows only.

    ``windows`` has one row per window and month: ``window, month``. A parent's count is summed from
    its own leaves, so a cell's children are H3 children and every resolution has the same total. With ``only``
    some cells are counted: ``cell``, of any resolution.
    """
    parts = []
    for resolution in resolutions:
        cells = leaves.mutate(cell=parent(leaves.cell, resolution))
        cells = cells if only is None else cells.semi_join(only, "cell")
        counted = _windowed(cells, windows, "cell")
        parts.append(counted.mutate(resolution=ibis.literal(resolution, "int8")))
    return _long(ibis.union(*parts) if len(parts) > 1 else parts[0], ("resolution", "cell"))


def area_facts(leaves: ir.Table, windows: ir.Table, membership: ir.Table, coded: ir.Table | None = None) -> ir.Table:
    """``by_leaf`` rows → ``level, code, window, measure, category, value``, non-zero rows only.

    ``membership`` says which area a leaf belongs to at each level: ``cell, level, code``. ``coded`` are
    ``by_code`` rows that count too.
    """
    inside = leaves.join(membership, "cell").drop("cell")
    if coded is not None:
        inside = ibis.union(inside.select(coded.columns), coded)
    return _long(_windowed(inside, windows, "level", "code"), ("level", "code"))


def cell_profile(moments: ir.Table, windows: ir.Table, resolution: int) -> ir.Table:
    """``by_moment`` rows → ``cell, weekday, hour, window, category, measure, value`` at one resolution, non-zero rows only."""
    cells = moments.mutate(cell=parent(moments.cell, resolution))
    place = ("cell", "weekday", "hour")
    return _long(_windowed(cells, windows, *place), place)


def area_profile(moments: ir.Table, windows: ir.Table, membership: ir.Table) -> ir.Table:
    """``by_moment`` rows → ``level, code, weekday, hour, window, category, measure, value``, non-zero rows only."""
    inside = moments.join(membership, "cell").drop("cell")
    place = ("level", "code", "weekday", "hour")
    return _long(_windowed(inside, windows, *place), place)


def road_counts(stretches: ir.Table, windows: ir.Table) -> ir.Table:
    """``by_stretch`` rows → ``stretch, weekday, hour, window, measure, category, value``, non-zero rows only."""
    keys = ("stretch", "weekday", "hour")
    return _long(_windowed(stretches, windows, *keys), keys)


def unmapped_facts(rows: ir.Table, windows: ir.Table) -> ir.Table:
    """Incidents without a place in the study area → ``window, category, reason, value``.

    Only months and categories that are known; every row is counted in the reconciliation anyway.
    """
    lost = rows.filter(rows.reason.notnull(), rows.month.notnull(), rows.category.notnull())
    sums = _sums(lost, ONE)
    keys = {half: sums[INCIDENTS + half] for half in (LOW, HIGH) if INCIDENTS + half in sums}
    counted = lost.group_by("month", "category", "reason").agg(value=sums[INCIDENTS], **keys)
    both = ibis.union(counted, counted.mutate(category=ibis.literal(ALL)))
    joined = both.join(windows, "month")
    summed = {half: joined[half].sum().cast("int64") for half in keys}
    found = joined.group_by("window", "category", "reason").agg(value=joined.value.sum().cast("float64"), **summed)
    found = found.rename(key_low=LOW, key_high=HIGH) if keys else found
    return found.filter(ibis._.value > 0) if WEIGHT in rows.columns else found


def support(rows: ir.Table, resolutions: Sequence[int]) -> ir.Table:
    """Cells in which a row of any category, month or fate ever fell: ``resolution, cell``."""
    placed = rows.filter(rows.cell.notnull()).select("cell").distinct()
    parts = [
        placed.select(resolution=ibis.literal(resolution, "int8"), cell=parent(placed.cell, resolution)).distinct()
        for resolution in resolutions
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def names(rows: ir.Table, resolutions: Sequence[int]) -> ir.Table:
    """Commonest name of the area that a cell's rows give, without its last letter: ``resolution, cell, name``.

    An LSOA name such as ``Blackpool 010D`` without the letter is the name of its MSOA. Never a street.
    """
    named = rows.filter(rows.reason.isnull(), rows.area_name.notnull())
    named = named.select("cell", name=named.area_name.re_replace("[A-Z]$", ""))
    counted = named.group_by("cell", "name").agg(n=ibis._.count())
    parts = []
    for resolution in resolutions:
        cells = counted.mutate(cell=parent(counted.cell, resolution)).group_by("cell", "name").agg(n=ibis._.n.sum())
        order = ibis.window(group_by="cell", order_by=[ibis.desc("n"), "name"])
        first = cells.mutate(rank=ibis.row_number().over(order)).filter(ibis._.rank == 0)
        parts.append(first.select("cell", "name", resolution=ibis.literal(resolution, "int8")))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def agreement(rows: ir.Table, membership: ir.Table, own: ir.Table) -> ir.Table:
    """How the areas by cell agree with the rows' own codes: ``level, category, by_cell, by_code, n``.

    ``own`` maps the rows' area codes to a level's codes: ``level, area_code, own_code``. Mapped rows and
    rows outside the area; ``by_cell`` is null for the latter, ``by_code`` where no lookup knows the code.
    """
    placed = rows.filter(rows.reason.isnull() | (rows.reason == OUTSIDE))
    counted = placed.group_by("cell", "area_code", "category").agg(n=ibis._.count())
    levels = own.select("level").distinct()
    each = counted.cross_join(levels)
    coded = each.left_join(own, ["level", "area_code"]).select("level", "cell", "category", "own_code", "n")
    celled = coded.left_join(membership, ["level", "cell"]).select("level", "code", "own_code", "category", "n")
    both = celled.group_by("level", "category", by_cell=celled.code, by_code=celled.own_code)
    return both.agg(n=ibis._.n.sum()).filter(ibis._.by_cell.notnull() | ibis._.by_code.notnull())


def reconciliation(rows: ir.Table) -> ir.Table:
    """Rows by fate: ``reason`` (null is mapped) and ``n``."""
    return rows.group_by("reason").agg(n=ibis._.count())


def _windowed(counts: ir.Table, windows: ir.Table, *place: str) -> ir.Table:
    """Sum over each window's months, for every category and for all of them together."""
    monthly = _summed(counts, *place, "month", "category")
    every = _summed(monthly, *place, "month").mutate(category=ibis.literal(ALL))
    both = ibis.union(monthly, every.select(monthly.columns))
    return _summed(both.join(windows, "month"), *place, "window", "category")


def without(counts: ir.Table, measures: Collection[str]) -> ir.Table:
    """Counts without some measures."""
    return counts.drop(*[name for name in counts.columns if name.removesuffix(LOW).removesuffix(HIGH) in measures])


def _sums(rows: ir.Table, measures: Mapping[str, str]) -> dict[str, ir.NumericScalar]:
    """Each measure's sum over rows, and that of their record keys' halves. Without a weight every row is one incident."""
    each = rows[WEIGHT] if WEIGHT in rows.columns else None
    usual = {
        WEIGHT: rows.count() if each is None else each.sum(),
        "special": rows.count(where=rows.special) if each is None else each.sum(where=rows.special),
    }
    sums = {measure: usual[column] if column in usual else rows[column].sum() for measure, column in measures.items()}
    return sums | _key_sums(rows, measures)


def _key_sums(rows: ir.Table, measures: Mapping[str, str]) -> dict[str, ir.NumericScalar]:
    """Sums of the record keys of rows that add to each measure; none where rows have no keys."""
    if RECORD_LOW not in rows.columns:
        return {}
    found: dict[str, ir.NumericScalar] = {}
    for measure, column in measures.items():
        adds = (rows[WEIGHT] > 0) if column == WEIGHT and WEIGHT in rows.columns else None
        if column != WEIGHT:
            adds = rows.special if column == "special" else rows[column] > 0
        for half, name in ((LOW, RECORD_LOW), (HIGH, RECORD_HIGH)):
            found[measure + half] = rows[name].sum(where=adds).fill_null(0).cast("int64")
    return found


def _measures(counts: ir.Table) -> tuple[str, ...]:
    return tuple(name for name in counts.columns if name not in KEYS and not name.endswith((LOW, HIGH)))


def _summed(counts: ir.Table, *keys: str) -> ir.Table:
    sums = {measure: counts[measure].sum() for measure in _measures(counts)}
    halves = {name: counts[name].sum().cast("int64") for name in counts.columns if name.endswith((LOW, HIGH))}
    return counts.group_by(*keys).agg(**sums, **halves)


def _long(counts: ir.Table, place: tuple[str, ...]) -> ir.Table:
    """One row a measure, zeros left out."""
    keys = (*place, "window", "category")
    keyed = any(name.endswith(LOW) for name in counts.columns)
    same = len({counts[measure].type() for measure in _measures(counts)}) == 1
    found = [
        counts.select(
            *keys,
            measure=ibis.literal(measure),
            value=counts[measure] if same else counts[measure].cast("float64"),
            **({"key_low": counts[measure + LOW], "key_high": counts[measure + HIGH]} if keyed else {}),
        )
        for measure in _measures(counts)
    ]
    every = ibis.union(*found) if len(found) > 1 else found[0]
    return every.filter(every.value > 0).mutate(value=ibis._.value.cast("float64"))
