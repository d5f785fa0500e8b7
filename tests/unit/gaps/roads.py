"""Small road networks by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

STEP = 0.01
"""Degrees of latitude between two nodes in a row."""


def edges(*given: tuple[int, int, float], **more: Any) -> dict[str, Any]:
    """Edges (start, end, metres); node k lies k steps north. Open to everybody both ways, with a limit of 80 km/h."""
    start, end, metres = (np.array(part) for part in zip(*given, strict=True))
    size = len(start)
    found: dict[str, Any] = {
        "start": start, "end": end, "metres": metres.astype(float), "road_class": ["residential"] * size,
        **{name: np.ones(size, dtype=bool) for name in ("forward", "backward", "walk", "cycle")},
        "speed": np.full(size, 80.0),
        "start_lat": 53.0 + STEP * start, "end_lat": 53.0 + STEP * end,
        "start_lng": np.full(size, -3.0), "end_lng": np.full(size, -3.0),
    }  # fmt: skip
    return {**found, **more}


def node(*numbers: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Where nodes are."""
    return 53.0 + STEP * np.array(numbers, dtype=float), np.full(len(numbers), -3.0)
