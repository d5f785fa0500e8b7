"""Every format of a partnership beside the street files.

One module each, with ``PATHS`` (what it writes, as patterns below the folder) and ``write``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo.formats import (
    ambulance,
    cqc,
    deprivation,
    drug_driving,
    indicators,
    needle_litter,
    nhs_choices,
    nhs_ods,
    osm,
    outcomes,
    pharmacies,
    postcodes,
    raster,
    residents,
    services,
    stats19,
    stop_search,
    traffic,
    travel,
)

if TYPE_CHECKING:
    from geointel.demo.scene import Scene, Written

FORMATS = (
    outcomes, stop_search, ambulance, needle_litter, stats19, drug_driving, services, nhs_ods, nhs_choices,
    pharmacies, cqc, postcodes, residents, deprivation, indicators, raster, osm, traffic, travel,
)  # fmt: skip
PATHS = tuple(path for one in FORMATS for path in one.PATHS)
"""Every file that may be written here, as patterns below the folder."""


def write_all(scene: Scene) -> list[tuple[str, Written]]:
    """Write every format; return the format's name with each file written."""
    return [(one.__name__.rpartition(".")[2], written) for one in FORMATS for written in one.write(scene)]
