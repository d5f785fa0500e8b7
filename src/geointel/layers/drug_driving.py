"""``drug-driving``: what share of the roadside tests for drugs were positive, of how many tests?

A positive rate is never given without its number of tests. It leans on the rate of the whole area, the more so the fewer
tests a cell has. The ways in which factors were recorded are categories that are never added up: there is no rate of all, and
none of a window in which both were in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pydantic

from geointel import content
from geointel.hotspots import binomial_interval, smoothed_shares
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.model import ALL, POSITIVES, TESTS, Column, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import LayerSpec, Window

    Maps = dict[tuple[int, Window, str], rows.Block]
    """Maps by resolution, window and category."""

KIND = "drug-driving"
PERCENT = 100.0
DIGITS = 1
"""Decimals of a percentage, and of the bounds of its classes."""
FEWEST = 20
"""With fewer tests the interval of a rate by itself would be 40 points wide."""
NEVER_ADDED = "Contributory factors and road safety factors do not compare, so their tests are never added up."


class Options(pydantic.BaseModel):
    """How many tests a rate needs."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    fewest: int = pydantic.Field(default=FEWEST, ge=1, le=10_000)
    """A hexagon with fewer tests has no class: it is hatched, and is never among the highest."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Smoothed positive rates of every cell, and rates with exact intervals of every area. Raises ``MethodError``."""
    options = request.options if isinstance(request.options, Options) else Options()
    windows = rows.asked_windows(cube, request)
    mixed = _mixed(cube, windows)
    maps: Maps = {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for lattice in cube.lattices:
        for window in windows:
            for category in request.categories:
                block, whole = _cells(cube, lattice, options.fewest, at=(window, category), mixed=window.id in mixed)
                maps[lattice.resolution, window, category] = block
                found.setdefault(str(lattice.resolution), {}).setdefault(category, {})[window.id] = whole
    areas = [
        _areas(cube, level, options.fewest, at=(window, category), mixed=window.id in mixed)
        for level in cube.areas
        for window in windows
        for category in request.categories
    ]
    blocks, breaks = rows.banded(maps, digits=DIGITS, zero=1)
    parameters = {"fewest": options.fewest, "quantiles": rows.QUANTILES, "area_rate": found}
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, parameters=parameters, mixed=mixed, breaks=breaks),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
    )


def _mixed(cube: Cube, windows: tuple[Window, ...]) -> tuple[str, ...]:
    """Windows in which tests of more than one category were made, wherever in the study area."""
    tables = (*cube.cells.values(), *cube.areas.values())
    used = {(window, category) for table in tables for window, category in _tested(table)}
    return tuple(window.id for window in windows if sum(one == window.id for one, _ in used) > 1)


def _tested(counts: Counts) -> list[tuple[str, str]]:
    return [(window, name) for measure, window, name in counts.slices if measure == TESTS and name != ALL]


def _cells(
    cube: Cube, lattice: Lattice, fewest: int, *, at: tuple[Window, str], mixed: bool
) -> tuple[rows.Block, dict[str, float | None]]:
    """One map without its classes; the rate of all of it in percent, and how alike tests of one cell are."""
    window, category = at
    seen, counts = lattice.supported, cube.cells[lattice.resolution]
    tests, positives = (counts.dense(measure, window.id, category) for measure in (TESTS, POSITIVES))
    smoothed = smoothed_shares(positives[seen], tests[seen])
    known = (tests[seen] > 0) & (not mixed)
    few = (tests[seen] < fewest) | (smoothed.correlation == 0)
    status = rows.tested_status(seen, few)
    columns = _columns(known, smoothed.raw, smoothed.interval())
    block = rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(np.where(known, PERCENT * smoothed.share, np.nan)),
        classes=np.full(len(seen), -1),
        support=np.where(seen, tests, -1).astype(np.int64),
        status=np.where(seen & mixed, rows.NO_DATA, status).astype(object),
        columns={
            "positives": np.where(seen, positives, np.nan),
            **{name: lattice.spread(values) for name, values in columns.items()},
        },
    )
    rate = None if np.isnan(smoothed.mean) else PERCENT * smoothed.mean
    return block, {"rate": rate, "correlation": smoothed.correlation}


def _columns(
    known: NDArray[np.bool_], raw: NDArray[np.float64], ends: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Rate before smoothing and likely range in percent, where there is a rate."""
    found = {"raw": raw, "lower": ends[0], "upper": ends[1]}
    return {name: np.where(known, PERCENT * values, np.nan) for name, values in found.items()}


def _areas(cube: Cube, level: str, fewest: int, *, at: tuple[Window, str], mixed: bool) -> rows.Block:
    """Rates of whole areas: not smoothed, so there is none of few tests, and always with the exact interval."""
    window, category = at
    tests, positives = (cube.areas[level].dense(measure, window.id, category) for measure in (TESTS, POSITIVES))
    enough = (tests >= fewest) & (not mixed)
    raw = np.divide(positives, tests, out=np.full(len(tests), np.nan), where=tests > 0)
    columns = _columns((tests > 0) & (not mixed), raw, binomial_interval(positives, tests))
    return rows.Block(
        place=rows.area_place(level, cube.area_codes[level]),
        window=window.id,
        category=category,
        value=np.where(enough, columns["raw"], np.nan),
        classes=np.full(len(tests), -1),
        support=tests.astype(np.int64),
        status=np.where(mixed, rows.NO_DATA, np.where(enough, rows.SHOWN, rows.INSUFFICIENT)).astype(object),
        columns={"positives": positives, **columns},
    )


def _spec(
    cube: Cube,
    request: LayerRequest,
    windows: tuple[Window, ...],
    *,
    parameters: Mapping[str, Any],
    mixed: tuple[str, ...],
    breaks: Mapping[str, object],
) -> LayerSpec:
    words = content.layer_words(KIND)
    range_from, range_to = (content.notice(name) for name in ("likely_from", "likely_to"))
    said = content.notice("mixed_systems", count=len(mixed), total=len(windows)) if mixed else ""
    return describe(
        cube,
        request,
        windows,
        method=f"{words.method} {content.notice('fewest_tests', fewest=parameters['fewest'])} {said}".strip(),
        default=_default(cube, request, windows),
        classes=content.stepped_classes(KIND),
        columns=(
            Column("value", words.value_label, words.unit, DIGITS),
            Column("lower", range_from, words.unit, DIGITS),
            Column("upper", range_to, words.unit, DIGITS),
            Column("support", content.notice("tests")),
            "positives",
            Column("raw", content.notice("raw_positives"), words.unit, DIGITS),
        ),
        parameters=parameters,
        breaks=breaks,
        notes={"mixed": list(mixed)},
    )


def _default(cube: Cube, request: LayerRequest, windows: tuple[Window, ...]) -> dict[str, Any]:
    """The usual view, of the category with most tests in its window: the older one may have none any more."""
    usual = rows.default_view(windows, request)
    finest = cube.cells[cube.resolutions[-1]]
    tests = {name: finest.dense(TESTS, usual["window"], name).sum() for name in request.categories}
    return {**usual, "category": max(request.categories, key=lambda name: float(tests[name]))}


LAYER = LayerKind(
    kind=KIND,
    title="Positive roadside tests for drugs",
    question="What share of roadside tests for drugs were positive, and of how many tests?",
    unit="% of tests",
    compute=compute,
    refuses={ALL: NEVER_ADDED},
    counts=(TESTS, POSITIVES),
    options=Options,
)
