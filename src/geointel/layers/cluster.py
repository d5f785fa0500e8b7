"""``cluster``: is there a group of places that, as a whole, has more than the rest?

Circles of every size around every cell are compared with the rest of the area. The cluster is the finding, not its
cells. What counts as unusual comes from maps that vary as much as this one does, because maps that vary by chance alone
make nearly every circle of bursty counts a cluster (``docs/validation/noise-cluster.md``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pydantic
import shapely

from geointel import content
from geointel.errors import MethodError
from geointel.grid import centres, outline
from geointel.hotspots import Search, burst_scan, count_scan, last_steps, share_scan
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe, tests
from geointel.model import ALL, INCIDENTS, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.hotspots import Cluster
    from geointel.layers.base import LayerRequest
    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

CLASSES = ("none", "cluster-95", "cluster-99")
LEVELS = (0.05, 0.01)
"""A circle whose p is above the first is no cluster: as strong a one would often be somewhere on such a map."""

FEATURES = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "window", "category", "class")),
        *((name, pa.int32()) for name in ("resolution", "rank", "events", "cells", "months")),
        *((name, pa.float64()) for name in ("expected", "relative_risk", "llr", "p")),
        ("geometry", pa.binary()),
    ]
)


class Options(pydantic.BaseModel):
    """How clusters are looked for."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    method: Literal["poisson", "space-time-permutation"] = "poisson"
    """Circles with more than the rest of the area in each period, or circles where something began in the last months of it."""
    given: Literal["all", "cells"] = "all"
    """For `poisson`: expected by all incidents recorded in each hexagon, or as many in each hexagon."""
    share: float = pydantic.Field(default=0.25, gt=0, le=0.5)
    """Most of all recorded incidents, or of all hexagons, that a circle may hold."""
    most: int = pydantic.Field(default=10, ge=1, le=100)
    """Most clusters of a map; they share no hexagon."""
    longest: int = pydantic.Field(default=3, ge=1, le=11)
    """For `space-time-permutation`: most months that a cluster may have lasted."""
    latest: int = pydantic.Field(default=4, ge=1)
    """How many of the last periods of each length are looked at: each takes seconds."""
    finest: int = pydantic.Field(default=7, ge=0, le=15)
    """Finest resolution at which clusters are looked for: finer ones are not measured on every kind of noise."""
    replicas: int = pydantic.Field(default=499, ge=99, le=9999)
    """Number of simulated maps that clusters are compared with."""
    seed: int = 1
    """Of the simulated maps."""


