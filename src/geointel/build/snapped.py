"""Events to stretches of road: those of the source of roads, or those that the events' own road numbers draw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel import facts
from geointel.ingest import extras, numbered_roads, snap, stretches
from geointel.ingest.text import parts
from geointel.model import ALL, STRETCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis.expr.types as ir
    import numpy as np
    from numpy.typing import NDArray

    from geointel.build.taken import Site, Taken
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind

    Snap = Callable[[pa.Table], NDArray[np.int64]]


def roads_for(
    kind: EventKind, staged: Sequence[StagedFile], site: Site, *, source: str
) -> tuple[pa.Table, Snap | None]:
    """Stretches that a source of events draws itself, and how its places are found on roads; nothing for one without roads.

    The first source of roads is used where there is one; else the numbers that the rows give.
    """
    if not kind.on_roads:
        return STRETCHES.empty_table(), None
    network = _network(site)
    if network is not None:
        return STRETCHES.empty_table(), partial(snap.stretch_of_points, stretches=network.facts.stretches)
    rows = site.engine.read(parts(staged))
    named = rows.filter(rows.point, ~extras.is_blank(rows.road)).select("x", "y", "osgb", "road").distinct()
    spots = site.engine.collect(named.order_by("road", "x", "y", "osgb"))
    drawn = stretches.inside(numbered_roads.drawn(spots, source=source, leaf=site.study.leaf), site.study.leaves)
    return drawn, partial(_named_only, stretches=drawn)


def _network(site: Site) -> Taken | None:
    """The first source of roads that has stretches here. Roads that another source of events drew are its own."""
    return next(
        (taken for taken in site.taken.values() if taken.facts.roads.num_rows and taken.facts.stretches.num_rows), None
    )


def _named_only(points: pa.Table, stretches: pa.Table) -> NDArray[np.int64]:
    """Rows without a number are on none of the roads that numbers draw, however near."""
    found = snap.stretch_of_points(points, stretches)
    blank = pc.equal(points["road"].cast(pa.string()).fill_null(""), "").to_numpy(zero_copy_only=False)
    found[blank] = snap.NOWHERE
    return found


def road_counts(taken: Taken, rows: ir.Table, kind: EventKind, site: Site, *, windows: ir.Table) -> pa.Table:
    """Rows of ``ROAD_COUNTS`` without what every row of the source has. ``windows`` has one row per window and month."""
    network = _network(site)
    roads = taken.source.id if network is None else network.source.id
    measures = {measure: column for measure, column in kind.measures.items() if measure in kind.on_roads}
    counted = site.engine.register("stretch_counts", site.engine.collect(facts.by_stretch(rows, measures)))
    found = site.engine.collect(facts.road_counts(counted, windows))
    if kind.apart:
        found = found.filter(pc.not_equal(found["category"].cast(pa.string()), ALL))
    return found.append_column("roads", pa.array([roads] * found.num_rows, pa.string()))
