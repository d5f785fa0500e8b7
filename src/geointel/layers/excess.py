"""``excess``: more of these offences than the other recorded incidents here would lead us to expect?

A raw map of recorded drug offences is a map of town centres. This layer compares a category with all
incidents recorded in the same cell and ring.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.hotspots import benjamini_hochberg, dispersion, excess, signed_bins
from geointel.layers import rows
from geointel.layers.accuracy import accuracy
from geointel.layers.base import LayerKind, SpecialPointOptions
from geointel.layers.describe import describe, edge, tests
from geointel.model import ALL, SIGNED_CLASSES, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice, MapCounts
    from geointel.model import Window

RING = 1
FAINT_BELOW = 5
"""Fewer expected incidents than this, and one more or less swings the ratio: maps draw it faintly."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Observed over expected of every resolution, window and category asked for."""
    cube, windows = rows.asked_cube(cube, request), rows.asked_windows(cube, request)
    longest = max(windows, key=lambda window: (len(window.months), window.months[-1]))
    floors = {
        (lattice.resolution, category): _dispersion(cube, lattice, longest, category)
        for lattice in cube.lattices
        for category in request.categories
    }
    blocks = [
        _block(cube, lattice, window, category, floors[lattice.resolution, category])
        for lattice in cube.lattices
        for window in windows
        for category in request.categories
    ]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, floors),
        cells=rows.assemble(blocks, SIGNED_CLASSES),
    )


def _dispersion(cube: Cube, lattice: Lattice, window: Window, category: str) -> float:
    """Overdispersion in the longest window; shorter ones see too little to say it is less."""
    own, every = (cube.map_counts(lattice, window.id, of).inside for of in (category, ALL))
    return dispersion(own.astype(np.int64), every.astype(np.int64))


def _block(cube: Cube, lattice: Lattice, window: Window, category: str, floor: float) -> rows.Block:
    supported = lattice.supported
    own, every = (cube.map_counts(lattice, window.id, of) for of in (category, ALL))
    found = excess(
        own.inside,
        every.inside,
        neighbours=lattice.ring,
        beyond=(lattice.outside(own.beyond), lattice.outside(every.beyond)),
        rho_floor=floor,
    )
    q = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p))
    bins = signed_bins(found.ratio - 1, q)
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(found.ratio),
        classes=rows.signed_codes(supported, bins, found.insufficient),
        support=np.nan_to_num(lattice.spread(found.events.astype(np.float64)), nan=-1).astype(np.int64),
        status=rows.tested_status(supported, found.insufficient),
        columns={
            "count": lattice.spread(own.inside),
            "expected": lattice.spread(found.expected),
            "lower": lattice.spread(found.lower),
            "upper": lattice.spread(found.upper),
            "p": lattice.spread(found.p),
            "q": lattice.spread(q),
        },
    )


def _score(lattice: Lattice, own: MapCounts, every: MapCounts) -> NDArray[np.float64]:
    """What cells are ranked by: observed over expected in cell and ring; those that maps draw faintly stand last."""
    events, exposure = (lattice.around(counts) for counts in (own, every))
    expected = exposure * (own.inside.sum() / max(every.inside.sum(), 1.0))
    ratio = np.divide(events, expected, out=np.zeros(len(events)), where=expected > 0)
    score: NDArray[np.float64] = np.where(expected < FAINT_BELOW, -1 / (1 + ratio), ratio)
    return score


def _spec(
    cube: Cube, request: LayerRequest, windows: tuple[Window, ...], floors: dict[tuple[int, str], float]
) -> LayerSpec:
    ratio = Column("value", content.layer_words("excess").value_label, digits=2)
    return describe(
        cube,
        request,
        windows,
        classes=content.signed_classes(),
        columns=(ratio, "support", "expected", "lower", "upper", "count", "q", "p"),
        parameters={
            "ring": RING,
            "special_points": request.special_points,
            "given": "all recorded incidents in cell and ring",
            "dispersion_floor": {str(r): {c: floors[r, c] for c in request.categories} for r in cube.resolutions},
            "adjustment": "benjamini-hochberg",
            "tests": tests(cube),
            "edge": edge(cube),
        },
        accuracy=accuracy(cube, request, _score),
        notes={
            "fill": {
                "bounds": list(content.ratio_bounds()),
                "classes": [asdict(step) for step in content.ratio_classes()],
                "faint_below": FAINT_BELOW,
            }
        },
    )


LAYER = LayerKind(
    kind="excess",
    title="More than expected",
    question="Is there more of this here than the other recorded incidents would lead us to expect?",
    unit="observed divided by expected",
    compute=compute,
    refuses={ALL: "Everything cannot be more than everything: choose a category."},
    judged=True,
    options=SpecialPointOptions,
)