@dataclass(frozen=True)
class _Map:
    """What was found on one map. Arrays run over its supported cells.

    ``count`` and ``expected`` are those of each cell, over the months that count for it: those of its cluster, else the
    longest that a cluster may last. A map on which nothing could be a cluster is ``insufficient``.
    """

    lattice: Lattice
    window: Window
    category: str
    count: NDArray[np.int64]
    expected: NDArray[np.float64]
    clusters: tuple[Cluster, ...] = ()
    rho: float | None = None
    insufficient: bool = False


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Clusters of every resolution up to the finest, window and category asked for."""
    options = request.options if isinstance(request.options, Options) else Options()
    cube, request = _coarse(cube, request, options.finest)
    windows = _windows(cube, request, options)
    scan = _standing if options.method == "poisson" else _beginning
    maps = [
        scan(cube, lattice, (window, category), options=options)
        for lattice in cube.lattices
        for window in windows
        for category in request.categories
    ]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, parameters=_parameters(cube, maps, options)),
        cells=rows.assemble([_block(found) for found in maps], CLASSES),
        features=_features(maps),
    )


def _coarse(cube: Cube, request: LayerRequest, finest: int) -> tuple[Cube, LayerRequest]:
    """Without finer resolutions; the coarsest stays, and the view opens with the nearest one that is left."""
    lattices = tuple(one for one in cube.lattices if one.resolution <= finest) or cube.lattices[:1]
    usual = min((one.resolution for one in lattices), key=lambda own: abs(own - request.default_resolution))
    return replace(cube, lattices=lattices), replace(request, default_resolution=usual)


def _windows(cube: Cube, request: LayerRequest, options: Options) -> tuple[Window, ...]:
    """The latest windows of each kind. Raises ``MethodError`` where none is long enough for something to begin in it."""
    asked = rows.asked_windows(cube, request)
    if options.method != "poisson":
        asked = tuple(window for window in asked if len(window.months) > options.longest)
    if not asked:
        message = f"The layer {request.id!r} has no window longer than {options.longest} months."
        raise MethodError(message, remedy='Add months, ask for `windows = ["year"]`, or choose a smaller `longest`.')
    latest = {
        window.id
        for kind in {window.kind for window in asked}
        for window in sorted((w for w in asked if w.kind == kind), key=lambda w: w.months)[-options.latest :]
    }
    return tuple(window for window in asked if window.id in latest)


def _standing(cube: Cube, lattice: Lattice, chosen: tuple[Window, str], *, options: Options) -> _Map:
    """Circles that have more than the rest of the area."""
    x, base = _baseline(cube.cells[lattice.resolution], lattice, chosen, given=options.given)
    expected = base * (x.sum() / max(base.sum(), 1))
    nothing = _Map(lattice, *chosen, x, expected, insufficient=True)
    if options.given == "cells":
        clusters = count_scan(x, _places(lattice), seed=options.seed, search=_search(options))
        return nothing if clusters is None else replace(nothing, clusters=_clear(clusters), insufficient=False)
    found = share_scan(x, base, _places(lattice), seed=options.seed, search=_search(options))
    if found is None:
        return nothing
    return replace(nothing, clusters=_clear(found[0]), rho=found[1], insufficient=False)


def _baseline(
    counts: Counts, lattice: Lattice, chosen: tuple[Window, str], *, given: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Incidents of the category, and what is expected in proportion to, of each supported cell."""
    window, category = chosen
    x = counts.dense(INCIDENTS, window.id, category)[lattice.supported].astype(np.int64)
    if given == "cells":
        return x, np.ones(len(x), dtype=np.int64)
    every = counts.dense(INCIDENTS, window.id, ALL)[lattice.supported].astype(np.int64)
    # Released counts can be protected one by one: the whole is no less than its part.
    return x, np.maximum(x, every)


def _beginning(cube: Cube, lattice: Lattice, chosen: tuple[Window, str], *, options: Options) -> _Map:
    """Circles in which something began in the last months."""
    window, category = chosen
    month = {w.months[0]: w.id for w in cube.windows if len(w.months) == 1}
    counts = cube.cells[lattice.resolution]
    by_month = np.column_stack(
        [counts.dense(INCIDENTS, month[m], category)[lattice.supported] for m in window.months]
    ).astype(np.int64)
    count, expected = last_steps(by_month, options.longest)
    nothing = _Map(lattice, window, category, count, expected, insufficient=True)
    found = burst_scan(by_month, _places(lattice), longest=options.longest, seed=options.seed, search=_search(options))
    if found is None:
        return nothing
    clusters = _clear(found)
    for cluster in clusters:
        recent = last_steps(by_month, cluster.steps)
        count[cluster.cells], expected[cluster.cells] = (values[cluster.cells] for values in recent)
    return replace(nothing, clusters=clusters, insufficient=False)


