"""Residents of official areas, and of those among them whom an index counts, spread to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.build import postcodes
from geointel.build.spread import spread_facts
from geointel.errors import SchemaError
from geointel.ingest.points import to_degrees
from geointel.ingest.spread import weigh
from geointel.model import ALL, RESIDENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.build.taken import Site
    from geointel.config import Source
    from geointel.ingest.spread import Areas, Weights
    from geointel.sources.base import People


def spread_people(
    source: Source, site: Site, people: People, *, areas: Areas, figures: pa.Table
) -> tuple[pa.Table, pa.Table, tuple[str, ...]]:
    """Residents whom figures count, by cell and by area, and what an operator should know.

    They are spread as the residents themselves are. An area whose residents no source before this one has is counted in the
    notes, and nowhere else. Raises ``SchemaError`` for an index that says nothing of how many people it counts.
    """
    if not people:
        message = "it has neither deciles of the index as a whole nor income scores, so nobody can be counted by it."
        raise SchemaError(message, file=source.id, remedy="Leave `outlines` out of the source.")
    residents = residents_by_area(site)
    known = np.array([residents.get(code, np.nan) for code in areas.codes])
    ours = areas.district >= 0
    weights = weigh(areas, site.study, points=addresses(site), people=known)
    period = str(figures["period"][0].as_py())
    leaves: dict[str, dict[str, NDArray[np.float64]]] = {}
    for (measure, category), share in people.items():
        total = np.nan_to_num(known) * np.array([share.get(code, 0.0) for code in areas.codes])
        each = total[weights.area] * weights.share
        summed = np.bincount(weights.leaf, weights=each, minlength=len(site.study.leaves))
        leaves.setdefault(measure, {})[category] = summed.astype(np.float64)
    found = [
        spread_facts(
            site.study,
            by_category,
            resolutions=site.partnership.grid.publish,
            words={"source": source.id, "measure": measure, "window": period, "status": "shown"},
        )
        for measure, by_category in leaves.items()
    ]
    lost = int((ours & np.isnan(known)).sum())
    notes = (
        (
            f"{lost} of {int(ours.sum())} areas have no residents in any source before it and are counted nowhere by deprivation",
        )
        if lost
        else ()
    )
    cells, by_level = (pa.concat_tables(tables).unify_dictionaries() for tables in zip(*found, strict=True))
    return cells, by_level, notes


def addresses(site: Site) -> tuple[NDArray[np.float64], ...]:
    """Longitude and latitude of the postcodes in the study area, shape ``(n, 2)``; nothing without any source of them.

    The current ones come first, and all of them, which may be retired, second: a retired postcode says little of where
    people live today, but more than the surface of an area of which no other is known.
    """
    places = postcodes.known(site)
    if places is None:
        return ()
    west, south, east, north = site.study.bounds
    found = site.engine.collect(places.select("x", "y", "osgb", "current"))
    lng, lat = to_degrees(found)
    inside = (lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)
    spots, current = np.column_stack([lng[inside], lat[inside]]), found["current"].to_numpy()[inside]
    return tuple(some for some in (spots[current], spots) if len(some))


def spread_notes(weights: Weights, areas: Areas) -> tuple[str, ...]:
    """What an operator should know of how residents were spread."""
    even, ours = len(weights.by_surface), int((areas.district >= 0).sum())
    if not even:
        return ()
    return (
        f"{even} of {ours} areas are spread evenly over their surface: no, or too few, of their postcodes are known",
    )


def residents_by_area(site: Site) -> dict[str, float]:
    """Residents by area code, from the sources read before this one: how a split area's figures are shared."""
    found: dict[str, float] = {}
    for taken in site.taken.values():
        rows = taken.facts.figures
        wanted = pc.and_(
            pc.equal(rows["indicator"].cast(pa.string()), RESIDENTS),
            pc.equal(rows["group"].cast(pa.string()), ALL),
        )
        rows = rows.filter(wanted)
        found |= dict(zip(rows["code"].to_pylist(), rows["value"].to_pylist(), strict=True))
    return found
