"""``access``: who can reach help, how far is it, and how many places are there for them?

Distance alone where the capacity of services is not supplied; else places for every 1,000 residents by a floating catchment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.errors import MethodError
from geointel.gaps import SLOTS
from geointel.layers import rows
from geointel.layers.base import SERVICES, Beside, LayerKind
from geointel.layers.care import catchments, offers
from geointel.layers.care.fairness import fairness
from geointel.layers.care.ground import mean_of
from geointel.layers.care.ways import Way, WayOptions, journeys, places, way_of
from geointel.layers.describe import describe
from geointel.model import Column, Layer, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.content import LayerWords
    from geointel.layers.base import LayerRequest
    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube
    from geointel.model import Window

    Columns = dict[str, NDArray[np.float64]]

PER = 1000.0
MINUTE_BREAKS = (10.0, 20.0, 30.0, 45.0)
"""Upper bounds of classes 1 to 4 of minutes: those by which catchments are stepped, and one more."""
DIGITS = 1
COLUMNS = (
    "minutes_1", "minutes_2", "services", *(f"minutes_{slot}" for slot in SLOTS), "within", "crowding",
)  # fmt: skip


class Options(WayOptions):
    """What access is, for whom, and to which services."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Access of every cell and area. The window is the month of the newest list. Raises ``MethodError``."""
    options = request.options
    if not isinstance(options, Options):
        message = f"The layer {request.id!r} does not say for whom access is computed."
        raise MethodError(message, remedy="Give the options of a layer of the kind `access`.")
    way = way_of(cube, options)
    window = offers.list_window(cube.services, cube, request)
    fine = {category: _finest(way, category, options) for category in request.categories}
    where = {one.resolution: rows.cell_place(one.resolution, one.cells) for one in cube.lattices}
    maps = {
        (resolution, window, name): _block(way.ground, own, way.ground.up[resolution], place=place, at=(window, name))
        for resolution, place in where.items()
        for name, own in fine.items()
    }
    areas = [
        _block(way.ground, own, way.ground.areas[level], place=rows.area_place(level, codes), at=(window, name))
        for level, codes in cube.area_codes.items()
        for name, own in fine.items()
    ]
    blocks, breaks = (
        rows.banded(maps, digits=DIGITS) if options.measure == "places" else rows.stepped(maps, MINUTE_BREAKS)
    )
    return Layer(
        edition=cube.edition,
        spec=_spec(
            cube,
            request,
            options,
            window=window,
            way=way,
            found={"breaks": breaks, "equity": _equity(way, fine, options)},
        ),
        cells=rows.assemble(blocks, rows.BANDS),
        areas=rows.assemble(areas, rows.BANDS),
        windows=(window,),
        inputs=catchments.inputs(way, kinds=request.categories),
    )


def _finest(way: Way, category: str, options: Options) -> Columns:
    """Value and columns of one kind of service on the finest cells."""
    found = journeys(way, category, options)
    shared = places(way, category, way.ground.residents, options)
    nothing = np.full(len(way.ground.cells), np.nan)
    if shared is not None:
        return {"value": PER * shared.access, "crowding": shared.crowding, **found}
    return {"value": found["minutes_1"] if options.measure == "minutes" else nothing, "crowding": nothing, **found}


def _equity(way: Way, fine: Mapping[str, Columns], options: Options) -> dict[str, object]:
    """Access by tenths of deprivation, of each kind of service; none where deprivation was not supplied or nothing is known."""
    deciles = way.ground.by_decile
    return {
        category: fairness(found["value"], found["within"], deciles, places=options.measure == "places")
        for category, found in fine.items()
        if deciles is not None and np.isfinite(found["value"]).any()
    }


def _block(
    ground: Ground,
    fine: Columns,
    up: csr_array,
    *,
    place: Mapping[str, pa.Array],
    at: tuple[Window, str],
) -> rows.Block:
    """One map or area level: means over the residents of the finest cells. A value that is not known has no class."""
    window, category = at
    mean = {name: mean_of(up, fine[name], ground.residents) for name in ("value", *COLUMNS)}
    reached = up @ (ground.residents * (fine["services"] > 0))
    unknown = np.isnan(mean["value"])
    far = unknown & np.isnan(mean["minutes_1"])
    status = np.where(far, rows.INSUFFICIENT, np.where(unknown, rows.NO_DATA, rows.SHOWN)).astype(object)
    return rows.Block(
        place=place,
        window=window.id,
        category=category,
        value=mean["value"],
        classes=np.full(len(unknown), -1),
        support=np.rint(reached).astype(np.int64),
        status=status,
        columns={name: mean[name] for name in COLUMNS},
    )


def _spec(
    cube: Cube,
    request: LayerRequest,
    options: Options,
    *,
    window: Window,
    way: Way,
    found: Mapping[str, Mapping[str, object]],
) -> LayerSpec:
    variant = "" if options.measure == "places" else "minutes"
    words = content.layer_words("access", variant)
    categories = request.categories
    first = next((name for name in ("drug-treatment",) if name in categories), categories[0])
    return describe(
        cube,
        request,
        (window,),
        variant=variant,
        classes=content.stepped_classes("access" if variant == "" else "minutes"),
        columns=_columns(options, words),
        parameters={
            **options.model_dump(),
            "ages": list(options.ages),
            "per": PER,
            "times": way.reach.how,
            "usual_kmh": options.usual_kmh,
        },
        default={"window": window.id, "category": first, "resolution": request.default_resolution},
        caveats=(*words.caveats, *offers.caveats_of(cube, way.offered, way.reach.how, options)),
        breaks=found["breaks"],
        notes={
            **offers.notes_of(way.offered, {**way.reach.facts, "how": way.reach.how, "residents": way.ground.counted}),
            "equity": found["equity"],
        },
    )


def _columns(options: Options, words: LayerWords) -> tuple[Column | str, ...]:
    """Columns in the order in which people read them; what only places have is left out of minutes."""
    places = options.measure == "places"
    return (
        Column("value", words.value_label, words.unit, DIGITS),
        *(("minutes_1",) if places else ()),
        *("minutes_2", "services", *(f"minutes_{slot}" for slot in SLOTS)),
        Column("within", content.notice("within_standard", minutes=f"{options.standard:g}"), "share", 2),
        *(("crowding",) if places else ()),
        Column("support", content.notice("residents_in_reach"), "people"),
    )


def _beside(options: Options) -> Beside:
    return Beside(needed=options.named)


LAYER = LayerKind(
    kind="access",
    title="Reaching help",
    question="How far is help, and how many places are there for those who can reach it?",
    unit="minutes",
    compute=compute,
    refuses={},
    needs=SERVICES,
    options=Options,
    beside=_beside,
)
