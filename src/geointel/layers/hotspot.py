"""``hotspot``: where do recorded incidents concentrate beyond the map's usual ups and downs?

The value is the Gi* z of cell and ring, for comparison with other tools. The class comes from the
randomisation tail with Benjamini-Hochberg over the map, because the usual normal tail finds false
hotspots on a quarter or more of pure-noise maps (``docs/validation/noise.md``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots import benjamini_hochberg, gi_star, randomisation_tail, signed_bins, stability
from geointel.layers import rows
from geointel.layers.accuracy import accuracy
from geointel.layers.base import LayerKind, SpecialPointOptions
from geointel.layers.describe import describe, edge, tests
from geointel.model import ALL, INCIDENTS, SIGNED_CLASSES, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.hotspots import GiStar
    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice, MapCounts
    from geointel.model import Window

HOT_95 = 2
RING, WIDER = 1, 2
"""Rings around a cell: of the published map, and of the other one that stability looks at."""


@dataclass(frozen=True)
class HotspotMap:
    """Test results over the supported cells of one map; bins are −3 … 3, q is NaN where insufficient."""

    gi: GiStar
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    bins: NDArray[np.int8]
    raw_bins: NDArray[np.int8]
    insufficient: NDArray[np.bool_]


def test_map(counts: MapCounts, lattice: Lattice, *, rings: int) -> HotspotMap:
    """Gi*, randomisation tail and BH over the supported cells, shape ``(n_supported,)``."""
    outside = lattice.outside(counts.beyond, rings)
    gi = gi_star(counts.inside, lattice.ring if rings == RING else lattice.rings, beyond=outside)
    tail = randomisation_tail(counts.inside, total=gi.total, weight=gi.weight, beyond=outside.number)
    p = np.where(tail.insufficient, np.nan, tail.p)
    q = benjamini_hochberg(p)
    return HotspotMap(
        gi=gi,
        p=tail.p,
        q=q,
        bins=signed_bins(gi.z, q),
        raw_bins=signed_bins(gi.z, p),
        insufficient=tail.insufficient,
    )


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Hotspots of every resolution, window and category asked for."""
    cube, windows = rows.asked_cube(cube, request), rows.asked_windows(cube, request)
    settings = _Settings(cube)
    blocks = [
        _block(cube, lattice, window, category, settings)
        for lattice in cube.lattices
        for window in windows
        for category in request.categories
    ]
    blocks = [settings.judged(block) for block in blocks]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows),
        cells=rows.assemble(blocks, SIGNED_CLASSES),
    )


class _Settings:
    """Classes of each map at every resolution and ring size: what a cell's stability is judged by."""

    def __init__(self, cube: Cube) -> None:
        self._lattices = {lattice.resolution: lattice for lattice in cube.lattices}
        self._of: dict[tuple[str, str], list[tuple[NDArray[np.int64], NDArray[np.int8]]]] = {}

    def add(self, lattice: Lattice, window: Window, category: str, found: HotspotMap) -> None:
        """Remember the cells that a map can say something of, and their classes."""
        said = ~found.insufficient
        cells = lattice.cells[lattice.supported]
        self._of.setdefault((window.id, category), []).append((cells[said], found.bins[said]))

    def judged(self, block: rows.Block) -> rows.Block:
        """The block with the share of settings in which each supported cell is hot."""
        lattice = self._lattices[int(block.place["resolution"][0].as_py())]
        share = stability(lattice.cells, self._of[block.window, block.category]).hot
        return replace(block, columns={**block.columns, "stability": np.where(lattice.supported, share, np.nan)})


def _block(cube: Cube, lattice: Lattice, window: Window, category: str, settings: _Settings) -> rows.Block:
    counts = cube.cells[lattice.resolution]
    dense = counts.dense(INCIDENTS, window.id, category)
    own = cube.map_counts(lattice, window.id, category)
    found = test_map(own, lattice, rings=RING)
    settings.add(lattice, window, category, found)
    settings.add(lattice, window, category, test_map(own, lattice, rings=WIDER))
    mean = own.inside.mean() if lattice.supported.any() else np.nan
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(found.gi.z),
        classes=rows.signed_codes(lattice.supported, found.bins, found.insufficient),
        support=np.nan_to_num(lattice.spread(found.gi.total), nan=-1).astype(np.int64),
        status=rows.tested_status(lattice.supported, found.insufficient),
        columns={
            "count": np.where(lattice.supported, dense, np.nan),
            "expected": lattice.spread(found.gi.weight * mean),
            "p": lattice.spread(found.p),
            "q": lattice.spread(found.q),
            "p_normal": lattice.spread(found.gi.p_normal),
            "raw_class": rows.class_words(
                rows.signed_codes(lattice.supported, found.raw_bins, found.insufficient), SIGNED_CLASSES
            ),
            "stability": np.full(len(dense), np.nan),
            "special_share": rows.special_share(counts, window.id, category),
        },
    )


def _score(lattice: Lattice, own: MapCounts, _: MapCounts) -> NDArray[np.float64]:
    """What cells are ranked by: z, and nothing sets them apart on a map without variation."""
    return np.nan_to_num(gi_star(own.inside, lattice.ring, beyond=lattice.outside(own.beyond)).z, nan=0.0)


def _overlap(cube: Cube, windows: tuple[Window, ...], category: str) -> dict[str, dict[str, Any]]:
    """How many cells hot for ``category`` are hot for all other recorded incidents too."""
    found: dict[str, dict[str, Any]] = {}
    longest = max(len(window.months) for window in windows)
    for lattice in cube.lattices:
        for window in windows:
            if len(window.months) < longest:
                continue
            own = cube.map_counts(lattice, window.id, category)
            other = cube.map_counts(lattice, window.id, ALL) - own
            hot = test_map(own, lattice, rings=RING).bins >= HOT_95
            both = hot & (test_map(other, lattice, rings=RING).bins >= HOT_95)
            result = {"hot": int(hot.sum()), "also_hot": int(both.sum())}
            found.setdefault(str(lattice.resolution), {})[window.id] = result
    return found


def _spec(cube: Cube, request: LayerRequest, windows: tuple[Window, ...]) -> LayerSpec:
    z = Column("value", content.layer_words("hotspot").value_label, digits=1)
    columns = ("support", "count", "expected", "q", "p", "p_normal", "raw_class", "stability", "special_share")
    return describe(
        cube,
        request,
        windows,
        classes=content.signed_classes(),
        columns=(z, *columns),
        parameters={
            "ring": RING,
            "special_points": request.special_points,
            "weights": "binary, self included",
            "tail": "randomisation",
            "adjustment": "benjamini-hochberg",
            "stability": {"resolutions": list(cube.resolutions), "rings": [RING, WIDER], "hot": "at 90% or more"},
            "tests": tests(cube),
            "edge": edge(cube),
        },
        accuracy=accuracy(cube, request, _score),
        notes={"overlap": {c: _overlap(cube, windows, c) for c in request.categories if c != ALL}},
    )


LAYER = LayerKind(
    kind="hotspot",
    title="Hotspots (Gi*)",
    question="Where do recorded incidents concentrate beyond this area's usual ups and downs?",
    unit="z score",
    compute=compute,
    refuses={},
    judged=True,
    options=SpecialPointOptions,
)
