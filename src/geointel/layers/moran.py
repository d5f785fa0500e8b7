"""``moran``: which cells are like the ones around them, and which stand alone?

The value is local Moran's I, for comparison with other tools. The class is the quadrant, where the sum over the ring is
rarer than draws from the map's own counts allow, on maps whose global I says that there is any pattern at all. The usual
normal p classes half or more of the uneven maps without any pattern, the permutation p hardly any map (``docs/validation/noise-moran.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots import MORAN_CLASSES, moran_map
from geointel.hotspots.moran_map import LEVEL
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.model import INCIDENTS, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import MoranMap
    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

    Gates = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]
    """What the gate found, by category, resolution and window."""

RING = 1
PERMUTATIONS, SEED = 999, 1
"""Of the gate; the same shuffles for every map of as many cells."""
DIGITS = 6


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Local Moran's I of every resolution, window and category asked for."""
    windows = rows.asked_windows(cube, request)
    blocks: list[rows.Block] = []
    gates: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for lattice in cube.lattices:
        for window in windows:
            for category in request.categories:
                dense = cube.cells[lattice.resolution].dense(INCIDENTS, window.id, category)
                found = moran_map(dense[lattice.supported], lattice.ring, permutations=PERMUTATIONS, seed=SEED)
                blocks.append(_block(lattice, window, category, dense, found))
                of_category = gates.setdefault(category, {}).setdefault(str(lattice.resolution), {})
                of_category[window.id] = _gate(found)
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, gates),
        cells=rows.assemble(blocks, MORAN_CLASSES),
    )


def _block(lattice: Lattice, window: Window, category: str, dense: NDArray[np.float64], found: MoranMap) -> rows.Block:
    seen = lattice.supported
    classes, support = np.full((2, len(seen)), -1, dtype=np.int64)
    places = {slug: place for place, slug in enumerate(MORAN_CLASSES)}
    classes[seen] = np.where(found.insufficient, -1, [places[slug] for slug in found.classes.tolist()])
    support[seen] = np.rint(dense[seen] + lattice.ring @ dense[seen])
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(found.i),
        classes=classes,
        support=support,
        status=rows.tested_status(seen, found.insufficient),
        columns={
            "count": np.where(seen, dense, np.nan),
            "lag": lattice.spread(found.lag),
            "z": lattice.spread(found.z),
            "p": lattice.spread(found.p),
            "q": lattice.spread(found.q),
        },
    )


def _gate(found: MoranMap) -> dict[str, Any]:
    """The verdict of one map as plain JSON: no number on a map without variation."""
    known = bool(np.isfinite(found.gate.i))
    return {
        "i": round(found.gate.i, DIGITS) if known else None,
        "p": round(found.gate.p, DIGITS) if known else None,
        "passed": found.gate.passed,
        "tests": int(np.count_nonzero(~found.insufficient)),
    }


def _spec(cube: Cube, request: LayerRequest, windows: tuple[Window, ...], gates: Gates) -> LayerSpec:
    value = Column("value", content.layer_words("moran").value_label, digits=2)
    return describe(
        cube,
        request,
        windows,
        classes=content.named_classes("moran"),
        columns=(value, "count", "lag", "support", "q", "p", "z"),
        parameters={
            "ring": RING,
            "weights": "row-standardised, self excluded",
            "tail": "randomisation of the ring, given the cell",
            "adjustment": "benjamini-hochberg",
            "level": LEVEL,
            "gate": {"statistic": "global Moran's I", "p": "permutation, two-sided", "level": LEVEL},
            "permutations": PERMUTATIONS,
            "seed": SEED,
            "tests": {str(lattice.resolution): _with_neighbours(lattice) for lattice in cube.lattices},
        },
        notes={"gate": gates},
    )


def _with_neighbours(lattice: Lattice) -> int:
    """How many cells of a map are tested together, where none is insufficient."""
    return int(np.count_nonzero(np.diff(lattice.ring.indptr)))


LAYER = LayerKind(
    kind="moran",
    title="Like or unlike its surroundings",
    question="Which hexagons are like the ones around them, and which stand alone?",
    unit="local Moran's I",
    compute=compute,
    refuses={},
)
