"""``need``: how many people may need help, and where?

An indicative planning share: the authority's estimate, shared out to cells. Without any estimate it is residents and deprivation,
and is not called need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.errors import MethodError
from geointel.layers import rows
from geointel.layers.base import BESIDE_ALONE, Beside, LayerKind
from geointel.layers.care.demand import Demand, DemandOptions, demand_of, expected, summed
from geointel.layers.care.ground import ground_of
from geointel.layers.describe import describe
from geointel.model import Column, Layer, LayerSpec, Window, parse_month

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from scipy.sparse import csr_array

    from geointel.layers.base import LayerRequest
    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube

PER = 1000.0
DIGITS = 1
WITHOUT_ESTIMATE = "residents"
"""Variant of the words where there is no estimate."""


class Options(DemandOptions):
    """Whose need, from which estimate, and how it is shared out."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Need of every cell and area. The window is the month of the count of residents. Raises ``MethodError``."""
    options = request.options
    if not isinstance(options, Options):
        message = f"The layer {request.id!r} does not say whose need it shows."
        raise MethodError(message, remedy="Give the options of a layer of the kind `need`.")
    ground = ground_of(cube, options.residents, ages=options.ages, deprivation=options.deprivation)
    window = Window(ground.counted, "month", (parse_month(ground.counted),))
    demands = {group: demand_of(cube, ground, options, group) for group in request.categories}
    maps = {
        (lattice.resolution, window, group): _block(
            ground,
            demand,
            ground.up[lattice.resolution],
            place=rows.cell_place(lattice.resolution, lattice.cells),
            at=(window, group),
        )
        for lattice in cube.lattices
        for group, demand in demands.items()
    }
    areas = [
        _block(
            ground,
            demand,
            ground.areas[level],
            place=rows.area_place(level, cube.area_codes[level]),
            at=(window, group),
        )
        for level in cube.areas
        for group, demand in demands.items()
    ]
    blocks, breaks = rows.banded(maps, digits=DIGITS)
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, window, demands=demands, breaks=breaks),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
        windows=(window,),
    )


def _block(
    ground: Ground, demand: Demand, up: csr_array, *, place: Mapping[str, pa.Array], at: tuple[Window, str]
) -> rows.Block:
    """One map or area level: expected people with the interval of the draws."""
    window, group = at
    people = summed(up, demand.people)
    value, lower, upper = expected(people)
    residents = np.asarray(up @ ground.residents)
    unknown = np.isnan(value)
    nothing = np.full(len(value), np.nan)
    unmet = (nothing, nothing, nothing) if demand.unmet is None else expected(summed(up, demand.unmet))
    plain = nothing if demand.plain is None else value - expected(summed(up, demand.plain))[0]
    return rows.Block(
        place=place,
        window=window.id,
        category=group,
        value=value,
        classes=np.full(len(value), -1),
        support=np.rint(residents).astype(np.int64),
        status=np.where(unknown, rows.NO_DATA, rows.SHOWN).astype(object),
        columns={
            "lower": lower,
            "upper": upper,
            "per_1000": np.divide(PER * value, residents, out=nothing.copy(), where=residents > 0),
            **dict(zip(("unmet", "unmet_lower", "unmet_upper"), unmet, strict=True)),
            "by_crime": plain,
        },
    )


def _spec(
    cube: Cube, request: LayerRequest, window: Window, *, demands: Mapping[str, Demand], breaks: Mapping[str, object]
) -> LayerSpec:
    options = request.options
    variant = "" if getattr(options, "estimate", "") else WITHOUT_ESTIMATE
    words = content.layer_words("need", variant)
    unmet = any(demand.unmet is not None for demand in demands.values())
    return describe(
        cube,
        request,
        (window,),
        variant=variant,
        classes=content.stepped_classes("need"),
        columns=(
            Column("value", words.value_label, words.unit, DIGITS),
            Column("lower", "Likely range from", words.unit, DIGITS),
            Column("upper", "Likely range to", words.unit, DIGITS),
            "per_1000",
            *(("unmet", "unmet_lower", "unmet_upper") if unmet else ()),
            *(("by_crime",) if getattr(options, "crime", "") else ()),
            Column("support", content.notice("denominator_residents"), "people"),
        ),
        parameters={**options.model_dump(), "per": PER, "quantiles": rows.QUANTILES},
        default={"window": window.id, "category": request.categories[0], "resolution": request.default_resolution},
        caveats=(*words.caveats, *(("need-crime",) if getattr(options, "crime", "") else ())),
        breaks=breaks,
        notes={"need": {group: dict(demand.facts) for group, demand in demands.items()}},
    )


def _beside(options: Options) -> Beside:
    return Beside(needed=options.beside, wanted=(options.treated,) if options.treated else ())


LAYER = LayerKind(
    kind="need",
    title="People who may need help",
    question="How many people may need help, and where?",
    unit="people",
    compute=compute,
    refuses={},
    needs=BESIDE_ALONE,
    options=Options,
    beside=_beside,
    categories=lambda options: options.groups,
)
