"""``gap``: where is much need and little help in reach?

Need and access meet here, on the finest cells, and are carried up. Need is drawn many times within its range, and the index computed
for every draw: so each place has the chance that it is among the highest fifth, and the ranks between which it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.gaps import gap_draws, gap_index, residual
from geointel.layers import rows
from geointel.layers.base import SERVICES, Beside, LayerKind
from geointel.layers.care import catchments, offers
from geointel.layers.care.demand import DemandOptions, demand_of, expected, summed
from geointel.layers.care.ground import mean_of
from geointel.layers.care.ways import Way, WayOptions, journeys, places, way_of
from geointel.layers.care.why import Reasons, reasons_of
from geointel.layers.describe import describe
from geointel.model import Column, Layer, LayerSpec
from geointel.model.tables import WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.content import LayerWords
    from geointel.layers.base import LayerRequest
    from geointel.layers.care.demand import Demand
    from geointel.layers.cube import Cube
    from geointel.model import Window

TOP = 0.2
"""Share of the places that are among the highest: a fifth."""
LEAST_PLACES = 10
"""Of fewer places a fifth is no two: none has a chance to be among them that could be told from its rank."""
PERCENT = 100.0
DIGITS = 1


class Options(WayOptions, DemandOptions):
    """Whose need, which help, and how the one reaches the other."""

    help: str = pydantic.Field(default="drug-treatment", min_length=1)
    """Kind of service that answers the need."""


@dataclass(frozen=True)
class _Gap:
    """One group of need on the finest cells.

    ``deficit`` is the access that is lacking: minutes, or places for each person turned round. ``short`` is the share of the people of
    each cell who are without a place or beyond the standard.
    """

    demand: Demand
    deficit: NDArray[np.float64]
    short: NDArray[np.float64]
    minutes: NDArray[np.float64]
    reasons: Reasons


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Gaps of every cell and area. The window is the month of the newest list of services. Raises ``MethodError``."""
    options = request.options
    if not isinstance(options, Options):
        message = f"The layer {request.id!r} does not say which need meets which help."
        raise MethodError(message, remedy="Give the options of a layer of the kind `gap`.")
    way = way_of(cube, options)
    if not len(way.offered.of(options.help)):
        message = f"There is no service of the kind {options.help!r} that the layer {request.id!r} could count."
        raise MethodError(message, remedy="Choose another kind as `help`, or ask less of the services.")
    window = offers.list_window(cube.services, cube, request)
    found = {group: _finest(cube, way, group, options) for group in request.categories}
    where = {lattice.resolution: rows.cell_place(lattice.resolution, lattice.cells) for lattice in cube.lattices}
    maps = {
        (resolution, window, group): _block(way, gap, way.ground.up[resolution], place=place, at=(window, group))
        for resolution, place in where.items()
        for group, gap in found.items()
    }
    areas = [
        _block(way, gap, way.ground.areas[level], place=rows.area_place(level, codes), at=(window, group))
        for level, codes in cube.area_codes.items()
        for group, gap in found.items()
    ]
    blocks, breaks = rows.banded(maps, digits=DIGITS)
    kept = catchments.inputs(way, kinds=(options.help,))
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, options, window=window, way=way, found=found, breaks=breaks),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
        windows=(window,),
        inputs={**kept, "need": _drawn(found)},
    )


def _finest(cube: Cube, way: Way, group: str, options: Options) -> _Gap:
    """Need and access of one group on the finest cells."""
    demand = demand_of(cube, way.ground, options, group)
    people = np.nan_to_num(demand.people.mean(axis=0))
    found = journeys(way, options.help, options)
    shared = places(way, options.help, people, options)
    if shared is None:
        far = np.where(np.isnan(found["minutes_1"]), options.longest, found["minutes_1"])
        short = (far > options.standard).astype(np.float64)
    else:
        far, short = -shared.access, residual(np.ones(len(people)), shared.access)
    return _Gap(
        demand,
        far,
        short,
        found["minutes_1"],
        reasons_of(way, options.help, found, shared=shared, within=options.within),
    )


