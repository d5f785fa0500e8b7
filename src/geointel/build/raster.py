"""Sources that are grids of numbers: read, reconciled pixel by pixel, and summed to cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from geointel.build.events import require_rows
from geointel.build.report import SourceReport
from geointel.build.spread import spread_facts
from geointel.build.taken import Taken
from geointel.ingest import files, raster
from geointel.model import ALL, HexFacts

if TYPE_CHECKING:
    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.sources.base import RasterKind


def take(source: Source, kind: RasterKind, site: Site) -> Taken:
    """Read every pixel of a source of grids. Raises ``SourceError`` for a file that cannot be read.

    A pixel is mapped when some of it lies in the study area. Several files are added up: tiles of one grid.
    """
    raw = files.find(source.id, source.files, site.data)
    site.announce(f"Reading {source.id}: {len(raw)} files")
    readings = [raster.read(one, kind, site.study) for one in raw]
    unmapped = sum((Counter(reading.unmapped) for reading in readings), Counter[str]())
    read = sum(reading.pixels for reading in readings)
    outside = sum(reading.outside for reading in readings)
    leaves = np.sum([reading.leaves for reading in readings], axis=0)
    report = SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(raw),
        read=read,
        mapped=read - unmapped.total(),
        unmapped={reason: unmapped[reason] for reason in raster.REASONS if unmapped[reason]},
        notes=(f"{leaves.sum():,.1f} people in the study area, {outside:,.1f} outside it",),
    )
    require_rows(report, site.data)
    cells, areas = spread_facts(
        site.study,
        {ALL: leaves},
        resolutions=site.partnership.grid.publish,
        words={"source": source.id, "measure": kind.measure, "window": str(kind.reference), "status": "shown"},
    )
    return Taken(source=source, raw=tuple(raw), report=report, facts=HexFacts(cells=cells, areas=areas))
