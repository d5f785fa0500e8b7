"""Places by name: areas of every level, and named groups of cells where the edition has such names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.grid import boundaries, resolutions

if TYPE_CHECKING:
    from geointel_api.opened import OpenEdition, Place

LIMIT = 20
NO_FIT = 3


def search_places(edition: OpenEdition, text: str, *, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Places whose name holds ``text``: those that begin with it first, then word beginnings, then the rest."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return []
    outlines = edition.outlines
    areas = [(fit(name, wanted), name, _area(edition, row)) for row, name in enumerate(outlines.names)]
    groups = [(fit(name, wanted), name, _group(name, cells)) for name, cells in _named(edition, wanted).items()]
    found = sorted((entry for entry in areas + groups if entry[0] < NO_FIT), key=lambda entry: entry[:2])
    return [place for _, _, place in found[:limit]]


def fit(name: str, wanted: str) -> int:
    """How well a name fits: 0 begins with it, 1 one of its words does, 2 holds it, 3 does not."""
    name = name.casefold()
    if name.startswith(wanted):
        return 0
    starts = (at for at in range(1, len(name)) if not name[at - 1].isalnum())
    if any(name.startswith(wanted, at) for at in starts):
        return 1
    return 2 if wanted in name else NO_FIT


def _area(edition: OpenEdition, row: int) -> dict[str, Any]:
    outlines = edition.outlines
    box = outlines.box(row)
    return {
        "name": outlines.names[row],
        "kind": "area",
        "level": outlines.levels[row],
        "code": outlines.codes[row],
        "bbox": box,
        "centre": _middle(box),
    }


def _group(name: str, members: list[tuple[int, Place]]) -> dict[str, Any]:
    points = boundaries(np.array([cell for cell, _ in members], dtype=np.int64)).lnglat
    box = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
    districts = sorted({place.district for _, place in members if place.district})
    return {
        "name": name,
        "kind": "cell-group",
        "level": None,
        "code": None,
        "district": ", ".join(districts),
        "bbox": box,
        "centre": _middle(box),
    }


def _named(edition: OpenEdition, wanted: str) -> dict[str, list[tuple[int, Place]]]:
    """Cells of the finest resolution by name, of those names that hold the text."""
    found: dict[str, list[tuple[int, Place]]] = defaultdict(list)
    named = [(cell, place) for cell, place in edition.places.items() if place.name]
    if not named:
        return found
    levels = resolutions(np.array([cell for cell, _ in named], dtype=np.int64))
    for (cell, place), level in zip(named, levels.tolist(), strict=True):
        if level == levels.max() and place.name and fit(place.name, wanted) < NO_FIT:
            found[place.name].append((cell, place))
    return found


def _middle(box: list[float]) -> list[float]:
    west, south, east, north = box
    return [(west + east) / 2, (south + north) / 2]
