"""``profile``: when does it happen here, by day or in the evening and at night, and in which hours of the week?

Hours stand in the facts of areas and of the coarsest published cells only: finer ones would hold too few incidents to say
anything, and more than a partner's records should give away. So this layer has one resolution, and windows of twelve months.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel import content
from geointel.errors import MethodError
from geointel.grid import format_cells
from geointel.hotspots import enforcement, week_shares, wilson_interval
from geointel.hotspots.enforcement import FEWEST, HALVES, REPEATS, SEED, YEAR_BEFORE, can_choose
from geointel.hotspots.tails import ALPHA
from geointel.hotspots.week_windows import USUAL
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.model import ALL, INCIDENTS, YEAR, Column, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.model import Window

CELLS = "cells"
"""Level of the profiles of cells."""

DAYS, HOURS = 7, 24
EVENING, MORNING = 18, 6
BOUNDS = (35.0, 45.0, 55.0, 65.0)
"""Percent between the classes, upper-inclusive: half of the hours are from evening to morning, so 50 is even."""

CLASSES = tuple(str(number) for number in range(1, len(BOUNDS) + 2))

WINDOWS = ("windows", "held_out", "out_lower", "out_upper", "held_in", "judged_by", "p_flat")
"""Columns of the busiest windows."""

INTERVAL = (Column("lower", "95% interval from (%)"), Column("upper", "95% interval to (%)"))
"""Percent: the usual words for these columns are of ratios."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Share from evening to morning per area and cell of the coarsest resolution, window and category."""
    coarse = replace(cube, lattices=cube.lattices[:1])
    windows = _years(coarse, request)
    (lattice,) = coarse.lattices
    cells = format_cells(lattice.cells)
    maps = [(window, category) for window in windows for category in request.categories]
    return Layer(
        edition=cube.edition,
        spec=describe(
            coarse,
            replace(request, default_resolution=lattice.resolution),
            windows,
            classes=content.signed_classes("profile"),
            columns=("value", *INTERVAL, "support", "peak_weekday", "peak_hour", "untimed", *WINDOWS),
            parameters=_parameters(),
        ),
        cells=rows.assemble(
            [
                _map(
                    coarse,
                    (CELLS, cells),
                    key=key,
                    place=rows.cell_place(lattice.resolution, lattice.cells),
                    seen=lattice.supported,
                )
                for key in maps
            ],
            CLASSES,
        ),
        areas=rows.assemble(
            [
                _map(coarse, (level, codes), key=key, place=rows.area_place(level, codes))
                for level, codes in cube.area_codes.items()
                for key in maps
            ],
            CLASSES,
        ),
    )


def _parameters() -> dict[str, object]:
    return {
        "from": EVENING,
        "to": MORNING,
        "fewest": FEWEST,
        "bounds": BOUNDS,
        "level": 0.95,
        "alpha": ALPHA,
        "windows": USUAL.windows,
        "hours": USUAL.hours,
        "repeats": REPEATS,
        "seed": SEED,
    }


def _years(cube: Cube, request: LayerRequest) -> tuple[Window, ...]:
    """Raises ``MethodError`` without a window of twelve months, and where incidents carry no hours."""
    windows = tuple(window for window in cube.windows if window.kind == "year" and window.kind in request.window_kinds)
    if not windows:
        message = f"The layer {request.id!r} needs twelve months in a row, and has none."
        raise MethodError(message, remedy='Add months, or let `windows` of the layer have "year".')
    counts = cube.cells[cube.lattices[0].resolution]
    recorded = any(counts.dense(INCIDENTS, window.id, ALL).any() for window in windows)
    if recorded and not cube.profile.num_rows:
        message = f"The sources of the layer {request.id!r} carry no times. Files of crimes by police.uk do not."
        raise MethodError(
            message, remedy="Name a `source` with times: stops and searches, collisions, your own records."
        )
    return windows


def _map(
    cube: Cube,
    places: tuple[str, Sequence[str]],
    *,
    key: tuple[Window, str],
    place: Mapping[str, pa.Array],
    seen: NDArray[np.bool_] | None = None,
) -> rows.Block:
    """One map of the places of a level, with the twelve months before where the source has them."""
    window, category = key
    months = tuple(month - YEAR for month in window.months)
    earlier = next((found for found in cube.windows if found.months == months), None)
    before = None if earlier is None else _moments(cube, *places, (earlier, category))[:, :, :HOURS]
    return _block(place, _moments(cube, *places, key), key=key, before=before, seen=seen)


