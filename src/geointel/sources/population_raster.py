"""People on a grid of pixels, as WorldPop, GPW or OpenPopGrid publish them (``population-raster``)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import pydantic

from geointel.sources.base import RasterKind

ENDINGS = (".tif", ".tiff", ".tif.gz", ".asc", ".vrt")


class Options(pydantic.BaseModel):
    """What a number of the grid means, and where the grid lies."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    attribution: str | None = None
    """Credit that the publisher asks for, shown wherever the figures are."""
    licence: str | None = None
    """Licence of the figures."""
    unit: Literal["count", "per-km2"] = "count"
    """What a pixel holds: people, or people per square kilometre."""
    crs: str | None = None
    """Coordinate system of a file that does not say its own, as EPSG:27700."""
    reference: Annotated[str, pydantic.Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = "2021-03"
    """Month that the numbers are of."""


def is_member(name: str) -> bool:
    """Whether a file is a grid."""
    return name.lower().endswith(ENDINGS)


def configure(kind: RasterKind, options: Options) -> RasterKind:
    """The kind with the unit and coordinate system of one source."""
    return replace(
        kind,
        density=options.unit == "per-km2",
        crs=options.crs,
        reference=options.reference,
        attribution=options.attribution or kind.attribution,
        licence=options.licence or kind.licence,
    )


SOURCE = RasterKind(
    kind="population-raster",
    title="Residents on a grid",
    public=True,
    licence="As the publisher of the grid states",
    attribution="Population grid: see the licence of its publisher.",
    caveats=("residents-grid",),
    measure="residents",
    reference="2021-03",
    is_member=is_member,
    options=Options,
    configure=configure,
)
