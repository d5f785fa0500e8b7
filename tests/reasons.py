"""Which reasons the rows of each source kind can have, in the order in which they apply."""

from __future__ import annotations

import json
from pathlib import Path

from geointel.build import roads
from geointel.ingest import figures, incidents, postcodes, raster, services, travel
from geointel.sources.base import kinds

SAMPLES = Path(__file__).parent / "golden" / "sources"
OF_GRAIN = {
    "events": incidents.REASONS,
    "figures": figures.REASONS,
    "outcomes": incidents.REASONS,
    "postcodes": postcodes.REASONS,
    "raster": raster.REASONS,
    "roads": roads.REASONS,
    "services": services.REASONS,
    "traffic": incidents.REASONS,
    "travel": travel.REASONS,
}


def reasons_of(kind: str) -> tuple[str, ...]:
    """Those of the grain, unless the kind's sample says which, or which it never has."""
    about = json.loads((SAMPLES / kind / "area.json").read_text(encoding="utf-8"))
    usual = about.get("reasons", OF_GRAIN[kinds()[kind].grain])
    return tuple(reason for reason in usual if reason not in about.get("never", ()))