def _moments(cube: Cube, level: str, codes: Sequence[str], key: tuple[Window, str]) -> NDArray[np.float64]:
    """Counts of each place by weekday and hour; the last hour is "only the day is known". Shape ``(n, 7, 25)``."""
    table = cube.profile
    for name, word in (("level", level), ("measure", INCIDENTS), ("window", key[0].id), ("category", key[1])):
        table = table.filter(pc.equal(table[name].cast(pa.string()), word))
    place = pc.index_in(table["code"].cast(pa.string()), value_set=pa.array(codes, pa.string()))
    known = place.is_valid()
    table, place = table.filter(known), place.filter(known).to_numpy().astype(np.int64)
    hour = table["hour"].fill_null(HOURS).to_numpy().astype(np.int64)
    counts = np.zeros((len(codes), DAYS, HOURS + 1))
    np.add.at(counts, (place, table["weekday"].to_numpy().astype(np.int64), hour), table["value"].to_numpy())
    return counts


def _block(
    place: Mapping[str, pa.Array],
    moments: NDArray[np.float64],
    *,
    key: tuple[Window, str],
    before: NDArray[np.float64] | None = None,
    seen: NDArray[np.bool_] | None = None,
) -> rows.Block:
    """One map. Places where nothing can be recorded, or a count is not shown, have no number."""
    there = np.ones(len(moments), dtype=bool) if seen is None else seen
    week = moments[:, :, :HOURS]
    by_hour = week.sum(axis=1)
    timed = by_hour.sum(axis=1)
    night = by_hour[:, EVENING:].sum(axis=1) + by_hour[:, :MORNING].sum(axis=1)
    shown = there & np.isfinite(timed)
    value = np.divide(100 * night, timed, out=np.full(len(timed), np.nan), where=shown & (timed > 0))
    enough = shown & (timed >= FEWEST)
    whole = enough & (week == np.floor(week)).all(axis=(1, 2))
    lower, upper = (100 * end for end in wilson_interval(night, timed))
    words = np.select([~there, ~shown, ~enough], [rows.NO_SUPPORT, "suppressed", rows.INSUFFICIENT], default=rows.SHOWN)
    return rows.Block(
        place=place,
        window=key[0].id,
        category=key[1],
        value=value,
        classes=np.where(enough, np.searchsorted(BOUNDS, value, side="left"), -1).astype(np.int64),
        support=np.where(shown, timed, -1).astype(np.int64),
        status=words.astype(object),
        columns={
            "lower": np.where(shown, lower, np.nan),
            "upper": np.where(shown, upper, np.nan),
            **_peaks(week, whole),
            "untimed": np.where(there, moments[:, :, HOURS].sum(axis=1), np.nan),
            **_windows(week, before, whole),
        },
    )


def _peaks(week: NDArray[np.float64], there: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """Busiest weekday and hour, NaN unless they have more than an even share by an interval that holds for all at once."""
    found = week_shares(week[there])
    peaks = {}
    for name, shares in (("peak_weekday", found.by_weekday), ("peak_hour", found.by_hour)):
        most = shares.count.argmax(axis=1)
        stands_out = np.take_along_axis(shares.above, most[:, None], axis=1)[:, 0]
        peaks[name] = np.full(len(week), np.nan)
        peaks[name][there] = np.where(stands_out, most, np.nan)
    return peaks


def _windows(
    week: NDArray[np.float64], before: NDArray[np.float64] | None, there: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64] | pa.Array]:
    """The busiest windows and what they hold, in percent: judged by the year before where it can be, else by halves."""
    by_year = there & (np.zeros(len(week), dtype=bool) if before is None else can_choose(before))
    words = {name: np.full(len(week), None, dtype=object) for name in ("windows", "judged_by")}
    numbers = {name: np.full(len(week), np.nan) for name in WINDOWS if name not in words}
    for judge, here, earlier in ((YEAR_BEFORE, by_year, before), (HALVES, there & ~by_year, None)):
        found = enforcement(week[here], before=None if earlier is None else earlier[here], seed=SEED)
        words["windows"][here] = [
            content.week_windows(starts, USUAL.hours) if starts else None for starts in found.standing_out()
        ]
        words["judged_by"][here] = judge
        shares = (found.judged.share, found.judged.lower, found.judged.upper, found.share)
        for name, values in zip(("held_out", "out_lower", "out_upper", "held_in"), shares, strict=True):
            numbers[name][here] = 100 * values
        numbers["p_flat"][here] = found.p_flat
    columns = {**{name: rows.word(values) for name, values in words.items()}, **numbers}
    return {name: columns[name] for name in WINDOWS}


LAYER = LayerKind(
    kind="profile",
    title="When it happens",
    question="Does it happen here by day, or in the evening and at night?",
    unit="% of incidents with a known hour",
    compute=compute,
    timed=True,
    refuses={},
)
