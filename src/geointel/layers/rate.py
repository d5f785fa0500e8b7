"""``rate``: how many for every 1,000 residents, or for every 1,000 recorded incidents?

A rate that rests on few people swings by itself, so each cell's leans on the area's, or on its surroundings', by empirical Bayes. The
denominator is the partnership's choice, and is named wherever the rate is: neither is right everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import binomial_interval, global_rates, local_rates, poisson_interval
from geointel.layers import rows
from geointel.layers.base import Beside, LayerKind, refuse
from geointel.layers.describe import describe
from geointel.model import ALL, INCIDENTS, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import SmoothedRates
    from geointel.layers.base import LayerRequest
    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

    Maps = dict[tuple[int, Window, str], rows.Block]
    """Maps by resolution, window and category."""

PER = 1000.0
RESIDENTS = "residents"
LEAST_WEIGHT = 0.5
"""A cell whose own rate has less weight than this has no class: its value is mostly the rate that it leans on, and the area's \
rate, which is made in towns, would colour every empty moor as the towns are."""
DIGITS = 2
"""Decimals of a rate, and of the bounds of its classes."""


class Options(pydantic.BaseModel):
    """What incidents are divided by, and what a cell's rate leans on."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    denominator: Literal["residents", "incidents"] = "residents"
    """Divide by the people who live there, or by all recorded incidents there. Residents are few in town centres."""
    residents: str = ""
    """Id of the source of residents (`population` or `population-raster`); needed where they are the denominator."""
    reference: Literal["area", "ring"] = "area"
    """What a hexagon with little to go by leans on: the rate of the whole area, or that of itself and its ring."""
    exceed: float = pydantic.Field(default=1.5, gt=0, allow_inf_nan=False)
    """`p_exceed` is the chance that a hexagon's rate is above this many times the area's."""

    @pydantic.model_validator(mode="after")
    def _names_its_residents(self) -> Self:
        if self.denominator == RESIDENTS and not self.residents:
            refuse(
                "A rate per 1,000 residents needs a source of residents, and none is named.",
                'Write residents = "<id of a source of the kind population>", or denominator = "incidents".',
            )
        return self


@dataclass(frozen=True)
class _Base:
    """The denominator: which measure of which facts; residents have one ``window`` for all maps, incidents that of each."""

    facts: Cube
    measure: str
    window: str | None

    def dense(self, counts: Counts, window: Window) -> NDArray[np.float64]:
        """It at every place of a table of ``facts``."""
        return counts.dense(self.measure, window.id if self.window is None else self.window, ALL)


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Smoothed rates of every cell, and rates with exact intervals of every area. Raises ``MethodError``."""
    options = request.options
    if not isinstance(options, Options):
        message = f"The layer {request.id!r} does not say what it divides by."
        raise MethodError(message, remedy="Give the options of a layer of the kind `rate`.")
    windows, base = rows.asked_windows(cube, request), _base(cube, request, options)
    maps: Maps = {}
    means: dict[str, dict[str, dict[str, float | None]]] = {}
    for lattice in cube.lattices:
        for window in windows:
            for category in request.categories:
                block, mean = _cells(cube, lattice, base, options, at=(window, category))
                maps[lattice.resolution, window, category] = block
                means.setdefault(str(lattice.resolution), {}).setdefault(category, {})[window.id] = mean
    areas = [
        _areas(cube, level, base, window=window, category=category)
        for level in cube.areas
        for window in windows
        for category in request.categories
    ]
    blocks, breaks = rows.banded(maps, digits=DIGITS, zero=1)
    return Layer(
        edition=cube.edition,
        spec=_spec(
            cube, request, windows, options=options, found={"area_rate": means, "counted": base.window}, breaks=breaks
        ),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
    )


def _base(cube: Cube, request: LayerRequest, options: Options) -> _Base:
    """Raises ``MethodError`` where the source that is named has no residents."""
    if options.denominator != RESIDENTS:
        return _Base(cube, INCIDENTS, None)
    facts = cube.beside.get(options.residents)
    window = "" if facts is None else max((counts.latest(RESIDENTS) for counts in facts.cells.values()), default="")
    if facts is None or not window:
        message = f"The layer {request.id!r} finds no residents in the source {options.residents!r}."
        raise MethodError(message, remedy="Name a source of the kind `population` or `population-raster`.")
    return _Base(facts, RESIDENTS, window)


