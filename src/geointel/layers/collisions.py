"""``collisions``: where are there more road collisions than the roads, or the traffic, of the place would lead one to expect?

Each cell is compared with what its kilometres of road, or its traffic, would have at the rates of their classes of road in the
whole area, and leans on that by empirical Bayes. Without lengths and traffic there are counts, and nothing is divided. Severity
is adjusted for how forces record injuries where the files have the adjustment. Open data has no drug factor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import poisson_interval
from geointel.layers import rows
from geointel.layers.base import Beside, LayerKind, refuse
from geointel.layers.describe import describe
from geointel.layers.exposure import LEAST_WEIGHT, divided, divisible, exposure
from geointel.layers.severity import KSI, SEVERITIES, adjusted_shares, by_severity, collisions, recorded, told
from geointel.model import (
    ADJUSTED_SERIOUS,
    ALL,
    INCIDENTS,
    ON_ROAD,
    ROAD_GROUPS,
    ROAD_METRES,
    VEHICLE_KM,
    Column,
    Layer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.layers.exposure import Exposure
    from geointel.layers.lattice import Lattice
    from geointel.model import LayerSpec, Window

    Maps = dict[tuple[int, Window, str], rows.Block]
    """Maps by resolution, window and category."""
    Columns = dict[str, NDArray[np.float64]]

KIND = "collisions"
COUNTS, ROADS, TRAFFIC = "counts", "", "traffic"
"""Variants of the words: nothing is divided, or by road, or by traffic."""
DIGITS = {COUNTS: 1, ROADS: 2, TRAFFIC: 2}
DIVIDED = ("raw", "lower", "upper", "expected_by_class", "times_expected", "denominator")
"""Columns that say something only where there is something to divide by; the range of a count is that of the count."""


class Options(pydantic.BaseModel):
    """What collisions are divided by; nothing where neither is named."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    roads: str = ""
    """Id of a source of the kind `roads`: collisions per kilometre of road."""
    traffic: str = ""
    """Id of a source of the kind `traffic-counts`: collisions per million kilometres that vehicles drive."""
    by_class: bool = True
    """Compare a road with roads of its class (motorway, A, B, minor) in the whole area; `false` takes all together."""

    @pydantic.model_validator(mode="after")
    def _divides_once(self) -> Self:
        if self.roads and self.traffic:
            refuse(
                "Collisions are divided by kilometres of road or by traffic, and both are named.",
                "Leave out `roads` or `traffic`, or make a layer of each.",
            )
        return self

    @property
    def variant(self) -> str:
        """Which words the layer has."""
        return ROADS if self.roads else TRAFFIC if self.traffic else COUNTS


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Collisions of every cell and area, per exposure where there is one. Raises ``MethodError``."""
    options = request.options if isinstance(request.options, Options) else Options()
    windows, below = rows.asked_windows(cube, request), _exposure(cube, request, options)
    maps: Maps = {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for lattice in cube.lattices:
        for window in windows:
            for category in request.categories:
                block, whole = _cells(cube, lattice, below, at=(window, category), by_class=options.by_class)
                maps[lattice.resolution, window, category] = block
                found.setdefault(str(lattice.resolution), {}).setdefault(category, {})[window.id] = whole
    areas = [
        _areas(cube, level, below, at=(window, category))
        for level in cube.areas
        for window in windows
        for category in request.categories
    ]
    blocks, breaks = rows.banded(maps, digits=DIGITS[options.variant], zero=0 if below is None else 1)
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, options=options, found=found, breaks=breaks),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
    )


def _exposure(cube: Cube, request: LayerRequest, options: Options) -> Exposure | None:
    """Raises ``MethodError`` where the source that is named has nothing to divide by."""
    name, measure = (options.roads, ROAD_METRES) if options.roads else (options.traffic, VEHICLE_KM)
    found = exposure(cube.beside.get(name), measure)
    if name and found is None:
        kind = "roads" if options.roads else "traffic-counts"
        message = f"The layer {request.id!r} finds nothing to divide by in the source {name!r}."
        raise MethodError(message, remedy=f"Name a source of the kind `{kind}` that has some in the study area.")
    return found


def _cells(
    cube: Cube, lattice: Lattice, below: Exposure | None, *, at: tuple[Window, str], by_class: bool
) -> tuple[rows.Block, dict[str, float | None]]:
    """One map without its classes, and the rates of the classes of road."""
    window, category = at
    seen, counts = lattice.supported, cube.cells[lattice.resolution]
    events = collisions(counts, window, category)
    rates: dict[str, float | None] = {}
    if below is None:
        value, status = events, rows.tested_status(seen, np.zeros(int(seen.sum()), dtype=bool))
        columns = _undivided(events)
    else:
        base = below.dense(below.facts.cells[lattice.resolution], window)
        every_road = np.stack([recorded(counts, window, category, measure=ON_ROAD[group]) for group in ROAD_GROUPS])
        events = divisible(counts, at, base, below.measure)
        on_roads = every_road.sum(axis=1) if by_class else np.zeros(len(ROAD_GROUPS))
        columns, enough, rates = divided(events[seen], base[:, seen], on_roads)
        columns = {name: lattice.spread(values) for name, values in columns.items()}
        value, status = columns.pop("value"), rows.tested_status(seen, ~enough)
    every = {**by_severity(counts, window), **columns}
    block = rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=np.where(seen, value, np.nan),
        classes=np.full(len(seen), -1),
        support=np.where(seen, _support(counts, at), -1).astype(np.int64),
        status=status,
        columns={name: np.where(seen, values, np.nan) for name, values in every.items()},
    )
    return block, rates


def _support(counts: Counts, at: tuple[Window, str]) -> NDArray[np.float64]:
    """Collisions that a value rests on: of those killed or seriously injured all, each with its chance of being one."""
    window, category = at
    return counts.dense(INCIDENTS, window.id, ALL if category == KSI else category)


def _undivided(events: NDArray[np.float64]) -> Columns:
    """The exact range of each count, wide enough for one that is not whole, and nothing else."""
    lower, upper = poisson_interval(np.floor(events))[0], poisson_interval(np.ceil(events))[1]
    return {**{name: np.full(len(events), np.nan) for name in DIVIDED}, "lower": lower, "upper": upper}


def _areas(cube: Cube, level: str, below: Exposure | None, *, at: tuple[Window, str]) -> rows.Block:
    """Rates of whole areas, not smoothed and not compared by class of road, with exact intervals; no class."""
    window, category = at
    counts = cube.areas[level]
    events = collisions(counts, window, category)
    value, columns = events, _undivided(events)
    there = np.ones(len(events), dtype=bool)
    if below is not None:
        base = below.dense(below.facts.areas[level], window)
        events, length = divisible(counts, at, base, below.measure), base.sum(axis=0)
        columns, there = _undivided(events), length > 0
        divided = np.where(there, length, np.nan)
        value = events / divided
        ends = {"lower": columns["lower"] / divided, "upper": columns["upper"] / divided}
        columns = {**columns, **ends, "raw": value, "denominator": length}
    return rows.Block(
        place=rows.area_place(level, cube.area_codes[level]),
        window=window.id,
        category=category,
        value=value,
        classes=np.full(len(events), -1),
        support=_support(counts, at).astype(np.int64),
        status=np.where(there, rows.SHOWN, rows.INSUFFICIENT).astype(object),
        columns={**by_severity(counts, window), **columns},
    )


def _spec(
    cube: Cube,
    request: LayerRequest,
    windows: tuple[Window, ...],
    *,
    options: Options,
    found: Mapping[str, object],
    breaks: Mapping[str, object],
) -> LayerSpec:
    variant = options.variant
    words = content.layer_words(KIND, variant)
    adjusted = adjusted_shares(cube.cells[cube.resolutions[-1]], windows)
    severity, caveat = told(adjusted)
    labels = {slug: content.category(slug, KIND).label for slug in request.categories}
    by_class = options.by_class and variant != COUNTS and _known_roads(cube, windows)
    compared = () if variant == COUNTS else (content.notice("by_class" if by_class else "not_by_class"),)
    return describe(
        cube,
        request,
        windows,
        variant=variant,
        method=" ".join((words.method, *compared, severity)),
        caveats=(*words.caveats, caveat),
        classes=content.stepped_classes("count" if variant == COUNTS else KIND),
        columns=_columns(variant, words.value_label, words.unit),
        parameters={
            "roads": options.roads or None,
            "traffic": options.traffic or None,
            "by_class": by_class,
            "least_weight": LEAST_WEIGHT,
            "quantiles": rows.QUANTILES,
            "class_rates": {} if variant == COUNTS else found,
        },
        breaks=breaks,
        notes={"adjusted": adjusted, "labels": labels},
    )


def _columns(variant: str, label: str, unit: str) -> tuple[Column | str, ...]:
    """Columns in the order in which people read them; only those that say something."""
    digits = DIGITS[variant]
    first: tuple[Column | str, ...] = (
        Column("value", label, unit, digits),
        Column("lower", content.notice("likely_from"), unit, digits),
        Column("upper", content.notice("likely_to"), unit, digits),
        Column("support", content.notice("collisions")),
        *SEVERITIES,
        "adjusted_serious",
        "ksi",
    )
    if variant == COUNTS:
        return first
    below = content.notice("traffic_km" if variant == TRAFFIC else "road_km")
    raw = Column("raw", content.notice("raw_collisions"), unit, digits)
    return (*first, raw, Column("denominator", below, digits=1), "expected_by_class", "times_expected")


def _known_roads(cube: Cube, windows: tuple[Window, ...]) -> bool:
    """Whether any file says on which class of road a collision was."""
    finest = cube.cells[cube.resolutions[-1]]
    return any(finest.dense(measure, window.id, ALL).any() for measure in ON_ROAD.values() for window in windows)


def _categories(_: Options) -> tuple[str, ...]:
    return (ALL, KSI)


def _beside(options: Options) -> Beside:
    return Beside(needed=tuple(name for name in (options.roads, options.traffic) if name))


LAYER = LayerKind(
    kind=KIND,
    title="Road collisions",
    question="Where are there more road collisions than the roads or the traffic of the place would lead one to expect?",
    unit="collisions per km of road",
    compute=compute,
    refuses={},
    counts=(INCIDENTS, ADJUSTED_SERIOUS),
    options=Options,
    beside=_beside,
    categories=_categories,
)
