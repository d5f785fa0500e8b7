"""``density``: where do recorded incidents lie close together? A picture of the records, not a test of them.

The incidents of a cell of the finest published resolution are taken at its middle: released facts know nothing finer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.grid import centres, middle, on_plane, spacing
from geointel.hotspots import dual_density, kernel_weights
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.model import ALL, INCIDENTS, Column, Layer, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

STEP = 1.5
"""The usual bandwidth, in distances between the middles of neighbouring cells: far enough to reach the whole ring."""
SQUARE_KM = 1e6
DIGITS = {"none": 2, "all": 3}
"""Decimals of the value, and of the bounds of its classes: incidents per km², or a share from 0 to 1."""


class Options(pydantic.BaseModel):
    """How far an incident reaches, and what its density is divided by."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    against: Literal["none", "all"] = "none"
    """Nothing: incidents per km². All: the category's density as a share of that of all recorded incidents."""
    bandwidth_m: float | None = pydantic.Field(default=None, gt=0, allow_inf_nan=False)
    """How far an incident reaches, in metres; by default 1.5 times the distance between the middles of neighbouring \
hexagons. Where it is less than that distance, that distance is used."""


@dataclass(frozen=True)
class _Surface:
    """One resolution: its supported cells, the bandwidth in metres, and what each point adds to each of them."""

    lattice: Lattice
    bandwidth: float
    weights: csr_array
    near: csr_array
    raised: bool


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Density at the middle of every supported cell, of every resolution, window and category."""
    options = request.options if isinstance(request.options, Options) else Options()
    if options.against == ALL and ALL in request.categories:
        message = f"The layer {request.id!r} asks for everything as a share of everything."
        raise MethodError(message, remedy='Leave "all" out of `categories`, or `against = "all"`.')
    windows = rows.asked_windows(cube, request)
    surfaces = _surfaces(cube, options)
    maps = {
        (surface.lattice.resolution, window, category): _block(cube, surface, options, window=window, category=category)
        for surface in surfaces
        for window in windows
        for category in request.categories
    }
    blocks, breaks = rows.banded(maps, digits=DIGITS[options.against])
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, windows, surfaces=surfaces, options=options, breaks=breaks),
        cells=rows.assemble(blocks, rows.BANDS),
    )


def _surfaces(cube: Cube, options: Options) -> list[_Surface]:
    finest = cube.lattices[-1]
    origin = middle(finest.cells)
    points = on_plane(centres(finest.cells), origin)
    apart = spacing(finest.cells)
    surfaces = []
    for lattice in cube.lattices:
        least = max(spacing(lattice.cells), apart)
        wanted = STEP * least if options.bandwidth_m is None else options.bandwidth_m
        bandwidth = max(wanted, least)
        seen = lattice.cells[lattice.supported]
        weights = kernel_weights(on_plane(centres(seen), origin), points, bandwidth=bandwidth, spacing=least)
        near = weights.copy()
        near.data[:] = 1.0
        surfaces.append(_Surface(lattice, bandwidth, weights, near, raised=bandwidth > wanted))
    return surfaces


def _block(cube: Cube, surface: _Surface, options: Options, *, window: Window, category: str) -> rows.Block:
    """One map, without its classes."""
    lattice = surface.lattice
    points = cube.cells[cube.resolutions[-1]]
    mass = points.dense(INCIDENTS, window.id, category)
    density = SQUARE_KM * (surface.weights @ mass)
    if options.against == ALL:
        every = SQUARE_KM * (surface.weights @ points.dense(INCIDENTS, window.id, ALL))
        density = dual_density(density, every, "ratio")
    own = cube.cells[lattice.resolution].dense(INCIDENTS, window.id, category)
    return rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=window.id,
        category=category,
        value=lattice.spread(density),
        classes=np.full(len(lattice.cells), -1),
        support=_whole(lattice.spread(surface.near @ mass)),
        status=rows.tested_status(lattice.supported, np.isnan(density)),
        columns={"count": np.where(lattice.supported, own, np.nan)},
    )


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(np.nan_to_num(values, nan=-1.0)).astype(np.int64)


def _spec(
    cube: Cube,
    request: LayerRequest,
    windows: tuple[Window, ...],
    *,
    surfaces: list[_Surface],
    options: Options,
    breaks: Mapping[str, object],
) -> LayerSpec:
    variant = "" if options.against == "none" else options.against
    words = content.layer_words("density", variant)
    unit = words.unit if options.against == "none" else "share"
    return describe(
        cube,
        request,
        windows,
        variant=variant,
        method=f"{words.method} {_bandwidths(surfaces)}",
        classes=content.stepped_classes("density"),
        columns=(
            Column("value", words.value_label, unit, DIGITS[options.against]),
            Column("support", content.notice("near")),
            "count",
        ),
        parameters={
            "kernel": "quartic",
            "against": options.against,
            "points": cube.resolutions[-1],
            "bandwidth": {str(s.lattice.resolution): round(s.bandwidth, 1) for s in surfaces},
            "bandwidth_asked": options.bandwidth_m,
            "quantiles": rows.QUANTILES,
        },
        breaks=breaks,
    )


def _bandwidths(surfaces: list[_Surface]) -> str:
    """The bandwidths in words, and which of them are larger than was asked for."""
    used = "; ".join(
        content.notice("bandwidth", resolution=s.lattice.resolution, metres=content.number(s.bandwidth))
        for s in surfaces
    )
    raised = [str(s.lattice.resolution) for s in surfaces if s.raised]
    said = content.notice("bandwidths", used=used)
    return f"{said} {content.notice('raised', resolutions=', '.join(raised))}" if raised else said


def _declines(options: Options) -> Mapping[str, str]:
    return {ALL: "Everything is all of everything: choose a category."} if options.against == ALL else {}


LAYER = LayerKind(
    kind="density",
    title="Density",
    question="Where do recorded incidents lie close together?",
    unit="recorded incidents per km²",
    compute=compute,
    refuses={},
    options=Options,
    declines=_declines,
)