def _cells(
    cube: Cube, lattice: Lattice, base: _Base, options: Options, *, at: tuple[Window, str]
) -> tuple[rows.Block, float | None]:
    """One map without its classes, and the area's rate per 1,000."""
    window, category = at
    seen = lattice.supported
    events = cube.cells[lattice.resolution].dense(INCIDENTS, window.id, category)
    below = base.dense(base.facts.cells[lattice.resolution], window)
    e, b = events[seen], below[seen]
    found = global_rates(e, b) if options.reference == "area" else local_rates(e, b, lattice.ring)
    area = float(e.sum() / b.sum()) if b.sum() > 0 else np.nan
    none = b == 0
    block = rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(np.where(none, np.nan, PER * found.rate)),
        classes=np.full(len(seen), -1),
        support=np.where(seen, events, -1).astype(np.int64),
        status=rows.tested_status(seen, ~(found.weight >= LEAST_WEIGHT)),
        columns={
            **{
                name: lattice.spread(np.where(none, np.nan, values))
                for name, values in _own(found, base, options.exceed * area).items()
            },
            "denominator": np.where(seen, below, np.nan),
        },
    )
    return block, None if np.isnan(area) else PER * area


def _own(found: SmoothedRates, base: _Base, bar: float) -> Mapping[str, NDArray[np.float64]]:
    """The kind's columns of the supported cells. No more incidents than all of them can be of a category."""
    lower, upper = found.interval()
    most = np.inf if base.measure == RESIDENTS else PER
    above = np.full(len(found.rate), np.nan) if not bar > 0 else found.p_exceed(bar)
    return {"raw": PER * found.raw, "lower": PER * lower, "upper": np.minimum(PER * upper, most), "p_exceed": above}


def _areas(cube: Cube, level: str, base: _Base, *, window: Window, category: str) -> rows.Block:
    """Rates of whole areas, not smoothed, with exact intervals; no class, as for counts."""
    events = cube.areas[level].dense(INCIDENTS, window.id, category)
    below = base.dense(base.facts.areas[level], window)
    there = below > 0
    divided = np.where(there, below, np.nan)
    if base.measure == RESIDENTS:
        lower, upper = (end / divided for end in poisson_interval(events))
    else:
        lower, upper = binomial_interval(events, below)
    raw = PER * events / divided
    return rows.Block(
        place=rows.area_place(level, cube.area_codes[level]),
        window=window.id,
        category=category,
        value=raw,
        classes=np.full(len(events), -1),
        support=events.astype(np.int64),
        status=np.where(there, rows.SHOWN, rows.INSUFFICIENT).astype(object),
        columns={
            "raw": raw,
            "lower": PER * lower,
            "upper": PER * upper,
            "p_exceed": np.full(len(events), np.nan),
            "denominator": below,
        },
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
    variant = "" if options.denominator == RESIDENTS else options.denominator
    words = content.layer_words("rate", variant)
    return describe(
        cube,
        request,
        windows,
        variant=variant,
        classes=content.stepped_classes("rate"),
        columns=(
            Column("value", words.value_label, words.unit, DIGITS),
            Column("lower", "Likely range from", words.unit, DIGITS),
            Column("upper", "Likely range to", words.unit, DIGITS),
            "raw",
            "support",
            Column("denominator", content.notice(f"denominator_{options.denominator}")),
            Column("p_exceed", content.notice("exceed", times=f"{options.exceed:g}"), "share", 2),
        ),
        parameters={
            "per": PER,
            "denominator": options.denominator,
            "residents": options.residents or None,
            "reference": options.reference,
            "exceed": options.exceed,
            "least_weight": LEAST_WEIGHT,
            "quantiles": rows.QUANTILES,
            **found,
        },
        breaks=breaks,
    )


def _beside(options: Options) -> Beside:
    return Beside(needed=(options.residents,) if options.denominator == RESIDENTS else ())


def _declines(options: Options) -> Mapping[str, str]:
    return {} if options.denominator == RESIDENTS else {ALL: "All of all is always 1,000 per 1,000: choose a category."}


LAYER = LayerKind(
    kind="rate",
    title="Rate per 1,000",
    question="How many were recorded for every 1,000 residents, or of every 1,000 recorded incidents?",
    unit="per 1,000",
    compute=compute,
    refuses={},
    options=Options,
    beside=_beside,
    declines=_declines,
)
