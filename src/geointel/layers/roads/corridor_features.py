"""Corridors as lines, each with the hexagons that it runs through and when it happens there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from geointel import content
from geointel.grid import format_cells, parents
from geointel.hotspots import enforcement
from geointel.hotspots.enforcement import SEED, can_choose
from geointel.model import INCIDENTS, POSITIVES, TESTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.hotspots import Corridor
    from geointel.layers.roads.network import Network

WHEN = ("held_out", "out_lower", "out_upper")
"""Share of collisions that did not choose the windows which these hold, and its interval; 0 to 1."""
SEVERE = ("collision-fatal", "collision-serious")
FEATURES = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "window", "category", "class", "road", "road_class")),
        *((name, pa.int32()) for name in ("resolution", "rank", "events", "severe", "tests")),
        *((name, pa.float64()) for name in ("km", "expected", "ratio", "lower", "upper", "excess", "p", "q")),
        ("windows", pa.string()),
        *((name, pa.float64()) for name in WHEN),
        ("cells", pa.list_(pa.string())),
        ("week", pa.list_(pa.float64())),
        ("geometry", pa.binary()),
    ]
)
"""``events`` are collisions, or positive tests of so many ``tests``; ``severe`` are collisions in which somebody was killed or
seriously hurt, as recorded. ``week`` are events from Monday 00:00, hour by hour, without those whose hour is not known; ``windows`` the busiest
of it, where there are enough collisions to choose any and the week is not flat. Of tests there are none: they are made when the police are out."""


def features_of(
    network: Network, maps: Sequence[tuple[str, str, Sequence[Corridor]]], *, measure: str, resolutions: Sequence[int]
) -> pa.Table:
    """``FEATURES`` of every map (window, category, corridors), once for each resolution, whose hexagons it names."""
    found = [
        {**described, "id": f"{window}:{category}:{resolution}:{rank}", "resolution": resolution, "cells": cells}
        for window, category, corridors in maps
        for rank, corridor in enumerate(corridors, 1)
        for described in [
            {**_described(network, corridor, rank=rank), **_counted(network, corridor, measure, at=(window, category))}
        ]
        for resolution in resolutions
        for cells in [format_cells(np.unique(parents(network.cell[corridor.stretches], resolution)))]
    ]
    return pa.Table.from_pylist(found, FEATURES).sort_by("id")


def _counted(network: Network, corridor: Corridor, measure: str, *, at: tuple[str, str]) -> dict[str, Any]:
    own, (window, category) = corridor.stretches, at
    positives = measure == POSITIVES
    severe = sum(float(network.counts(INCIDENTS, window, name)[own].sum()) for name in SEVERE)
    week = network.week(own, measure, window, category)
    return {
        "window": window,
        "category": category,
        "severe": None if positives else round(severe),
        "tests": round(float(network.counts(TESTS, window, category)[own].sum())) if positives else None,
        "week": week.ravel().tolist(),
        **(_unsaid() if positives or not can_choose(week) else _when(week)),
    }


def _unsaid() -> dict[str, Any]:
    return {"windows": None, **dict.fromkeys(WHEN)}


def _when(week: NDArray[np.float64]) -> dict[str, Any]:
    """The busiest windows of a corridor's week, and what they hold of collisions that did not choose them."""
    found = enforcement(week, seed=SEED)
    (starts,) = found.standing_out()
    if not starts:
        return _unsaid()
    judged = (float(found.judged.share), float(found.judged.lower), float(found.judged.upper))
    return {"windows": content.week_windows(starts, found.windows.plan.hours), **dict(zip(WHEN, judged, strict=True))}


def _described(network: Network, corridor: Corridor, *, rank: int) -> dict[str, Any]:
    own = corridor.stretches
    lines = shapely.from_wkb(network.lines.take(pa.array(own)).to_numpy(zero_copy_only=False))
    road = int(network.road[own[0]])
    return {
        "class": "corridor",
        "rank": rank,
        "road": network.names[road] if road >= 0 else None,
        "road_class": network.classes[network.of_class[own[0]]],
        "events": round(corridor.observed),
        "km": float(network.metres[own].sum()) / 1000,
        "expected": corridor.expected,
        "ratio": corridor.ratio,
        "lower": corridor.lower,
        "upper": corridor.upper,
        "excess": corridor.excess,
        "p": corridor.p,
        "q": corridor.q,
        "geometry": shapely.to_wkb(shapely.line_merge(shapely.union_all(lines))),
    }
