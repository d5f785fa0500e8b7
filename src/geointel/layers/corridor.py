"""``corridor``: along which roads is there more than such roads usually have?

A road is a line, and a hexagon dilutes it. Events are counted on stretches of road; the window along the same road around each is tested
against what stretches of its class have for their length (or, for positive tests, against what as many tests usually give), and hot
stretches that are joined make one corridor. The corridors are features; hexagons say which run through them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.grid import parents
from geointel.hotspots import Along, corridors, join_stretches, reach_along, road_windows, variation
from geointel.layers import rows
from geointel.layers.base import Beside, LayerKind
from geointel.layers.describe import describe
from geointel.layers.roads.corridor_features import features_of
from geointel.layers.roads.network import Network, network_of
from geointel.model import ALL, INCIDENTS, POSITIVES, TESTS, Column, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import Corridor
    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import LayerSpec, Window

CLASSES = ("none", "corridor")
DRAWN = "corridor-drawn"
"""Caveat where no network was supplied."""


class Options(pydantic.BaseModel):
    """What is counted along roads, and when stretches are a corridor."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    measure: Literal["collisions", "positives"] = "collisions"
    """Collisions for the length and class of road, or positive roadside tests for the number of tests."""
    roads: str = ""
    """Id of the source of roads (`roads`). Without one, roads are drawn through events that give the same road number."""
    within: float = pydantic.Field(default=500.0, gt=0, le=5000)
    """Metres along the road, to either side of the middle of a stretch, that are tested together."""
    level: float = pydantic.Field(default=0.05, gt=0, le=0.5)
    """Share of hot stretches that may be false: the level of the false discovery rate."""


@dataclass(frozen=True)
class _Map:
    """One map: counts on the stretches, what is expected of each, and the corridors.

    ``trials`` are tests, for positives;
    ``variation`` is how much rates differ.
    """

    window: Window
    category: str
    count: NDArray[np.float64]
    expected: NDArray[np.float64]
    trials: NDArray[np.float64] | None
    variation: float
    found: tuple[Corridor, ...]


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Corridors of every window of twelve months and category. Raises ``MethodError``."""
    options = request.options if isinstance(request.options, Options) else Options()
    asked = _years(cube, request)
    network = network_of(cube, options.roads)
    graph = join_stretches(network.start, network.end, network.metres, network.road)
    along = Along(graph, reach_along(graph, options.within))
    maps = []
    for window in asked:
        for category in request.categories:
            count, expected, trials = _counts(network, options, window=window.id, category=category)
            tested = road_windows(count, expected, along.near, trials=trials)
            found = corridors(count, expected, along, tested=tested, level=options.level)
            maps.append(_Map(window, category, count, expected, trials, variation(tested), tuple(found)))
    blocks = [_block(network, one, lattice) for lattice in cube.lattices for one in maps]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, asked, options=options, notes=_notes(cube, network, maps)),
        cells=rows.assemble(blocks, CLASSES),
        features=features_of(
            network,
            [(one.window.id, one.category, one.found) for one in maps],
            measure=POSITIVES if options.measure == POSITIVES else INCIDENTS,
            resolutions=cube.resolutions,
        ),
    )


def _years(cube: Cube, request: LayerRequest) -> tuple[Window, ...]:
    found = tuple(one for one in cube.windows if one.kind == "year" and one.kind in request.window_kinds)
    if not found:
        message = f"The layer {request.id!r} needs twelve months in a row, and has none."
        raise MethodError(message, remedy='Add months, or let `windows` of the layer have "year".')
    return found


def _counts(
    network: Network, options: Options, *, window: str, category: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """What was counted on each stretch, what is expected, and the tests where positives are counted."""
    if options.measure == POSITIVES:
        tests = network.counts(TESTS, window, category)
        positives = network.counts(POSITIVES, window, category)
        share = positives.sum() / tests.sum() if tests.sum() > 0 else 0.0
        return positives, tests * share, tests
    count = network.counts(INCIDENTS, window, category)
    return count, network.metres * network.by_class(count), None


def _block(network: Network, one: _Map, lattice: Lattice) -> rows.Block:
    """Rows of one map: the stretches whose middle lies in each hexagon, taken together, lean on what is usual."""
    n = len(lattice.cells)
    at = np.searchsorted(lattice.cells, parents(network.cell, lattice.resolution))
    count, expected, metres = (
        np.bincount(at, weights=values, minlength=n) for values in (one.count, one.expected, network.metres)
    )
    support = count if one.trials is None else np.bincount(at, weights=one.trials, minlength=n)
    rank = np.full(n, np.nan)
    for number in range(len(one.found), 0, -1):
        rank[at[one.found[number - 1].stretches]] = number
    there = metres > 0
    leaning = (1 + one.variation * count) / (1 + one.variation * expected)
    some = there & (one.expected.sum() > 0)
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=one.window.id,
        category=one.category,
        value=np.where(some, leaning, np.nan),
        classes=np.where(some, np.isfinite(rank).astype(np.int64), -1),
        support=np.where(there, support, -1).astype(np.int64),
        status=np.select([~there, ~some], [rows.NO_SUPPORT, rows.INSUFFICIENT], default=rows.SHOWN).astype(object),
        columns={
            "count": np.where(there, count, np.nan),
            "expected": np.where(there, expected, np.nan),
            "road_km": np.where(there, metres / 1000, np.nan),
            "corridor": rank,
        },
    )


def _notes(cube: Cube, network: Network, maps: list[_Map]) -> dict[str, Any]:
    """What stands on no road, how much is usual, and how roads were drawn."""
    cells = cube.cells[cube.lattices[0].resolution]
    measure = INCIDENTS if all(one.trials is None for one in maps) else POSITIVES
    found: dict[str, dict[str, Any]] = {}
    for one in maps:
        total = float(cells.dense(measure, one.window.id, one.category).sum())
        found.setdefault(one.category, {})[one.window.id] = {
            "all": total,
            "on_no_road": total - float(one.count.sum()),
            "variation": round(one.variation, 4),
            "corridors": len(one.found),
            "usual": network.usual(one.count, one.trials),
        }
    return {"roads": network.source, "km": round(float(network.metres.sum()) / 1000, 1), "maps": found}


def _spec(
    cube: Cube, request: LayerRequest, asked: tuple[Window, ...], *, options: Options, notes: Mapping[str, Any]
) -> LayerSpec:
    variant = POSITIVES if options.measure == POSITIVES else "" if options.roads else "numbered"
    words = content.layer_words("corridor", variant)
    drawn = () if options.roads or DRAWN in words.caveats else (DRAWN,)
    return describe(
        cube,
        request,
        asked,
        variant=variant,
        classes=content.signed_classes("corridor"),
        columns=(
            Column("value", words.value_label, digits=2),
            "support",
            "count",
            Column("expected", "Expected on its roads", digits=1),
            "road_km",
            "corridor",
        ),
        parameters={**options.model_dump(), "tests": int(notes["km"] > 0)},
        notes=notes,
        caveats=(*words.caveats, *drawn),
        features=True,
    )


def _beside(options: Options) -> Beside:
    return Beside(needed=(options.roads,) if options.roads else ())


def _declines(options: Options) -> Mapping[str, str]:
    reason = "It would add up two ways of recording factors: choose one of them."
    return {ALL: reason} if options.measure == POSITIVES else {}


LAYER = LayerKind(
    kind="corridor",
    title="Corridors",
    question="Along which roads is there more than such roads usually have?",
    unit="times as many as expected",
    compute=compute,
    refuses={},
    counts=(),
    on_roads=True,
    options=Options,
    beside=_beside,
    declines=_declines,
)