def _places(lattice: Lattice) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude and longitude of the supported cells."""
    lnglat = centres(lattice.cells[lattice.supported])
    return lnglat[:, 1], lnglat[:, 0]


def _search(options: Options) -> Search:
    return Search(share=options.share, most=options.most, replicas=options.replicas)


def _clear(found: list[Cluster]) -> tuple[Cluster, ...]:
    """Those that are clusters. A circle as strong as noise often has somewhere is no finding of lower rank."""
    return tuple(cluster for cluster in found if cluster.p <= LEVELS[0])


def _block(found: _Map) -> rows.Block:
    """Rows of one map: a cell speaks for its cluster, or for all that lies outside of any."""
    lattice, n = found.lattice, len(found.count)
    rest = np.ones(n, dtype=bool)
    support, expected, classes = found.count.copy(), found.expected.copy(), np.zeros(n, dtype=np.int64)
    value, rank, p, llr, months = np.full((5, n), np.nan)
    for number, cluster in enumerate(found.clusters, 1):
        inside = cluster.cells
        rest[inside] = False
        support[inside], expected[inside] = cluster.events, cluster.expected
        value[inside], rank[inside] = cluster.events / cluster.expected, number
        p[inside], llr[inside], months[inside] = cluster.p, cluster.llr, cluster.steps or len(found.window.months)
        classes[inside] = 1 + (cluster.p <= LEVELS[1])
    outside = float(found.expected[rest].sum())
    value[rest] = found.count[rest].sum() / outside if outside > 0 else np.nan
    if found.insufficient:
        value[:], classes[:] = np.nan, -1
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=found.window.id,
        category=found.category,
        value=lattice.spread(value),
        classes=_codes(lattice, classes),
        support=_codes(lattice, support),
        status=rows.tested_status(lattice.supported, np.full(n, found.insufficient)),
        columns={
            "cluster": lattice.spread(rank),
            "count": lattice.spread(found.count.astype(np.float64)),
            "expected": lattice.spread(expected),
            "months": lattice.spread(months),
            "p": lattice.spread(p),
            "llr": lattice.spread(llr),
        },
    )


def _codes(lattice: Lattice, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers on all study cells; −1 without support."""
    return np.nan_to_num(lattice.spread(values.astype(np.float64)), nan=-1).astype(np.int64)


def _features(maps: list[_Map]) -> pa.Table:
    """Every cluster as a shape: the outline of its cells."""
    found = [
        {
            "id": f"{one.window.id}:{one.category}:{one.lattice.resolution}:{rank}",
            "window": one.window.id,
            "category": one.category,
            "resolution": one.lattice.resolution,
            "rank": rank,
            "class": CLASSES[1 + (cluster.p <= LEVELS[1])],
            "events": cluster.events,
            "expected": cluster.expected,
            "relative_risk": None if np.isnan(cluster.relative_risk) else cluster.relative_risk,
            "llr": cluster.llr,
            "p": cluster.p,
            "cells": len(cluster.cells),
            "months": cluster.steps or len(one.window.months),
            "geometry": shapely.to_wkb(outline(one.lattice.cells[one.lattice.supported][cluster.cells])),
        }
        for one in maps
        for rank, cluster in enumerate(one.clusters, 1)
    ]
    return pa.Table.from_pylist(found, FEATURES).sort_by("id")


def _parameters(cube: Cube, maps: list[_Map], options: Options) -> dict[str, Any]:
    """Options, the dispersion of each map, and how many cells each has."""
    own = options.model_dump(exclude={"longest" if options.method == "poisson" else "given"})
    rho: dict[str, dict[str, dict[str, float]]] = {}
    for one in maps:
        if one.rho is not None:
            rho.setdefault(str(one.lattice.resolution), {}).setdefault(one.category, {})[one.window.id] = one.rho
    return {**own, "dispersion": rho, "tests": tests(cube)}


def _spec(cube: Cube, request: LayerRequest, windows: tuple[Window, ...], *, parameters: dict[str, Any]) -> LayerSpec:
    return describe(
        cube,
        request,
        windows,
        classes=content.signed_classes("cluster"),
        columns=(
            Column("value", content.layer_words("cluster").value_label, digits=2),
            Column("support", "Incidents of the cluster (outside, of the hexagon)"),
            Column("expected", "Expected in the cluster (outside, in the hexagon)", digits=1),
            "count",
            "cluster",
            "months",
            Column("p", "p (the cluster as a whole)", digits=4),
            "llr",
        ),
        parameters=parameters,
        features=True,
    )


def _declines(options: Options) -> Mapping[str, str]:
    reason = 'Everything is the same share of itself everywhere: choose a category, or `given = "cells"`.'
    return {ALL: reason} if (options.method, options.given) == ("poisson", "all") else {}


LAYER = LayerKind(
    kind="cluster",
    title="Clusters",
    question="Which groups of places, taken together, have more than the rest of the area?",
    unit="observed divided by expected",
    compute=compute,
    refuses={},
    options=Options,
    declines=_declines,
)