def _block(way: Way, gap: _Gap, up: csr_array, *, place: Mapping[str, pa.Array], at: tuple[Window, str]) -> rows.Block:
    """One map or area level: the index, its chance and ranks over the draws, and the people whom it concerns."""
    window, group = at
    need = summed(up, gap.demand.people)
    residents = np.asarray(up @ way.ground.residents)
    inhabited = (residents > 0) & ~np.isnan(need[0])
    deficit = mean_of(up, gap.deficit, way.ground.residents)
    index = gap_index(need.mean(axis=0), deficit, people=residents)
    stable = gap_draws(need, deficit, people=residents, share=TOP)
    short = expected(summed(up, gap.demand.people * gap.short))
    blank = np.where(inhabited, 0.0, np.nan)
    explained = gap.reasons.of(up, np.nan_to_num(short[0]))
    return rows.Block(
        place=place,
        window=window.id,
        category=group,
        value=PERCENT * index,
        classes=np.full(len(residents), -1),
        support=np.rint(np.where(inhabited, need.mean(axis=0), 0)).astype(np.int64),
        status=np.where(inhabited, rows.SHOWN, rows.NO_DATA).astype(object),
        columns={
            "p_gap": stable.p_gap if inhabited.sum() >= LEAST_PLACES else np.full(len(residents), np.nan),
            "rank_lower": np.floor(stable.rank_interval[0]),
            "rank_upper": np.ceil(stable.rank_interval[1]),
            **{name: blank + end for name, end in zip(("people", "people_lower", "people_upper"), short, strict=True)},
            "minutes_1": mean_of(up, gap.minutes, way.ground.residents),
            "explanation": pa.array(explained, pa.string()).dictionary_encode().cast(WORD),
        },
    )


def _drawn(found: Mapping[str, _Gap]) -> pa.Table:
    """Draws of need of every finest cell, as float32: one row a group and draw, for scenarios."""
    groups = [group for group, gap in found.items() for _ in gap.demand.people]
    people = [draw.astype(np.float32) for gap in found.values() for draw in gap.demand.people]
    return pa.table({"group": pa.array(groups, pa.string()), "people": pa.array(people, pa.list_(pa.float32()))})


def _spec(
    cube: Cube,
    request: LayerRequest,
    options: Options,
    *,
    window: Window,
    way: Way,
    found: Mapping[str, _Gap],
    breaks: Mapping[str, object],
) -> LayerSpec:
    variant = _variant(options)
    words = content.layer_words("gap", variant)
    return describe(
        cube,
        request,
        (window,),
        variant=variant,
        classes=content.stepped_classes("gap"),
        columns=_columns(words),
        parameters={
            **options.model_dump(),
            "top": TOP,
            "quantiles": rows.QUANTILES,
            "times": way.reach.how,
            "usual_kmh": options.usual_kmh,
        },
        default={"window": window.id, "category": request.categories[0], "resolution": request.default_resolution},
        caveats=(*words.caveats, *offers.caveats_of(cube, way.offered, way.reach.how, options)),
        breaks=breaks,
        notes={
            **offers.notes_of(way.offered, {**way.reach.facts, "how": way.reach.how, "residents": way.ground.counted}),
            "need": {group: dict(gap.demand.facts) for group, gap in found.items()},
        },
    )


def _columns(words: LayerWords) -> tuple[Column | str, ...]:
    return (
        Column("value", words.value_label, "", DIGITS),
        *("p_gap", "rank_lower", "rank_upper", "people", "people_lower", "people_upper", "minutes_1", "explanation"),
        Column("support", content.notice("need_people"), "people"),
    )


def _variant(options: Options) -> str:
    """Whose words: with an estimate by places or by distance; residents without one."""
    if not options.estimate:
        return "residents"
    return "minutes" if options.measure == "minutes" else ""


def _beside(options: Options) -> Beside:
    needed = tuple(dict.fromkeys((*options.named, *options.beside)))
    return Beside(needed=needed, wanted=(options.treated,) if options.treated else ())


LAYER = LayerKind(
    kind="gap",
    title="Gaps in treatment",
    question="Where is much need and little help in reach?",
    unit="gap index",
    compute=compute,
    refuses={},
    needs=SERVICES,
    options=Options,
    beside=_beside,
    categories=lambda options: options.groups,
)
